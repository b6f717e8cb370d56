//! The test trades, and who replays them.

use std::collections::{BTreeMap, BTreeSet};

use scaleout_exits::{AsTraded, ExitPolicy, ReplayConfig, TradeOutcome, policies::Schedule};

use crate::{
    ExperimentError, Fitted, FittedFold, Lesson, Prepared, PreparedTrade, TunedBaseline,
    stages::{
        adds::check_models,
        judge::{
            in_span::{in_span, is_at_once, is_in_parts, is_ladder},
            names::{AS_TRADED, AT_ONCE, CANDIDATE, HINDSIGHT, IN_PARTS, IN_SPAN_LADDER, IN_SPAN_RULE, PERMUTED},
            rules::{JudgedExit, rules},
        },
        new_trades::is_seen,
    },
};

/// The test trades, and who replays them.
pub(crate) struct Field<'a> {
    pub(crate) prepared: &'a Prepared,
    /// Places of the test trades, in order of time.
    pub(crate) places: Vec<usize>,
    /// The fold of each test trade, on the first path.
    pub(crate) fold_of: Vec<usize>,
    /// The folds that test each trade, one for each path.
    pub(super) folds_of: Vec<Vec<usize>>,
    pub(crate) rules: Vec<JudgedExit>,
    /// Exits of the user's own that learned from some of these trades: in sample, and no benchmark.
    pub(super) fitted_to_these: BTreeSet<String>,
    /// Name of the contestant that stands for the rule chosen in-span.
    pub(super) in_span_rule: Option<String>,
    /// The same among ladders.
    pub(super) in_span_ladder: Option<String>,
    /// The same among exits in parts: ladders and schedules.
    pub(super) in_parts: Option<String>,
    /// The same among exits at once, selling at the fill left out: it is no trade.
    pub(super) at_once: Option<String>,
}

impl<'a> Field<'a> {
    pub(crate) fn new(prepared: &'a Prepared, fitted: &Fitted) -> Result<Self, ExperimentError> {
        let mut tested: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (fold, fitted) in fitted.folds.iter().enumerate() {
            for &place in &fitted.test {
                tested.entry(place).or_default().push(fold);
            }
        }
        let lessons: Vec<&Lesson> = fitted.folds.iter().map(|FittedFold { lesson, .. }| lesson).collect();
        check_models(prepared, lessons.iter().any(|lesson| !lesson.models.is_empty()))?;
        let mut rules = rules(prepared, &lessons)?;
        let fitted_to_these = fitted_to(prepared, tested.keys().copied());
        let is_fair = |baseline: &TunedBaseline| !fitted_to_these.contains(&baseline.name);
        let mut chosen = |name: &str, qualifies: fn(&TunedBaseline) -> bool| {
            in_span(&mut rules, &lessons, name, |baseline| is_fair(baseline) && qualifies(baseline))
        };
        let in_span_rule = chosen(IN_SPAN_RULE, |_| true);
        let in_span_ladder = chosen(IN_SPAN_LADDER, is_ladder);
        let in_parts = chosen(IN_PARTS, is_in_parts);
        let at_once = chosen(AT_ONCE, is_at_once);
        Ok(Self {
            prepared,
            places: tested.keys().copied().collect(),
            fold_of: tested.values().map(|folds| folds[0]).collect(),
            folds_of: tested.into_values().collect(),
            rules,
            fitted_to_these,
            in_span_rule,
            in_span_ladder,
            in_parts,
            at_once,
        })
    }

    /// The names of all contestants.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let has_candidate = self.rules.iter().any(|rule| rule.name == CANDIDATE);
        let real = self.as_traded().map(|_| AS_TRADED);
        let others = real.into_iter().chain([HINDSIGHT]).chain(has_candidate.then_some(PERMUTED));
        self.rules.iter().map(|rule| rule.name.as_str()).chain(others)
    }

    /// The id of the first tested trade.
    pub(crate) fn first_id(&self) -> Option<&str> {
        self.places.first().map(|&place| self.prepared.trades[place].entry.id.as_str())
    }

    /// The tested trade `id` and the policy that the contestant `name` follows in its fold.
    pub(crate) fn policy(&self, name: &str, id: &str) -> Option<(&PreparedTrade, &dyn ExitPolicy)> {
        let tested = self.tested(id)?;
        if name == AS_TRADED {
            let trade = &self.prepared.trades[self.places[tested]];
            return Some((trade, trade.as_traded.as_ref()?));
        }
        let rule = self.rules.iter().find(|rule| rule.name == name)?;
        Some((&self.prepared.trades[self.places[tested]], rule.policies[self.fold_of[tested]].as_ref()))
    }

    /// The tested trade `id` and the schedule that hindsight or chance, if `name` is theirs, follows in it.
    pub(crate) fn schedule(&self, name: &str, id: &str) -> Result<Option<(&PreparedTrade, Schedule)>, ExperimentError> {
        let (Some(tested), Some(mut schedules)) = (self.tested(id), self.schedules(name)?) else { return Ok(None) };
        Ok(Some((&self.prepared.trades[self.places[tested]], schedules.swap_remove(tested))))
    }

    /// The tested trades' outcomes under the contestant `name`, if there is one.
    pub(crate) fn outcomes(&self, name: &str) -> Result<Option<Vec<TradeOutcome>>, ExperimentError> {
        let main = &self.prepared.config.replay;
        if let Some(rule) = self.rules.iter().find(|rule| rule.name == name) {
            return Ok(Some(self.replay(rule, main)?));
        }
        if let Some(as_traded) = self.as_traded().filter(|_| name == AS_TRADED) {
            return Ok(Some(self.replay_as_traded(&as_traded, main)?));
        }
        self.schedules(name)?.map(|schedules| self.replay_schedules(&schedules, main)).transpose()
    }

    fn tested(&self, id: &str) -> Option<usize> {
        self.places.iter().position(|&place| self.prepared.trades[place].entry.id == id)
    }

    /// What was really sold of each test trade, if the config names the exits that were made.
    pub(crate) fn as_traded(&self) -> Option<Vec<&'a AsTraded>> {
        self.places.iter().map(|&place| self.prepared.trades[place].as_traded.as_ref()).collect()
    }

    pub(super) fn replay_as_traded(
        &self,
        as_traded: &[&AsTraded],
        assumptions: &ReplayConfig,
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        let of_place: BTreeMap<usize, &AsTraded> = self.places.iter().copied().zip(as_traded.iter().copied()).collect();
        self.prepared.replay(&self.places, |place| of_place[&place] as &dyn ExitPolicy, assumptions)
    }

    pub(super) fn replay(
        &self,
        rule: &JudgedExit,
        assumptions: &ReplayConfig,
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        self.replay_on(rule, assumptions, &self.fold_of)
    }

    /// The same where each test trade belongs to another fold.
    pub(super) fn replay_on(
        &self,
        rule: &JudgedExit,
        assumptions: &ReplayConfig,
        fold_of: &[usize],
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        let of_place: BTreeMap<usize, usize> = self.places.iter().copied().zip(fold_of.iter().copied()).collect();
        self.prepared.replay(&self.places, |place| rule.policies[of_place[&place]].as_ref(), assumptions)
    }

    /// The fold of the test trade at `place`.
    pub(super) fn fold_of_place(&self, place: usize) -> usize {
        let tested = self.places.binary_search(&place).expect("Invariant: only test trades are replayed");
        self.fold_of[tested]
    }
}

/// Names of the user's own exits that learned from prices of the trades at `places`.
fn fitted_to(prepared: &Prepared, places: impl Iterator<Item = usize> + Clone) -> BTreeSet<String> {
    let own = prepared.config.baselines.own.iter();
    own.filter(|own| {
        let learned = own.learned_from.as_ref();
        learned.is_some_and(|learned| places.clone().any(|place| is_seen(learned, prepared, place)))
    })
    .map(|own| own.name.clone())
    .collect()
}

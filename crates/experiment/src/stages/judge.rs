//! The judging stage: every contestant replays the test trades, under the main assumptions and under others.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_evaluation::{
    Assumption, BarPrices, Contestant, ContestantKind, Evaluation, EvaluationInput, Facts, Family, InSpan, LotCosts,
    PermutedDraw, PermutedSchedules, Sample, SensitivityLeg, Stake, SymbolFacts, TradeScores, Trials, evaluate,
};
use scaleout_exits::{
    Book, ExitPolicy, IntrabarRule, Objective, ReplayConfig, TradeOutcome, oracle, permuted_schedules,
    policies::{PolicyConfig, PolicyStyle, Schedule},
};
use scaleout_market::Entry;
use scaleout_model::{Model, ModelPolicy, RestingModelPolicy};
use scaleout_report::{LedgerFacts, PathSummary};

use crate::{
    ExperimentError, Fitted, FittedFold, Lesson, Prepared, PreparedTrade, Progress, TunedBaseline,
    config::baselines::words,
    inspect::leaks::leaks,
    seeds::{Purpose, stream},
    stages::{ledger::Ledger, new_trades::is_seen},
};

/// Name of the contestant that the verdict is about: in each fold the learner chosen inside its training span.
pub const CANDIDATE: &str = "model";

/// Name of the contestant that follows the card written from the candidate.
pub const PLAN: &str = "plan card";

/// Name of the contestant that follows in each fold the baseline with the highest J in its training span; a baseline
/// that is best in every fold stands for it itself.
pub const IN_SPAN_RULE: &str = "best rule in-span";

/// The same among ladders.
pub const IN_SPAN_LADDER: &str = "best ladder in-span";

/// The same among exits in parts.
pub const IN_PARTS: &str = "best exit in parts, in-span";

/// The same among exits that sell everything at once.
pub const AT_ONCE: &str = "best exit at once, in-span";

/// Name of the contestant that knows the future.
const HINDSIGHT: &str = "hindsight";

/// Name of the contestant that follows the candidate's schedules on other trades.
const PERMUTED: &str = "model, schedule permuted";

/// Draws of permuted schedules: p-values down to 1/100.
const PERMUTATIONS: usize = 99;

/// What the judging stage hands to the report.
pub struct Judged {
    /// The test trades' entries, in the order of every contestant's outcomes.
    pub entries: Vec<Entry>,
    /// Who took part, with every outcome.
    pub contestants: Vec<Contestant>,
    /// The free-running book of each contestant, in their order.
    pub books: Vec<Book>,
    /// What whole lots cost each rule that can be followed; empty where any part can be sold.
    pub lots: Vec<LotCosts>,
    /// What follows from it.
    pub evaluation: Evaluation,
    /// Close of every bar, by symbol.
    pub symbols: BTreeMap<String, SymbolFacts>,
    /// Candidate, rule and ladder chosen in-span, on every path.
    pub paths: Vec<PathSummary>,
    /// The ledger of tries, if one is kept.
    pub ledger: Option<LedgerFacts>,
}

/// Replays every contestant on the test trades and judges them.
///
/// # Errors
/// If the models do not fit the experiment's horizon, objective or costs, or a policy's inputs do not exist.
pub fn judge(prepared: &Prepared, fitted: &Fitted, progress: &dyn Progress) -> Result<Judged, ExperimentError> {
    let field = Field::new(prepared, fitted)?;
    let ledger = Ledger::of(prepared, fitted)?;
    let main = &prepared.config.replay;
    let legs = assumptions(prepared);
    progress.stage("replaying", field.rules.len() as u64 + legs.len() as u64 + 3);

    let entries: Vec<Entry> = field.places.iter().map(|&place| prepared.trades[place].entry.clone()).collect();
    let symbols = symbols(prepared);
    let mut contestants = Vec::with_capacity(field.rules.len() + 2);
    for rule in &field.rules {
        let outcomes = field.replay(rule, main)?;
        progress.step(&rule.name);
        contestants.push(Contestant {
            name: rule.name.clone(),
            kind: rule.kind,
            family: rule.family,
            sample: if field.fitted_to_these.contains(&rule.name) { Sample::InSample } else { fitted.sample },
            outcomes,
        });
    }
    let mut sensitivity = legs
        .into_iter()
        .map(|(assumption, config)| {
            let rules = field.rules.par_iter();
            let scores: Vec<Result<TradeScores, ExperimentError>> =
                rules.map(|rule| Ok(TradeScores::new(rule.name.clone(), &field.replay(rule, &config)?))).collect();
            progress.step(&assumption.to_string());
            Ok(SensitivityLeg { assumption, scores: scores.into_iter().collect::<Result<_, _>>()? })
        })
        .collect::<Result<Vec<_>, ExperimentError>>()?;
    sensitivity.extend(field.other_risk_aversions(main)?);

    let lots = field.lot_costs(&contestants)?;
    let mut books = field.books()?;
    progress.step("accounts and lots");

    let schedules = field.hindsight(main);
    contestants.push(Contestant {
        name: HINDSIGHT.to_owned(),
        kind: ContestantKind::Oracle,
        family: Family::Hindsight,
        sample: fitted.sample,
        outcomes: field.replay_schedules(&schedules, main)?,
    });
    books.push(field.book_of_schedules(&schedules)?);
    progress.step("hindsight");
    let mut permuted = Vec::new();
    if let Some(candidate) = contestants.iter().find(|contestant| contestant.name == CANDIDATE).cloned() {
        // One draw stands for all where single trades are shown; its figures are means over all draws.
        let schedules = field.permuted_schedules(&candidate.outcomes, 0)?;
        contestants.push(Contestant {
            name: PERMUTED.to_owned(),
            kind: ContestantKind::Random,
            family: Family::Shuffled,
            sample: fitted.sample,
            outcomes: field.replay_schedules(&schedules, main)?,
        });
        books.push(field.book_of_schedules(&schedules)?);
        let draws = field.permuted(&candidate.outcomes, main, &entries, &symbols)?;
        permuted.push(PermutedSchedules::new(CANDIDATE, Some(PERMUTED.to_owned()), draws));
    }
    progress.step("permuted schedules");

    progress.stage("judging", 1);
    let facts = Facts { leaks: leaks(prepared)?, ..facts(fitted, &field) };
    let input = EvaluationInput {
        entries: &entries,
        symbols: &symbols,
        objective: &prepared.objective,
        contestants: &contestants,
        books: &books,
        candidate: contestants.iter().any(|contestant| contestant.name == CANDIDATE).then_some(CANDIDATE),
        in_span: InSpan { rule: field.in_span_rule.as_deref(), ladder: field.in_span_ladder.as_deref() },
        intrabar_rule: main.intrabar.name(),
        sensitivity: &sensitivity,
        permuted: &permuted,
        n_trials: fitted.n_trials,
        trials: ledger.as_ref().map_or(Trials::Unknown, Ledger::trials),
        facts: &facts,
        pairs: &prepared.config.evaluation.pairs,
        scaling: field.in_parts.as_deref().zip(field.at_once.as_deref()),
        seed: stream(prepared.config.seed, Purpose::Evaluation),
    };
    let evaluation = evaluate(&input, &prepared.config.evaluation)?;
    progress.step("");
    let paths = field.paths(main)?;
    let ledger = ledger.as_ref().map(Ledger::facts);
    Ok(Judged { entries, contestants, books, lots, evaluation, symbols, paths, ledger })
}

fn facts(fitted: &Fitted, field: &Field<'_>) -> Facts {
    let now = &fitted.refit.baselines;
    let is_fair = |baseline: &TunedBaseline| !field.fitted_to_these.contains(&baseline.name);
    let mut said = words(now.iter().map(|baseline| baseline.name.as_str()));
    let mut say_choice = |contestant: Option<&str>, place: Option<usize>, what: &str| {
        if let (Some(name @ (IN_SPAN_RULE | IN_SPAN_LADDER | IN_PARTS | AT_ONCE)), Some(place)) = (contestant, place) {
            let chosen = said.get(&now[place].name).cloned().unwrap_or_else(|| format!("`{}`", now[place].name));
            said.insert(name.to_owned(), format!("{what} chosen in each fold (now {chosen})"));
        }
    };
    say_choice(field.in_span_rule.as_deref(), best_in_span(&fitted.refit, is_fair), "the rule");
    say_choice(
        field.in_span_ladder.as_deref(),
        best_in_span(&fitted.refit, |one| is_fair(one) && is_ladder(one)),
        "the ladder",
    );
    let (in_parts, at_once) = (field.in_parts.as_deref(), field.at_once.as_deref());
    say_choice(in_parts, best_in_span(&fitted.refit, |one| is_fair(one) && is_in_parts(one)), "the best exit in parts");
    say_choice(at_once, best_in_span(&fitted.refit, |one| is_fair(one) && is_at_once(one)), "the best exit at once");
    let account = &field.prepared.config.account;
    let stake = Stake {
        capital: account.capital,
        risk_per_trade_frac: account.risk_per_trade_frac,
        currency: field.prepared.market.instrument.currency.clone(),
    };
    let learner = |fold: &FittedFold| Some(fold.lesson.models.get(fold.lesson.chosen)?.name.clone());
    Facts {
        words: said,
        learners: fitted.folds.iter().filter_map(learner).collect(),
        stake: Some(stake),
        horizon_bars: Some(field.prepared.config.replay.horizon_bars as usize),
        ..Facts::default()
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

fn is_ladder(baseline: &TunedBaseline) -> bool {
    baseline.policy.style() == PolicyStyle::Ladder
}

/// Whether it sells in parts; a schedule of one part is selling at the fill.
fn is_in_parts(baseline: &TunedBaseline) -> bool {
    match &baseline.policy {
        PolicyConfig::Schedule(schedule) => 1 < schedule.sold.len(),
        policy => policy.style() == PolicyStyle::Ladder,
    }
}

fn is_at_once(baseline: &TunedBaseline) -> bool {
    let is_staged = matches!(baseline.policy, PolicyConfig::StagedStops(_));
    !is_staged && matches!(baseline.policy.style(), PolicyStyle::AllOut | PolicyStyle::Trailing)
}

/// Place of the baseline of `lesson` with the highest J in its training span among those that qualify; the
/// first of equals.
fn best_in_span(lesson: &Lesson, qualifies: impl Fn(&TunedBaseline) -> bool) -> Option<usize> {
    let baselines = &lesson.baselines;
    let qualified = (0..baselines.len()).rev().filter(|&place| qualifies(&baselines[place]));
    qualified.max_by(|&a, &b| baselines[a].training_objective.total_cmp(&baselines[b].training_objective))
}

/// The main assumptions with one thing changed at a time.
fn assumptions(prepared: &Prepared) -> Vec<(Assumption, ReplayConfig)> {
    let main = &prepared.config.replay;
    let has_finer = !prepared.market.history.trades.is_empty() || !prepared.market.history.finer.is_empty();
    let rules = IntrabarRule::ALL
        .into_iter()
        .filter(|&rule| rule != main.intrabar && (has_finer || rule != IntrabarRule::LowerTimeframe))
        .map(|rule| (Assumption::Intrabar(rule.name().to_owned()), main.with_intrabar(rule)));
    rules.chain([(Assumption::CostsTimes(2.0), main.with_costs_times(2.0))]).collect()
}

fn symbols(prepared: &Prepared) -> BTreeMap<String, SymbolFacts> {
    let instrument = &prepared.market.instrument;
    let bars = prepared.market.history.series.bars();
    let facts = SymbolFacts {
        bar_close: bars.iter().map(|bar| bar.ts).collect(),
        prices: bars.iter().map(|bar| BarPrices { high: bar.high, low: bar.low, close: bar.close }).collect(),
        currency: instrument.currency.clone(),
    };
    BTreeMap::from([(instrument.symbol.clone(), facts)])
}

/// One exit rule that can be followed: a policy for each lesson.
pub(crate) struct Rule {
    pub(crate) name: String,
    kind: ContestantKind,
    family: Family,
    /// One for each lesson, in the order of the folds.
    pub(crate) policies: Vec<Box<dyn ExitPolicy>>,
}

/// The test trades, and who replays them.
pub(crate) struct Field<'a> {
    pub(crate) prepared: &'a Prepared,
    /// Places of the test trades, in order of time.
    pub(crate) places: Vec<usize>,
    /// The fold of each test trade, on the first path.
    pub(crate) fold_of: Vec<usize>,
    /// The folds that test each trade, one for each path.
    folds_of: Vec<Vec<usize>>,
    pub(crate) rules: Vec<Rule>,
    /// Exits of the user's own that learned from some of these trades: in sample, and no benchmark.
    fitted_to_these: BTreeSet<String>,
    /// Name of the contestant that stands for the rule chosen in-span.
    in_span_rule: Option<String>,
    /// The same among ladders.
    in_span_ladder: Option<String>,
    /// The same among exits in parts: ladders and schedules.
    in_parts: Option<String>,
    /// The same among exits at once, selling at the fill left out: it is no trade.
    at_once: Option<String>,
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
        let others = std::iter::once(HINDSIGHT).chain(has_candidate.then_some(PERMUTED));
        self.rules.iter().map(|rule| rule.name.as_str()).chain(others)
    }

    /// The id of the first tested trade.
    pub(crate) fn first_id(&self) -> Option<&str> {
        self.places.first().map(|&place| self.prepared.trades[place].entry.id.as_str())
    }

    /// The tested trade `id` and the policy that the contestant `name` follows in its fold.
    pub(crate) fn policy(&self, name: &str, id: &str) -> Option<(&PreparedTrade, &dyn ExitPolicy)> {
        let rule = self.rules.iter().find(|rule| rule.name == name)?;
        let tested = self.tested(id)?;
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
        self.schedules(name)?.map(|schedules| self.replay_schedules(&schedules, main)).transpose()
    }

    /// The schedules of hindsight or chance, if `name` is theirs.
    fn schedules(&self, name: &str) -> Result<Option<Vec<Schedule>>, ExperimentError> {
        let main = &self.prepared.config.replay;
        match (name, self.rules.iter().find(|rule| rule.name == CANDIDATE)) {
            (HINDSIGHT, _) => Ok(Some(self.hindsight(main))),
            (PERMUTED, Some(candidate)) => Ok(Some(self.permuted_schedules(&self.replay(candidate, main)?, 0)?)),
            _ => Ok(None),
        }
    }

    fn tested(&self, id: &str) -> Option<usize> {
        self.places.iter().position(|&place| self.prepared.trades[place].entry.id == id)
    }

    fn replay(&self, rule: &Rule, assumptions: &ReplayConfig) -> Result<Vec<TradeOutcome>, ExperimentError> {
        self.replay_on(rule, assumptions, &self.fold_of)
    }

    /// The same where each test trade belongs to another fold.
    fn replay_on(
        &self,
        rule: &Rule,
        assumptions: &ReplayConfig,
        fold_of: &[usize],
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        let of_place: BTreeMap<usize, usize> = self.places.iter().copied().zip(fold_of.iter().copied()).collect();
        self.prepared.replay(&self.places, |place| rule.policies[of_place[&place]].as_ref(), assumptions)
    }

    /// What the candidate and its benchmarks earn in J at half and at twice the risk aversion; nothing without risk
    /// aversion. What the rules do stays: only J counts it otherwise.
    fn other_risk_aversions(&self, assumptions: &ReplayConfig) -> Result<Vec<SensitivityLeg>, ExperimentError> {
        let main = &self.prepared.objective;
        if main.risk_aversion == 0.0 {
            return Ok(Vec::new());
        }
        let judged = [Some(CANDIDATE), self.in_span_rule.as_deref(), self.in_span_ladder.as_deref()];
        let rules: Vec<&Rule> = self.rules.iter().filter(|rule| judged.contains(&Some(rule.name.as_str()))).collect();
        [0.5, 2.0]
            .into_iter()
            .map(|times| {
                let objective = Objective { risk_aversion: times * main.risk_aversion, ..main.clone() };
                let scores: Vec<Result<TradeScores, ExperimentError>> = rules
                    .par_iter()
                    .map(|rule| {
                        let policy_of = |place| rule.policies[self.fold_of_place(place)].as_ref();
                        let outcomes = self.prepared.replay_under(&self.places, policy_of, assumptions, &objective)?;
                        Ok(TradeScores::new(rule.name.clone(), &outcomes))
                    })
                    .collect();
                let scores = scores.into_iter().collect::<Result<_, _>>()?;
                Ok(SensitivityLeg { assumption: Assumption::RiskAversionTimes(times), scores })
            })
            .collect()
    }

    /// The fold of the test trade at `place`.
    fn fold_of_place(&self, place: usize) -> usize {
        let tested = self.places.binary_search(&place).expect("Invariant: only test trades are replayed");
        self.fold_of[tested]
    }

    /// Candidate and rules chosen in-span on every path; none without a candidate or a rule.
    fn paths(&self, assumptions: &ReplayConfig) -> Result<Vec<PathSummary>, ExperimentError> {
        let count = self.folds_of.iter().map(Vec::len).min().unwrap_or(0);
        let mut paths = Vec::with_capacity(count);
        for path in 0..count {
            let fold_of: Vec<usize> = self.folds_of.iter().map(|folds| folds[path]).collect();
            let mean_of = |name: Option<&str>| -> Result<Option<f64>, ExperimentError> {
                let Some(rule) = self.rules.iter().find(|rule| Some(rule.name.as_str()) == name) else {
                    return Ok(None);
                };
                let outcomes = self.replay_on(rule, assumptions, &fold_of)?;
                let mean = outcomes.iter().map(|outcome| outcome.objective).sum::<f64>() / outcomes.len() as f64;
                Ok(Some(self.prepared.objective.certainty_equivalent_r(mean)))
            };
            let (model, rule) = (mean_of(Some(CANDIDATE))?, mean_of(self.in_span_rule.as_deref())?);
            let (Some(model_objective), Some(rule_objective)) = (model, rule) else { return Ok(paths) };
            paths.push(PathSummary {
                path: path + 1,
                model_objective,
                rule: self.in_span_rule.clone().unwrap_or_default(),
                rule_objective,
                best_ladder: self.in_span_ladder.clone(),
                ladder_objective: mean_of(self.in_span_ladder.as_deref())?,
                difference_r: model_objective - rule_objective,
            });
        }
        Ok(paths)
    }

    /// The best that any schedule of market sales could have done, knowing the future.
    fn hindsight(&self, assumptions: &ReplayConfig) -> Vec<Schedule> {
        let config = &self.prepared.config;
        let best = |&place: &usize| {
            let unit = &self.prepared.trades[place].unit;
            oracle(unit, config.training.fit.tranches, &self.prepared.objective, assumptions)
        };
        self.places.par_iter().map(best).collect()
    }

    /// The candidate's own fractions over time dealt out at random among entries of the same fold, side and symbol.
    fn permuted(
        &self,
        outcomes: &[TradeOutcome],
        assumptions: &ReplayConfig,
        entries: &[Entry],
        symbols: &BTreeMap<String, SymbolFacts>,
    ) -> Result<Vec<PermutedDraw>, ExperimentError> {
        let (objective, horizon) = (&self.prepared.objective, Some(assumptions.horizon_bars as usize));
        let draws: Vec<Result<_, ExperimentError>> = (0..PERMUTATIONS)
            .into_par_iter()
            .map(|draw| {
                let drawn = self.replay_schedules(&self.permuted_schedules(outcomes, draw)?, assumptions)?;
                Ok(PermutedDraw::new(CANDIDATE, entries, &drawn, symbols, horizon, objective))
            })
            .collect();
        draws.into_iter().collect()
    }

    fn permuted_schedules(&self, outcomes: &[TradeOutcome], draw: usize) -> Result<Vec<Schedule>, ExperimentError> {
        let mut rng = ChaCha8Rng::seed_from_u64(stream(self.prepared.config.seed, Purpose::Permutation));
        rng.set_stream(draw as u64);
        Ok(permuted_schedules(outcomes, &self.fold_of, &mut rng)?)
    }

    fn replay_schedules(
        &self,
        schedules: &[Schedule],
        assumptions: &ReplayConfig,
    ) -> Result<Vec<TradeOutcome>, ExperimentError> {
        let of_place: BTreeMap<usize, &Schedule> = self.places.iter().copied().zip(schedules).collect();
        self.prepared.replay(&self.places, |place| of_place[&place] as &dyn ExitPolicy, assumptions)
    }
}

/// Name of the contestant that follows in each fold the best of the qualified baselines by its J in the training span.
/// Where one baseline is best in every fold it is that; else a contestant `name` is added to `rules`, whose first are
/// the baselines in their order.
fn in_span(
    rules: &mut Vec<Rule>,
    lessons: &[&Lesson],
    name: &str,
    qualifies: impl Fn(&TunedBaseline) -> bool,
) -> Option<String> {
    let chosen: Vec<usize> = lessons.iter().map(|lesson| best_in_span(lesson, &qualifies)).collect::<Option<_>>()?;
    let first = *chosen.first()?;
    if chosen.iter().all(|&place| place == first) {
        return Some(rules[first].name.clone());
    }
    let policies = lessons.iter().zip(&chosen).map(|(lesson, &place)| lesson.baselines[place].policy.build());
    let policies: Vec<Box<dyn ExitPolicy>> = policies.collect();
    rules.push(Rule { name: name.to_owned(), kind: ContestantKind::Baseline, family: Family::InSpan, policies });
    Some(name.to_owned())
}

/// Everyone who can be followed: the baselines, each learner selling at the open and with resting limits, and the
/// candidate.
fn rules(prepared: &Prepared, lessons: &[&Lesson]) -> Result<Vec<Rule>, ExperimentError> {
    let Some(first) = lessons.first() else { return Ok(Vec::new()) };
    let mut rules = Vec::new();
    for (place, baseline) in first.baselines.iter().enumerate() {
        rules.push(Rule {
            name: baseline.name.clone(),
            kind: ContestantKind::Baseline,
            family: baseline.policy.style().into(),
            policies: lessons.iter().map(|lesson| PolicyConfig::build(&lesson.baselines[place].policy)).collect(),
        });
    }
    for (place, learner) in first.models.iter().enumerate() {
        let resting = format!("{} (resting)", learner.name);
        rules.push(learned(
            prepared,
            lessons,
            learner.name.clone(),
            |_| place,
            |model| Box::new(ModelPolicy::new(model)),
        )?);
        rules.push(learned(prepared, lessons, resting, |_| place, |model| Box::new(RestingModelPolicy::new(model)))?);
    }
    if !first.models.is_empty() {
        let name = CANDIDATE.to_owned();
        rules.push(learned(
            prepared,
            lessons,
            name,
            |lesson| lesson.chosen,
            |model| Box::new(ModelPolicy::new(model)),
        )?);
    }
    let cards: Option<Vec<_>> = lessons.iter().map(|lesson| Some(lesson.plan.as_ref()?.policy.build())).collect();
    if let Some(policies) = cards {
        rules.push(Rule { name: PLAN.to_owned(), kind: ContestantKind::Model, family: Family::Plan, policies });
    }
    Ok(rules)
}

/// The rule that follows in each fold the model that `place_of` picks from its lesson, in the way of `policy_of`.
fn learned(
    prepared: &Prepared,
    lessons: &[&Lesson],
    name: String,
    place_of: impl Fn(&Lesson) -> usize,
    policy_of: impl Fn(Arc<Model>) -> Box<dyn ExitPolicy>,
) -> Result<Rule, ExperimentError> {
    let policies = lessons
        .iter()
        .map(|lesson| {
            let model = &lesson.models[place_of(lesson)].model;
            let config = &prepared.config;
            model.check_use(config.replay.horizon_bars, &prepared.objective, &config.training.fit.limits)?;
            for trade in &prepared.trades {
                model.check_terms(&trade.unit.terms)?;
            }
            Ok(policy_of(Arc::new(model.clone())))
        })
        .collect::<Result<_, ExperimentError>>()?;
    Ok(Rule { name, kind: ContestantKind::Model, family: Family::Learned, policies })
}

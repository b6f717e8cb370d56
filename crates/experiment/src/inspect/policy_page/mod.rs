//! The page of all exit rules: what each is, where it comes from, and one trade under it.

mod demonstration;

use std::{
    fs,
    path::{Path, PathBuf},
};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use scaleout_data::write_atomically;
use scaleout_exits::{
    ExitPolicy, Fraction, Market, Objective, TradeOutcome,
    explain::{Explanation, explain},
    oracle, permuted_schedules,
    policies::{
        Ladder, LossLimit, LossPer, Plan, PolicyConfig, PolicyFamily, PolicyStyle, Schedule, TimeLimit, rule_parts,
    },
    unit_path,
};
use scaleout_features::{FeatureSet, FeatureTable};
use scaleout_market::Entry;
use scaleout_report::{
    RuleSection, RulesPage,
    plots::{Plot, TradePicture, trade_plot},
};

use crate::{ExperimentError, inspect::signed::Signature};
use demonstration::Demonstration;

/// Settings of a family that are named; the file has all.
const MOST_NAMED: usize = 6;

/// Writes the page of all exit rules into the folder `out`: `policies.md` with its pictures in `plots/`, and the same
/// as one file `policies.html`. Returns the files.
///
/// # Errors
/// If a file cannot be written, or another file of that name is in the way; then nothing is written.
pub fn write_policy_page(out: &Path) -> Result<Vec<PathBuf>, ExperimentError> {
    let page = Shown::new().page()?;
    let plots = out.join("plots");
    let mut files = vec![(out.join("policies.html"), page.html()), (out.join("policies.md"), page.markdown())];
    let pictures = page.rules.iter().filter_map(|rule| rule.picture.as_ref());
    files.extend(pictures.map(|plot| (plots.join(format!("{}.svg", plot.name)), plot.svg.clone())));
    for (path, _) in &files {
        Signature::Policies.may_replace(path)?;
    }
    fs::create_dir_all(&plots).map_err(|source| ExperimentError::Io { path: plots.clone(), source })?;
    for (path, text) in &files {
        write_atomically(path, &Signature::Policies.on(text))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// The demonstration trade, and what is shown of it.
struct Shown {
    trade: Demonstration,
    objective: Objective,
}

impl Shown {
    fn new() -> Self {
        Self { trade: Demonstration::new(), objective: Objective::mean_variance(0.1) }
    }

    fn page(&self) -> Result<RulesPage, ExperimentError> {
        let mut rules = Vec::new();
        for family in PolicyFamily::ALL {
            rules.push(self.family(family)?);
        }
        rules.push(self.plan()?);
        rules.push(self.loss_limit()?);
        rules.push(self.hindsight()?);
        rules.push(self.permuted()?);
        let part =
            |(part, members): (scaleout_exits::policies::About, Vec<scaleout_exits::policies::About>)| RuleSection {
                name: format!("Part of rules: {}", part.name),
                words: vec![part.words],
                parameters: members.into_iter().map(|member| (member.name, member.words)).collect(),
                picture: None,
            };
        let lead = [
            "Every exit rule that a model is compared with, on the same made-up trade: a dip, a run with a climax, a \
             fall through the stop. Each picture is a replay. It shows the setting of the family's grid with the \
             highest J on this trade (J is profit in R minus a penalty for risk; R is profit divided by the risk at \
             entry). In a run the setting is tuned on the training trades. A line above the bars is a working order \
             in that bar, and a number is a sale.",
            "The text comes from the source files of the rules in `crates/exits/src/policies/`. Any of these rules \
             can be used in a config: put the line under a picture below `[[baselines.own]]`.",
            "Written by `scaleout inspect policies --out DIR`.",
        ];
        Ok(RulesPage {
            lead: lead.map(str::to_owned).to_vec(),
            rules,
            parts: rule_parts().into_iter().map(part).collect(),
        })
    }

    fn family(&self, family: PolicyFamily) -> Result<RuleSection, ExperimentError> {
        let grid = family.grid();
        let mut best: Option<(f64, &PolicyConfig)> = None;
        for policy in &grid {
            let objective = self.explained(policy.build().as_ref())?.1.objective;
            if best.is_none_or(|(so_far, _)| so_far < objective) {
                best = Some((objective, policy));
            }
        }
        let (_, policy) = best.expect("Invariant: every family has a setting");
        let style = match family.style() {
            PolicyStyle::Ladder => "a ladder",
            PolicyStyle::AllOut => "all at once, or in parts at stops",
            PolicyStyle::Schedule => "fixed times",
            PolicyStyle::Trailing => "trailing stop",
            PolicyStyle::Signal => "an indicator",
        };
        let names: Vec<String> =
            grid.iter().take(MOST_NAMED).map(|setting| format!("`{}`", setting.build().name())).collect();
        let more = grid.len().saturating_sub(MOST_NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let tuned = format!("Kind of exit: {style}. Tuned over {}: {}{more}.", grid.len(), names.join(", "));
        self.section(family.name(), policy, vec![tuned])
    }

    fn plan(&self) -> Result<RuleSection, ExperimentError> {
        let ladder = Ladder::weighted(&[1.0, 2.0, 4.0], &[1, 1, 2]);
        let half = Fraction::ratio(1, 4).expect("Invariant: a quarter is a part");
        let times = vec![TimeLimit { bars: 32, held: half }, TimeLimit { bars: 45, held: Fraction::ZERO }];
        let plan = PolicyConfig::Plan(Plan { rungs: ladder.rungs, spacing: ladder.spacing, stop: ladder.stop, times });
        let words = "The plan card of a run is such a rule. It is fitted to the model and not tuned over a grid.";
        self.section("plan", &plan, vec![words.to_owned()])
    }

    fn loss_limit(&self) -> Result<RuleSection, ExperimentError> {
        let entry = &self.trade.entry;
        let amount = 0.5 * entry.risk * entry.qty * self.trade.instrument.multiplier;
        let rule = PolicyConfig::LossLimit(LossLimit { amount, per: LossPer::Trade });
        let words = "An amount of money is the account's and not tuned over a grid. The picture has half of 1 R.";
        self.section("loss-limit", &rule, vec![words.to_owned()])
    }

    fn hindsight(&self) -> Result<RuleSection, ExperimentError> {
        let trade = &self.trade;
        let unit = unit_path(&trade.entry, trade.first_bar, self.market(), &self.objective, &trade.replay)?;
        let schedule = oracle(&unit, 4, &self.objective, &trade.replay);
        let words = "The schedule of four equal parts with the highest J, found by dynamic programming with the whole path known and under \
                     the same costs. It is an upper bound that cannot be traded. Without impact and caps all parts are sold together.";
        self.section("hindsight", &PolicyConfig::Schedule(schedule), vec![words.to_owned()])
    }

    fn permuted(&self) -> Result<RuleSection, ExperimentError> {
        let ladder = Ladder::weighted(&[1.0, 2.0, 3.0], &[1, 1, 2]);
        let outcomes: Vec<TradeOutcome> = [0, 4, 8, 12]
            .into_iter()
            .map(|later| {
                let (entry, first_bar) = self.trade.entered_later(later);
                Ok(self.replayed(&entry, first_bar, &ladder)?.0)
            })
            .collect::<Result<_, ExperimentError>>()?;
        let schedules = permuted_schedules(&outcomes, &[0; 4], &mut ChaCha8Rng::seed_from_u64(1))?;
        let own = Schedule::of_outcome(&outcomes[0]);
        let dealt = schedules.into_iter().find(|schedule| *schedule != own).unwrap_or(own);
        let words = "A candidate's own fractions over time, permuted among entries of the same fold, side and symbol. The picture uses those \
                     of a ladder on an entry some bars later. It has the candidate's exposure but not its timing.";
        self.section("schedule permuted", &PolicyConfig::Schedule(dealt), vec![words.to_owned()])
    }

    fn section(&self, name: &str, policy: &PolicyConfig, own: Vec<String>) -> Result<RuleSection, ExperimentError> {
        let about = policy.about();
        let (written, picture) = (written(policy), self.picture(name, policy.build().as_ref())?);
        let mut words = vec![format!("{} {}", about.idea, about.rule), format!("Source: {}", about.source)];
        words.extend(own);
        words.push(format!("Shown: `policy = {written}`"));
        let parameters = about.parameters.into_iter().map(|parameter| (parameter.name, parameter.words)).collect();
        Ok(RuleSection { name: name.to_owned(), words, parameters, picture: Some(picture) })
    }

    fn picture(&self, name: &str, policy: &dyn ExitPolicy) -> Result<Plot, ExperimentError> {
        let (_, trade) = self.explained(policy)?;
        let bars = self.trade.history.series.bars();
        let name_of_file = name.replace(' ', "-");
        Ok(trade_plot(&TradePicture { name: name_of_file, title: name.to_owned(), trade: &trade, bars })?)
    }

    fn explained(&self, policy: &dyn ExitPolicy) -> Result<(TradeOutcome, Explanation), ExperimentError> {
        self.replayed(&self.trade.entry, self.trade.first_bar, policy)
    }

    fn replayed(
        &self,
        entry: &Entry,
        first_bar: usize,
        policy: &dyn ExitPolicy,
    ) -> Result<(TradeOutcome, Explanation), ExperimentError> {
        let inputs = policy.inputs();
        let table = if inputs.is_empty() {
            FeatureTable::new(Vec::new(), Vec::new())
        } else {
            FeatureSet::new(inputs)?.table_of(&self.trade.history)?
        };
        Ok(explain(entry, first_bar, self.market(), &table, policy, &self.objective, &self.trade.replay)?)
    }

    fn market(&self) -> Market<'_> {
        Market { history: &self.trade.history, instrument: &self.trade.instrument }
    }
}

/// The rule as one line of a config, its kind first.
fn written(policy: &PolicyConfig) -> String {
    let written = toml::Table::try_from(policy).expect("Invariant: a rule has only text keys");
    let (kind, rest): (Vec<_>, Vec<_>) = written.iter().partition(|(key, _)| *key == "kind");
    let pairs: Vec<String> = kind.into_iter().chain(rest).map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", pairs.join(", "))
}

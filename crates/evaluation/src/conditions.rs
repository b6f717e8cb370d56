//! The conditions of a verdict, each with its figures. A condition that repeats the base case is left out.

use scaleout_exits::ObjectiveUnit;
use serde::{Deserialize, Serialize};

use crate::{
    Assumption, Comparison, Facts, Leak, PermutationResult, Sample, SensitivityResult, Trials,
    number::{interval, signed},
};

/// The subject of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It must hold.
    Required,
    /// It can only speak against: where it cannot be computed it does not count.
    Veto,
}

/// What a condition asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Is the trade new to the model?
    Sample,
    /// Does a feature know the future?
    Leak,
    /// Does the interval of the paired difference lie above 0?
    Interval,
    /// Does the model beat its permuted schedules?
    Permutation,
    /// Does the difference keep its sign under another assumption?
    Assumption,
    /// Is it more than the best of all tries?
    Trials,
}

/// One condition of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// What it asks about.
    pub question: Question,
    /// What is asked.
    pub name: String,
    /// Whether it must hold or can only veto.
    pub role: Role,
    /// Whether it holds; `None` where it was not tested, which fails a required condition.
    pub holds: Option<bool>,
    /// The figures.
    pub detail: String,
}

impl Condition {
    /// Whether it stands in the way of the model.
    pub fn blocks(&self) -> bool {
        match self.role {
            Role::Required => self.holds != Some(true),
            Role::Veto => self.holds == Some(false),
        }
    }
}

/// What the conditions against one benchmark are made from.
pub(crate) struct Against<'a> {
    /// The benchmark in words.
    pub words: &'a str,
    /// Candidate against benchmark.
    pub comparison: &'a Comparison,
    /// The deflated Sharpe ratio of their differences.
    pub deflated_sharpe: Option<f64>,
    /// Candidate against benchmark under an assumption.
    pub under: fn(&SensitivityResult) -> Option<&Comparison>,
}

/// What is the same for every benchmark.
pub(crate) struct Shared<'a> {
    pub unit: ObjectiveUnit,
    pub intrabar_rule: &'a str,
    /// γ of the main assumptions.
    pub risk_aversion: f64,
    pub permutation: Option<&'a PermutationResult>,
    pub sensitivity: &'a [SensitivityResult],
    pub trials: Trials,
    pub facts: &'a Facts,
    /// Whether the trades are new to the candidate.
    pub sample: Sample,
}

/// p-values below this count.
pub(crate) const SIGNIFICANCE: f64 = 0.05;

/// The conditions of a verdict against one benchmark, in the order in which they are read.
pub(crate) fn conditions(against: &Against<'_>, shared: &Shared<'_>) -> Vec<Condition> {
    let mut all: Vec<Condition> = sample(shared.sample).into_iter().chain(leaks(shared.facts)).collect();
    all.push(above_zero(against, shared.unit));
    all.push(permuted(shared));
    all.extend(assumptions(shared).into_iter().filter_map(|wanted| keeps_sign(against, shared, &wanted)));
    all.push(deflated(against, shared.trials));
    all
}

/// What is true of trades that are new to the model is no condition.
fn sample(sample: Sample) -> Option<Condition> {
    let detail = match sample {
        Sample::OutOfSample => return None,
        Sample::InSample => "the model learned from them",
        Sample::Unknown => "the stored model does not say what it learned from",
    };
    Some(Condition {
        question: Question::Sample,
        name: "the trades are new to the model".to_owned(),
        role: Role::Required,
        holds: Some(false),
        detail: detail.to_owned(),
    })
}

/// Features that were looked at and know nothing are no condition.
fn leaks(facts: &Facts) -> Option<Condition> {
    let named = |leak: &Leak| {
        format!(
            "`{}` has a rank correlation of {} with the next bar's return, {} one bar later",
            leak.feature,
            signed(leak.rank_correlation),
            signed(leak.one_bar_later)
        )
    };
    let (holds, detail) = match facts.leaks.as_deref() {
        Some([]) => return None,
        Some(leaks) => (Some(false), leaks.iter().map(named).collect::<Vec<_>>().join("; ")),
        None => (None, untested()),
    };
    Some(Condition {
        question: Question::Leak,
        name: "no feature looks ahead to the next bar".to_owned(),
        role: Role::Required,
        holds,
        detail,
    })
}

fn above_zero(against: &Against<'_>, unit: ObjectiveUnit) -> Condition {
    let comparison = against.comparison;
    let difference = signed(comparison.mean_objective_difference);
    Condition {
        question: Question::Interval,
        name: format!("the 95 % interval of the mean paired difference in J to {} lies above 0", against.words),
        role: Role::Required,
        holds: comparison.ci95.map(|[low, _]| low > 0.0),
        detail: format!("{difference} {}, {}", unit.name(), interval(comparison.ci95)),
    }
}

fn permuted(shared: &Shared<'_>) -> Condition {
    let test = shared.permutation;
    Condition {
        question: Question::Permutation,
        name: "the model beats its own permuted schedules (p < .05)".to_owned(),
        role: Role::Required,
        holds: test.map(|test| test.p_value < SIGNIFICANCE && test.comparison.mean_objective_difference > 0.0),
        detail: test.map_or_else(untested, |test| {
            let (difference, unit) = (signed(test.comparison.mean_objective_difference), shared.unit.name());
            format!("{difference} {unit} over the mean of {} draws, p = {:.3}", test.draws, test.p_value)
        }),
    }
}

/// The assumptions under which the sign must hold: the other order of prices inside a bar, twice the costs, half and
/// twice the risk aversion.
fn assumptions(shared: &Shared<'_>) -> Vec<Assumption> {
    let other_order = if shared.intrabar_rule == "target-first" { "stop-first" } else { "target-first" };
    let mut wanted = vec![Assumption::Intrabar(other_order.to_owned()), Assumption::CostsTimes(2.0)];
    if shared.risk_aversion > 0.0 {
        wanted.extend([Assumption::RiskAversionTimes(0.5), Assumption::RiskAversionTimes(2.0)]);
    }
    wanted
}

/// `None` where nothing is different under the assumption.
fn keeps_sign(against: &Against<'_>, shared: &Shared<'_>, wanted: &Assumption) -> Option<Condition> {
    let leg = shared.sensitivity.iter().find(|leg| leg.assumption == *wanted);
    if leg.is_some_and(|leg| leg.restates_base) {
        return None;
    }
    let comparison = leg.and_then(against.under);
    Some(Condition {
        question: Question::Assumption,
        name: format!("the difference keeps its sign under {wanted}"),
        role: Role::Required,
        holds: comparison.map(|comparison| comparison.mean_objective_difference > 0.0),
        detail: comparison.map_or_else(untested, |comparison| {
            format!("{} {}", signed(comparison.mean_objective_difference), shared.unit.name())
        }),
    })
}

fn deflated(against: &Against<'_>, trials: Trials) -> Condition {
    let detail = match (trials, against.deflated_sharpe) {
        (Trials::Unknown, _) => "trials on these data: unknown".to_owned(),
        (Trials::Counted(count), None) => format!("not defined; {}", configurations(count)),
        (Trials::Counted(count), Some(ratio)) => format!("{ratio:.3} after {}", configurations(count)),
    };
    Condition {
        question: Question::Trials,
        name: "the deflated Sharpe ratio of the paired differences is at least .95".to_owned(),
        role: Role::Veto,
        holds: against.deflated_sharpe.map(|ratio| ratio >= 1.0 - SIGNIFICANCE),
        detail,
    }
}

/// A count of configurations in words.
pub(crate) fn configurations(count: usize) -> String {
    if count == 1 {
        "1 configuration judged on these trades".to_owned()
    } else {
        format!("{count} configurations judged on these trades")
    }
}

fn untested() -> String {
    "not tested".to_owned()
}

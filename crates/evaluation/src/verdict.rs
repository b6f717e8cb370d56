use scaleout_exits::ObjectiveUnit;
use serde::{Deserialize, Serialize};

use crate::{
    Assumption, Comparison, Overfitting, PermutationResult, Power, SensitivityResult,
    number::{interval, signed, trades},
};

/// What a verdict may hang on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// It must hold.
    Required,
    /// It can only speak against: where it cannot be computed it does not count.
    Veto,
}

/// One condition of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Condition {
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

/// What a trader should use, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The contestant to use.
    pub winner: String,
    /// Whether the model is shown to beat the best ladder.
    pub better_than_ladder: bool,
    /// The verdict in one sentence.
    pub sentence: String,
    /// The model that was judged, if one took part.
    pub candidate: Option<String>,
    /// The ladder with the highest J, if one took part.
    pub best_ladder: Option<String>,
    /// What the verdict hangs on.
    pub conditions: Vec<Condition>,
}

/// Everything the verdict is made from.
pub(crate) struct Evidence<'a> {
    pub unit: ObjectiveUnit,
    pub power: &'a Power,
    pub comparison: &'a Comparison,
    pub overfitting: &'a Overfitting,
    pub permutation: Option<&'a PermutationResult>,
    pub sensitivity: &'a [SensitivityResult],
}

const SIGNIFICANCE: f64 = 0.05;

/// The verdict on the model and the ladder of `evidence.comparison`.
pub(crate) fn verdict(evidence: &Evidence<'_>) -> Verdict {
    let Comparison { candidate, baseline, .. } = evidence.comparison;
    let conditions = conditions(evidence);
    let better_than_ladder = !conditions.iter().any(Condition::blocks);
    Verdict {
        winner: if better_than_ladder { candidate.clone() } else { baseline.clone() },
        better_than_ladder,
        sentence: sentence(evidence, &conditions, better_than_ladder),
        candidate: Some(candidate.clone()),
        best_ladder: Some(baseline.clone()),
        conditions,
    }
}

/// The verdict where there is no model or no ladder to hold it against.
pub(crate) fn nothing_to_judge(winner: String, candidate: Option<String>, best_ladder: Option<String>) -> Verdict {
    let sentence = match (&candidate, &best_ladder) {
        (None, _) => format!("No model took part, so nothing was judged; the highest J has `{winner}`."),
        (Some(_), _) => format!("No ladder took part, so nothing was judged; the highest J has `{winner}`."),
    };
    Verdict { winner, better_than_ladder: false, sentence, candidate, best_ladder, conditions: Vec::new() }
}

fn conditions(evidence: &Evidence<'_>) -> Vec<Condition> {
    let condition = |name: &str, role, holds: Option<bool>, detail: String| Condition {
        name: name.to_owned(),
        role,
        holds,
        detail,
    };
    let Evidence { comparison, overfitting, permutation, .. } = evidence;
    let unit = evidence.unit.name();
    let untested = || "not tested".to_owned();
    let above_zero = comparison.ci95.map(|[low, _]| low > 0.0);
    let mut all = vec![
        condition(
            "the 95 % interval of the mean paired difference in J to the best ladder lies above 0",
            Role::Required,
            above_zero,
            format!("{} {unit}, {}", signed(comparison.mean_objective_difference), interval(comparison.ci95)),
        ),
        condition(
            "the test over all contestants (SPA) has p < .05",
            Role::Required,
            overfitting.spa_p.map(|p| p < SIGNIFICANCE),
            overfitting.spa_p.map_or_else(untested, |p| format!("p = {p:.3}")),
        ),
        condition(
            "the model beats its own schedules dealt out at random (p < .05)",
            Role::Required,
            permutation.map(|test| test.p_value < SIGNIFICANCE && test.comparison.mean_objective_difference > 0.0),
            permutation.map_or_else(untested, |test| {
                let difference = signed(test.comparison.mean_objective_difference);
                format!("{difference} {unit} over the mean of {} draws, p = {:.3}", test.draws, test.p_value)
            }),
        ),
    ];
    for wanted in [
        Assumption::Intrabar("stop-first".into()),
        Assumption::Intrabar("target-first".into()),
        Assumption::CostsTimes(2.0),
    ] {
        let leg =
            evidence.sensitivity.iter().find(|leg| leg.assumption == wanted).and_then(|leg| leg.comparison.as_ref());
        all.push(condition(
            &format!("the difference keeps its sign under {wanted}"),
            Role::Required,
            leg.map(|leg| leg.mean_objective_difference > 0.0),
            leg.map_or_else(untested, |leg| {
                format!("{} {unit} against `{}`", signed(leg.mean_objective_difference), leg.baseline)
            }),
        ));
    }
    all.push(condition(
        "the deflated Sharpe ratio of the paired differences is at least .95",
        Role::Veto,
        overfitting.deflated_sharpe.map(|probability| probability >= 1.0 - SIGNIFICANCE),
        overfitting
            .deflated_sharpe
            .map_or_else(untested, |probability| format!("{probability:.3} after {}", trials(overfitting.n_trials))),
    ));
    all.push(condition(
        "the probability of backtest overfitting is below .5",
        Role::Veto,
        overfitting.pbo.map(|pbo| pbo < 0.5),
        overfitting.pbo.map_or_else(untested, |pbo| format!("{pbo:.3}")),
    ));
    all
}

fn trials(n_trials: usize) -> String {
    if n_trials == 1 { "1 trial".to_owned() } else { format!("{n_trials} trials") }
}

fn sentence(evidence: &Evidence<'_>, conditions: &[Condition], better: bool) -> String {
    let Evidence { power, comparison, .. } = evidence;
    let unit = evidence.unit.name();
    let Comparison { candidate, baseline, mean_objective_difference, mean_difference_r, ci95, .. } = comparison;
    let shown = match power.smallest_edge {
        Some(edge) => format!(", which could have shown an edge of {edge:.3} {unit} a trade or more"),
        None => String::new(),
    };
    let sample = format!(
        "On {} in all, worth about {:.0} independent ones{shown}",
        trades(power.trades),
        power.effective_trades
    );
    let certain = match evidence.unit {
        ObjectiveUnit::R => String::new(),
        ObjectiveUnit::Utility => {
            format!(", {} R in certainty equivalents", signed(comparison.certainty_equivalent_difference_r))
        }
    };
    let difference = format!(
        "the model `{candidate}` differs from the best ladder `{baseline}` by {} {unit} in J ({}){certain} and {} R net",
        signed(*mean_objective_difference),
        interval(*ci95),
        signed(*mean_difference_r)
    );
    if better {
        return format!("{sample}: {difference}; it beats the ladder: use the model.");
    }
    let mut blocking = conditions.iter().filter(|condition| condition.blocks());
    let first_is_interval = conditions.first().is_some_and(Condition::blocks);
    let because = match blocking.next() {
        Some(first) if !first_is_interval => format!(" (it fails that {}: {})", first.name, first.detail),
        _ => String::new(),
    };
    format!("{sample}: {difference}; no evidence that the model beats the ladder{because}: use the ladder.")
}

use std::collections::BTreeMap;

use scaleout_exits::Objective;
use serde::{Deserialize, Serialize};

use crate::{
    Assumption, Contestant, EvaluationInput, SensitivityLeg, TradeScores,
    comparison::{Comparison, Pair, compare},
    resample::Resample,
    stats::moments::mean,
};

/// How contestants fare under another assumption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensitivityResult {
    /// What differs.
    pub assumption: Assumption,
    /// The same in words.
    pub label: String,
    /// Mean J of each contestant, in the unit of J.
    pub mean_objective: BTreeMap<String, f64>,
    /// The candidate against the ladder that is best under this assumption.
    pub comparison: Option<Comparison>,
}

/// The result of one leg for the candidate named `candidate`.
pub(crate) fn sensitivity(
    leg: &SensitivityLeg,
    contestants: &[Contestant],
    candidate: Option<&str>,
    objective: &Objective,
    resample: &Resample,
    draws: usize,
) -> SensitivityResult {
    let is_ladder = |name: &str| contestants.iter().any(|contestant| contestant.name == name && contestant.is_ladder());
    let ladders = leg.scores.iter().filter(|scores| is_ladder(&scores.name));
    let best_ladder = ladders.max_by(|a, b| mean_objective(a).total_cmp(&mean_objective(b)));
    let model = leg.scores.iter().find(|scores| Some(scores.name.as_str()) == candidate);
    let comparison = model.zip(best_ladder).and_then(|(candidate, baseline)| {
        compare(&[Pair { candidate, baseline, is_hypothesis: true }], objective, resample, draws).pop()
    });
    SensitivityResult {
        assumption: leg.assumption.clone(),
        label: leg.assumption.to_string(),
        mean_objective: leg.scores.iter().map(|scores| (scores.name.clone(), mean_objective(scores))).collect(),
        comparison,
    }
}

/// The main assumptions as a leg, so that the rule in use stands beside the others.
pub(crate) fn main_leg(input: &EvaluationInput<'_>) -> SensitivityLeg {
    SensitivityLeg {
        assumption: Assumption::Intrabar(input.intrabar_rule.to_owned()),
        scores: input.contestants.iter().map(TradeScores::from).collect(),
    }
}

pub(crate) fn mean_objective(scores: &TradeScores) -> f64 {
    mean(&scores.objective).expect("Invariant: there are entries")
}

use std::collections::BTreeMap;

use scaleout_exits::Objective;
use serde::{Deserialize, Serialize};

use crate::{
    Assumption, EvaluationInput, SensitivityLeg, TradeScores,
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
    /// The candidate against the rule chosen in-span; the choice is that of the main assumptions.
    pub comparison: Option<Comparison>,
    /// The candidate against the ladder chosen in-span.
    pub against_ladder: Option<Comparison>,
    /// Whether every trade of the candidate and of the rule has the J of the main assumptions: then it tests nothing.
    pub restates_base: bool,
}

/// Who is compared under each assumption, with the scores under the main ones.
pub(crate) struct Contenders<'a> {
    pub candidate: Option<&'a TradeScores>,
    pub rule: Option<&'a TradeScores>,
    pub ladder: Option<&'a TradeScores>,
}

/// The result of one leg.
pub(crate) fn sensitivity(
    leg: &SensitivityLeg,
    judged: &Contenders<'_>,
    objective: &Objective,
    resample: &Resample,
    draws: usize,
) -> SensitivityResult {
    let objective = match leg.assumption {
        Assumption::RiskAversionTimes(times) => {
            Objective { risk_aversion: times * objective.risk_aversion, ..objective.clone() }
        }
        Assumption::Intrabar(_) | Assumption::CostsTimes(_) | Assumption::HoldingCost(_) | Assumption::LimitFill(_) => {
            objective.clone()
        }
    };
    let under = |main: Option<&TradeScores>| {
        let name = &main?.name;
        leg.scores.iter().find(|scores| scores.name == *name)
    };
    let (candidate, rule) = (under(judged.candidate), under(judged.rule));
    let against = |baseline: Option<&TradeScores>| {
        let (candidate, baseline) = candidate.zip(baseline)?;
        compare(&[Pair { candidate, baseline, is_hypothesis: true }], &objective, resample, draws).pop()
    };
    let is_same = |main: Option<&TradeScores>| {
        main.zip(under(main)).is_some_and(|(main, other)| main.objective == other.objective)
    };
    SensitivityResult {
        assumption: leg.assumption.clone(),
        label: leg.assumption.to_string(),
        mean_objective: leg.scores.iter().map(|scores| (scores.name.clone(), mean_objective(scores))).collect(),
        comparison: against(rule),
        against_ladder: against(under(judged.ladder)),
        restates_base: is_same(judged.candidate) && is_same(judged.rule),
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

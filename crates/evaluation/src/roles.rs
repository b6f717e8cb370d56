//! Who plays which part in the judgement, by place among the contestants.

use crate::{Contestant, ContestantKind, EvaluationInput, TradeScores, sensitivity::mean_objective};

/// Places of the judged and of what it is held against; `None` where there is no such contestant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Roles {
    pub candidate: Option<usize>,
    /// The rule chosen in-span.
    pub rule: Option<usize>,
    /// The ladder chosen in-span.
    pub ladder: Option<usize>,
}

impl Roles {
    /// The parts as `input` deals them out; the model with the highest mean J where it names no candidate.
    pub fn of(input: &EvaluationInput<'_>, scores: &[TradeScores]) -> Self {
        let place = |name: Option<&str>| name.and_then(|name| scores.iter().position(|scores| scores.name == name));
        let is_model = |contestant: &Contestant| contestant.kind == ContestantKind::Model;
        let candidate = match input.candidate {
            Some(name) => place(Some(name)),
            None => best(input.contestants, scores, is_model),
        };
        Self { candidate, rule: place(input.in_span.rule), ladder: place(input.in_span.ladder) }
    }
}

/// The place of the contestant with the highest mean J among those that `qualify`; the first of equals.
pub(crate) fn best(
    contestants: &[Contestant],
    scores: &[TradeScores],
    qualify: impl Fn(&Contestant) -> bool,
) -> Option<usize> {
    let qualified = (0..contestants.len()).rev().filter(|&index| qualify(&contestants[index]));
    qualified.max_by(|&a, &b| mean_objective(&scores[a]).total_cmp(&mean_objective(&scores[b])))
}

/// What `candidate` gained over `baseline` in J, trade by trade.
pub(crate) fn paired(candidate: &TradeScores, baseline: &TradeScores) -> Vec<f64> {
    candidate.objective.iter().zip(&baseline.objective).map(|(candidate, baseline)| candidate - baseline).collect()
}

/// The scores of every contestant that can be traded, without the choices among them.
pub(crate) fn followed<'a>(contestants: &[Contestant], scores: &'a [TradeScores]) -> Vec<&'a TradeScores> {
    contestants.iter().zip(scores).filter(|(contestant, _)| contestant.is_rival()).map(|(_, scores)| scores).collect()
}

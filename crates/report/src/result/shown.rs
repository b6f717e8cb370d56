//! Which contestants are worth a line of their own, and in which part.

use scaleout_evaluation::{ContestantKind, ContestantResult, Evaluation};

/// The part that a contestant plays in a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Any other baseline.
    Baseline,
    /// Any other model.
    Model,
    /// The rule or the ladder chosen in-span.
    Ladder,
    /// The model that is judged.
    Candidate,
    /// Hindsight.
    Oracle,
    /// Chance.
    Random,
}

/// The part of `contestant`.
pub(crate) fn part(contestant: &ContestantResult, evaluation: &Evaluation) -> Part {
    let is = |name: &Option<String>| name.as_ref() == Some(&contestant.name);
    match contestant.kind {
        ContestantKind::Model if is(&evaluation.verdict.candidate) => Part::Candidate,
        ContestantKind::Model => Part::Model,
        ContestantKind::Baseline if is(&evaluation.verdict.rule) || is(&evaluation.verdict.best_ladder) => Part::Ladder,
        ContestantKind::Baseline => Part::Baseline,
        ContestantKind::Oracle => Part::Oracle,
        ContestantKind::Random => Part::Random,
    }
}

/// Contestants worth a line of their own, last on top: baselines, models, rule and ladder chosen in-span, the candidate; hindsight
/// and chance would only squeeze the rest.
pub(crate) fn drawn(evaluation: &Evaluation) -> Vec<usize> {
    let parts = evaluation.contestants.iter().map(|contestant| part(contestant, evaluation)).enumerate();
    let mut drawn: Vec<(Part, usize)> =
        parts.filter(|(_, part)| *part < Part::Oracle).map(|(place, part)| (part, place)).collect();
    drawn.sort_unstable();
    drawn.into_iter().map(|(_, place)| place).collect()
}

/// Whether the contestant is drawn in bold and by name.
pub(crate) fn is_named(contestant: &ContestantResult, evaluation: &Evaluation) -> bool {
    matches!(part(contestant, evaluation), Part::Candidate | Part::Ladder)
}

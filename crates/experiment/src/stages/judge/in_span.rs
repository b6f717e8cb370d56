//! The baselines that stand for a kind: in each fold the one that was best inside its training span.

use scaleout_evaluation::{ContestantKind, Family};
use scaleout_exits::{
    ExitPolicy,
    policies::{PolicyConfig, PolicyStyle},
};

use crate::{Lesson, TunedBaseline, stages::judge::rules::JudgedExit};

/// Name of the contestant that follows in each fold the best of the qualified baselines by its J in the training span.
/// Where one baseline is best in every fold it is that; else a contestant `name` is added to `rules`, whose first are
/// the baselines in their order.
pub(super) fn in_span(
    rules: &mut Vec<JudgedExit>,
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
    rules.push(JudgedExit { name: name.to_owned(), kind: ContestantKind::Baseline, family: Family::InSpan, policies });
    Some(name.to_owned())
}

/// Place of the baseline of `lesson` with the highest J in its training span among those that qualify; the
/// first of equals.
pub(super) fn best_in_span(lesson: &Lesson, qualifies: impl Fn(&TunedBaseline) -> bool) -> Option<usize> {
    let baselines = &lesson.baselines;
    let qualified = (0..baselines.len()).rev().filter(|&place| qualifies(&baselines[place]));
    qualified.max_by(|&a, &b| baselines[a].training_objective.total_cmp(&baselines[b].training_objective))
}

pub(super) fn is_ladder(baseline: &TunedBaseline) -> bool {
    baseline.policy.style() == PolicyStyle::Ladder
}

/// Whether it sells in parts; a schedule of one part is selling at the fill.
pub(super) fn is_in_parts(baseline: &TunedBaseline) -> bool {
    match &baseline.policy {
        PolicyConfig::Schedule(schedule) => 1 < schedule.sold.len(),
        policy => policy.style() == PolicyStyle::Ladder,
    }
}

pub(super) fn is_at_once(baseline: &TunedBaseline) -> bool {
    let is_staged = matches!(baseline.policy, PolicyConfig::StagedStops(_));
    !is_staged && matches!(baseline.policy.style(), PolicyStyle::AllOut | PolicyStyle::Trailing)
}

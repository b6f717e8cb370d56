//! The verdict on the candidate, with the comparisons and the tests that it rests on.

use crate::{
    Comparison, Contestant, ContestantKind, EvaluationError, EvaluationInput, Family, Overfitting, PermutationResult,
    Power, Sample, SensitivityResult, TradeScores, Verdict,
    comparison::{Pair, compare},
    conditions::Shared,
    evidence::Evidence,
    overfitting::{OverfittingInput, deflated, overfitting},
    resample::Resample,
    roles::{Roles, best, followed, paired},
    situation::Situation,
    verdict::{nothing_to_judge, verdict},
};

/// What was found out before the verdict.
pub(crate) struct Bench<'a> {
    pub input: &'a EvaluationInput<'a>,
    /// Of every contestant, in their order.
    pub scores: &'a [TradeScores],
    pub roles: Roles,
    /// What the candidate gained over the rule chosen in-span, trade by trade.
    pub differences: Option<&'a [f64]>,
    pub resample: &'a Resample,
    pub draws: usize,
    /// Every assumption, intrabar rules first.
    pub sensitivity: &'a [SensitivityResult],
    pub permutations: &'a [PermutationResult],
    pub power: &'a Power,
}

/// The verdict and what it rests on.
pub(crate) struct Judgement {
    pub verdict: Verdict,
    pub overfitting: Overfitting,
    /// Everyone against the rule chosen in-span, then the candidate against the other baselines and its plan card.
    pub comparisons: Vec<Comparison>,
}

/// Judges the candidate against the rule chosen in-span; without either nothing is concluded and the contestant with
/// the highest mean J is named.
pub(crate) fn judge(bench: &Bench<'_>) -> Result<Judgement, EvaluationError> {
    match (bench.roles.candidate, bench.roles.rule) {
        (Some(candidate), Some(rule)) => Ok(judge_against(bench, candidate, rule)),
        (candidate, rule) => {
            let Bench { input, scores, .. } = *bench;
            let winner = best(input.contestants, scores, Contestant::is_rival)
                .ok_or(EvaluationError::Nothing { what: "baselines or models" })?;
            let name = |index: Option<usize>| index.map(|index| scores[index].name.clone());
            let words = input.facts.say(&scores[winner].name);
            let verdict = nothing_to_judge(scores[winner].name.clone(), &words, name(candidate), name(rule));
            let overfitting = Overfitting::untested(input.n_trials, input.trials);
            Ok(Judgement { verdict, overfitting, comparisons: Vec::new() })
        }
    }
}

fn judge_against(bench: &Bench<'_>, candidate: usize, rule: usize) -> Judgement {
    let Bench { input, scores, resample, draws, .. } = *bench;
    let comparisons = all_comparisons(input, scores, candidate, rule, resample, draws);
    let field = field(input.contestants, scores, candidate, rule);
    let overfitting = overfitting(&field, input.n_trials, input.trials, resample, draws);
    let of_candidate = |baseline: usize| {
        let is_it = |comparison: &&Comparison| {
            comparison.candidate == scores[candidate].name && comparison.baseline == scores[baseline].name
        };
        comparisons.iter().find(is_it).expect("Invariant: the candidate is compared with every baseline")
    };
    let ladder = bench.roles.ladder.map(|ladder| {
        let gains = paired(&scores[candidate], &scores[ladder]);
        let count = input.trials.count();
        (of_candidate(ladder), count.and_then(|count| deflated(&gains, count, resample)))
    });
    // A rule that was fitted to these very trades must not be beaten: it had them at hand.
    let is_fair = |rule: &Contestant| rule.is_rule() && rule.sample == Sample::OutOfSample;
    let rules = (0..scores.len()).filter(|&index| is_fair(&input.contestants[index]));
    let baselines: Vec<&Comparison> = rules.map(of_candidate).collect();
    let evidence = Evidence {
        shared: Shared {
            unit: input.objective.unit(),
            intrabar_rule: input.intrabar_rule,
            risk_aversion: input.objective.risk_aversion,
            permutation: bench.permutations.iter().find(|test| test.candidate == scores[candidate].name),
            sensitivity: bench.sensitivity,
            trials: input.trials,
            facts: input.facts,
            sample: input.contestants[candidate].sample,
        },
        power: bench.power,
        overfitting: &overfitting,
        comparison: of_candidate(rule),
        ladder,
        baselines: &baselines,
        situation: Situation::new(
            &followed(input.contestants, scores),
            &input.contestants[candidate],
            bench.differences.unwrap_or_default(),
        ),
    };
    Judgement { verdict: verdict(&evidence), overfitting, comparisons }
}

fn all_comparisons(
    input: &EvaluationInput<'_>,
    scores: &[TradeScores],
    candidate: usize,
    rule: usize,
    resample: &Resample,
    draws: usize,
) -> Vec<Comparison> {
    let contestants = input.contestants;
    let others = (0..scores.len()).filter(|&index| index != rule && index != candidate);
    let against_rule: Vec<Pair<'_>> = [candidate]
        .into_iter()
        .chain(others)
        .map(|index| Pair {
            candidate: &scores[index],
            baseline: &scores[rule],
            is_hypothesis: contestants[index].is_rival(),
        })
        .collect();
    let is_replaced =
        |contestant: &Contestant| contestant.kind == ContestantKind::Baseline || contestant.family == Family::Plan;
    let baselines =
        (0..scores.len()).filter(|&index| index != rule && index != candidate && is_replaced(&contestants[index]));
    let of_candidate: Vec<Pair<'_>> = baselines
        .map(|index| Pair {
            candidate: &scores[candidate],
            baseline: &scores[index],
            is_hypothesis: contestants[index].is_rival(),
        })
        .collect();
    let mut comparisons = compare(&against_rule, input.objective, resample, draws);
    comparisons.extend(compare(&of_candidate, input.objective, resample, draws));
    comparisons
}

fn field<'a>(
    contestants: &[Contestant],
    scores: &'a [TradeScores],
    candidate: usize,
    rule: usize,
) -> OverfittingInput<'a> {
    let rivals = (0..scores.len()).filter(|&index| index != rule && contestants[index].is_rival());
    OverfittingInput {
        benchmark: &scores[rule],
        candidate: &scores[candidate],
        rivals: rivals.map(|index| &scores[index]).collect(),
    }
}

use crate::{
    Comparison, SensitivityResult,
    advice::advice,
    conditions::{Against, Condition, Question, conditions},
    evidence::{Evidence, Verdict},
    sentence::sentence,
};

/// The verdict on the model and the rule of `evidence.comparison`.
pub(crate) fn verdict(evidence: &Evidence<'_>) -> Verdict {
    let Comparison { candidate, baseline, .. } = evidence.comparison;
    let facts = evidence.shared.facts;
    let holds = |conditions: &[Condition]| !conditions.is_empty() && !conditions.iter().any(Condition::blocks);
    let against_rule = conditions(
        &Against {
            words: &facts.say(baseline),
            comparison: evidence.comparison,
            deflated_sharpe: evidence.overfitting.deflated_sharpe,
            under: |leg| leg.comparison.as_ref(),
        },
        &evidence.shared,
    );
    let against_ladder = evidence.ladder.map_or_else(Vec::new, |(comparison, deflated_sharpe)| {
        let words = facts.say(&comparison.baseline);
        let under: fn(&SensitivityResult) -> Option<&Comparison> = |leg| leg.against_ladder.as_ref();
        conditions(&Against { words: &words, comparison, deflated_sharpe, under }, &evidence.shared)
    });
    let better_than_rule = holds(&against_rule);
    let better_than_ladder = holds(&against_ladder);
    let is_beaten = |comparison: &&&Comparison| comparison.ci95.is_some_and(|[low, _]| low > 0.0);
    let not_beaten: Vec<String> = evidence
        .baselines
        .iter()
        .filter(|comparison| !is_beaten(comparison))
        .map(|comparison| comparison.baseline.clone())
        .collect();
    let others_hold =
        !against_rule.iter().any(|condition| condition.question != Question::Interval && condition.blocks());
    let mut verdict = Verdict {
        winner: if better_than_rule { candidate.clone() } else { baseline.clone() },
        better_than_rule,
        beats_all: others_hold && not_beaten.is_empty() && !evidence.baselines.is_empty(),
        better_than_ladder,
        sentence: String::new(),
        advice: String::new(),
        candidate: Some(candidate.clone()),
        rule: Some(baseline.clone()),
        best_ladder: evidence.ladder.map(|(comparison, _)| comparison.baseline.clone()),
        conditions: against_rule,
        ladder_conditions: against_ladder,
        not_beaten,
    };
    verdict.advice = advice(&verdict, evidence);
    verdict.sentence = sentence(&verdict, evidence);
    verdict
}

/// The verdict where there is no model or no rule to hold it against.
pub(crate) fn nothing_to_judge(
    winner: String,
    words: &str,
    candidate: Option<String>,
    rule: Option<String>,
) -> Verdict {
    let missing = if candidate.is_none() { "No model took part" } else { "No benchmark took part" };
    let advice = format!("{missing}, so nothing was judged");
    Verdict {
        winner,
        better_than_rule: false,
        beats_all: false,
        better_than_ladder: false,
        sentence: format!("{advice}. Of all, {words} has the highest J on these trades, chosen with hindsight."),
        advice,
        candidate,
        rule,
        best_ladder: None,
        conditions: Vec::new(),
        ladder_conditions: Vec::new(),
        not_beaten: Vec::new(),
    }
}

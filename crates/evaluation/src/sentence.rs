//! The verdict in words: the advice, then the figures that it rests on.

use scaleout_exits::ObjectiveUnit;

use crate::{
    Comparison, Trials,
    conditions::{Condition, Question},
    evidence::{Evidence, Verdict},
    number::{interval, signed, trades},
};

/// The advice and the figures, each in a sentence of its own.
pub(crate) fn sentence(verdict: &Verdict, evidence: &Evidence<'_>) -> String {
    let mut sentences = vec![format!("{}.", verdict.advice), difference(evidence), sample(evidence)];
    sentences.extend(in_the_way(verdict));
    sentences.extend(more_trades(verdict, evidence));
    sentences.join(" ")
}

fn difference(evidence: &Evidence<'_>) -> String {
    let unit = evidence.shared.unit;
    let Comparison { candidate, baseline, mean_objective_difference, mean_difference_r, ci95, .. } =
        evidence.comparison;
    let facts = evidence.shared.facts;
    let learners = by_fold(&facts.learners).map_or(String::new(), |learners| format!(" ({learners})"));
    let (what, certain) = match unit {
        ObjectiveUnit::R => (what_j_is(evidence.shared.risk_aversion), String::new()),
        ObjectiveUnit::Utility => (
            "the mean utility of a trade".to_owned(),
            format!(", {} R in certainty equivalents", signed(evidence.comparison.certainty_equivalent_difference_r)),
        ),
    };
    format!(
        "Against {}, the model `{candidate}`{learners} gains {} {} in J ({}){certain} and {} R net per trade. J is {what}.",
        facts.say(baseline),
        signed(*mean_objective_difference),
        unit.name(),
        interval(*ci95),
        signed(*mean_difference_r)
    )
}

fn what_j_is(risk_aversion: f64) -> String {
    if risk_aversion > 0.0 {
        format!("the mean R of a trade minus a charge for its swings (half of γ = {risk_aversion} times their square)")
    } else {
        "the mean R of a trade after costs".to_owned()
    }
}

/// Which learner follows in which folds: `trees in folds 1 to 3, linear in fold 4`.
fn by_fold(learners: &[String]) -> Option<String> {
    let mut runs: Vec<(&str, usize, usize)> = Vec::new();
    for (fold, learner) in learners.iter().enumerate() {
        match runs.last_mut() {
            Some((name, _, last)) if *name == learner => *last = fold + 1,
            _ => runs.push((learner, fold + 1, fold + 1)),
        }
    }
    let words = match runs.as_slice() {
        [] => return None,
        [(only, ..)] => (*only).to_owned(),
        runs => {
            let run = |&(name, first, last): &(&str, usize, usize)| {
                if first == last {
                    format!("{name} in fold {first}")
                } else {
                    format!("{name} in folds {first} to {last}")
                }
            };
            runs.iter().map(run).collect::<Vec<_>>().join(", ")
        }
    };
    Some(words)
}

fn sample(evidence: &Evidence<'_>) -> String {
    let power = evidence.power;
    let shown = power.smallest_edge.map_or(String::new(), |edge| {
        format!(", enough to show an edge of {edge:.3} {} per trade", evidence.shared.unit.name())
    });
    let trials = match evidence.shared.trials {
        Trials::Unknown => "Trials on these data: unknown.".to_owned(),
        Trials::Counted(count) => format!("Trials on these data: {count}."),
    };
    format!(
        "{} are worth about {:.0} independent ones{shown}. {trials}",
        capital(&trades(power.trades)),
        power.effective_trades
    )
}

/// The first condition that fails besides the interval.
fn in_the_way(verdict: &Verdict) -> Option<String> {
    // What the advice says of them already; it says nothing of a leak that was not looked for.
    let is_said = |condition: &Condition| {
        let said = [Question::Interval, Question::Sample, Question::Leak].contains(&condition.question);
        said && condition.holds == Some(false)
    };
    let interval_holds =
        verdict.conditions.iter().any(|condition| condition.question == Question::Interval && !condition.blocks());
    let failed = verdict.conditions.iter().find(|condition| condition.blocks() && !is_said(condition))?;
    interval_holds.then(|| format!("This condition fails: {} ({}).", failed.name, failed.detail))
}

/// How many more trades would show an edge of the size measured.
fn more_trades(verdict: &Verdict, evidence: &Evidence<'_>) -> Option<String> {
    let edge = evidence.comparison.mean_objective_difference;
    let smallest = evidence.power.smallest_edge.filter(|smallest| edge > 0.0 && edge < *smallest)?;
    let silent = [Question::Sample, Question::Leak];
    if verdict.better_than_rule || verdict.conditions.iter().any(|condition| silent.contains(&condition.question)) {
        return None;
    }
    let trades = evidence.power.trades as f64;
    let more = trades * (smallest / edge).powi(2) - trades;
    let more = if more < 1e6 { format!("about {}", rounded(more)) } else { "more than a million".to_owned() };
    Some(format!("An edge of this size would be significant after {more} more trades."))
}

/// Two leading digits: more would be false precision.
fn rounded(count: f64) -> u64 {
    let unit = 10_f64.powf((count.max(1.0).log10().floor() - 1.0).max(0.0));
    ((count / unit).ceil() * unit) as u64
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learners_are_named_by_fold() {
        let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(by_fold(&names(&["trees", "trees", "linear"])).unwrap(), "trees in folds 1 to 2, linear in fold 3");
        assert_eq!(by_fold(&names(&["trees", "trees"])).unwrap(), "trees");
        assert_eq!(by_fold(&[]), None);
    }

    #[test]
    fn counts_have_two_digits() {
        assert_eq!([3.2, 47.0, 1_234.0, 98_765.0].map(rounded), [4, 47, 1_300, 99_000]);
    }
}

//! The report for a terminal: every contestant and the verdict.

use scaleout_evaluation::{ContestantResult, Evaluation, Sample, number::signed};
use scaleout_exits::ObjectiveUnit;

use crate::RunResult;

/// A run for the terminal: the table of its evaluation, and a line for each part of the report that could not be made.
pub fn summary(result: &RunResult) -> String {
    let withheld = result.withheld.iter().map(|withheld| format!("{withheld}\n"));
    summary_table(&result.evaluation) + &withheld.collect::<String>()
}

/// The table for the terminal: every contestant by J in R (the certainty equivalent where J is utility), its difference
/// to the rule chosen in-span, and the verdict.
pub fn summary_table(evaluation: &Evaluation) -> String {
    let (in_j, difference_in) = match evaluation.objective.unit() {
        ObjectiveUnit::R => ("J/trade", "vs benchmark in J (95 %)"),
        ObjectiveUnit::Utility => ("certain R/trade", "vs benchmark in certain R (95 %)"),
    };
    let head = ["contestant", "kind", in_j, "net R/trade", "max DD (R)", "win rate", difference_in];
    let mut order: Vec<&ContestantResult> = evaluation.contestants.iter().collect();
    let objective = |contestant: &ContestantResult| contestant.value("mean_objective").unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| objective(b).total_cmp(&objective(a)));
    let mut rows: Vec<[String; 7]> = vec![head.map(str::to_owned)];
    rows.extend(order.into_iter().map(|contestant| {
        let figure = |name: &str, decimals: usize| {
            contestant.value(name).map_or("–".to_owned(), |value| format!("{value:.decimals$}").replacen('-', "−", 1))
        };
        let r = |name: &str| contestant.value(name).map_or("–".to_owned(), signed);
        [
            contestant.name.clone(),
            kind(contestant),
            r("certainty_equivalent_r"),
            r("mean_net_r"),
            figure("max_drawdown_r", 2),
            figure("win_rate", 3),
            difference(contestant, evaluation),
        ]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut text = String::new();
    for row in &rows {
        let cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(
                |(column, (cell, &width))| {
                    if column < 2 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
                },
            )
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    format!("{text}\n{}\n", evaluation.verdict.sentence)
}

/// What part a contestant plays; what is not out of sample is marked.
pub(super) fn kind(contestant: &ContestantResult) -> String {
    let kind = format!("{:?}", contestant.kind).to_lowercase();
    match contestant.sample {
        Sample::OutOfSample => kind,
        Sample::InSample => format!("{kind}, IN SAMPLE"),
        Sample::Unknown => format!("{kind}, sample unknown"),
    }
}

fn difference(contestant: &ContestantResult, evaluation: &Evaluation) -> String {
    let rule = evaluation.verdict.rule.as_ref();
    if rule == Some(&contestant.name) {
        return "benchmark".to_owned();
    }
    let mut comparisons = evaluation.comparisons.iter();
    let found =
        comparisons.find(|comparison| comparison.candidate == contestant.name && Some(&comparison.baseline) == rule);
    let Some(comparison) = found else { return "–".to_owned() };
    let value = signed(comparison.certainty_equivalent_difference_r);
    match comparison.ci95_certainty_equivalent_r {
        Some([low, high]) => format!("{value} ({} to {})", signed(low), signed(high)),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::fake::FakeRun;

    #[test]
    fn columns_stand_under_each_other() {
        let run = FakeRun::new(4, 60, 0.3);
        let evaluation = run.evaluate();
        let text = super::summary_table(&evaluation);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 1 + run.contestants.len() + 2);
        let column = lines[0].find("kind").unwrap();
        assert!(lines[1..=run.contestants.len()].iter().all(|line| line.as_bytes()[column - 1] == b' '));
        assert!(text.contains("benchmark") && text.ends_with(&format!("{}\n", evaluation.verdict.sentence)));
    }
}

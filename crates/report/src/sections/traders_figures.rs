//! Figures that a trader asks for: what it is like to follow an exit.

use scaleout_evaluation::{ContestantKind, ContestantResult, Evaluation, number::signed};

use crate::{
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section {
    name: "traders_figures",
    about: "free trades, give-back, rungs, reversals, regret, losing runs",
    contents: |page: &Page<'_>| blocks(&page.result.evaluation),
};

/// Figures by name, and how they are said.
const SHOWN: [(&str, &str); 9] = [
    ("break_even_share", "free trades"),
    ("give_back", "give-back, R"),
    ("mfe_capture", "share of the best excursion kept"),
    ("rung_1_hit_rate", "first rung hit"),
    ("rung_2_hit_rate_after_1", "second rung hit after the first"),
    ("reversal_after_rung_1", "first rung, then a loss"),
    ("break_even_regret", "break-even regret"),
    ("after_exit_r", "move after the exit, R"),
    ("longest_losing_run", "longest losing run"),
];

/// The section; rules that can be followed, best J first.
fn blocks(evaluation: &Evaluation) -> Vec<Block> {
    let is_followed = |kind| matches!(kind, ContestantKind::Baseline | ContestantKind::Model);
    let mut order: Vec<_> = evaluation.contestants.iter().filter(|contestant| is_followed(contestant.kind)).collect();
    let objective = |one: &ContestantResult| one.value("mean_objective").unwrap_or(f64::NEG_INFINITY);
    order.sort_by(|a, b| objective(b).total_cmp(&objective(a)));
    let rows = order.into_iter().map(|contestant| {
        let cell = |(name, _): &(&str, &str)| {
            let Some(metric) = contestant.metrics.get(*name) else { return "–".to_owned() };
            let Some(value) = metric.value else { return "–".to_owned() };
            metric.ci95.map_or_else(
                || signed(value),
                |[low, high]| format!("{} ({} to {})", signed(value), signed(low), signed(high)),
            )
        };
        std::iter::once(format!("`{}`", contestant.name)).chain(SHOWN.iter().map(cell)).collect()
    });
    let head = std::iter::once("contestant").chain(SHOWN.iter().map(|(_, words)| *words)).map(str::to_owned);
    vec![
        Block::Heading("What it is like to follow".into()),
        Block::Paragraph(
            "Each entry is traded separately; intervals are 95 %. A trade is free once its realised gains cover the risk of \
             the rest. Break-even regret: the rest is stopped at the entry price, and then the price moves 1 R in favour."
                .into(),
        ),
        Block::Table { head: head.collect(), rows: rows.collect() },
    ]
}

#[cfg(test)]
mod tests {
    use scaleout_evaluation::fake::FakeRun;

    use super::*;

    #[test]
    fn every_figure_exists_and_has_an_interval() {
        let evaluation = FakeRun::new(4, 150, 0.3).evaluate();
        for (name, _) in SHOWN {
            let known = evaluation.contestants.iter().filter_map(|contestant| contestant.metrics.get(name)?.ci95);
            assert!(0 < known.count(), "{name}");
        }
        let blocks = blocks(&evaluation);
        let Block::Table { head, rows } = &blocks[2] else { panic!("{blocks:?}") };
        assert!(rows.len() == 6 && rows.iter().all(|row| row.len() == head.len()));
    }
}

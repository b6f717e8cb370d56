//! Paired differences on the same entries.

use scaleout_evaluation::{Comparison, number::signed};

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section, certain},
};

pub(super) const SECTION: Section =
    Section { name: "differences", about: "paired differences on the same entries", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let evaluation = &page.result.evaluation;
    if evaluation.comparisons.is_empty() {
        return Vec::new();
    }
    let interval = |ci95: Option<[f64; 2]>| {
        ci95.map_or("–".into(), |[low, high]| format!("{} to {}", signed(low), signed(high)))
    };
    let unit = evaluation.objective.unit();
    let row = |comparison: &Comparison| {
        let mut row = vec![
            format!("`{}`", comparison.candidate),
            format!("`{}`", comparison.baseline),
            signed(comparison.mean_objective_difference),
            interval(comparison.ci95),
        ];
        row.extend(certain(unit, || signed(comparison.certainty_equivalent_difference_r)));
        row.extend(certain(unit, || interval(comparison.ci95_certainty_equivalent_r)));
        row.extend([
            signed(comparison.mean_difference_r),
            format!("{:.4}", comparison.p_value),
            comparison.p_value_adjusted.map_or("–".into(), |p| format!("{p:.4}")),
        ]);
        row
    };
    let in_j = format!("difference in J, {}", unit.name());
    let mut head = vec!["contestant", "against", in_j.as_str(), "95 %"];
    head.extend(certain(unit, || ["difference in certain R", "95 %"]).into_iter().flatten());
    head.extend(["difference in net R", "p", "p, Holm"]);
    vec![
        Block::Heading("Paired differences on the same entries".into()),
        table(&head, evaluation.comparisons.iter().map(row).collect()),
    ]
}

//! The same trades on every path of combinatorial splits.

use scaleout_evaluation::number::signed;
use scaleout_exits::ObjectiveUnit;

use crate::{
    PathSummary,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "paths", about: "the same trades on every path of combinatorial splits", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let (paths, unit) = (&page.result.paths, page.result.evaluation.objective.unit());
    if paths.len() < 2 {
        return Vec::new();
    }
    let mean = paths.iter().map(|path| path.difference_r).sum::<f64>() / paths.len() as f64;
    let above = paths.iter().filter(|path| path.difference_r > 0.0).count();
    let row = |path: &PathSummary| {
        vec![
            format!("path {}", path.path),
            signed(path.model_objective),
            format!("`{}`", path.rule),
            signed(path.rule_objective),
            signed(path.difference_r),
        ]
    };
    let head = match unit {
        ObjectiveUnit::R => ["history", "J of the model, R", "rule chosen in-span", "its J, R", "difference in J, R"],
        ObjectiveUnit::Utility => {
            ["history", "certain R of the model", "rule chosen in-span", "its certain R", "difference, R"]
        }
    };
    vec![
        Block::Heading("The same trades on every path".into()),
        Block::Paragraph(format!(
            "Combinatorial purged splits test each trade in {} folds, taught by other parts of the past and also by later \
             ones, with overlaps purged. Everything else in this report, the verdict too, is about path 1. The model is \
             above the rule chosen in-span on {above} of {} paths, by {} R on average. Paths share trades, so they are no \
             independent tests: they show how much hangs on what was learned from, and not what could have been traded.",
            paths.len(),
            paths.len(),
            signed(mean)
        )),
        Block::Table { head: head.map(str::to_owned).to_vec(), rows: paths.iter().map(row).collect() },
    ]
}

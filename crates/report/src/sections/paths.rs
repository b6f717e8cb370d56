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
        ObjectiveUnit::R => ["path", "J of the model, R", "benchmark", "J of the benchmark, R", "difference in J, R"],
        ObjectiveUnit::Utility => {
            ["path", "certain R of the model", "benchmark", "certain R of the benchmark", "difference, R"]
        }
    };
    vec![
        Block::Heading("The same trades on every path".into()),
        Block::Paragraph(format!(
            "Combinatorial purged splits test each trade in {} folds. The folds train on other parts of the data, earlier \
             and later ones, and overlaps are purged. The rest of this report, including the verdict, is about path 1. The \
             model is above the benchmark on {above} of {} paths, by {} R on average. Paths share trades, so they are not \
             independent tests. They show how the result depends on the training data, not what could have been traded.",
            paths.len(),
            paths.len(),
            signed(mean)
        )),
        Block::Table { head: head.map(str::to_owned).to_vec(), rows: paths.iter().map(row).collect() },
    ]
}

use scaleout_evaluation::number::signed;
use scaleout_exits::ObjectiveUnit;
use serde::Serialize;

use crate::document::Block;

/// One whole history that combinatorial splits piece together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathSummary {
    /// Its number, from 1.
    pub path: usize,
    /// Mean J of the candidate, in R: its certainty equivalent where J is utility.
    pub model_objective: f64,
    /// The rule chosen in-span, fold by fold.
    pub rule: String,
    /// Its mean J, in R.
    pub rule_objective: f64,
    /// The ladder chosen in-span, if ladders took part.
    pub best_ladder: Option<String>,
    /// Its mean J, in R.
    pub ladder_objective: Option<f64>,
    /// Candidate less rule, in R a trade.
    pub difference_r: f64,
}

pub(super) fn blocks(paths: &[PathSummary], unit: ObjectiveUnit) -> Vec<Block> {
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

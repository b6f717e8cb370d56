//! What the figures mean.

use scaleout_evaluation::metrics::METRICS;

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "definitions", about: "what the figures mean", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let unit = page.result.evaluation.objective.unit();
    let rows = METRICS
        .iter()
        .map(|metric| {
            vec![format!("`{}`", metric.name), metric.unit.name(unit).to_owned(), metric.definition.to_owned()]
        })
        .collect();
    vec![
        Block::Heading("What the figures mean".into()),
        Block::Paragraph("R is the profit of a trade ÷ (risk at entry × initial quantity).".into()),
        table(&["metric", "unit", "definition"], rows),
    ]
}

//! What was left out, and why.

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "dropped", about: "what was left out, and why", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading("What was left out".into())];
    if page.result.dropped.is_empty() {
        blocks.push(Block::Paragraph("Nothing.".into()));
    } else {
        let rows =
            page.result.dropped.iter().map(|drop| vec![drop.what.clone(), drop.count.to_string(), drop.reason.clone()]);
        blocks.push(table(&["left out", "count", "reason"], rows.collect()));
    }
    blocks
}

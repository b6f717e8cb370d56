//! What binds every contestant.

use crate::{
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "rules", about: "what binds every contestant", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let rules = &page.result.rules;
    if rules.is_empty() {
        return Vec::new();
    }
    let rows = rules.iter().map(|rule| vec![rule.what.clone(), rule.holds.clone()]).collect();
    vec![
        Block::Heading("Rules for all contestants".into()),
        Block::Paragraph("Every contestant exits the same entries under these assumptions.".into()),
        Block::Table { head: vec!["subject".into(), "rule".into()], rows },
    ]
}

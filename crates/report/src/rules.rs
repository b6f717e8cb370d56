use serde::Serialize;

use crate::document::Block;

/// What every contestant was bound by: horizon, fills, costs, lots and what may be sold at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// What it is about.
    pub what: String,
    /// What holds.
    pub holds: String,
}

pub(super) fn blocks(rules: &[Rule]) -> Vec<Block> {
    if rules.is_empty() {
        return Vec::new();
    }
    let rows = rules.iter().map(|rule| vec![rule.what.clone(), rule.holds.clone()]).collect();
    vec![
        Block::Heading("The rules for everyone".into()),
        Block::Paragraph("Every contestant takes off the same entries under these assumptions.".into()),
        Block::Table { head: vec!["what".into(), "holds".into()], rows },
    ]
}

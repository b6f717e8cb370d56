//! Train and test splits.

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "splits", about: "train and test splits", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let splits = &page.result.splits;
    if splits.is_empty() {
        return Vec::new();
    }
    let rows = splits.iter().map(|split| {
        let numbers = [split.train, split.test, split.purged, split.embargoed].map(|count| count.to_string());
        let mut row = vec![split.name.clone()];
        row.extend(numbers);
        row.extend([split.test_start.to_string(), split.test_end.to_string()]);
        row
    });
    let head = ["split", "train", "test", "purged", "embargoed", "first test entry", "last test entry"];
    vec![Block::Heading("Train and test splits".into()), table(&head, rows.collect())]
}

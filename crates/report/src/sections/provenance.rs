//! Where the result comes from.

use crate::{
    render::document::{Block, table},
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "provenance", about: "program, seed, data and ledger", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let result = page.result;
    let provenance = &result.provenance;
    let rows =
        provenance.datasets.iter().map(|dataset| vec![format!("`{}`", dataset.name), format!("`{}`", dataset.sha256)]);
    let ledger =
        provenance.ledger.iter().map(|ledger| vec![format!("`{}`", ledger.name), format!("`{}`", ledger.sha256)]);
    let mut blocks = vec![
        Block::Heading("Where it comes from".into()),
        Block::Paragraph(format!(
            "scaleout {}, seed {}. The resolved config is in `report.json`. The same config, data, seed and ledger give the \
             same bytes.",
            provenance.version, provenance.seed
        )),
    ];
    blocks.extend(provenance.bars.as_ref().map(|bars| Block::Paragraph(format!("{bars}."))));
    blocks.push(table(&["file", "sha256"], rows.chain(ledger).collect()));
    blocks
}

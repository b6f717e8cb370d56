//! What whole lots cost: nothing that was too small to sell is passed over in silence.

use scaleout_evaluation::{LotCosts, number::signed};

use crate::{
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "lots", about: "what whole lots cost", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let lots = &page.result.lots;
    let mut blocks = vec![Block::Heading("What whole lots cost".into())];
    if lots.is_empty() {
        blocks.push(Block::Paragraph("Nothing: any part of a position can be sold.".into()));
        return blocks;
    }
    let changed: Vec<&LotCosts> = lots.iter().filter(|lots| 0 < lots.trades_changed).collect();
    blocks.push(Block::Paragraph(format!(
        "Parts become whole lots by largest remainder on the initial size; one below a lot or below the least order is \
         merged into the next, the last into the one before. Each trade was replayed again as if any part could be \
         sold: {} of {} contestants differ.",
        changed.len(),
        lots.len()
    )));
    if changed.is_empty() {
        return blocks;
    }
    let row = |lots: &LotCosts| {
        vec![
            format!("`{}`", lots.name),
            format!("{} of {}", lots.trades_changed, lots.trades),
            lots.sales_merged.to_string(),
            signed(lots.net_r),
            signed(lots.objective),
            signed(lots.worst_net_r),
        ]
    };
    let head = [
        "contestant",
        "trades changed",
        "sales merged",
        "cost in net R a trade",
        "cost in J a trade",
        "worst trade, R",
    ];
    let rows = changed.into_iter().map(row).collect();
    blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows });
    blocks
}

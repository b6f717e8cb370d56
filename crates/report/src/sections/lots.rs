//! The cost of whole lots: every sale that was too small is counted.

use scaleout_evaluation::{LotCosts, number::signed};

use crate::{
    View,
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section = Section { name: "lots", about: "the cost of whole lots", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let lots = &page.result.lots;
    let mut blocks = vec![Block::Heading("Cost of whole lots".into())];
    if page.result.withheld.iter().any(|withheld| withheld.view == View::Lots) {
        return blocks;
    }
    if lots.is_empty() {
        blocks.push(Block::Paragraph("None: any fraction of a position can be sold.".into()));
        return blocks;
    }
    let changed: Vec<&LotCosts> = lots.iter().filter(|lots| 0 < lots.trades_changed).collect();
    blocks.push(Block::Paragraph(format!(
        "Parts are rounded to whole lots by largest remainder on the initial size. A part below one lot or below the \
         minimum order is merged into the next one, the last into the one before. To measure the cost, each trade was \
         replayed as if any fraction could be sold: {} of {} contestants differ.",
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
        "cost in net R per trade",
        "cost in J per trade",
        "worst trade, R",
    ];
    let rows = changed.into_iter().map(row).collect();
    blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows });
    blocks
}

//! How much these trades can show.

use crate::{
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "power", about: "how much these trades can show", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let evaluation = &page.result.evaluation;
    let (power, unit) = (&evaluation.power, evaluation.objective.unit().name());
    let by_variance = power.effective_by_variance.map_or(String::new(), |n| {
        let n = n.min(power.trades as f64);
        format!(" By the variance of the paired difference they are worth {n:.0} independent trades. The smaller number counts.")
    });
    let edge = power.smallest_edge.map_or(String::new(), |edge| {
        format!(
            " A two-sided 5 % test would find a true difference in J of {edge:.3} {unit} per trade four times in five."
        )
    });
    let words = format!(
        "The {} trades over {} trading days overlap in time. By overlap they are worth {:.0} independent trades.\
         {by_variance}{edge} Intervals come from a stationary bootstrap over {} calendar cells of {:.0} s, with {:.1} cells \
         per block and all symbols together.",
        power.trades, power.trading_days, power.effective_by_overlap, power.cells, power.cell_secs, power.block_cells
    );
    vec![Block::Heading("How much these trades can show".into()), Block::Paragraph(words)]
}

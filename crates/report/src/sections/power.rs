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
        format!(", and their mean paired difference is as uncertain as that of {n:.0} independent ones")
    });
    let edge = power.smallest_edge.map_or(String::new(), |edge| {
        format!(" The smallest true difference in J that a two-sided 5 % test would find four times in five is {edge:.3} {unit} a trade.")
    });
    let words = format!(
        "{} trades over {} trading days overlap in time: they are worth {:.0} that do not overlap{by_variance}; the smaller \
         figure counts.{edge} Intervals are from a stationary bootstrap over {} calendar cells of {:.0} s, {:.1} cells to \
         a block, all symbols together.",
        power.trades, power.trading_days, power.effective_by_overlap, power.cells, power.cell_secs, power.block_cells
    );
    vec![Block::Heading("How much these trades can show".into()), Block::Paragraph(words)]
}

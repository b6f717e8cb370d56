//! Trades resampled by calendar cell: the one place where the bootstrap meets trades.

use crate::{
    stats::{
        block_length::politis_white,
        bootstrap::{DrawPurpose, IntervalRule, StationaryBootstrap},
    },
    timeline::Timeline,
};

/// Least mean length of a block, in mean spans of a trade.
///
/// Measured on overlapping trades of a random walk without an edge (five mixes of overlap and length, 400 seeds each):
/// with blocks of 1, 2 and 4 spans, 5.0 %, 4.0 % and 3.2 % of intervals lay wholly above 0, where 2.5 % should.
const BLOCK_SPANS: f64 = 4.0;

/// Cells in order, the trades that start in each, and the bootstrap over them.
pub(crate) struct Resample {
    /// Trades of each cell, in order of entry.
    pub trades_of_cell: Vec<Vec<u32>>,
    pub bootstrap: StationaryBootstrap,
    /// Mean block length, in cells.
    pub block_cells: f64,
    pub rule: IntervalRule,
    pub seed: u64,
}

impl Resample {
    /// The resampling whose blocks suit `differences` (one value per trade, the comparison that matters most).
    ///
    /// Blocks are at least [`BLOCK_SPANS`] mean spans of a trade long, so that trades that overlap mostly travel
    /// together; beyond that, as long as Politis & White find the sums by cell to depend on their past.
    pub fn new(timeline: &Timeline, differences: &[f64], seed: u64) -> Self {
        let mut trades_of_cell = vec![Vec::new(); timeline.cells];
        let mut in_order: Vec<usize> = (0..timeline.entry_cell.len()).collect();
        in_order.sort_by_key(|&trade| (timeline.spans[trade].start(), trade));
        for trade in in_order {
            trades_of_cell[timeline.entry_cell[trade] as usize].push(trade as u32);
        }
        let centre = differences.iter().sum::<f64>() / differences.len() as f64;
        let by_cell: Vec<f64> = trades_of_cell
            .iter()
            .map(|trades: &Vec<u32>| trades.iter().map(|&trade| differences[trade as usize] - centre).sum())
            .collect();
        let overlap = (BLOCK_SPANS * timeline.mean_span_ns / timeline.cell_ns as f64).max(1.0);
        let dependence = politis_white(&by_cell).map_or(1.0, |length| length.stationary);
        let block_cells = overlap.max(dependence).min((timeline.cells as f64 / 3.0).max(1.0));
        Self {
            trades_of_cell,
            bootstrap: StationaryBootstrap::new(timeline.cells, block_cells),
            block_cells,
            rule: IntervalRule::for_blocks(timeline.cells as f64 / block_cells),
            seed,
        }
    }

    /// Bootstrapped means over trades of each of `series` (one value per trade each): `result[draw][series]`. Draws
    /// of cells without a single trade are left out.
    pub fn mean_draws(&self, series: &[Vec<f64>], draws: usize) -> Vec<Vec<f64>> {
        let counts: Vec<f64> = self.trades_of_cell.iter().map(|trades| trades.len() as f64).collect();
        let sums: Vec<Vec<f64>> = series.iter().map(|values| self.sums_by_cell(values)).collect();
        let all: Vec<&[f64]> = std::iter::once(&counts).chain(&sums).map(Vec::as_slice).collect();
        let drawn = self.bootstrap.total_draws(&all, draws, self.seed, DrawPurpose::Comparisons, |totals| {
            let (&trades, totals) = totals.split_first().expect("Invariant: the first series counts trades");
            (trades > 0.0).then(|| totals.iter().map(|total| total / trades).collect())
        });
        drawn.into_iter().flatten().collect()
    }

    /// The sum of `values` (one per trade) over the trades of each cell.
    pub fn sums_by_cell(&self, values: &[f64]) -> Vec<f64> {
        let sum = |trades: &Vec<u32>| trades.iter().map(|&trade| values[trade as usize]).sum();
        self.trades_of_cell.iter().map(sum).collect()
    }

    /// `by_cell` summed over successive stretches of about one block: nearly independent periods.
    pub fn sums_by_block(&self, by_cell: &[f64]) -> Vec<f64> {
        by_cell.chunks(self.block_cells.ceil() as usize).map(|cells| cells.iter().sum()).collect()
    }
}

//! A policy on training rows, as a table of the fractions to go to.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use scaleout_model::FractionGrid;

use crate::{problem::best_fraction::target_index, rows::sample::RowSample};

/// For each row and state k = 1..=K the state 0..=K to go to where a sale is allowed; shape (N, K).
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TargetTable {
    targets: Vec<u8>,
}

impl TargetTable {
    /// Holds everything until the stop or the horizon.
    pub(crate) fn hold(sample: &RowSample, grid: FractionGrid) -> Self {
        let row: Vec<u8> = (1..=grid.tranches as u8).collect();
        Self { targets: row.repeat(sample.rows()) }
    }

    /// Acts by the argmax of `hold` (N × outputs) less costs.
    pub(crate) fn greedy(sample: &RowSample, grid: FractionGrid, hold: &[f64]) -> Self {
        let outputs = grid.outputs();
        let mut targets = vec![0_u8; sample.rows() * grid.tranches];
        let parts = sample.by_trade(&mut targets, grid.tranches);
        parts.into_par_iter().zip(&sample.trades).for_each(|(part, trade)| {
            for step in 0..trade.steps {
                let row = &hold[(trade.first_row + step) * outputs..][..outputs];
                let kept = &row[..grid.tranches];
                let sold = &row[grid.wait_when_sold() * grid.tranches..][..grid.tranches];
                for held in 1..=grid.tranches {
                    part[step * grid.tranches + held - 1] = target_index(kept, sold, held, grid.most_sold, trade) as u8;
                }
            }
        });
        Self { targets }
    }

    /// On the rows of each trade what the table that `of` names for it does.
    pub(crate) fn by_trade<'t>(sample: &RowSample, grid: FractionGrid, of: impl Fn(usize) -> &'t Self) -> Self {
        let mut targets = Vec::with_capacity(sample.rows() * grid.tranches);
        for (place, trade) in sample.trades.iter().enumerate() {
            let first = trade.first_row * grid.tranches;
            targets.extend_from_slice(&of(place).targets[first..first + trade.steps * grid.tranches]);
        }
        Self { targets }
    }

    /// The share of decisions in which two tables differ.
    pub(crate) fn difference(&self, other: &Self) -> f64 {
        let differing = self.targets.iter().zip(&other.targets).filter(|(a, b)| a != b).count();
        differing as f64 / self.targets.len().max(1) as f64
    }

    pub(crate) fn target(&self, row: usize, held: usize, grid: FractionGrid) -> usize {
        usize::from(self.targets[row * grid.tranches + held - 1])
    }
}

//! What trees are grown on, made once for all fits on the same features.

use std::sync::{Arc, OnceLock};

use crate::learners::trees::{bins::BinnedRows, cells::FeatureCells};

/// Binned rows, or one of each group of rows with equal bins.
#[derive(Debug)]
pub(crate) struct TreeRows {
    pub binned: BinnedRows,
    /// The groups, if `binned` holds a row of each.
    pub cells: Option<FeatureCells>,
}

impl TreeRows {
    /// `features` (N × `width`) in at most `bins` bins each.
    pub(crate) fn new(features: &[f32], width: usize, bins: usize) -> Self {
        let rows = BinnedRows::new(features, width, bins);
        let cells = FeatureCells::of(&rows);
        let binned = match &cells {
            Some(cells) => rows.picked(&cells.first_rows),
            None => rows,
        };
        Self { binned, cells }
    }
}

/// Tree rows of a sample, if they were made ahead of its fits.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedTreeRows(OnceLock<(usize, Arc<TreeRows>)>);

impl SharedTreeRows {
    /// Those with at most `bins` bins of a feature.
    pub(crate) fn with_bins(&self, bins: usize) -> Option<Arc<TreeRows>> {
        self.0.get().filter(|(made_with, _)| *made_with == bins).map(|(_, rows)| Arc::clone(rows))
    }

    /// Keeps what `make` makes for `bins` bins, if nothing is kept yet.
    pub(crate) fn keep(&self, bins: usize, make: impl FnOnce() -> TreeRows) {
        if self.0.get().is_none() {
            // Not inside the cell: `make` works on many threads, one of which could come back to the same cell.
            let _ = self.0.set((bins, Arc::new(make())));
        }
    }
}

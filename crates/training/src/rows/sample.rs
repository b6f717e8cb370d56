//! Rows of some trades, flat: what the learners and the value engine work on.

use std::borrow::Cow;

use scaleout_validation::Span;

use crate::{learners::trees::tree_rows::SharedTreeRows, rows::lot_states::LotStates};

/// Rows of some trades, flat: what the learners and the value engine work on.
#[derive(Debug, Clone)]
pub(crate) struct RowSample {
    /// F.
    pub width: usize,
    /// Which feature is the bars to the horizon.
    pub time_feature: usize,
    /// Market features at the present bar, the first of a row.
    pub market: usize,
    /// Bars before the present one whose market features stand at the end of a row.
    pub bars_before: usize,
    /// (N, F) row by row.
    pub features: Vec<f32>,
    /// The features as trees see them, where they were made ahead of the fits.
    pub tree_rows: SharedTreeRows,
    /// Gain of one whole unit in the step after each row, in R.
    pub gain: Vec<f64>,
    /// Variance charged for it, in R².
    pub variance: Vec<f64>,
    /// Weight of each row.
    pub weights: Vec<f64>,
    /// Bars to the horizon at each row, at least 1.
    pub bars_to_horizon: Vec<u32>,
    /// Cost in R of selling 1..=K tranches at the decision of each row, (N, K).
    pub sale_cost: Vec<f64>,
    /// The trades whose rows follow one another.
    pub trades: Vec<TradeRows>,
}

/// Where a trade's rows lie, and how it ends.
#[derive(Debug, Clone)]
pub(crate) struct TradeRows {
    /// The [span](scaleout_validation::Span::of_trade) of the trade.
    pub span: Span,
    pub first_row: usize,
    pub steps: usize,
    /// Cost in R of what is left, 1..=K tranches, at the stop or the horizon.
    pub end_cost: Vec<f64>,
    /// Cost in R of selling 0..=K tranches as a decision is shown it.
    pub shown_cost: Vec<f64>,
    /// What whole lots allow; `None` where they allow all that the grid does.
    pub lots: Option<LotStates>,
}

impl RowSample {
    /// N.
    pub(crate) fn rows(&self) -> usize {
        self.gain.len()
    }

    /// The same without the bars before.
    pub(crate) fn present(&self) -> Cow<'_, Self> {
        if self.bars_before == 0 {
            return Cow::Borrowed(self);
        }
        let width = self.width - self.market * self.bars_before;
        let features = self.features.chunks_exact(self.width).flat_map(|row| &row[..width]).copied().collect();
        // Field by field: the wide rows are not to be copied first.
        Cow::Owned(Self {
            width,
            time_feature: self.time_feature,
            market: self.market,
            bars_before: 0,
            features,
            tree_rows: SharedTreeRows::default(),
            gain: self.gain.clone(),
            variance: self.variance.clone(),
            weights: self.weights.clone(),
            bars_to_horizon: self.bars_to_horizon.clone(),
            sale_cost: self.sale_cost.clone(),
            trades: self.trades.clone(),
        })
    }

    /// Row `row` of the features.
    pub(crate) fn row(&self, row: usize) -> &[f32] {
        &self.features[row * self.width..(row + 1) * self.width]
    }

    /// `matrix` (N × columns) cut into the rows of each trade.
    pub(crate) fn by_trade<'m, T>(&self, mut matrix: &'m mut [T], columns: usize) -> Vec<&'m mut [T]> {
        let mut parts = Vec::with_capacity(self.trades.len());
        for trade in &self.trades {
            let (part, rest) = matrix.split_at_mut(trade.steps * columns);
            parts.push(part);
            matrix = rest;
        }
        parts
    }
}

use serde::{Deserialize, Serialize};

/// What the user allows to be sold at once and how soon again: facts of training, kept in the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SaleLimits {
    /// Most of the initial size sold in one bar; `None` where all of it may go.
    pub max_fraction_per_bar: Option<f64>,
    /// Bars from one sale to the next; 1 allows a sale in every bar.
    pub min_bars_between_sales: u32,
}

impl Default for SaleLimits {
    fn default() -> Self {
        Self { max_fraction_per_bar: None, min_bars_between_sales: 1 }
    }
}

/// The states that a training row is valued in: the fraction held and the bars in which no sale is allowed.
///
/// Column `wait · tranches + (k − 1)` of a matrix of hold values belongs to holding k/K through the next bar
/// with `wait` further decisions barred after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    /// K.
    pub tranches: usize,
    /// Bars between sales.
    pub waits: usize,
    /// Most tranches sold in one bar.
    pub most_sold: usize,
}

impl Grid {
    pub(crate) fn new(tranches: u32, limits: &SaleLimits) -> Self {
        let tranches = tranches as usize;
        let most_sold = limits.max_fraction_per_bar.map_or(tranches, |most| {
            // A cap below one tranche still lets one go: nothing could ever be sold otherwise.
            ((most * tranches as f64 + 1e-9).floor() as usize).clamp(1, tranches)
        });
        Self { tranches, waits: limits.min_bars_between_sales.max(1) as usize, most_sold }
    }

    /// Columns of a matrix of hold values.
    pub(crate) fn outputs(self) -> usize {
        self.tranches * self.waits
    }

    /// The fraction held in state `k` of 0..=K.
    pub(crate) fn share(self, k: usize) -> f64 {
        k as f64 / self.tranches as f64
    }

    /// The bars barred after the next step, having kept everything with `wait` barred now.
    pub(crate) fn wait_when_kept(wait: usize) -> usize {
        wait.saturating_sub(1)
    }

    /// The bars barred after the next step, having just sold.
    pub(crate) fn wait_when_sold(self) -> usize {
        self.waits - 1
    }
}

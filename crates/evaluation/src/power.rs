use scaleout_validation::effective_count;
use serde::{Deserialize, Serialize};

use crate::{
    resample::Resample,
    stats::{distributions::normal_quantile, moments::deviation},
    timeline::Timeline,
};

/// How much the trades can show, whatever the result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Power {
    /// Trades replayed.
    pub trades: usize,
    /// Equivalent number of trades that do not overlap: the sum of their average uniqueness in time.
    pub effective_by_overlap: f64,
    /// Number of independent trades whose mean would have the same standard error as the mean paired difference has in the
    /// bootstrap over calendar time; `None` without a paired difference that varies.
    pub effective_by_variance: Option<f64>,
    /// The smaller of the two, at least 1 and at most the number of trades.
    pub effective_trades: f64,
    /// The mean paired difference in J, in its unit, that a two-sided 5 % test finds with a probability of 80 %:
    /// (1.960 + 0.842) · deviation ÷ √effective trades.
    pub smallest_edge: Option<f64>,
    /// Trading days from the first entry to the last exit.
    pub trading_days: usize,
    /// Calendar cells that are resampled together.
    pub cells: usize,
    /// Width of a cell, in seconds.
    pub cell_secs: f64,
    /// Mean length of a bootstrap block, in cells.
    pub block_cells: f64,
}

/// The power of the comparison whose paired differences in J are `differences`.
pub(crate) fn power(timeline: &Timeline, resample: &Resample, differences: Option<&[f64]>, draws: usize) -> Power {
    let trades = timeline.spans.len();
    let effective_by_overlap = effective_count(&timeline.spans);
    let spread = differences.and_then(deviation).filter(|&spread| spread > 0.0);
    let effective_by_variance = spread.zip(differences).and_then(|(spread, differences)| {
        let means: Vec<f64> = resample.mean_draws(&[differences.to_vec()], draws).into_iter().flatten().collect();
        let error = deviation(&means).filter(|&error| error > 0.0)?;
        Some((spread / error).powi(2))
    });
    let smaller =
        effective_by_variance.map_or(effective_by_overlap, |by_variance| by_variance.min(effective_by_overlap));
    let effective_trades = smaller.min(trades as f64).max(1.0);
    let standard_errors = normal_quantile(0.975) + normal_quantile(0.8);
    Power {
        trades,
        effective_by_overlap,
        effective_by_variance,
        effective_trades,
        smallest_edge: spread.map(|spread| standard_errors * spread / effective_trades.sqrt()),
        trading_days: timeline.days.len(),
        cells: timeline.cells,
        cell_secs: timeline.cell_ns as f64 * 1e-9,
        block_cells: resample.block_cells,
    }
}

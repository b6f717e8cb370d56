//! How the net R of single trades is distributed.

use scaleout_evaluation::{
    Evaluation,
    stats::moments::{mean, quantile_of_sorted},
};
use serde::{Deserialize, Serialize};

use crate::result::{
    TradeRecords,
    shown::{drawn, is_named},
};

/// Bars of a histogram.
const BARS: usize = 44;

/// The net R of the trades of the contestants that are judged, over the same bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetRHistogram {
    /// Left edge of the first bar, in R.
    pub low_r: f64,
    /// Width of every bar, in R. Trades beyond the outermost bars are counted in them.
    pub width_r: f64,
    /// Trades of each contestant.
    pub trades: usize,
    /// The candidate and the best ladder; without them the first two contestants.
    pub contestants: Vec<HistogramOfContestant>,
}

/// The histogram of one contestant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistogramOfContestant {
    /// Place among the contestants.
    pub place: usize,
    /// Mean net R a trade.
    pub mean_r: f64,
    /// Share of the trades in each bar, in percent.
    pub percent: Vec<f64>,
}

impl NetRHistogram {
    /// The histogram of `trades`, which are those of `evaluation`.
    pub fn new(evaluation: &Evaluation, trades: &TradeRecords) -> Self {
        let places = drawn(evaluation);
        let named: Vec<usize> =
            places.iter().copied().filter(|&place| is_named(&evaluation.contestants[place], evaluation)).collect();
        // Without a judged pair, the first contestants stand for the rest.
        let places: Vec<usize> = if named.is_empty() { places.into_iter().take(2).collect() } else { named };
        let sorted: Vec<Vec<f64>> = places
            .iter()
            .map(|&place| {
                let mut net_r: Vec<f64> = trades.contestants[place].trades.iter().map(|trade| trade.net_r).collect();
                net_r.sort_unstable_by(f64::total_cmp);
                net_r
            })
            .collect();
        let (low_r, high_r) = range(&sorted);
        let width_r = (high_r - low_r).max(1e-9) / BARS as f64;
        let contestants = places.into_iter().zip(&sorted).map(|(place, net_r)| {
            let mut percent = vec![0.0; BARS];
            for value in net_r {
                let bar = ((value - low_r) / width_r).clamp(0.0, BARS as f64 - 1.0) as usize;
                percent[bar] += 100.0 / net_r.len() as f64;
            }
            HistogramOfContestant { place, mean_r: mean(net_r).unwrap_or(0.0), percent }
        });
        let contestants = contestants.collect();
        Self { low_r, width_r, trades: sorted.first().map_or(0, Vec::len), contestants }
    }
}

/// From the lowest to the highest trade, but no further than twice the middle 98 % on either side.
fn range(sorted: &[Vec<f64>]) -> (f64, f64) {
    let at = |net_r: &[f64], p| quantile_of_sorted(net_r, p).unwrap_or(0.0);
    let over = |p: f64, pick: fn(f64, f64) -> f64| sorted.iter().map(|net_r| at(net_r, p)).reduce(pick).unwrap_or(0.0);
    let (low, high) = (over(0.01, f64::min), over(0.99, f64::max));
    let reach = (high - low).max(1e-9);
    (over(0.0, f64::min).max(low - reach), over(1.0, f64::max).min(high + reach))
}

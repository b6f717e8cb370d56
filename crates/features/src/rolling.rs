//! Sliding windows without drift.
//!
//! A running sum that adds the new and subtracts the old value keeps the rounding errors of everything that ever
//! passed through it, and after a price gap it reports variance in a window that has none. Here a window is an older and a
//! newer part, of which partial results are kept and merged at each reading: nothing is ever subtracted, the cost is
//! O(1) amortised, and any result that two neighbouring windows can be merged into (sums, moments, extremes) goes
//! through the same code.

mod delay;
mod smoothing;
mod stack;
mod summaries;
mod trade_sums;
mod wilder;
mod window;

pub(crate) use delay::Delay;
pub(crate) use smoothing::{Seeded, ema};
pub(crate) use stack::Summary;
pub(crate) use summaries::{Comoments, Highest, LatestHighest, Lowest, Moments};
pub(crate) use trade_sums::TradeSums;
pub(crate) use wilder::Wilder;
pub(crate) use window::{Rolling, RollingRange};

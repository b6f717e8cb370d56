//! Entries where a fast average of closes crosses a slow one.

use std::num::NonZeroUsize;

use scaleout_market::{Bar, Side};
use serde::{Deserialize, Serialize};

use crate::entries::signal::Signal;

/// Enters when the mean of the last `fast_bars` closes crosses the mean of the last `slow_bars`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MovingAverageCross {
    /// Length of the fast average.
    pub fast_bars: NonZeroUsize,
    /// Length of the slow average.
    pub slow_bars: NonZeroUsize,
}

impl MovingAverageCross {
    /// The crossings, in order of time.
    pub fn signals(&self, bars: &[Bar]) -> Vec<Signal> {
        let (fast, slow) = (self.fast_bars.get(), self.slow_bars.get());
        let mut above = None;
        let mut signals = Vec::new();
        for t in fast.max(slow) - 1..bars.len() {
            let difference = mean_close(&bars[t + 1 - fast..=t]) - mean_close(&bars[t + 1 - slow..=t]);
            if difference == 0.0 {
                continue;
            }
            let now_above = 0.0 < difference;
            if above.is_some_and(|before| before != now_above) {
                signals.push(Signal { t, side: if now_above { Side::Long } else { Side::Short } });
            }
            above = Some(now_above);
        }
        signals
    }
}

fn mean_close(bars: &[Bar]) -> f64 {
    bars.iter().map(|bar| bar.close).sum::<f64>() / bars.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries::placement::tests::bars_from_closes;

    #[test]
    fn every_crossing_is_one_entry() {
        let rule =
            MovingAverageCross { fast_bars: NonZeroUsize::new(1).unwrap(), slow_bars: NonZeroUsize::new(3).unwrap() };
        let bars = bars_from_closes(&[10.0, 10.0, 9.0, 12.0, 13.0, 8.0]);
        let found: Vec<_> = rule.signals(&bars).iter().map(|signal| (signal.t, signal.side)).collect();
        assert_eq!(found, [(3, Side::Long), (5, Side::Short)]);
    }
}

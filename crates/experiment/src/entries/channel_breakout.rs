//! Entries where the close leaves the range of the bars before it.

use std::num::NonZeroUsize;

use scaleout_market::{Bar, Side};
use serde::{Deserialize, Serialize};

use crate::entries::signal::Signal;

/// Enters when the close leaves the high–low range of the `bars` before it (Donchian's channel).
///
/// A signal needs the close before it to have lain inside its own channel, so a long run gives one entry, not one
/// a bar. Cost: O(bars) a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelBreakout {
    /// Length of the channel.
    pub bars: NonZeroUsize,
}

impl ChannelBreakout {
    /// The breakouts, in order of time.
    pub fn signals(&self, bars: &[Bar]) -> Vec<Signal> {
        let length = self.bars.get();
        let mut previous = None;
        let mut signals = Vec::new();
        for t in length..bars.len() {
            let breakout = breakout(&bars[t - length..t], bars[t].close);
            if let Some(side) = breakout
                && previous != breakout
            {
                signals.push(Signal { t, side });
            }
            previous = breakout;
        }
        signals
    }
}

fn breakout(channel: &[Bar], close: f64) -> Option<Side> {
    let high = channel.iter().map(|bar| bar.high).fold(f64::NEG_INFINITY, f64::max);
    let low = channel.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
    if high < close {
        Some(Side::Long)
    } else if close < low {
        Some(Side::Short)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries::placement::tests::bars_from_closes;

    fn check(closes: &[f64], expected: &[(usize, Side)]) {
        let rule = ChannelBreakout { bars: NonZeroUsize::new(3).unwrap() };
        let found: Vec<_> =
            rule.signals(&bars_from_closes(closes)).iter().map(|signal| (signal.t, signal.side)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_run_gives_one_entry_and_a_new_run_another() {
        check(&[10.0, 10.0, 10.0, 11.0, 12.0, 13.0], &[(3, Side::Long)]);
        check(&[10.0, 10.0, 10.0, 9.0, 8.0], &[(3, Side::Short)]);
        check(&[10.0, 10.0, 10.0, 11.0, 10.5, 12.0], &[(3, Side::Long), (5, Side::Long)]);
        check(&[10.0, 10.0, 10.0, 10.0], &[]);
    }
}

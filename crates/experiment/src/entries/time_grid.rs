//! One entry every so many bars.

use std::num::NonZeroUsize;

use scaleout_market::{Bar, Side};
use serde::{Deserialize, Serialize};

use crate::entries::signal::Signal;

/// Enters every `every_bars` bars in the direction of the bar that just closed: exits without any entry rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeGrid {
    /// Bars from one entry to the next.
    pub every_bars: NonZeroUsize,
}

impl TimeGrid {
    /// The entries, in order of time.
    pub fn signals(&self, bars: &[Bar]) -> Vec<Signal> {
        let every = self.every_bars.get();
        (every - 1..bars.len())
            .step_by(every)
            .map(|t| Signal { t, side: if bars[t].close < bars[t].open { Side::Short } else { Side::Long } })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entries::placement::tests::bars_from_closes;

    #[test]
    fn one_entry_every_so_many_bars() {
        let rule = TimeGrid { every_bars: NonZeroUsize::new(2).unwrap() };
        let signals = rule.signals(&bars_from_closes(&[10.0, 11.0, 12.0, 11.0, 10.0]));
        assert_eq!(signals, [Signal { t: 1, side: Side::Long }, Signal { t: 3, side: Side::Short }]);
    }
}

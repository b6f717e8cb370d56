//! Entries at random bars in random directions.

use rand::{RngExt, seq::index};
use rand_chacha::ChaCha8Rng;
use scaleout_market::{Bar, Side};
use serde::{Deserialize, Serialize};

use crate::entries::signal::Signal;

/// Enters at `count` bars drawn without repetition, each in a drawn direction: what exits are worth without any view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomEntries {
    /// How many, at most one a bar.
    pub count: usize,
}

impl RandomEntries {
    /// The entries, in order of time.
    pub fn signals(&self, bars: &[Bar], rng: &mut ChaCha8Rng) -> Vec<Signal> {
        let mut drawn = index::sample(rng, bars.len(), self.count.min(bars.len())).into_vec();
        drawn.sort_unstable();
        drawn
            .into_iter()
            .map(|t| Signal { t, side: if rng.random::<bool>() { Side::Long } else { Side::Short } })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::entries::placement::tests::bars_from_closes;

    #[test]
    fn the_seed_decides_and_bars_do_not_repeat() {
        let bars = bars_from_closes(&[10.0; 50]);
        let rule = RandomEntries { count: 20 };
        let draw = |seed| rule.signals(&bars, &mut ChaCha8Rng::seed_from_u64(seed));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert!(draw(1).windows(2).all(|pair| pair[0].t < pair[1].t));
    }
}

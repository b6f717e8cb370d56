/// An exponential average that starts as the plain mean of its first samples.
///
/// It keeps the distance of the last sample from the mean rather than the mean, so that the distance stays exact
/// where prices are large and hardly move.
#[derive(Debug, Clone)]
pub(crate) struct Seeded {
    seed: usize,
    weight: f64,
    seen: usize,
    last: f64,
    /// Last sample minus mean.
    gap: f64,
}

impl Seeded {
    /// An average in which the newest sample has `weight`, after the mean of the first `seed` samples.
    pub(crate) fn new(seed: usize, weight: f64) -> Self {
        Self { seed, weight, seen: 0, last: 0.0, gap: 0.0 }
    }

    /// Takes in a sample and returns the average once the seed is complete.
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let weight = if self.seen < self.seed {
            self.seen += 1;
            1.0 / self.seen as f64
        } else {
            self.weight
        };
        // The first sample has the whole weight, so what `last` was does not matter.
        self.gap = (self.gap + (value - self.last)) * (1.0 - weight);
        self.last = value;
        self.value()
    }

    /// The average once the seed is complete.
    pub(crate) fn value(&self) -> Option<f64> {
        (self.seen == self.seed).then_some(self.last - self.gap)
    }

    /// The last sample minus the average, once the seed is complete.
    pub(crate) fn gap(&self) -> Option<f64> {
        (self.seen == self.seed).then_some(self.gap)
    }

    /// Starts again.
    pub(crate) fn clear(&mut self) {
        self.seen = 0;
    }
}

/// Exponential moving average with weight 2 / (n + 1), seeded by the mean of the first n samples.
pub(crate) fn ema(window: usize) -> Seeded {
    Seeded::new(window, 2.0 / (window as f64 + 1.0))
}

/// Wilder's average: weight 1 / n, seeded by the mean of the first n samples.
pub(crate) fn wilder(window: usize) -> Seeded {
    Seeded::new(window, 1.0 / window as f64)
}

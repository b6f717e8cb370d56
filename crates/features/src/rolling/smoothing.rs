/// An exponential average that starts as the plain mean of its first samples.
#[derive(Debug, Clone)]
struct Seeded {
    seed: usize,
    weight: f64,
    seen: usize,
    mean: f64,
}

impl Seeded {
    fn push(&mut self, value: f64) -> Option<f64> {
        if self.seen < self.seed {
            self.seen += 1;
            self.mean += (value - self.mean) / self.seen as f64;
        } else {
            self.mean += (value - self.mean) * self.weight;
        }
        self.value()
    }

    fn value(&self) -> Option<f64> {
        (self.seen == self.seed).then_some(self.mean)
    }

    fn clear(&mut self) {
        self.seen = 0;
        self.mean = 0.0;
    }
}

/// Exponential moving average with weight 2 / (n + 1), seeded by the mean of the first n samples.
#[derive(Debug, Clone)]
pub(crate) struct Ema(Seeded);

impl Ema {
    /// An average over about `window` samples.
    pub(crate) fn new(window: usize) -> Self {
        Self(Seeded { seed: window, weight: 2.0 / (window as f64 + 1.0), seen: 0, mean: 0.0 })
    }

    /// Takes in a sample and returns the average once the seed is complete.
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(value)
    }

    /// The average once the seed is complete.
    pub(crate) fn value(&self) -> Option<f64> {
        self.0.value()
    }

    /// Starts again.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

/// Wilder's average: weight 1 / n, seeded by the mean of the first n samples.
#[derive(Debug, Clone)]
pub(crate) struct Wilder(Seeded);

impl Wilder {
    /// An average over `window` samples.
    pub(crate) fn new(window: usize) -> Self {
        Self(Seeded { seed: window, weight: 1.0 / window as f64, seen: 0, mean: 0.0 })
    }

    /// Takes in a sample and returns the average once the seed is complete.
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        self.0.push(value)
    }

    /// The average once the seed is complete.
    pub(crate) fn value(&self) -> Option<f64> {
        self.0.value()
    }
}

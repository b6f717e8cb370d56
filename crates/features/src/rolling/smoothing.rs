/// Steps between two that wait for each other.
const STRIDE: usize = 4;

/// An exponential average that starts as the plain mean of its first samples.
///
/// It keeps the distance of the last sample from the mean rather than the mean, so that the distance stays exact
/// where prices are large and hardly move. Of every four steps each adds what it has to the fading gap before them, so
/// that a processor waits for one product and one sum only in the fourth.
#[derive(Debug, Clone)]
pub(crate) struct Seeded {
    seed: usize,
    /// What is left of a gap after one, two, … steps.
    keep: [f64; STRIDE],
    seen: usize,
    last: f64,
    /// Last sample minus mean.
    gap: f64,
    /// The gap before the present four steps, how many of them were taken, and what they added.
    base: f64,
    steps: usize,
    added: f64,
}

impl Seeded {
    /// An average in which the newest sample has `weight`, after the mean of the first `seed` samples.
    pub(crate) fn new(seed: usize, weight: f64) -> Self {
        let mut keep = [1.0 - weight; STRIDE];
        for steps in 1..STRIDE {
            keep[steps] = keep[steps - 1] * keep[0];
        }
        Self { seed, keep, seen: 0, last: 0.0, gap: 0.0, base: 0.0, steps: 0, added: 0.0 }
    }

    /// Takes in a sample and returns the average once the seed is complete.
    #[inline]
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        if self.seen < self.seed {
            self.start(value);
        } else {
            self.step(value);
        }
        self.value()
    }

    /// Takes in a sample of the seed.
    #[inline(never)]
    fn start(&mut self, value: f64) {
        self.seen += 1;
        // The first sample has the whole weight, so what `last` was does not matter.
        self.gap = (self.gap + (value - self.last)) * (1.0 - 1.0 / self.seen as f64);
        (self.base, self.steps, self.added) = (self.gap, 0, 0.0);
        self.last = value;
    }

    /// Takes in a sample after the seed.
    #[inline]
    fn step(&mut self, value: f64) {
        self.added = self.keep[0] * self.added + self.keep[0] * (value - self.last);
        self.gap = self.keep[self.steps] * self.base + self.added;
        self.last = value;
        self.steps += 1;
        if self.steps == STRIDE {
            (self.base, self.steps, self.added) = (self.gap, 0, 0.0);
        }
    }

    /// Takes in `values` and puts the average after each in its place, NaN while the seed is not complete: what
    /// [`Self::push`] returns, four at a time.
    pub(crate) fn fold(&mut self, values: &mut [f64]) {
        let (seed, later) = values.split_at_mut((self.seed - self.seen).min(values.len()));
        seed.iter_mut().for_each(|value| *value = self.push(*value).unwrap_or(f64::NAN));
        let unaligned = ((STRIDE - self.steps) % STRIDE).min(later.len());
        let (start, steady) = later.split_at_mut(unaligned);
        let (strides, rest) = steady.as_chunks_mut::<STRIDE>();
        let mut state = self.clone();
        let singly = |state: &mut Self, value: &mut f64| {
            state.step(*value);
            *value -= state.gap;
        };
        start.iter_mut().for_each(|value| singly(&mut state, value));
        if !strides.is_empty() {
            let ([once, twice, thrice, all], mut last, mut gap) = (state.keep, state.last, state.base);
            for stride in strides {
                let [a, b, c, d] = *stride;
                let (first, base) = (once * (a - last), gap);
                let second = once * first + once * (b - a);
                let third = once * second + once * (c - b);
                let fourth = once * third + once * (d - c);
                gap = all * base + fourth;
                *stride =
                    [a - (once * base + first), b - (twice * base + second), c - (thrice * base + third), d - gap];
                last = d;
            }
            (state.last, state.gap, state.base) = (last, gap, gap);
        }
        rest.iter_mut().for_each(|value| singly(&mut state, value));
        *self = state;
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

/// Steps between two that wait for each other.
const STRIDE: usize = 4;

/// Steps of half a stride.
const PAIR: usize = 2;

/// Wilder's averages of N samples at a time that are distances from 0 (ranges, rises, falls): the mean of the first n,
/// then A + (x − A) / n.
///
/// Nothing is ever subtracted, so an average of samples ≥ 0 is never below 0. Of every four steps each adds what it
/// has to the fading average before them, so that a processor waits for one product and one sum only in the fourth.
#[derive(Debug, Clone)]
pub(crate) struct Wilder<const N: usize> {
    window: usize,
    seen: usize,
    weight: f64,
    /// What is left of an average after one, two, … steps.
    keep: [f64; STRIDE],
    means: [f64; N],
    /// The averages before the present four steps, and how many of them were taken.
    base: [f64; N],
    steps: usize,
    /// What the present two of these added, and the two before them.
    pair: [f64; N],
    before: [f64; N],
}

impl<const N: usize> Wilder<N> {
    /// The averages over `window` samples, at least one, before the first of them.
    pub(crate) fn new(window: usize) -> Self {
        let weight = 1.0 / window as f64;
        let mut keep = [1.0 - weight; STRIDE];
        for steps in 1..STRIDE {
            keep[steps] = keep[steps - 1] * keep[0];
        }
        let none = [0.0; N];
        Self { window, seen: 0, weight, keep, means: none, base: none, steps: 0, pair: none, before: none }
    }

    /// Takes in a sample of each and returns the averages once there are enough for the first mean.
    #[inline]
    pub(crate) fn push(&mut self, samples: [f64; N]) -> Option<[f64; N]> {
        if self.seen < self.window { self.start(samples) } else { Some(self.step(samples)) }
    }

    /// Takes in samples of the first mean.
    #[inline(never)]
    fn start(&mut self, samples: [f64; N]) -> Option<[f64; N]> {
        self.seen += 1;
        let share = 1.0 / self.seen as f64;
        self.means = faded(self.means, 1.0 - share, samples.map(|sample| share * sample));
        self.base = self.means;
        self.value()
    }

    /// Takes in later samples and returns the averages.
    #[inline]
    fn step(&mut self, samples: [f64; N]) -> [f64; N] {
        let part = samples.map(|sample| self.weight * sample);
        let place = self.steps % PAIR;
        self.pair = if place == 0 { part } else { faded(self.pair, self.keep[0], part) };
        let added = if self.steps < PAIR { self.pair } else { faded(self.before, self.keep[place], self.pair) };
        self.means = faded(self.base, self.keep[self.steps], added);
        self.steps += 1;
        if self.steps == PAIR {
            self.before = self.pair;
        } else if self.steps == STRIDE {
            (self.base, self.steps) = (self.means, 0);
        }
        self.means
    }

    /// Takes in what `sample` makes of the K `inputs` at each place and writes what `value` makes of these and of the
    /// averages after it, NaN where there are none yet: what [`Self::push`] returns, four at a time.
    #[inline]
    pub(crate) fn fold<const K: usize>(
        &mut self,
        inputs: [&[f64]; K],
        sample: impl Fn([f64; K]) -> [f64; N],
        values: &mut [f64],
        value: impl Fn([f64; K], [f64; N]) -> f64,
    ) {
        let singly = |state: &mut Self, place: usize| {
            let input = inputs.map(|input| input[place]);
            state.push(sample(input)).map_or(f64::NAN, |means| value(input, means))
        };
        let (len, seed) = (values.len(), (self.window - self.seen).min(values.len()));
        let start = len.min(seed + (STRIDE - self.steps) % STRIDE);
        let end = len - (len - start) % STRIDE;
        (0..start).for_each(|place| values[place] = singly(self, place));
        if start < end {
            let inputs = inputs.map(|input| input[start..end].as_chunks::<STRIDE>().0);
            let ([once, twice, thrice, all], weight, mut base) = (self.keep, self.weight, self.base);
            for (stride, out) in values[start..end].as_chunks_mut::<STRIDE>().0.iter_mut().enumerate() {
                let inputs = inputs.map(|input| input[stride]);
                let inputs: [[f64; K]; STRIDE] = std::array::from_fn(|step| inputs.map(|input| input[step]));
                let parts = inputs.map(|input| sample(input).map(|sample| weight * sample));
                // Both pairs of a stride in the same instructions.
                let ends = [faded(parts[0], once, parts[1]), faded(parts[2], once, parts[3])];
                let added = [parts[0], ends[0], faded(ends[0], once, parts[2]), faded(ends[0], twice, ends[1])];
                let keeps = [once, twice, thrice, all];
                let means: [[f64; N]; STRIDE] = std::array::from_fn(|step| faded(base, keeps[step], added[step]));
                base = means[STRIDE - 1];
                *out = std::array::from_fn(|step| value(inputs[step], means[step]));
            }
            (self.means, self.base) = (base, base);
        }
        (end..len).for_each(|place| values[place] = singly(self, place));
    }

    /// The averages once there are enough samples for the first mean.
    pub(crate) fn value(&self) -> Option<[f64; N]> {
        (self.seen == self.window).then_some(self.means)
    }
}

/// What is left of `sums`, and `samples`.
#[inline]
fn faded<const N: usize>(sums: [f64; N], keep: f64, samples: [f64; N]) -> [f64; N] {
    std::array::from_fn(|lane| keep * sums[lane] + samples[lane])
}

/// Gives back what went in `lag` steps ago.
#[derive(Debug, Clone)]
pub(crate) struct Delay {
    /// NaN where nothing went in yet.
    ring: Vec<f64>,
    next: usize,
}

impl Delay {
    /// A delay of `lag` steps, at least one.
    pub(crate) fn new(lag: usize) -> Self {
        Self { ring: vec![f64::NAN; lag.max(1)], next: 0 }
    }

    /// Takes in `value`, which is a number, and returns the one of `lag` steps before; `None` until there is one.
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        let delayed = std::mem::replace(&mut self.ring[self.next], value);
        self.next = if self.next + 1 == self.ring.len() { 0 } else { self.next + 1 };
        (!delayed.is_nan()).then_some(delayed)
    }

    /// Takes in `values` and writes what `value` makes of each and of what was there `lag` steps before, NaN where
    /// nothing was.
    #[inline]
    pub(crate) fn fold(&mut self, samples: &[f64], values: &mut [f64], value: impl Fn(f64, f64) -> f64) {
        let lag = self.ring.len();
        let (early, late) = samples.split_at(lag.min(samples.len()));
        let (carried, inside) = values.split_at_mut(early.len());
        for (sample, out) in early.iter().zip(carried) {
            *out = self.push(*sample).map_or(f64::NAN, |before| value(*sample, before));
        }
        for ((sample, before), out) in late.iter().zip(samples).zip(inside) {
            *out = value(*sample, *before);
        }
        // Of a long stretch the last `lag` samples stay, of which the first step pushed others.
        for sample in late.iter().skip(late.len().saturating_sub(lag)) {
            self.push(*sample);
        }
    }
}

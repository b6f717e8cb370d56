/// Gives back what went in `lag` steps ago.
#[derive(Debug, Clone)]
pub(crate) struct Delay {
    ring: Vec<f64>,
    lag: usize,
    next: usize,
}

impl Delay {
    /// A delay of `lag` steps, at least one.
    pub(crate) fn new(lag: usize) -> Self {
        Self { ring: Vec::with_capacity(lag), lag: lag.max(1), next: 0 }
    }

    /// Takes in `value` and returns the one of `lag` steps before; `None` until there is one.
    pub(crate) fn push(&mut self, value: f64) -> Option<f64> {
        if self.ring.len() < self.lag {
            self.ring.push(value);
            return None;
        }
        let delayed = std::mem::replace(&mut self.ring[self.next], value);
        self.next = if self.next + 1 == self.lag { 0 } else { self.next + 1 };
        Some(delayed)
    }
}

/// What is known of a stretch of samples, such that two neighbouring stretches can be merged.
pub(crate) trait Summary: Copy {
    /// The summary of this stretch followed by the `newer` one.
    fn merge(self, newer: Self) -> Self;
}

impl<const N: usize> Summary for [f64; N] {
    fn merge(mut self, newer: Self) -> Self {
        for (sum, value) in self.iter_mut().zip(newer) {
            *sum += value;
        }
        self
    }
}

/// A queue that knows the summary of what it holds.
#[derive(Debug, Clone)]
pub(crate) struct Stack<S> {
    /// Summaries of the older part: the last one covers all of it, the one before all but the oldest sample.
    older: Vec<S>,
    /// Samples of the newer part, oldest first.
    newer: Vec<S>,
    newer_summary: Option<S>,
}

impl<S: Summary> Stack<S> {
    /// An empty queue with room for `capacity` samples.
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { older: Vec::with_capacity(capacity), newer: Vec::with_capacity(capacity), newer_summary: None }
    }

    /// The number of samples held.
    pub(crate) fn len(&self) -> usize {
        self.older.len() + self.newer.len()
    }

    /// Appends a sample.
    #[inline]
    pub(crate) fn push(&mut self, sample: S) {
        self.newer_summary = Some(match self.newer_summary {
            None => sample,
            Some(summary) => summary.merge(sample),
        });
        self.newer.push(sample);
    }

    /// Removes the oldest sample.
    #[inline]
    pub(crate) fn pop(&mut self) {
        if self.older.is_empty() {
            self.turn_over();
        }
        self.older.pop();
    }

    /// Makes the newer part the older one. Out of the way of the steps in between, which are to be short.
    #[cold]
    fn turn_over(&mut self) {
        let mut samples = self.newer.drain(..).rev();
        if let Some(newest) = samples.next() {
            let mut summary = newest;
            self.older.push(newest);
            self.older.extend(samples.map(|sample| {
                summary = sample.merge(summary);
                summary
            }));
        }
        self.newer_summary = None;
    }

    /// The summary of every sample held.
    #[inline]
    pub(crate) fn summary(&self) -> Option<S> {
        match (self.older.last(), self.newer_summary) {
            (Some(older), Some(newer)) => Some(older.merge(newer)),
            (Some(older), None) => Some(*older),
            (None, newer) => newer,
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.older.clear();
        self.newer.clear();
        self.newer_summary = None;
    }
}

/// The last `window` samples and their summary.
#[derive(Debug, Clone)]
pub(crate) struct Rolling<S> {
    stack: Stack<S>,
    window: usize,
}

impl<S: Summary> Rolling<S> {
    /// An empty window of `window` samples, at least one.
    pub(crate) fn new(window: usize) -> Self {
        Self { stack: Stack::with_capacity(window), window: window.max(1) }
    }

    /// Takes in a sample; the oldest leaves a full window. An undefined sample empties it, so that a full window
    /// never spans one.
    #[inline]
    pub(crate) fn push(&mut self, sample: Option<S>) {
        match sample {
            None => self.stack.clear(),
            Some(sample) => {
                if self.stack.len() == self.window {
                    self.stack.pop();
                }
                self.stack.push(sample);
            }
        }
    }

    /// The summary of the window once it is full.
    #[inline]
    pub(crate) fn full(&self) -> Option<S> {
        if self.stack.len() == self.window { self.stack.summary() } else { None }
    }

    /// The number of samples in the window.
    pub(crate) fn len(&self) -> usize {
        self.stack.len()
    }

    /// The summary of what there is so far.
    pub(crate) fn so_far(&self) -> Option<S> {
        self.stack.summary()
    }
}

#[cfg(test)]
mod tests {
    use super::{Rolling, Stack};

    #[test]
    fn a_window_never_remembers_what_left_it() {
        let mut window = Rolling::new(3);
        for value in [1e16, 1.0, 2.0, 3.0] {
            window.push(Some([value]));
        }
        assert_eq!(window.full(), Some([6.0]));
    }

    #[test]
    fn pops_and_pushes_in_any_order_equal_the_direct_sum() {
        let mut stack = Stack::with_capacity(0);
        let mut direct = std::collections::VecDeque::new();
        for step in 0..1_000_u32 {
            stack.push([f64::from(step)]);
            direct.push_back(f64::from(step));
            if step % 3 == 2 {
                for _ in 0..step % 5 {
                    if direct.pop_front().is_some() {
                        stack.pop();
                    }
                }
            }
            assert_eq!(stack.len(), direct.len());
            assert_eq!(stack.summary().map_or(0.0, |[sum]| sum), direct.iter().sum::<f64>());
        }
    }

    #[test]
    fn an_undefined_sample_empties_the_window() {
        let mut window = Rolling::new(2);
        for sample in [Some([1.0]), Some([2.0]), None, Some([4.0])] {
            window.push(sample);
        }
        assert_eq!(window.full(), None);
        assert_eq!(window.so_far(), Some([4.0]));
    }
}

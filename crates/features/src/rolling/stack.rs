/// What is known of a stretch of samples, such that two neighbouring stretches can be merged.
pub(crate) trait Summary: Copy {
    /// The summary of this stretch followed by the `newer` one.
    fn merge(self, newer: Self) -> Self;

    /// The summary of this stretch followed by one sample.
    #[inline]
    fn append(self, newer: Self) -> Self {
        self.merge(newer)
    }

    /// The summary of one sample followed by this stretch.
    #[inline]
    fn prepend(self, older: Self) -> Self {
        older.merge(self)
    }
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
}

#[cfg(test)]
mod tests {
    use super::Stack;

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
}

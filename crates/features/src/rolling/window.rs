use super::{
    stack::Summary,
    summaries::{Highest, Lowest},
};

/// The last `window` samples and their summary.
///
/// Samples come in blocks of `window`. Of the block before there are the summaries of its ends, of the present block
/// that of its beginning: a full window is an end and a beginning, merged.
#[derive(Debug, Clone)]
pub(crate) struct Rolling<S> {
    window: usize,
    /// At `place`: the block before from there on; empty in the first block.
    ends: Vec<S>,
    /// The samples of the present block.
    block: Vec<S>,
    /// The summary of the present block.
    beginning: Option<S>,
}

impl<S: Summary> Rolling<S> {
    /// An empty window of `window` samples, at least one.
    pub(crate) fn new(window: usize) -> Self {
        Self { window: window.max(1), ends: Vec::new(), block: Vec::new(), beginning: None }
    }

    /// Takes in a sample; the oldest leaves a full window. An undefined sample empties it, so that a full window
    /// never spans one.
    #[inline]
    pub(crate) fn push(&mut self, sample: Option<S>) {
        let Some(sample) = sample else { return self.clear() };
        if self.block.len() == self.window {
            self.turn_over();
        }
        self.block.push(sample);
        self.beginning = Some(match self.beginning {
            None => sample,
            Some(beginning) => beginning.merge(sample),
        });
    }

    /// The summary of the window once it is full.
    #[inline]
    pub(crate) fn full(&self) -> Option<S> {
        match self.ends.get(self.block.len()) {
            Some(end) => Some(match self.beginning {
                None => *end,
                Some(beginning) => end.merge(beginning),
            }),
            None if self.block.len() == self.window => self.beginning,
            None => None,
        }
    }

    /// The number of samples in the window.
    pub(crate) fn len(&self) -> usize {
        if self.ends.is_empty() { self.block.len() } else { self.window }
    }

    /// The summary of what there is so far.
    pub(crate) fn so_far(&self) -> Option<S> {
        if self.ends.is_empty() { self.beginning } else { self.full() }
    }

    /// Makes the present block the one before.
    #[inline(never)]
    fn turn_over(&mut self) {
        std::mem::swap(&mut self.ends, &mut self.block);
        self.block.clear();
        self.beginning = None;
        if let Some((newest, others)) = self.ends.split_last_mut() {
            let mut end = *newest;
            for sample in others.iter_mut().rev() {
                end = sample.merge(end);
                *sample = end;
            }
        }
    }

    #[cold]
    fn clear(&mut self) {
        self.ends.clear();
        self.block.clear();
        self.beginning = None;
    }
}

/// The range of the last bars. Two windows of one number each: one of pairs is several times slower.
#[derive(Debug, Clone)]
pub(crate) struct RollingRange {
    highs: Rolling<Highest>,
    lows: Rolling<Lowest>,
}

impl RollingRange {
    /// An empty window of `window` bars, at least one.
    pub(crate) fn new(window: usize) -> Self {
        Self { highs: Rolling::new(window), lows: Rolling::new(window) }
    }

    /// The highest high and the lowest low once the window is full, after a bar with this range.
    #[inline]
    pub(crate) fn push(&mut self, high: f64, low: f64) -> Option<(f64, f64)> {
        self.highs.push(Some(Highest(high)));
        self.lows.push(Some(Lowest(low)));
        Some((self.highs.full()?.0, self.lows.full()?.0))
    }
}

#[cfg(test)]
mod tests {
    use super::Rolling;

    #[test]
    fn a_window_never_remembers_what_left_it() {
        let mut window = Rolling::new(3);
        for value in [1e16, 1.0, 2.0, 3.0] {
            window.push(Some([value]));
        }
        assert_eq!(window.full(), Some([6.0]));
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

use super::{
    stack::Summary,
    summaries::{Highest, Lowest},
};

/// The last `window` samples and their summary.
///
/// Samples come in blocks of `window`. Of the last whole block there are the summaries of its ends, of the block that
/// has begun that of its samples so far: a full window is an end and a beginning, merged (van Herk 1992; Gil & Werman
/// 1993).
#[derive(Debug, Clone)]
pub(crate) struct Rolling<S> {
    window: usize,
    /// At `place`: the last whole block from there on; of no account before there is one.
    ends: Vec<S>,
    has_ends: bool,
    /// Where the ends of a block are made while those of the block before it are still read.
    next_ends: Vec<S>,
    /// Room for `window` samples, of which `held` are those of the block that has begun.
    block: Vec<S>,
    held: usize,
    /// The summary of the block that has begun.
    beginning: Option<S>,
}

impl<S: Summary> Rolling<S> {
    /// An empty window of `window` samples, at least one.
    pub(crate) fn new(window: usize) -> Self {
        let window = window.max(1);
        Self {
            window,
            ends: Vec::new(),
            has_ends: false,
            next_ends: Vec::new(),
            block: Vec::new(),
            held: 0,
            beginning: None,
        }
    }

    /// Takes in a sample; the oldest leaves a full window. An undefined sample empties it, so that a full window
    /// never spans one.
    #[inline]
    pub(crate) fn push(&mut self, sample: Option<S>) {
        let Some(sample) = sample else { return self.clear() };
        if self.block.is_empty() {
            self.block = vec![sample; self.window];
            self.ends = self.block.clone();
        }
        self.block[self.held] = sample;
        self.held += 1;
        self.beginning = Some(match self.beginning {
            None => sample,
            Some(beginning) => beginning.append(sample),
        });
        if self.held == self.window {
            let block = std::mem::take(&mut self.block);
            self.turn_over(|place| block[place]);
            self.block = block;
        }
    }

    /// The summary of the window once it is full.
    #[inline]
    pub(crate) fn full(&self) -> Option<S> {
        let end = self.ends.get(self.held).filter(|_| self.has_ends)?;
        Some(match self.beginning {
            None => *end,
            Some(beginning) => end.merge(beginning),
        })
    }

    /// Takes in what `sample` makes of the place and value of each of `samples`, and writes what `value` makes of the
    /// place and the window after it, NaN where that is not full: [`Self::push`] and [`Self::full`] step by step, with
    /// the summaries in the processor's registers.
    #[inline]
    pub(crate) fn fold<T>(
        &mut self,
        samples: &[T],
        sample: impl Fn(usize, &T) -> Option<S>,
        values: &mut [f64],
        value: impl Fn(usize, S) -> f64,
    ) {
        let mut start = 0;
        while start < samples.len() {
            let piece = start..samples.len().min(start + self.window - self.held);
            let sample = &|place: usize, raw: &T| sample(start + place, raw);
            let value = &|place: usize, window: S| value(start + place, window);
            let (samples, values) = (&samples[piece.clone()], &mut values[piece]);
            start += if self.has_ends && samples.len() == self.window && self.fold_block(samples, sample, values, value)
            {
                self.window
            } else {
                self.fold_piece(samples, sample, values, value)
            };
        }
    }

    /// Takes in a whole block after another one, unless a sample of it is undefined, and returns whether it did. The
    /// block is summed up from both of its ends in the same loop, so that neither sum waits for the other.
    #[inline]
    fn fold_block<T>(
        &mut self,
        samples: &[T],
        sample: impl Fn(usize, &T) -> Option<S>,
        values: &mut [f64],
        value: impl Fn(usize, S) -> f64,
    ) -> bool {
        let count = samples.len();
        let last = count - 1;
        let (Some(mut beginning), Some(mut end)) = (sample(0, &samples[0]), sample(last, &samples[last])) else {
            return false;
        };
        self.next_ends.resize(count, end);
        self.next_ends[last] = end;
        let (values, ends, next_ends) = (&mut values[..count], &self.ends[..count], &mut self.next_ends[..count]);
        for place in 1..count {
            let (newer, older) = (&samples[place], &samples[last - place]);
            let (Some(newer), Some(older)) = (sample(place, newer), sample(last - place, older)) else { return false };
            values[place - 1] = value(place - 1, ends[place].merge(beginning));
            beginning = beginning.append(newer);
            end = end.prepend(older);
            next_ends[last - place] = end;
        }
        values[last] = value(last, end);
        std::mem::swap(&mut self.ends, &mut self.next_ends);
        true
    }

    /// Takes in samples of one block, up to the first undefined one, and returns how many that were.
    #[inline]
    fn fold_piece<T>(
        &mut self,
        samples: &[T],
        sample: impl Fn(usize, &T) -> Option<S>,
        values: &mut [f64],
        value: impl Fn(usize, S) -> f64,
    ) -> usize {
        let Some(first) = sample(0, &samples[0]) else { return self.hole(values, 0) };
        if self.block.is_empty() {
            self.block = vec![first; self.window];
            self.ends = self.block.clone();
        }
        let (count, held) = (samples.len(), self.held);
        let (is_whole, completes) = (count == self.window, held + count == self.window);
        let (values, block) = (&mut values[..count], &mut self.block[held..held + count]);
        let ends = &self.ends[held + 1..held + count];
        let mut beginning = self.beginning.map_or(first, |beginning| beginning.append(first));
        block[0] = first;
        for place in 1..count {
            values[place - 1] =
                if self.has_ends { value(place - 1, ends[place - 1].merge(beginning)) } else { f64::NAN };
            let Some(sample) = sample(place, &samples[place]) else { return self.hole(values, place) };
            beginning = beginning.append(sample);
            if !is_whole {
                block[place] = sample;
            }
        }
        (self.held, self.beginning) = (held + count, Some(beginning));
        if is_whole {
            self.turn_over(|place| sample(place, &samples[place]).unwrap_or(first));
        } else if completes {
            let block = std::mem::take(&mut self.block);
            self.turn_over(|place| block[place]);
            self.block = block;
        }
        values[count - 1] = self.full().map_or(f64::NAN, |window| value(count - 1, window));
        count
    }

    /// Takes in an undefined sample and returns how many were taken in.
    #[cold]
    fn hole(&mut self, values: &mut [f64], place: usize) -> usize {
        self.clear();
        values[place] = f64::NAN;
        place + 1
    }

    /// The number of samples in the window.
    pub(crate) fn len(&self) -> usize {
        if self.has_ends { self.window } else { self.held }
    }

    /// The summary of what there is so far.
    pub(crate) fn so_far(&self) -> Option<S> {
        if self.has_ends { self.full() } else { self.beginning }
    }

    /// Makes ends of the `samples` of the block that is complete.
    #[inline]
    fn turn_over(&mut self, samples: impl Fn(usize) -> S) {
        let last = self.window - 1;
        let ends = &mut self.ends[..=last];
        let mut end = samples(last);
        ends[last] = end;
        for place in (0..last).rev() {
            end = end.prepend(samples(place));
            ends[place] = end;
        }
        (self.held, self.beginning, self.has_ends) = (0, None, true);
    }

    #[cold]
    fn clear(&mut self) {
        (self.held, self.beginning, self.has_ends) = (0, None, false);
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

    /// Writes the highest high and the lowest low after each of `highs` and `lows`, NaN while the window is not full.
    pub(crate) fn fold(&mut self, highs: &[f64], lows: &[f64], highest: &mut [f64], lowest: &mut [f64]) {
        self.highs.fold(highs, |_, &high| Some(Highest(high)), highest, |_, window| window.0);
        self.lows.fold(lows, |_, &low| Some(Lowest(low)), lowest, |_, window| window.0);
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

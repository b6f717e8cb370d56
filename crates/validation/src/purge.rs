use crate::Span;

/// Samples to train on and samples to test on, and what had to go so that they do not touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Indices to train on, in order of time.
    pub train: Vec<usize>,
    /// Indices to test on, in order of time.
    pub test: Vec<usize>,
    /// Training candidates dropped because their span overlaps a test span.
    pub purged: usize,
    /// Training candidates dropped because they lie inside the embargo.
    pub embargoed: usize,
}

impl Split {
    /// The split of `candidates` and `test` (both in order of time) after purge and embargo.
    pub(crate) fn purged(spans: &[Span], candidates: &[usize], test: Vec<usize>, embargo_ns: i64) -> Self {
        let kept = purge(spans, candidates, &test);
        let train = embargo(spans, &kept, &test, embargo_ns);
        Self { purged: candidates.len() - kept.len(), embargoed: kept.len() - train.len(), train, test }
    }
}

/// The `train` indices whose spans overlap no span of `test`, in their order.
///
/// Source: López de Prado, *Advances in Financial Machine Learning* (2018), ch. 7.4.1. Cost O((n + m) log m).
///
/// ```
/// use scaleout_market::Timestamp;
/// use scaleout_validation::{Span, purge};
/// // Ten daily rows, labels of two days: row 5 starts before the label of test row 4 is known.
/// let day = |d: i64| Timestamp::from_secs(86_400 * d);
/// let spans: Vec<Span> = (0..10).map(|d| Span::new(day(d), day(d + 2)).unwrap()).collect();
/// assert_eq!(purge(&spans, &[5, 6, 7, 8, 9], &[0, 1, 2, 3, 4]), vec![6, 7, 8, 9]);
/// ```
pub fn purge(spans: &[Span], train: &[usize], test: &[usize]) -> Vec<usize> {
    let blocks = Span::merged(test.iter().map(|&index| spans[index]).collect());
    let overlaps_test = |span: Span| {
        let first_ending_later = blocks.partition_point(|block| block.end() <= span.start());
        blocks.get(first_ending_later).is_some_and(|block| block.overlaps(span))
    };
    train.iter().copied().filter(|&index| !overlaps_test(spans[index])).collect()
}

/// The `train` indices that start no sooner than `embargo_ns` after the end of a block of test spans, in their order.
///
/// It guards against what purging cannot see: features that look back into the test time, and serial correlation.
/// Indices that start before a block are left alone. Source: López de Prado (2018), ch. 7.4.2.
pub fn embargo(spans: &[Span], train: &[usize], test: &[usize], embargo_ns: i64) -> Vec<usize> {
    let blocks = Span::merged(test.iter().map(|&index| spans[index]).collect());
    let is_embargoed = |span: Span| {
        let ended = blocks.partition_point(|block| block.end() <= span.start());
        ended > 0 && span.start() < blocks[ended - 1].end().plus_nanos(embargo_ns)
    };
    train.iter().copied().filter(|&index| !is_embargoed(spans[index])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::tests::{daily, span};

    const DAY_NS: i64 = 86_400_000_000_000;

    #[test]
    fn golden_rows_of_two_days_in_two_folds() {
        let spans = daily(10, 2);
        let (early, late): (Vec<usize>, Vec<usize>) = ((0..5).collect(), (5..10).collect());
        assert_eq!(purge(&spans, &late, &early), vec![6, 7, 8, 9]);
        assert_eq!(purge(&spans, &early, &late), vec![0, 1, 2, 3]);
    }

    #[test]
    fn a_long_training_span_around_the_test_is_purged() {
        let spans = vec![span(0, 20), span(5, 6), span(30, 31)];
        assert_eq!(purge(&spans, &[0, 2], &[1]), vec![2]);
    }

    #[test]
    fn the_embargo_drops_what_starts_soon_after_the_test() {
        let spans = daily(10, 1);
        let train: Vec<usize> = vec![0, 1, 4, 5, 6, 7, 8, 9];
        assert_eq!(embargo(&spans, &train, &[2, 3], 0), train);
        assert_eq!(embargo(&spans, &train, &[2, 3], 2 * DAY_NS), vec![0, 1, 6, 7, 8, 9]);
    }

    #[test]
    fn a_split_counts_what_it_drops() {
        let spans = daily(10, 2);
        let candidates: Vec<usize> = (5..10).collect();
        let split = Split::purged(&spans, &candidates, (0..5).collect(), DAY_NS);
        assert_eq!((split.train, split.purged, split.embargoed), (vec![7, 8, 9], 1, 1));
    }
}

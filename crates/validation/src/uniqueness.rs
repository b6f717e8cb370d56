use crate::Span;

/// For each span the share of it that is its own: the mean over its time of 1 / (spans open at that time).
///
/// Between 0 and 1; weights of samples, so that three trades on one move count as one. Spans are taken together
/// whatever their symbol; pass one symbol's spans to weigh within it.
/// Source: López de Prado, *Advances in Financial Machine Learning* (2018), ch. 4.4. Cost O(n log n).
///
/// ```
/// use scaleout_market::Timestamp;
/// use scaleout_validation::{Span, average_uniqueness};
/// let span = |from, to| Span::new(Timestamp::from_secs(from), Timestamp::from_secs(to)).unwrap();
/// // The book's example: 5/6, 3/4 and 1.
/// let unique = average_uniqueness(&[span(0, 3), span(2, 4), span(4, 6)]);
/// assert!(unique.iter().zip([5.0 / 6.0, 0.75, 1.0]).all(|(got, book)| (got - book).abs() < 1e-12));
/// ```
pub fn average_uniqueness(spans: &[Span]) -> Vec<f64> {
    let timeline = Concurrency::new(spans);
    spans
        .iter()
        .map(|span| {
            let (from, to) = (timeline.place(span.start().nanos()), timeline.place(span.end().nanos()));
            (timeline.own_time[to] - timeline.own_time[from]) / (span.end().nanos() - span.start().nanos()) as f64
        })
        .collect()
}

/// Mean number of spans open at once, over the time in which any is open; `None` without spans.
pub fn average_concurrency(spans: &[Span]) -> Option<f64> {
    let length = |span: &Span| (span.end().nanos() - span.start().nanos()) as f64;
    let covered: f64 = Span::merged(spans.to_vec()).iter().map(length).sum();
    (!spans.is_empty()).then(|| spans.iter().map(length).sum::<f64>() / covered)
}

/// How many spans that do not overlap the given ones are worth: the sum of their average uniqueness.
pub fn effective_count(spans: &[Span]) -> f64 {
    average_uniqueness(spans).iter().sum()
}

/// All starts and ends in order, and the integral of 1 / concurrency from the first of them to each.
struct Concurrency {
    edges: Vec<i64>,
    own_time: Vec<f64>,
}

impl Concurrency {
    fn new(spans: &[Span]) -> Self {
        let opened = spans.iter().map(|span| (span.start().nanos(), 1_i64));
        let mut changes: Vec<(i64, i64)> = opened.chain(spans.iter().map(|span| (span.end().nanos(), -1))).collect();
        changes.sort_unstable();
        let (mut edges, mut own_time) = (Vec::new(), Vec::new());
        let (mut open, mut integral) = (0, 0.0);
        for moment in changes.chunk_by(|a, b| a.0 == b.0) {
            let now = moment[0].0;
            if let Some(&before) = edges.last()
                && open > 0
            {
                integral += (now - before) as f64 / open as f64;
            }
            open += moment.iter().map(|change| change.1).sum::<i64>();
            edges.push(now);
            own_time.push(integral);
        }
        Self { edges, own_time }
    }

    fn place(&self, moment: i64) -> usize {
        self.edges.binary_search(&moment).expect("Invariant: every start and end is an edge")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::tests::{daily, span};

    #[test]
    fn spans_apart_count_fully() {
        assert_eq!(average_uniqueness(&daily(4, 1)), vec![1.0; 4]);
        assert_eq!(effective_count(&daily(4, 1)), 4.0);
        assert_eq!(average_concurrency(&daily(4, 1)), Some(1.0));
    }

    #[test]
    fn copies_share_one_place() {
        let copies = vec![span(0, 2); 5];
        assert!((effective_count(&copies) - 1.0).abs() < 1e-12, "five shares of 1/5");
        assert_eq!(average_concurrency(&copies), Some(5.0));
    }

    #[test]
    fn gaps_are_not_counted() {
        let spans = [span(0, 1), span(10, 11)];
        assert_eq!(average_uniqueness(&spans), vec![1.0, 1.0]);
        assert_eq!(average_concurrency(&spans), Some(1.0));
        assert_eq!(average_concurrency(&[]), None);
    }

    #[test]
    fn equals_the_sum_over_days() {
        let spans: Vec<Span> = [(0, 7), (3, 5), (4, 12), (20, 21), (4, 6)].map(|(a, b)| span(a, b)).to_vec();
        let open = |day| spans.iter().filter(|s| s.overlaps(span(day, day + 1))).count() as f64;
        for (span_, unique) in spans.iter().zip(average_uniqueness(&spans)) {
            let days: Vec<i64> = (0..21).filter(|&day| span_.overlaps(span(day, day + 1))).collect();
            let naive = days.iter().map(|&day| 1.0 / open(day)).sum::<f64>() / days.len() as f64;
            assert!((naive - unique).abs() < 1e-12);
        }
    }
}

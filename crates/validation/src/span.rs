use scaleout_market::Timestamp;

use crate::ValidationError;

/// The time that one sample draws on: from its decision up to, but without, the moment its outcome is known.
///
/// Half-open, so a span that ends when another starts does not overlap it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl Span {
    /// The span from `start` up to `end`; an error unless `start < end`.
    ///
    /// ```
    /// use scaleout_market::Timestamp;
    /// use scaleout_validation::Span;
    /// let span = |from, to| Span::new(Timestamp::from_secs(from), Timestamp::from_secs(to)).unwrap();
    /// assert!(span(0, 2).overlaps(span(1, 3)));
    /// assert!(!span(0, 2).overlaps(span(2, 3)));
    /// ```
    pub fn new(start: Timestamp, end: Timestamp) -> Result<Self, ValidationError> {
        if start < end {
            Ok(Self { start, end })
        } else {
            Err(ValidationError::EmptySpan { start_ns: start.nanos(), end_ns: end.nanos() })
        }
    }

    /// The span of a trade: what it may depend on, for every purge, outer and inner.
    ///
    /// It runs from the moment of the fill, which lies inside, to the open of the bar after the horizon, which does not:
    /// at that open whatever is left is sold, so a trade that fills there learns nothing from this one and tells it
    /// nothing. A trade that ends earlier, at its stop or at a time of day, keeps the whole span: when it would end was
    /// not known at the fill. Where both moments are one, the span is 1 ns long.
    ///
    /// ```
    /// use scaleout_market::Timestamp;
    /// use scaleout_validation::Span;
    /// let trade = |fill, end| Span::of_trade(Timestamp::from_secs(fill), Timestamp::from_secs(end));
    /// assert!(!trade(0, 60).overlaps(trade(60, 120)));
    /// assert!(trade(0, 60).overlaps(trade(59, 119)));
    /// ```
    pub fn of_trade(fill: Timestamp, open_after_horizon: Timestamp) -> Self {
        Self { start: fill, end: open_after_horizon.max(fill.plus_nanos(1)) }
    }

    /// The first moment inside.
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// The first moment outside.
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// Whether some moment lies in both.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// The union of `spans` as separate spans in order of time; touching ones are joined.
    pub(crate) fn merged(mut spans: Vec<Self>) -> Vec<Self> {
        spans.sort_unstable();
        let mut merged: Vec<Self> = Vec::new();
        for span in spans {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        merged
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    /// Rows that start on successive days and span `length` days each.
    pub(crate) fn daily(rows: i64, length: i64) -> Vec<Span> {
        (0..rows).map(|day| span(day, day + length)).collect()
    }

    pub(crate) fn span(from_day: i64, to_day: i64) -> Span {
        Span::new(Timestamp::from_secs(from_day * DAY), Timestamp::from_secs(to_day * DAY)).unwrap()
    }

    #[test]
    fn an_empty_span_is_refused() {
        let now = Timestamp::from_secs(5);
        assert_eq!(
            Span::new(now, now),
            Err(ValidationError::EmptySpan { start_ns: 5_000_000_000, end_ns: 5_000_000_000 })
        );
    }

    #[test]
    fn a_trade_holds_its_fill_and_not_the_open_after_its_horizon() {
        let (fill, open) = (Timestamp::from_secs(60), Timestamp::from_secs(120));
        let trade = Span::of_trade(fill, open);
        let at = |ts: Timestamp| Span::new(ts, ts.plus_nanos(1)).unwrap();
        let check = |ts: Timestamp, is_inside: bool| assert_eq!(trade.overlaps(at(ts)), is_inside, "{ts}");
        check(fill.plus_nanos(-1), false);
        check(fill, true);
        check(open.plus_nanos(-1), true);
        check(open, false);
        // Two trades in a row touch and do not overlap; a nanosecond earlier they do.
        assert!(!trade.overlaps(Span::of_trade(open, open.plus_nanos(5))));
        assert!(trade.overlaps(Span::of_trade(open.plus_nanos(-1), open.plus_nanos(5))));
        // A fill at the very open after the horizon still has a moment of its own.
        assert_eq!(Span::of_trade(open, open), at(open));
        assert_eq!(Span::of_trade(open, fill), at(open));
    }

    #[test]
    fn touching_spans_join_in_the_union() {
        let union = Span::merged(vec![span(4, 6), span(0, 2), span(2, 3), span(5, 8)]);
        assert_eq!(union, vec![span(0, 3), span(4, 8)]);
    }
}

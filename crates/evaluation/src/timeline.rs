use std::collections::{BTreeMap, BTreeSet};

use scaleout_exits::TradeOutcome;
use scaleout_market::Timestamp;
use scaleout_validation::Span;

use crate::{ContestantKind, EvaluationConfig, EvaluationError, EvaluationInput};

/// The calendar of a run: the moments at which some contestant's profit is marked, and the cells they fall into.
///
/// Cells are equal stretches of calendar time; those in which nothing happened (nights, holidays) are left out. All
/// entries of a cell, of whatever symbol, are resampled together.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    /// Closes of bars in which a position of some contestant was open, in order.
    pub moments: Vec<Timestamp>,
    /// Cell of each moment.
    pub moment_cell: Vec<u32>,
    /// Cell of each entry.
    pub entry_cell: Vec<u32>,
    /// Number of cells.
    pub cells: usize,
    /// Width of a cell in nanoseconds.
    pub cell_ns: i64,
    /// Mean time from an entry to the last exit of any rule that can be followed, in nanoseconds.
    pub mean_span_ns: f64,
    /// From each entry to the last exit of any rule that can be followed.
    pub spans: Vec<Span>,
    /// UTC days with a bar of any symbol from the first entry to the last exit, in order.
    pub days: Vec<i64>,
    bar_moment: BTreeMap<String, Vec<u32>>,
}

const NO_MOMENT: u32 = u32::MAX;

impl Timeline {
    pub fn new(input: &EvaluationInput<'_>, config: &EvaluationConfig) -> Result<Self, EvaluationError> {
        let mut used: BTreeMap<String, Vec<bool>> =
            input.symbols.iter().map(|(symbol, facts)| (symbol.clone(), vec![false; facts.bar_close.len()])).collect();
        let replayed = input.contestants.iter().flat_map(|contestant| &contestant.outcomes);
        // In other lots a trade may be held longer than in the replay of all entries.
        let booked = input.books.iter().flat_map(|book| &book.taken).map(|taken| &taken.outcome);
        for outcome in replayed.chain(booked) {
            let bars = used.get_mut(&outcome.symbol).map_or(&mut [][..], Vec::as_mut_slice);
            let (n_bars, last) = (bars.len(), outcome.first_bar + outcome.bar_net_r.len());
            let open = bars.get_mut(outcome.first_bar..last).ok_or_else(|| EvaluationError::NoBar {
                entry: outcome.id.clone(),
                symbol: outcome.symbol.clone(),
                bar: last.saturating_sub(1),
                bars: n_bars,
            })?;
            open.fill(true);
        }
        let closes = |symbol: &str| &input.symbols[symbol].bar_close;
        let moments: Vec<Timestamp> = {
            let open_bars = used.iter().flat_map(|(symbol, open)| {
                open.iter().zip(closes(symbol)).filter(|(open, _)| **open).map(|(_, close)| *close)
            });
            open_bars.collect::<BTreeSet<_>>().into_iter().collect()
        };
        let bar_moment = used
            .iter()
            .map(|(symbol, open)| {
                let place = |(&open, close): (&bool, &Timestamp)| match moments.binary_search(close) {
                    Ok(place) if open => place as u32,
                    _ => NO_MOMENT,
                };
                (symbol.clone(), open.iter().zip(closes(symbol)).map(place).collect())
            })
            .collect();

        let spans = spans(input);
        let mean_span_ns = mean_length_ns(&spans);
        let entry_ts: Vec<Timestamp> = input.contestants[0].outcomes.iter().map(|outcome| outcome.entry_ts).collect();
        let cell_ns =
            config.cell_secs.map_or_else(|| default_cell_ns(mean_span_ns, &entry_ts), |secs| secs as i64 * SECOND_NS);
        let raw_cell = |ts: Timestamp| ts.nanos().div_euclid(cell_ns);
        let filled: Vec<i64> =
            moments.iter().chain(&entry_ts).map(|&ts| raw_cell(ts)).collect::<BTreeSet<_>>().into_iter().collect();
        let cell =
            |ts: &Timestamp| filled.binary_search(&raw_cell(*ts)).expect("Invariant: every moment has a cell") as u32;

        let (first, last) = (spans.iter().map(|span| span.start()).min(), spans.iter().map(|span| span.end()).max());
        let in_window =
            |ts: &&Timestamp| first.is_some_and(|first| first <= **ts) && last.is_some_and(|last| **ts <= last);
        let all_closes = input.symbols.values().flat_map(|facts| &facts.bar_close);
        let days: BTreeSet<i64> = all_closes.filter(in_window).chain(&moments).map(|ts| ts.utc_day()).collect();

        Ok(Self {
            moment_cell: moments.iter().map(cell).collect(),
            entry_cell: entry_ts.iter().map(cell).collect(),
            cells: filled.len(),
            cell_ns,
            mean_span_ns,
            spans,
            days: days.into_iter().collect(),
            bar_moment,
            moments,
        })
    }

    /// The moments at which the bars of `outcome` close, with the net R of each.
    pub fn marks<'a>(&'a self, outcome: &'a TradeOutcome) -> impl Iterator<Item = (usize, f64)> + 'a {
        let of_symbol = &self.bar_moment[&outcome.symbol][outcome.first_bar..];
        of_symbol.iter().map(|&moment| moment as usize).zip(outcome.bar_net_r.iter().copied())
    }
}

/// Trading days in a year of a market with bars on the UTC `days`, by its week: 365 where bars close on all seven days
/// of most weeks, else 252 for five days and in proportion for six (a session that begins on Sunday evening).
pub(crate) fn days_per_year(days: &[i64]) -> f64 {
    let (Some(&first), Some(&last)) = (days.first(), days.last()) else { return 252.0 };
    let on = |weekday: i64, day: &i64| (day + 4).rem_euclid(7) == weekday;
    let is_open = |weekday: &i64| {
        let there_are = (first..=last).filter(|day| on(*weekday, day)).count();
        let with_bars = days.iter().filter(|day| on(*weekday, day)).count();
        there_are < 2 * with_bars
    };
    match (0..7).filter(is_open).count() {
        7 => 365.0,
        6 => 252.0 * 6.0 / 5.0,
        _ => 252.0,
    }
}

const SECOND_NS: i64 = 1_000_000_000;

/// The mean span of a trade in whole seconds, but at least 60 cells from the first entry to the last.
fn default_cell_ns(mean_span_ns: f64, entry_ts: &[Timestamp]) -> i64 {
    let first = entry_ts.iter().min().map_or(0, |ts| ts.nanos());
    let last = entry_ts.iter().max().map_or(0, |ts| ts.nanos());
    let widest = (last - first) as f64 / 60.0;
    ((mean_span_ns.min(widest) / SECOND_NS as f64).round() as i64).max(1) * SECOND_NS
}

fn followable<'a>(input: &EvaluationInput<'a>) -> impl Iterator<Item = &'a [TradeOutcome]> {
    let all = input.contestants.iter();
    all.filter(|contestant| matches!(contestant.kind, ContestantKind::Baseline | ContestantKind::Model))
        .map(|contestant| contestant.outcomes.as_slice())
}

fn mean_length_ns(spans: &[Span]) -> f64 {
    spans.iter().map(|span| (span.end().nanos() - span.start().nanos()) as f64).sum::<f64>() / spans.len() as f64
}

fn spans(input: &EvaluationInput<'_>) -> Vec<Span> {
    let mut ends: Vec<Timestamp> =
        input.contestants[0].outcomes.iter().map(|outcome| outcome.entry_ts.plus_nanos(1)).collect();
    for outcomes in followable(input) {
        for (end, outcome) in ends.iter_mut().zip(outcomes) {
            *end = (*end).max(outcome.exit_ts);
        }
    }
    let starts = input.contestants[0].outcomes.iter().map(|outcome| outcome.entry_ts);
    starts.zip(ends).map(|(start, end)| Span::new(start, end).expect("Invariant: the end is after the start")).collect()
}

#[cfg(test)]
mod tests {
    use super::days_per_year;

    #[test]
    fn a_year_has_the_days_of_its_market() {
        // 1970-01-01 was a Thursday, so that day 3 was a Sunday.
        let with = |open: &[i64]| -> Vec<i64> { (0..140).filter(|day| open.contains(&((day + 4) % 7))).collect() };
        assert_eq!(days_per_year(&with(&[0, 1, 2, 3, 4, 5, 6])), 365.0);
        assert_eq!(days_per_year(&with(&[1, 2, 3, 4, 5])), 252.0);
        assert_eq!(days_per_year(&with(&[0, 1, 2, 3, 4, 5])), 302.4);
        let holidays: Vec<i64> = with(&[1, 2, 3, 4, 5]).into_iter().filter(|day| day % 30 != 1).collect();
        assert_eq!((days_per_year(&holidays), days_per_year(&[])), (252.0, 252.0));
    }
}

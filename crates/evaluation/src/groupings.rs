//! What trades are grouped by when two contestants are compared: side, session, year, and how the market went.

use scaleout_market::Side;

use crate::{EvaluationInput, Grouping, stats::moments::quantile_of_sorted, timeline::Timeline};

/// Bars before an entry whose changes are its volatility.
const VOLATILITY_BARS: usize = 20;

/// Every grouping of the entries, those of the facts last.
///
/// Trend efficiency is |last close − first close| ÷ the sum of the bars' |changes|, from the bar before the entry to the
/// horizon (Kaufman 1995, *Smarter Trading*, ch. 8): it is known afterwards only and describes, it cannot be traded.
/// Volatility is the mean |change| ÷ close of the 20 bars before the entry. Both are cut into thirds.
pub(crate) fn groupings(input: &EvaluationInput<'_>, timeline: &Timeline) -> Vec<Grouping> {
    let side = input.entries.iter().map(|entry| match entry.side {
        Side::Long => "long",
        Side::Short => "short",
    });
    let session =
        timeline.spans.iter().map(|span| match span.start().nanos().div_euclid(3_600_000_000_000).rem_euclid(24) {
            0..7 => "00–07 UTC",
            7..13 => "07–13 UTC",
            13..20 => "13–20 UTC",
            _ => "20–24 UTC",
        });
    let mut all = vec![
        named("side", side.map(|name| Some(name.to_owned())).collect()),
        named("session", session.map(|name| Some(name.to_owned())).collect()),
        named("year", timeline.spans.iter().map(|span| Some(span.start().to_string()[..4].to_owned())).collect()),
    ];
    let first = &input.contestants[0].outcomes;
    if let Some(horizon) = input.facts.horizon_bars {
        let efficiency: Vec<Option<f64>> = first
            .iter()
            .map(|outcome| efficiency(&closes(input, &outcome.symbol), outcome.first_bar, horizon))
            .collect();
        all.push(named("trend efficiency", thirds(&efficiency, ["chop", "between", "trend"])));
        let volatility: Vec<Option<f64>> =
            first.iter().map(|outcome| volatility(&closes(input, &outcome.symbol), outcome.first_bar)).collect();
        all.push(named("volatility", thirds(&volatility, ["calm", "usual", "wild"])));
    }
    // A single part says what all trades say.
    all.retain(|grouping| {
        let mut parts = grouping.of_entry.iter().flatten();
        parts.next().is_some_and(|first| parts.any(|part| part != first))
    });
    all.extend(input.facts.groupings.iter().cloned());
    all
}

fn named(kind: &str, of_entry: Vec<Option<String>>) -> Grouping {
    Grouping { kind: kind.to_owned(), of_entry }
}

fn closes<'a>(input: &EvaluationInput<'a>, symbol: &str) -> impl Fn(usize) -> Option<f64> + use<'a> {
    let prices = &input.symbols[symbol].prices;
    move |bar| prices.get(bar).map(|prices| prices.close)
}

fn efficiency(close: &impl Fn(usize) -> Option<f64>, first_bar: usize, horizon: usize) -> Option<f64> {
    let before = first_bar.checked_sub(1)?;
    let path: Vec<f64> = (before..first_bar + horizon).map_while(close).collect();
    let moved: f64 = path.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    (moved > 0.0).then(|| (path[path.len() - 1] - path[0]).abs() / moved)
}

fn volatility(close: &impl Fn(usize) -> Option<f64>, first_bar: usize) -> Option<f64> {
    let from = first_bar.checked_sub(VOLATILITY_BARS + 1)?;
    let path: Vec<f64> = (from..first_bar).map_while(close).collect();
    let level = path.last()?.abs();
    let moved: f64 = path.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    (level > 0.0).then(|| moved / level)
}

/// Names of the lower, middle and upper third.
fn thirds(values: &[Option<f64>], names: [&str; 3]) -> Vec<Option<String>> {
    let mut sorted: Vec<f64> = values.iter().flatten().copied().collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let cut = |share: f64| quantile_of_sorted(&sorted, share).unwrap_or(0.0);
    let (low, high) = (cut(1.0 / 3.0), cut(2.0 / 3.0));
    let name = |value: f64| {
        if value <= low {
            names[0]
        } else if value <= high {
            names[1]
        } else {
            names[2]
        }
    };
    values.iter().map(|value| value.map(|value| name(value).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straight_path_is_efficient_and_a_round_trip_is_not() {
        let prices = |path: &'static [f64]| move |bar: usize| path.get(bar).copied();
        assert_eq!(efficiency(&prices(&[1.0, 2.0, 3.0, 4.0]), 1, 3), Some(1.0));
        assert_eq!(efficiency(&prices(&[1.0, 2.0, 1.0]), 1, 2), Some(0.0));
        assert_eq!(efficiency(&prices(&[1.0, 1.0]), 1, 1), None, "nothing moved");
        assert_eq!(volatility(&prices(&[1.0; 30]), 5), None, "too few bars before");
        assert_eq!(volatility(&prices(&[2.0; 30]), 25), Some(0.0));
    }

    #[test]
    fn thirds_are_thirds() {
        let values: Vec<Option<f64>> = (0..9).map(|value| Some(f64::from(value))).chain([None]).collect();
        let parts = thirds(&values, ["a", "b", "c"]);
        let count = |name: &str| parts.iter().filter(|part| part.as_deref() == Some(name)).count();
        assert_eq!((count("a"), count("b"), count("c"), &parts[9]), (3, 3, 3, &None));
    }
}

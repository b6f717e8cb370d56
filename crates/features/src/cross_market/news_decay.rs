//! Decay since the last news.
//!
//! A score of 2 was published as the first bar closed; at the second close that is sixty seconds ago, one half-life.
//! Then the same score is published again, thirty seconds before the third close:
//! ```
//! use scaleout_features::examples::published;
//! // Closes at 60, 120 and 180 seconds.
//! let news = [Some((2.0, 60.0)), Some((2.0, 60.0)), Some((2.0, 150.0))];
//! let values = published("news_decay:other(half_life=60)", &[1.0; 3], &news)?;
//! assert!((values[1].unwrap() - 1.0).abs() < 1e-12);
//! assert!((values[2].unwrap() - 2.0_f64.sqrt()).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Timestamp;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_rows,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "news_decay",
    family: FeatureFamily::CrossMarket,
    summary: "The last news (a value of a column, say a sentiment score), fading with its age.",
    formula: "x * 2^(-age / half_life); age = close time - time of publication (of joined series the column `<column>.published`); where no column says when: - the first close at which the value stands, after another one or none",
    source: "Tetlock (2007), Giving content to investor sentiment, for news that fades",
    unit: "as the column",
    undefined: "before the column's first value; later gaps are no news",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::number("half_life", 3_600.0, 0.001, 1e9, "seconds after which news counts half")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::ByData("the column's first value"),
    laws: Laws::PURE,
    mirror: Mirror::Unknown,
    reads_column: true,
    build: |parameters| {
        let (column, half_life) = (parameters.column(), parameters.number("half_life"));
        let published = parameters.published();
        let (mut news, mut before) = (None, None);
        on_rows(move |row| {
            let value = row.columns[column];
            let since = match published {
                Some(place) => row.columns[place].map(moment).filter(|&ts| ts <= row.bar.ts),
                None => (value != before).then_some(row.bar.ts),
            };
            news = value.zip(since).or(news);
            before = value;
            let (value, ts) = news?;
            Some(value * (-row.bar.ts.seconds_since(ts) / half_life).exp2())
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

/// The moment so many seconds after 1970 began.
fn moment(seconds: f64) -> Timestamp {
    Timestamp::from_nanos((seconds * 1e9).round() as i64)
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, column, pick},
        examples::{beside, published},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (bars, values) = (bars(history), column(parameters, history));
        pick(values.len(), |t| {
            let is_new = |bar: &usize| values[*bar].is_some() && (*bar == 0 || values[*bar] != values[*bar - 1]);
            let since = (0..=t).rev().find(is_new)?;
            let age = bars[t].ts.seconds_since(bars[since].ts);
            Some(values[since]? * 0.5_f64.powf(age / parameters.number("half_life")))
        })
    }

    fn assert_close(got: &[Option<f64>], expected: &[Option<f64>]) {
        let close = |(got, expected): (&Option<f64>, &Option<f64>)| match (got, expected) {
            (Some(got), Some(expected)) => (got - expected).abs() < 1e-12,
            (got, expected) => got == expected,
        };
        assert!(got.len() == expected.len() && got.iter().zip(expected).all(close), "{got:?} not {expected:?}");
    }

    #[test]
    fn a_publication_counts_by_its_time() {
        let news = [None, Some((4.0, 90.0)), Some((4.0, 90.0)), Some((4.0, 240.0)), None, Some((0.0, 360.0))];
        let values = published("news_decay:other(half_life=30)", &[1.0; 6], &news).unwrap();
        assert_close(&values, &[None, Some(2.0), Some(0.5), Some(4.0), Some(1.0), Some(0.0)]);
    }

    #[test]
    fn what_is_published_after_the_close_is_not_known() {
        let news = [Some((4.0, 60.0)), Some((8.0, 121.0))];
        let values = published("news_decay:other(half_life=60)", &[1.0; 2], &news).unwrap();
        assert_close(&values, &[Some(4.0), Some(2.0)]);
    }

    #[test]
    fn without_a_time_of_publication_a_value_is_new_after_another_one_or_none() {
        let values = [Some(4.0), Some(4.0), None, Some(4.0), Some(2.0)];
        let values = beside("news_decay:other(half_life=60)", &[1.0; 5], &values).unwrap();
        assert_close(&values, &[Some(4.0), Some(2.0), Some(1.0), Some(4.0), Some(2.0)]);
    }
}

//! Decay since the last news.
//!
//! A score of 2 was new sixty seconds ago, one half-life:
//! ```
//! use scaleout_features::examples::beside;
//! let values = beside("news_decay:other(half_life=60)", &[1.0, 1.0], &[Some(2.0), Some(2.0)])?;
//! assert!((values[1].unwrap() - 1.0).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, Family, Laws, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_rows,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "news_decay",
    family: Family::CrossMarket,
    summary: "The last news (a changed value of a column, say a sentiment score), fading with its age.",
    formula: "x * 2^(-age / half_life); x is new at the first close at which the column has a value other than before",
    source: "Tetlock (2007), Giving content to investor sentiment, for news that fades",
    unit: "as the column",
    undefined: "before the column's first value; later gaps are no news",
    cost: CONSTANT,
    needs: Needs::BARS,
    parameters: &[Parameter::number("half_life", 3_600.0, 0.001, 1e9, "seconds after which news counts half")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::ByData("the column's first value"),
    laws: Laws::PURE,
    reads_column: true,
    build: |parameters| {
        let (column, half_life) = (parameters.column(), parameters.number("half_life"));
        let mut news = None;
        on_rows(move |row| {
            if let Some(value) = row.columns[column]
                && news.is_none_or(|(last, _)| last != value)
            {
                news = Some((value, row.bar.ts));
            }
            let (value, ts) = news?;
            Some(value * (-row.bar.ts.seconds_since(ts) / half_life).exp2())
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{bars, column, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (bars, values) = (bars(history), column(parameters, history));
        pick(values.len(), |t| {
            let last = (0..=t).rev().find_map(|bar| values[bar])?;
            let known = (0..=t).rev().filter(|&bar| values[bar].is_some());
            let since = known.take_while(|&bar| values[bar] == Some(last)).last()?;
            let age = bars[t].ts.seconds_since(bars[since].ts);
            Some(last * 0.5_f64.powf(age / parameters.number("half_life")))
        })
    }
}

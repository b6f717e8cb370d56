//! Quoted spread: in ticks, relative, and against what is usual.
//!
//! ```
//! use scaleout_features::examples::quotes;
//! let quote = [99.0, 3.0, 101.0, 1.0];
//! assert_eq!(quotes("spread_ticks(tick=0.25)", &[quote])?, [Some(8.0)]);
//! assert_eq!(quotes("spread_bps", &[quote])?, [Some(200.0)]);
//! // A spread of 4 after one of 2: mean 3, deviation 1.
//! let values = quotes("spread_z_score(window=2)", &[[99.0, 1.0, 101.0, 1.0], [98.0, 1.0, 102.0, 1.0]])?;
//! assert_eq!(values, [None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_quotes_at_closes,
    rolling::{Moments, Rolling},
};

const TICKS: Definition = Definition {
    name: "spread_ticks",
    family: FeatureFamily::OrderFlow,
    summary: "Ask minus bid of the last quote, in ticks.",
    formula: "(ask - bid) / tick",
    source: "Harris (2003), Trading and exchanges, chapter 14",
    unit: "ticks",
    undefined: "never",
    cost: CONSTANT,
    needs: Needs::QUOTES,
    parameters: &[Parameter::number("tick", 0.01, 1e-12, 1e9, "the instrument's tick size")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(1),
    laws: Laws::DISTANCE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let tick = parameters.number("tick");
        on_quotes_at_closes(move |quote| Some(quote.spread() / tick))
    },
    #[cfg(test)]
    naive: tests::ticks,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    TICKS,
    Definition {
        name: "spread_bps",
        summary: "Ask minus bid of the last quote relative to the middle.",
        formula: "1e4 * (ask - bid) / mid",
        unit: "basis points",
        undefined: "where the middle is <= 0",
        parameters: &[],
        laws: Laws::RELATIVE,
        build: |_| {
            on_quotes_at_closes(|quote| {
                let mid = Some(quote.mid()).filter(|mid| *mid > 0.0)?;
                Some(1e4 * quote.spread() / mid)
            })
        },
        #[cfg(test)]
        naive: tests::bps,
        ..TICKS
    },
    Definition {
        name: "spread_z_score",
        summary: "Whether the spread is unusually wide: its distance from its mean in deviations.",
        formula: "(spread - mean) / population deviation of the spread at the last n closes",
        unit: "standard deviations",
        undefined: "where the spread did not vary",
        parameters: &[Parameter::count("window", 50, 2, "window in bars (n)")],
        warm_up: |_| WarmUp::ByData("n closes, once their spreads vary"),
        laws: Laws::PURE,
        build: |parameters| {
            let mut spreads = Rolling::new(parameters.count("window"));
            on_quotes_at_closes(move |quote| {
                spreads.push(Some(Moments::of(quote.spread())));
                let moments = spreads.full()?;
                (moments.squares() > 0.0).then(|| (quote.spread() - moments.mean()) / moments.variance().sqrt())
            })
        },
        #[cfg(test)]
        naive: tests::z_score,
        ..TICKS
    },
];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{mean, over, pick, population_variance, quotes_at_closes},
    };

    fn spreads(history: &MarketHistory) -> Vec<Option<f64>> {
        let quotes = quotes_at_closes(history);
        pick(quotes.len(), |t| quotes[t].map(|quote| quote.ask - quote.bid))
    }

    pub(super) fn ticks(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        spreads(history).into_iter().map(|spread| Some(spread? / parameters.number("tick"))).collect()
    }

    pub(super) fn bps(_: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let quotes = quotes_at_closes(history);
        pick(quotes.len(), |t| {
            let quote = quotes[t]?;
            let sum = quote.ask + quote.bid;
            (sum > 0.0).then(|| 20_000.0 * (quote.ask - quote.bid) / sum)
        })
    }

    pub(super) fn z_score(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        over(&spreads(history), parameters.count("window"), |spreads| {
            let deviation = population_variance(spreads).sqrt();
            (deviation > 0.0).then(|| (spreads[spreads.len() - 1] - mean(spreads)) / deviation)
        })
    }
}

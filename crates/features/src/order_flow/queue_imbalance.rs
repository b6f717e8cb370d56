//! Queue imbalance at the touch.
//!
//! Three lots bid, one offered:
//! ```
//! use scaleout_features::examples::quotes;
//! assert_eq!(quotes("queue_imbalance", &[[99.0, 3.0, 100.0, 1.0]])?, [Some(0.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_quotes_at_closes,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "queue_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "Which side of the touch is longer: 1 if everything is bid, -1 if everything is offered.",
    formula: "(bid_qty - ask_qty) / (bid_qty + ask_qty) of the last quote",
    source: "Gould & Bonart (2016), Queue imbalance as a one-tick-ahead price predictor in a limit order book",
    unit: "1, from -1 to 1",
    undefined: "where both queues are empty",
    cost: CONSTANT,
    needs: Needs::QUOTES,
    parameters: &[],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(1),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |_| {
        on_quotes_at_closes(|quote| {
            let total = quote.bid_qty + quote.ask_qty;
            (total > 0.0).then(|| (quote.bid_qty - quote.ask_qty) / total)
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
        contract::{pick, quotes_at_closes},
    };

    pub(super) fn naive(_: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let quotes = quotes_at_closes(history);
        pick(quotes.len(), |t| {
            let (bid, ask) = quotes[t].map(|quote| (quote.bid_qty, quote.ask_qty))?;
            (bid + ask > 0.0).then(|| (bid - ask) / (bid + ask))
        })
    }
}

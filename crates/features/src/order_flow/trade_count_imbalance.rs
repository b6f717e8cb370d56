//! Trade-count imbalance.
//!
//! Two buys, one sell:
//! ```
//! use scaleout_features::examples::trades;
//! let bar: &[(f64, f64)] = &[(100.0, 1.0), (100.0, -9.0), (100.0, 1.0)];
//! assert_eq!(trades("trade_count_imbalance(window=1)", &[bar])?, [Some(1.0 / 3.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::{Aggressor, MarketEvent};

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter,
    definition::{CONSTANT, no_conflict, trade_window_warm_up},
    machine::on_events,
    rolling::TradeSums,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "trade_count_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "How one-sided the number of trades is, whatever their size.",
    formula: "(buys - sells) / trades; trades of unknown side count in the denominator alone",
    source: "Chordia, Roll & Subrahmanyam (2002), Order imbalance, liquidity, and market returns",
    unit: "1, from -1 to 1",
    undefined: "in a window without trades",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[
        Parameter::count("window", 20, 1, "window in bars"),
        Parameter::TRADES,
        Parameter::VOLUME,
        Parameter::SECONDS,
    ],
    conflict: no_conflict,
    warm_up: trade_window_warm_up,
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let mut sums = TradeSums::new(parameters.window());
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                sums.trade(trade, [trade.aggressor.map_or(0.0, Aggressor::sign), 1.0]);
                None
            }
            MarketEvent::Bar(row) => {
                sums.bar(row.bar.ts);
                let [signed, count] = sums.sums()?;
                (count > 0.0).then(|| signed / count)
            }
            MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

#[cfg(test)]
mod tests {
    use scaleout_market::{Aggressor, MarketHistory};

    use crate::{Parameters, contract::window_stat};

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        window_stat(parameters, history, |trades| {
            let of = |side| trades.iter().filter(|trade| trade.aggressor == Some(side)).count() as f64;
            (!trades.is_empty()).then(|| (of(Aggressor::Buy) - of(Aggressor::Sell)) / trades.len() as f64)
        })
    }
}

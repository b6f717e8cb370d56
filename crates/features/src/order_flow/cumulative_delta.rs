//! Cumulative volume delta over a window, and its divergence from price.
//!
//! Buyers took 3, sellers 1:
//! ```
//! use scaleout_features::examples::trades;
//! assert_eq!(trades("cumulative_delta(window=1)", &[&[(100.0, 3.0), (100.0, -1.0)]])?, [Some(2.0)]);
//! let bars: [&[(f64, f64)]; 3] = [&[(100.0, 1.0)], &[(99.0, 1.0)], &[(98.0, 1.0)]];
//! let divergence = trades("cumulative_delta_divergence(window=3)", &bars)?[2].unwrap();
//! assert!((divergence - 2.0).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use super::sizes::signed_qty;
use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict, trade_window_warm_up},
    machine::on_events,
    rolling::{Comoments, Rolling, TradeSums},
};

const DELTA: Definition = Definition {
    name: "cumulative_delta",
    family: FeatureFamily::OrderFlow,
    summary: "Volume that buyers took less volume that sellers hit, over the window.",
    formula: "sum(sign * qty); trades of unknown side count 0",
    source: "common practice in order-flow trading; Steidlmayer & Hawkins (2003), Steidlmayer on markets",
    unit: "quantity",
    undefined: "never",
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
    laws: Laws { volume_power: Some(1.0), ..Laws::PURE },
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let mut sums = TradeSums::new(parameters.window());
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                sums.trade(trade, [signed_qty(trade)]);
                None
            }
            MarketEvent::Bar(row) => {
                sums.bar(row.bar.ts);
                sums.sums().map(|[delta]| delta)
            }
            MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::delta,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    DELTA,
    Definition {
        name: "cumulative_delta_divergence",
        summary: "Whether flow and price part: 2 if the delta rises steadily while the price falls steadily, -2 the other way round.",
        formula: "correlation(cumulative delta, time) - correlation(close, time) over the last n closes",
        unit: "1, from -2 to 2",
        undefined: "where the delta or the close stood still",
        parameters: &[Parameter::count("window", 20, 3, "window in bars")],
        warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
        laws: Laws::PURE,
        build: |parameters| {
            let window = parameters.count("window");
            let (mut flow, mut price) = (Rolling::new(window), Rolling::new(window));
            let (mut delta, mut step) = (0.0, 0.0);
            on_events(move |event| match event {
                MarketEvent::Trade(trade) => {
                    delta += signed_qty(trade);
                    None
                }
                MarketEvent::Bar(row) => {
                    flow.push(Some(Comoments::of(step, delta)));
                    price.push(Some(Comoments::of(step, row.bar.close)));
                    step += 1.0;
                    Some(flow.full()?.correlation()? - price.full()?.correlation()?)
                }
                MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
            })
        },
        #[cfg(test)]
        naive: tests::divergence,
        ..DELTA
    },
];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, correlation, pick, window_stat},
        order_flow::sizes::signed_qty,
    };

    pub(super) fn delta(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        window_stat(parameters, history, |trades| Some(trades.iter().map(signed_qty).sum()))
    }

    pub(super) fn divergence(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let closes = closes(history);
        let mut total = 0.0;
        let deltas: Vec<f64> = (0..closes.len())
            .map(|t| {
                total += history.trades_in(t).iter().map(signed_qty).sum::<f64>();
                total
            })
            .collect();
        let times: Vec<f64> = (0..parameters.count("window")).map(|time| time as f64).collect();
        pick(closes.len(), |t| {
            let first = (t + 1).checked_sub(times.len())?;
            Some(correlation(&times, &deltas[first..=t])? - correlation(&times, &closes[first..=t])?)
        })
    }
}

//! Share of the volume that large trades make up.
//!
//! After two trades of 1, one of 6 is six times their mean and three quarters of all volume:
//! ```
//! use scaleout_features::examples::trades;
//! let bar: &[(f64, f64)] = &[(100.0, 1.0), (100.0, 1.0), (100.0, 6.0)];
//! assert_eq!(trades("large_trade_share(window=1,multiple=5,memory=2)", &[bar])?, [Some(0.75)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter,
    definition::{CONSTANT, no_conflict, trade_window_warm_up},
    machine::on_events,
    rolling::{Rolling, TradeSums},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "large_trade_share",
    family: FeatureFamily::OrderFlow,
    summary: "The share of volume in trades that are large against what was usual just before them.",
    formula: "sum(qty of trades with qty >= multiple * mean qty of the `memory` trades before) / sum(qty); \
              a trade with fewer trades before it is not large",
    source: "common practice in block-trade monitoring; Easley & O'Hara (1987), Price, trade size, and information",
    unit: "1, from 0 to 1",
    undefined: "in a window without trades",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[
        Parameter::count("window", 20, 1, "window in bars"),
        Parameter::number("multiple", 1.5, 0.0, 1e6, "mean sizes that make a trade large"),
        Parameter::count("memory", 200, 1, "trades over which the usual size is taken"),
        Parameter::TRADES,
        Parameter::VOLUME,
        Parameter::SECONDS,
    ],
    conflict: no_conflict,
    warm_up: trade_window_warm_up,
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let (multiple, memory) = (parameters.number("multiple"), parameters.count("memory"));
        let mut sums = TradeSums::new(parameters.window());
        let mut sizes: Rolling<[f64; 1]> = Rolling::new(memory);
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                let usual = sizes.full().map(|[sum]| sum / memory as f64);
                let large = usual.is_some_and(|usual| multiple * usual <= trade.qty);
                sizes.push(Some([trade.qty]));
                sums.trade(trade, [if large { trade.qty } else { 0.0 }, trade.qty]);
                None
            }
            MarketEvent::Bar(row) => {
                sums.bar(row.bar.ts);
                let [large, total] = sums.sums()?;
                (total > 0.0).then(|| large / total)
            }
            MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
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
        contract::{pick, trade_window},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (multiple, memory) = (parameters.number("multiple"), parameters.count("memory"));
        let trades = &history.trades;
        let large: Vec<f64> = (0..trades.len())
            .map(|at| match at.checked_sub(memory) {
                None => 0.0,
                Some(first) => {
                    let usual = trades[first..at].iter().map(|trade| trade.qty).sum::<f64>() / memory as f64;
                    if trades[at].qty >= multiple * usual { trades[at].qty } else { 0.0 }
                }
            })
            .collect();
        pick(history.series.len(), |t| {
            let window = trade_window(parameters.window(), history, t)?;
            let end = history.trade_ends[t];
            let total: f64 = window.iter().map(|trade| trade.qty).sum();
            (total > 0.0).then(|| large[end - window.len()..end].iter().sum::<f64>() / total)
        })
    }
}

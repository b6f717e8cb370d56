//! Run length of trades on the same side.
//!
//! A buy, then two sells:
//! ```
//! use scaleout_features::examples::trades;
//! assert_eq!(trades("same_side_run", &[&[(1.0, 1.0), (1.0, -1.0), (1.0, -1.0)]])?, [Some(-2.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_events,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "same_side_run",
    family: FeatureFamily::OrderFlow,
    summary: "How many trades in a row crossed on the same side up to now: positive for buys, negative for sells.",
    formula: "k if the last k trades of known side were buys and the one before was not, -k if sells",
    source: "Biais, Hillion & Spatt (1995), An empirical analysis of the limit order book",
    unit: "trades",
    undefined: "never",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[],
    conflict: no_conflict,
    warm_up: |_| WarmUp::ByData("the first trade of known side"),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |_| {
        let mut run = 0.0_f64;
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                if let Some(side) = trade.aggressor {
                    run = if run * side.sign() > 0.0 { run + side.sign() } else { side.sign() };
                }
                None
            }
            MarketEvent::Bar(_) => (run != 0.0).then_some(run),
            MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{Parameters, contract::pick};

    pub(super) fn naive(_: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        pick(history.series.len(), |t| {
            let known = &history.trades[..history.trade_ends[t]];
            let mut sides = known.iter().rev().filter_map(|trade| trade.aggressor).peekable();
            let last = *sides.peek()?;
            Some(last.sign() * sides.take_while(|side| *side == last).count() as f64)
        })
    }
}

//! Cancellations against trades at the touch.
//!
//! The bid queue falls from 10 to 4 at an unchanged price while sells trade 2; 4 of the 6 lots that left were cancelled:
//! ```
//! use scaleout_features::examples::{Tick::{Quote, Trade}, ticks};
//! let bar = [Quote(99.0, 10.0, 100.0, 5.0), Trade(99.0, -2.0), Quote(99.0, 4.0, 100.0, 5.0)];
//! assert_eq!(ticks("cancellation_ratio(window=1)", &[&bar])?, [Some(2.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_events,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "cancellation_ratio",
    family: FeatureFamily::OrderFlow,
    summary: "Quantity cancelled at the touch for each unit traded.",
    formula: "max(0, sum(falls of a touch queue at an unchanged price) - sum(traded qty)) / sum(traded qty), last n bars",
    source: "Hasbrouck & Saar (2013), Low-latency trading",
    unit: "1",
    undefined: "in a window without trades",
    cost: CONSTANT,
    needs: Needs::TRADES_AND_QUOTES,
    parameters: &[Parameter::count("window", 20, 1, "window in bars (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let (mut sums, mut open) = (Rolling::new(parameters.count("window")), [0.0, 0.0]);
        let mut before = None;
        on_events(move |event| match event {
            MarketEvent::Quote(quote) => {
                let now = [(quote.bid, quote.bid_qty), (quote.ask, quote.ask_qty)];
                if let Some(before) = before.replace(now) {
                    for ((price, qty), (old_price, old_qty)) in now.into_iter().zip(before) {
                        if price == old_price {
                            open[0] += (old_qty - qty).max(0.0);
                        }
                    }
                }
                None
            }
            MarketEvent::Trade(trade) => {
                open[1] += trade.qty;
                None
            }
            MarketEvent::Bar(_) => {
                sums.push(Some(std::mem::take(&mut open)));
                let [fallen, traded] = sums.full()?;
                (traded > 0.0).then(|| (fallen - traded).max(0.0) / traded)
            }
            MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{Parameters, contract::pick};

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let quotes = &history.quotes;
        pick(history.series.len(), |t| {
            let first = (t + 1).checked_sub(parameters.count("window"))?;
            let start = |ends: &[usize]| if first == 0 { 0 } else { ends[first - 1] };
            let mut fallen = 0.0;
            for at in start(&history.quote_ends).max(1)..history.quote_ends[t] {
                let (now, before) = (&quotes[at], &quotes[at - 1]);
                if now.bid == before.bid && now.bid_qty < before.bid_qty {
                    fallen += before.bid_qty - now.bid_qty;
                }
                if now.ask == before.ask && now.ask_qty < before.ask_qty {
                    fallen += before.ask_qty - now.ask_qty;
                }
            }
            let trades = &history.trades[start(&history.trade_ends)..history.trade_ends[t]];
            let traded: f64 = trades.iter().map(|trade| trade.qty).sum();
            (traded > 0.0).then(|| (fallen / traded - 1.0).max(0.0))
        })
    }
}

//! Order-flow imbalance at the touch.
//!
//! The bid grows from 2 to 5 and the ask stays: three lots net, against a mean depth of (2 + 2 + 5 + 2) / 4:
//! ```
//! use scaleout_features::examples::quotes;
//! let values = quotes("order_flow_imbalance(window=2)", &[[99.0, 2.0, 100.0, 2.0], [99.0, 5.0, 100.0, 2.0]])?;
//! assert_eq!(values, [None, Some(3.0 / 2.75)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use super::sizes::pressure;
use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_events,
    rolling::Rolling,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "order_flow_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "Net pressure of limit orders, cancellations and trades at the touch, in mean queue lengths.",
    formula: "sum(e) / mean touch queue over the last n bars; e = bid_qty if bid >= bid before, - bid_qty before \
              if bid <= bid before, the same with opposite sign for asks",
    source: "Cont, Kukanov & Stoikov (2014), The price impact of order book events, equations 3 and 4",
    unit: "mean queues",
    undefined: "in a window without quotes or with empty queues",
    cost: CONSTANT,
    needs: Needs::QUOTES,
    parameters: &[Parameter::count("window", 10, 1, "window in bars (n)")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let (mut sums, mut open) = (Rolling::new(parameters.count("window")), [0.0; 3]);
        let mut before = None;
        on_events(move |event| match event {
            MarketEvent::Quote(quote) => {
                let now = ((quote.bid, quote.bid_qty), (quote.ask, quote.ask_qty));
                if let Some((bid, ask)) = before.replace(now) {
                    open[0] += pressure(bid, now.0) - pressure((-ask.0, ask.1), (-now.1.0, now.1.1));
                }
                open[1] += quote.bid_qty + quote.ask_qty;
                open[2] += 2.0;
                None
            }
            MarketEvent::Bar(_) => {
                sums.push(Some(std::mem::take(&mut open)));
                let [flow, depth, count] = sums.full()?;
                (depth > 0.0).then(|| flow * count / depth)
            }
            MarketEvent::Trade(_) | MarketEvent::Book(_) => None,
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
        contract::{mean, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let quotes = &history.quotes;
        let events: Vec<f64> = (0..quotes.len())
            .map(|at| {
                let Some(before) = at.checked_sub(1).map(|at| &quotes[at]) else { return 0.0 };
                let now = &quotes[at];
                let mut event = 0.0;
                if now.bid >= before.bid {
                    event += now.bid_qty;
                }
                if now.bid <= before.bid {
                    event -= before.bid_qty;
                }
                if now.ask <= before.ask {
                    event -= now.ask_qty;
                }
                if now.ask >= before.ask {
                    event += before.ask_qty;
                }
                event
            })
            .collect();
        pick(history.series.len(), |t| {
            let first = (t + 1).checked_sub(parameters.count("window"))?;
            let start = if first == 0 { 0 } else { history.quote_ends[first - 1] };
            let end = history.quote_ends[t];
            let queues: Vec<f64> = quotes[start..end].iter().flat_map(|quote| [quote.bid_qty, quote.ask_qty]).collect();
            let depth: f64 = queues.iter().sum();
            (depth > 0.0).then(|| events[start..end].iter().sum::<f64>() / mean(&queues))
        })
    }
}

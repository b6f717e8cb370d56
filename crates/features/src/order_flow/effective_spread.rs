//! Effective and realised spread of trades against the quotes.
//!
//! A buy at 100.5 with the middle at 100 pays twice half a per cent; five seconds later the middle is 100.25, so half of
//! it was kept:
//! ```
//! use scaleout_features::examples::{Tick::{Quote, Trade}, ticks};
//! let before = Quote(99.5, 1.0, 100.5, 1.0);
//! let bar = [before, Trade(100.5, 1.0), before, before, Quote(99.75, 1.0, 100.75, 1.0)];
//! assert_eq!(ticks("effective_spread(window=1)", &[&bar])?, [Some(100.0)]);
//! assert_eq!(ticks("realised_spread(window=1,seconds_later=5)", &[&bar])?, [Some(50.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use std::collections::VecDeque;

use scaleout_market::{Aggressor, MarketEvent, Timestamp};

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict, trade_window_warm_up},
    machine::on_events,
    rolling::{Rolling, TradeSums},
};

const EFFECTIVE: Definition = Definition {
    name: "effective_spread",
    family: FeatureFamily::OrderFlow,
    summary: "What takers paid: twice the distance of the trade from the middle of the quote before it.",
    formula: "1e4 * sum(qty * 2 sign (price - mid) / mid) / sum(qty) over the trades of known side in the window",
    source: "Huang & Stoll (1996), Dealer versus auction markets",
    unit: "basis points",
    undefined: "without such trades; trades before the first quote or with a middle <= 0 do not count",
    cost: CONSTANT,
    needs: Needs::TRADES_AND_QUOTES,
    parameters: &[
        Parameter::count("window", 20, 1, "window in bars (n)"),
        Parameter::TRADES,
        Parameter::VOLUME,
        Parameter::SECONDS,
    ],
    conflict: no_conflict,
    warm_up: trade_window_warm_up,
    laws: Laws::RELATIVE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let mut sums = TradeSums::new(parameters.window());
        let mut mid: Option<f64> = None;
        on_events(move |event| match event {
            MarketEvent::Quote(quote) => {
                mid = Some(quote.mid()).filter(|mid| *mid > 0.0);
                None
            }
            MarketEvent::Trade(trade) => {
                let counted = mid.zip(trade.aggressor).map(|(mid, side)| {
                    let paid = trade.qty * 2.0 * side.sign() * (trade.price - mid) / mid;
                    [paid, trade.qty]
                });
                sums.trade(trade, counted.unwrap_or_default());
                None
            }
            MarketEvent::Bar(row) => {
                sums.bar(row.bar.ts);
                in_basis_points(sums.sums()?)
            }
            MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::effective,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    EFFECTIVE,
    Definition {
        name: "realised_spread",
        summary: "What makers kept: twice the distance of the trade from the middle some seconds later.",
        formula: "1e4 * sum(qty * 2 sign (price - mid later) / mid then) / sum(qty) over the trades of known side \
                  whose `seconds_later` passed within the last n bars",
        source: "Huang & Stoll (1996), Dealer versus auction markets",
        parameters: &[
            Parameter::count("window", 20, 1, "window in bars (n)"),
            Parameter::number("seconds_later", 5.0, 0.0, 86_400.0, "seconds from the trade to the later middle"),
        ],
        warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
        build: |parameters| {
            let delay_nanos = (parameters.number("seconds_later") * 1e9).round() as i64;
            let (mut sums, mut realised) = (Rolling::new(parameters.count("window")), Realised::default());
            on_events(move |event| {
                realised.settle(event.ts());
                match event {
                    MarketEvent::Quote(quote) => realised.mid = Some(quote.mid()).filter(|mid| *mid > 0.0),
                    MarketEvent::Trade(trade) => {
                        if let (Some(mid), Some(side)) = (realised.mid, trade.aggressor) {
                            realised.pending.push_back(Pending {
                                due: trade.ts.plus_nanos(delay_nanos),
                                price: trade.price,
                                qty: trade.qty,
                                side,
                                mid,
                            });
                        }
                    }
                    MarketEvent::Bar(_) => {
                        sums.push(Some(std::mem::take(&mut realised.open)));
                        return in_basis_points(sums.full()?);
                    }
                    MarketEvent::Book(_) => {}
                }
                None
            })
        },
        #[cfg(test)]
        naive: tests::realised,
        ..EFFECTIVE
    },
];

fn in_basis_points([paid, qty]: [f64; 2]) -> Option<f64> {
    (qty > 0.0).then(|| 1e4 * paid / qty)
}

struct Pending {
    due: Timestamp,
    price: f64,
    qty: f64,
    side: Aggressor,
    mid: f64,
}

#[derive(Default)]
struct Realised {
    mid: Option<f64>,
    pending: VecDeque<Pending>,
    open: [f64; 2],
}

impl Realised {
    /// Compares the trades that are due before `now` with the middle that stands until then.
    fn settle(&mut self, now: Timestamp) {
        while let Some(trade) = self.pending.front()
            && trade.due < now
        {
            if let Some(mid) = self.mid {
                self.open[0] += trade.qty * 2.0 * trade.side.sign() * (trade.price - mid) / trade.mid;
                self.open[1] += trade.qty;
            }
            self.pending.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::{MarketHistory, Timestamp};

    use crate::{
        Parameters,
        contract::{bars, pick, window_stat},
    };

    /// The last middle known at `ts`, if it is above 0.
    fn mid_at(history: &MarketHistory, ts: Timestamp) -> Option<f64> {
        let known = history.quotes.partition_point(|quote| quote.ts <= ts);
        history.quotes[..known].last().map(|quote| 0.5 * (quote.bid + quote.ask)).filter(|mid| *mid > 0.0)
    }

    /// Sums spreads of the trades by the time at which each counts.
    pub(super) fn realised(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let later = (parameters.number("seconds_later") * 1e9) as i64;
        let mut counted: Vec<(Timestamp, f64, f64)> = vec![];
        for trade in &history.trades {
            let due = trade.ts.plus_nanos(later);
            if let (Some(then), Some(mid), Some(side)) =
                (mid_at(history, trade.ts), mid_at(history, due), trade.aggressor)
            {
                counted.push((due, trade.qty * 2.0 * side.sign() * (trade.price - mid) / then, trade.qty));
            }
        }
        let window = parameters.count("window");
        pick(history.series.len(), |t| {
            let first = (t + 1).checked_sub(window)?;
            let end = counted.partition_point(|(due, _, _)| *due < bars(history)[t].ts);
            let start = match first.checked_sub(1) {
                None => 0,
                Some(before) => counted.partition_point(|(due, _, _)| *due < bars(history)[before].ts),
            };
            let qty: f64 = counted[start..end].iter().map(|(_, _, qty)| qty).sum();
            let paid: f64 = counted[start..end].iter().map(|(_, paid, _)| paid).sum();
            (qty > 0.0).then(|| 10_000.0 * paid / qty)
        })
    }

    pub(super) fn effective(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        window_stat(parameters, history, |trades| {
            let spreads = trades.iter().filter_map(|trade| {
                let (mid, side) = (mid_at(history, trade.ts)?, trade.aggressor?);
                Some((trade.qty * 2.0 * side.sign() * (trade.price - mid) / mid, trade.qty))
            });
            let (paid, qty): (Vec<f64>, Vec<f64>) = spreads.unzip();
            let qty: f64 = qty.iter().sum();
            (qty > 0.0).then(|| 10_000.0 * paid.iter().sum::<f64>() / qty)
        })
    }
}

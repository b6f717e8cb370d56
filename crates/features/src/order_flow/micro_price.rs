//! Micro-price: how far it stands from the middle, and its drift.
//!
//! Three lots bid at 99, one offered at 101: the micro-price is 100.5, 50 basis points above the middle:
//! ```
//! use scaleout_features::examples::quotes;
//! let values = quotes("micro_price_offset", &[[99.0, 3.0, 101.0, 1.0]])?;
//! assert!((values[0].unwrap() - 50.0).abs() < 1e-12);
//! let values = quotes("micro_price_drift(window=1)", &[[99.0, 3.0, 101.0, 1.0], [100.0, 3.0, 102.0, 1.0]])?;
//! assert!((values[1].unwrap() - 1e4 * (101.5_f64 / 100.5).ln()).abs() < 1e-9);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::Quote;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::{on_events, on_quotes_at_closes},
    returns::log_ratio,
    rolling::Delay,
};

const OFFSET: Definition = Definition {
    name: "micro_price_offset",
    family: FeatureFamily::OrderFlow,
    summary: "Distance of the micro-price (the middle, leaning to the side with the shorter queue) from the middle.",
    formula: "1e4 * (micro - mid) / mid, micro = (bid * ask_qty + ask * bid_qty) / (bid_qty + ask_qty)",
    source: "Stoikov (2018), The micro-price: a high-frequency estimator of future prices (weighted middle)",
    unit: "basis points",
    undefined: "where both queues are empty or the middle is <= 0",
    cost: CONSTANT,
    needs: Needs::QUOTES,
    parameters: &[],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(1),
    laws: Laws::RELATIVE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |_| {
        on_quotes_at_closes(|quote| {
            let mid = Some(quote.mid()).filter(|mid| *mid > 0.0)?;
            Some(1e4 * lean(quote)? / mid)
        })
    },
    #[cfg(test)]
    naive: tests::offset,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    OFFSET,
    Definition {
        name: "micro_price_drift",
        summary: "How far the micro-price moved over the last n bars.",
        formula: "1e4 * ln(micro / micro n closes before)",
        undefined: "where both queues were empty or a micro-price is <= 0",
        parameters: &[Parameter::count("window", 5, 1, "bars looked back (n)")],
        warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
        build: |parameters| {
            let mut delay = Delay::new(parameters.count("window"));
            let mut last: Option<Quote> = None;
            on_events(move |event| match event {
                scaleout_market::MarketEvent::Quote(quote) => {
                    last = Some(**quote);
                    None
                }
                scaleout_market::MarketEvent::Bar(_) => {
                    // Undefined micro-prices travel through the delay as 0, which no ratio accepts.
                    let micro = last.as_ref().and_then(|quote| Some(quote.mid() + lean(quote)?)).unwrap_or(0.0);
                    let before = delay.push(micro)?;
                    Some(1e4 * log_ratio(micro, before)?)
                }
                scaleout_market::MarketEvent::Trade(_) | scaleout_market::MarketEvent::Book(_) => None,
            })
        },
        #[cfg(test)]
        naive: tests::drift,
        ..OFFSET
    },
];

/// Micro-price minus middle.
fn lean(quote: &Quote) -> Option<f64> {
    let total = quote.bid_qty + quote.ask_qty;
    (total > 0.0).then(|| 0.5 * quote.spread() * (quote.bid_qty - quote.ask_qty) / total)
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{pick, quotes_at_closes},
    };

    fn micro(history: &MarketHistory) -> Vec<Option<f64>> {
        let quotes = quotes_at_closes(history);
        pick(quotes.len(), |t| {
            let quote = quotes[t]?;
            let total = quote.bid_qty + quote.ask_qty;
            (total > 0.0).then(|| (quote.bid * quote.ask_qty + quote.ask * quote.bid_qty) / total)
        })
    }

    pub(super) fn offset(_: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (micro, quotes) = (micro(history), quotes_at_closes(history));
        pick(micro.len(), |t| {
            let mid = quotes[t].map(|quote| 0.5 * (quote.bid + quote.ask)).filter(|mid| *mid > 0.0)?;
            Some(10_000.0 * (micro[t]? - mid) / mid)
        })
    }

    pub(super) fn drift(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let micro = micro(history);
        pick(micro.len(), |t| {
            let before = micro[t.checked_sub(parameters.count("window"))?]?;
            (micro[t]? > 0.0 && before > 0.0).then(|| 10_000.0 * (micro[t].unwrap() / before).ln())
        })
    }
}

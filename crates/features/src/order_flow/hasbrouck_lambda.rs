//! Hasbrouck's λ.
//!
//! Each signed root of turnover lifts the log price by 0.01: 100 · 4 has root 20, 100 · 1 has 10:
//! ```
//! use scaleout_features::examples::trades;
//! let up = 100.0 * 0.2_f64.exp();
//! let bars: [&[(f64, f64)]; 4] =
//!     [&[(100.0, 1.0)], &[(100.0, 4.0), (up, 1e-300)], &[(100.0, -4.0), (100.0, 1e-300)], &[(100.0, 1e-300)]];
//! let values = trades("hasbrouck_lambda(window=3)", &bars)?;
//! assert!((values[3].unwrap() - 0.01).abs() < 1e-9);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::{Aggressor, MarketEvent};

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, Shift, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_events,
    returns::LogReturns,
    rolling::{Comoments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "hasbrouck_lambda",
    family: FeatureFamily::OrderFlow,
    summary: "Price impact of trades whose effect grows with the root of their turnover.",
    formula: "least-squares slope of the bar's log return on sum(sign * sqrt(price * qty)) over the last n bars",
    source: "Hasbrouck (2009), Trading costs and returns for U.S. equities",
    unit: "log return per root of currency",
    undefined: "where the signed flow does not vary, or a price in the window is <= 0",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[Parameter::count("window", 50, 3, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws { price_power: Some(-0.5), volume_power: Some(-0.5), shift: Shift::Relative },
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let mut pairs = Rolling::new(parameters.count("window"));
        let mut returns = LogReturns::default();
        let (mut flow, mut positive) = (0.0, true);
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                positive &= trade.price > 0.0;
                flow += trade.aggressor.map_or(0.0, Aggressor::sign) * (trade.price * trade.qty).max(0.0).sqrt();
                None
            }
            MarketEvent::Bar(row) => {
                let (flow, positive) = (std::mem::take(&mut flow), std::mem::replace(&mut positive, true));
                let r = returns.push(row.bar.close).filter(|_| positive);
                pairs.push(r.map(|r| Comoments::of(flow, r)));
                pairs.full()?.slope()
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

    use crate::{
        Parameters,
        contract::{closes, log_returns, pick, slope},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let returns = log_returns(&closes(history));
        let window = parameters.count("window");
        let flow: Vec<Option<f64>> = pick(returns.len(), |t| {
            let trades = history.trades_in(t);
            let signed = |trade: &scaleout_market::Trade| match trade.aggressor {
                Some(Aggressor::Buy) => (trade.price * trade.qty).sqrt(),
                Some(Aggressor::Sell) => -(trade.price * trade.qty).sqrt(),
                None => 0.0,
            };
            trades.iter().all(|trade| trade.price > 0.0).then(|| trades.iter().map(signed).sum())
        });
        pick(returns.len(), |t| {
            let first = (t + 1).checked_sub(window)?;
            let flow: Vec<f64> = flow[first..=t].iter().copied().collect::<Option<_>>()?;
            let returns: Vec<f64> = returns[first..=t].iter().copied().collect::<Option<_>>()?;
            slope(&flow, &returns)
        })
    }
}

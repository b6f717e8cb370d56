//! Roll's spread, from trades and from closes.
//!
//! Changes of 1, −1, 1, −1: neighbours average −1 and the changes 1/3 and −1/3, so the covariance is −8/9:
//! ```
//! use scaleout_features::examples::{closes, trades};
//! let values = closes("roll_spread_bars(window=3)", &[0.0, 1.0, 0.0, 1.0, 0.0])?;
//! assert!((values[4].unwrap() - 2.0 * (8.0_f64 / 9.0).sqrt()).abs() < 1e-15);
//! let tape = [100.0, 101.0, 100.0, 101.0, 100.0].map(|price| (price, 1.0));
//! let values = trades("roll_spread(window=3)", &[&tape])?;
//! assert!((values[0].unwrap() - 2.0 * (8.0_f64 / 9.0).sqrt()).abs() < 1e-15);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    machine::on_events,
    rolling::{Comoments, Rolling},
};

const FROM_TRADES: Definition = Definition {
    name: "roll_spread",
    family: FeatureFamily::OrderFlow,
    summary: "Effective spread inferred from the bounce of trade prices between bid and ask.",
    formula: "2 * sqrt(-cov(p_t - p_(t-1), p_(t-1) - p_(t-2))), n pairs of neighbouring changes of the trade price",
    source: "Roll (1984), A simple implicit measure of the effective bid-ask spread in an efficient market",
    unit: "price",
    undefined: "where the covariance is above 0",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[Parameter::count("window", 500, 3, "pairs of changes, in trades (n)")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::ByData("window + 2 trades"),
    laws: Laws::DISTANCE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let mut roll = Roll::new(parameters.count("window"));
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                roll.push(trade.price);
                None
            }
            MarketEvent::Bar(_) => roll.spread(),
            MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::from_trades,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    FROM_TRADES,
    Definition {
        name: "roll_spread_bars",
        summary: "Effective spread inferred from the bounce of closes. A proxy from bars.",
        formula: "2 * sqrt(-cov(c_t - c_(t-1), c_(t-1) - c_(t-2))), n pairs of neighbouring changes of the close",
        needs: Needs::BARS,
        parameters: &[Parameter::count("window", 50, 3, "pairs of changes, in bars (n)")],
        warm_up: |_| WarmUp::ByData("window + 2 bars, if the covariance is below 0"),
        build: |parameters| {
            let mut roll = Roll::new(parameters.count("window"));
            crate::machine::on_bars(move |bar| {
                roll.push(bar.close);
                roll.spread()
            })
        },
        #[cfg(test)]
        naive: tests::from_bars,
        ..FROM_TRADES
    },
];

/// A covariance below this share of the variances is what rounding leaves of none.
const ROUNDING: f64 = 1e-12;

struct Roll {
    price: Option<f64>,
    change: Option<f64>,
    pairs: Rolling<Comoments>,
}

impl Roll {
    fn new(window: usize) -> Self {
        Self { price: None, change: None, pairs: Rolling::new(window) }
    }

    fn push(&mut self, price: f64) {
        let Some(before) = self.price.replace(price) else { return };
        let change = price - before;
        if let Some(earlier) = self.change.replace(change) {
            self.pairs.push(Some(Comoments::of(earlier, change)));
        }
    }

    fn spread(&self) -> Option<f64> {
        let pairs = self.pairs.full()?;
        let nothing = ROUNDING * (pairs.xx() + pairs.yy());
        let product = pairs.xy();
        if product.abs() <= nothing {
            return Some(0.0);
        }
        (product < 0.0).then(|| 2.0 * (-product / pairs.count).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, mean, pick, population_variance},
    };

    fn spread(prices: &[f64]) -> Option<f64> {
        let changes: Vec<f64> = prices.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let (earlier, later) = (&changes[..changes.len() - 1], &changes[1..]);
        let products: Vec<f64> =
            earlier.iter().zip(later).map(|(x, y)| (x - mean(earlier)) * (y - mean(later))).collect();
        let nothing = 2e-12 * population_variance(earlier);
        (mean(&products) <= nothing)
            .then(|| 2.0 * (-mean(&products)).max(0.0).sqrt())
            .map(|spread| if spread * spread <= 4.0 * nothing { 0.0 } else { spread })
    }

    pub(super) fn from_trades(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let prices: Vec<f64> = history.trades.iter().map(|trade| trade.price).collect();
        pick(history.series.len(), |t| {
            let end = history.trade_ends[t];
            spread(&prices[end.checked_sub(parameters.count("window") + 2)?..end])
        })
    }

    pub(super) fn from_bars(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let closes = closes(history);
        pick(closes.len(), |t| spread(&closes[(t + 1).checked_sub(parameters.count("window") + 2)?..=t]))
    }
}

//! Signed-volume imbalance.
//!
//! Buyers took 3, sellers 1:
//! ```
//! use scaleout_features::examples::trades;
//! let values = trades("signed_volume_imbalance(window=1)", &[&[(100.0, 3.0), (100.0, -1.0)]])?;
//! assert_eq!(values, [Some(0.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use super::sizes::signed_qty;
use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter,
    definition::{CONSTANT, no_conflict, trade_window_warm_up},
    rolling::TradeSums,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "signed_volume_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "How one-sided the volume of the window is: 1 if only buyers crossed, -1 if only sellers did.",
    formula: "sum(sign * qty) / sum(qty); trades of unknown side count in the denominator alone",
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
    build: |parameters| Box::new(SignedVolumeImbalance { sums: TradeSums::new(parameters.window()) }),
    #[cfg(test)]
    naive: tests::naive,
}];

struct SignedVolumeImbalance {
    sums: TradeSums<2>,
}

impl Feature for SignedVolumeImbalance {
    fn update(&mut self, event: &MarketEvent<'_>) {
        match event {
            MarketEvent::Trade(trade) => self.sums.trade(trade, [signed_qty(trade), trade.qty]),
            MarketEvent::Bar(row) => self.sums.bar(row.bar.ts),
            MarketEvent::Quote(_) | MarketEvent::Book(_) => {}
        }
    }

    fn value(&self) -> Option<f64> {
        let [signed, total] = self.sums.sums()?;
        (total > 0.0).then(|| signed / total)
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{Parameters, contract::window_stat, order_flow::sizes::signed_qty};

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        window_stat(parameters, history, |trades| {
            let total: f64 = trades.iter().map(|trade| trade.qty).sum();
            (total > 0.0).then(|| trades.iter().map(signed_qty).sum::<f64>() / total)
        })
    }
}

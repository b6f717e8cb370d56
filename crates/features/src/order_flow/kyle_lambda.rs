//! Kyle's λ.
//!
//! Each contract bought lifts the close by 0.5:
//! ```
//! use scaleout_features::examples::trades;
//! let bars: [&[(f64, f64)]; 4] = [&[(100.0, 1.0)], &[(101.0, 2.0)], &[(100.5, -1.0)], &[(102.0, 3.0)]];
//! let values = trades("kyle_lambda(window=3)", &bars)?;
//! assert_eq!(values, [None, None, None, Some(0.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use super::sizes::signed_qty;
use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, Shift, WarmUp,
    definition::{CONSTANT, no_conflict},
    rolling::{Comoments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "kyle_lambda",
    family: FeatureFamily::OrderFlow,
    summary: "Price impact: how far the close moves for one unit of net bought quantity.",
    formula: "least-squares slope of close_t - close_(t-1) on the bar's signed volume over the last n bars",
    source: "Kyle (1985), Continuous auctions and insider trading",
    unit: "price per unit of quantity",
    undefined: "where the signed volume is the same in all bars of the window",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[Parameter::count("window", 50, 3, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws { price_power: Some(1.0), volume_power: Some(-1.0), shift: Shift::Unchanged },
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        Box::new(KyleLambda { close: None, signed: 0.0, pairs: Rolling::new(parameters.count("window")) })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

struct KyleLambda {
    close: Option<f64>,
    signed: f64,
    pairs: Rolling<Comoments>,
}

impl Feature for KyleLambda {
    fn update(&mut self, event: &MarketEvent<'_>) {
        match event {
            MarketEvent::Trade(trade) => self.signed += signed_qty(trade),
            MarketEvent::Bar(row) => {
                let signed = std::mem::take(&mut self.signed);
                if let Some(before) = self.close.replace(row.bar.close) {
                    self.pairs.push(Some(Comoments::of(signed, row.bar.close - before)));
                }
            }
            MarketEvent::Quote(_) | MarketEvent::Book(_) => {}
        }
    }

    fn value(&self) -> Option<f64> {
        self.pairs.full()?.slope()
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{closes, pick, slope},
        order_flow::sizes::signed_qty,
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let window = parameters.count("window");
        let closes = closes(history);
        let flow: Vec<f64> =
            (0..closes.len()).map(|t| history.trades_in(t).iter().map(signed_qty).sum::<f64>()).collect();
        pick(closes.len(), |t| {
            let first = t.checked_sub(window)? + 1;
            let moves: Vec<f64> = (first..=t).map(|bar| closes[bar] - closes[bar - 1]).collect();
            slope(&flow[first..=t], &moves)
        })
    }
}

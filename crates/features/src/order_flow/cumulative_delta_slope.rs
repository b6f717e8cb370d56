//! Slope of the cumulative volume delta.
//!
//! Buyers take 2 in every bar, so the cumulative delta rises by 2 a bar, which is all the volume there is:
//! ```
//! use scaleout_features::examples::trades;
//! let bar: &[(f64, f64)] = &[(100.0, 2.0)];
//! assert_eq!(trades("cumulative_delta_slope(window=3)", &[bar; 3])?, [None, None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::MarketEvent;

use super::sizes::signed_qty;
use crate::{
    Definition, Feature, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::{CONSTANT, no_conflict},
    rolling::{Comoments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "cumulative_delta_slope",
    family: FeatureFamily::OrderFlow,
    summary: "How fast the cumulative volume delta (buyers' minus sellers' volume) rises, in mean bar volumes a bar.",
    formula: "least-squares slope of the cumulative signed volume at the last n closes on time / mean volume of those bars",
    source: "common practice in order-flow trading; Dalton, Jones & Dalton (1990), Mind over Markets, for the delta",
    unit: "mean bar volumes per bar",
    undefined: "in a window without trades",
    cost: CONSTANT,
    needs: Needs::TRADES,
    parameters: &[Parameter::count("window", 20, 2, "window in bars")],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let window = parameters.count("window");
        Box::new(CumulativeDeltaSlope {
            delta: 0.0,
            volume: 0.0,
            bars: 0.0,
            line: Rolling::new(window),
            volumes: Rolling::new(window),
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

struct CumulativeDeltaSlope {
    delta: f64,
    volume: f64,
    bars: f64,
    line: Rolling<Comoments>,
    volumes: Rolling<[f64; 1]>,
}

impl Feature for CumulativeDeltaSlope {
    fn update(&mut self, event: &MarketEvent<'_>) {
        match event {
            MarketEvent::Trade(trade) => {
                self.delta += signed_qty(trade);
                self.volume += trade.qty;
            }
            MarketEvent::Bar(_) => {
                self.line.push(Some(Comoments::of(self.bars, self.delta)));
                self.volumes.push(Some([self.volume]));
                self.bars += 1.0;
                self.volume = 0.0;
            }
            MarketEvent::Quote(_) | MarketEvent::Book(_) => {}
        }
    }

    fn value(&self) -> Option<f64> {
        let line = self.line.full()?;
        let [volume] = self.volumes.full()?;
        if volume <= 0.0 {
            return None;
        }
        Some(line.slope()? * line.count / volume)
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{
        Parameters,
        contract::{mean, pick},
        order_flow::sizes::signed_qty,
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let window = parameters.count("window");
        pick(history.series.len(), |t| {
            let first = (t + 1).checked_sub(window)?;
            let mut delta = 0.0;
            let mut volume = 0.0;
            let line: Vec<f64> = (first..=t)
                .map(|bar| {
                    delta += history.trades_in(bar).iter().map(signed_qty).sum::<f64>();
                    volume += history.trades_in(bar).iter().map(|trade| trade.qty).sum::<f64>();
                    delta
                })
                .collect();
            let (middle, level) = (0.5 * (window as f64 - 1.0), mean(&line));
            let (mut products, mut squares) = (0.0, 0.0);
            for (place, value) in line.iter().enumerate() {
                products += (place as f64 - middle) * (value - level);
                squares += (place as f64 - middle).powi(2);
            }
            (volume > 0.0).then(|| products / squares * window as f64 / volume)
        })
    }
}

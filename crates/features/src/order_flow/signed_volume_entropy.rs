//! Entropy of the signed volume of bars.
//!
//! One bar of buys and one of sells fall into two classes, half each, of two possible: entropy 1:
//! ```
//! use scaleout_features::examples::trades;
//! let bars: [&[(f64, f64)]; 2] = [&[(1.0, 1.0)], &[(1.0, -1.0)]];
//! assert_eq!(trades("signed_volume_entropy(window=2,classes=2)", &bars)?, [None, Some(1.0)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use std::collections::VecDeque;

use scaleout_market::MarketEvent;

use super::sizes::signed_qty;
use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp, definition::no_conflict, machine::on_events,
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "signed_volume_entropy",
    family: FeatureFamily::OrderFlow,
    summary: "How unpredictable the side of the flow is: 1 if all degrees of imbalance are as frequent, 0 if always the same.",
    formula: "-sum(f ln f) / ln(classes), f = share of the last n bars with trades in each class of equal width \
              of signed volume / volume",
    source: "Shannon (1948); Lopez de Prado (2018), Advances in financial machine learning, section 18.8.2",
    unit: "1, from 0 to 1",
    undefined: "never; bars without trades are passed over",
    cost: "O(1) per trade and O(classes) per bar",
    needs: Needs::TRADES,
    parameters: &[
        Parameter::count("window", 50, 2, "bars with trades in the window (n)"),
        Parameter { max: 1_000.0, ..Parameter::count("classes", 8, 2, "classes of imbalance between -1 and 1") },
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let (window, classes) = (parameters.count("window"), parameters.count("classes"));
        let mut counts = vec![0_usize; classes];
        let mut held: VecDeque<usize> = VecDeque::with_capacity(window);
        let (mut signed, mut total) = (0.0, 0.0);
        on_events(move |event| match event {
            MarketEvent::Trade(trade) => {
                signed += signed_qty(trade);
                total += trade.qty;
                None
            }
            MarketEvent::Bar(_) => {
                let (signed, total) = (std::mem::take(&mut signed), std::mem::take(&mut total));
                if total > 0.0 {
                    if held.len() == window
                        && let Some(oldest) = held.pop_front()
                    {
                        counts[oldest] -= 1;
                    }
                    let class = (((signed / total + 1.0) * 0.5 * classes as f64) as usize).min(classes - 1);
                    held.push_back(class);
                    counts[class] += 1;
                }
                (held.len() == window).then(|| {
                    let entropy: f64 = counts
                        .iter()
                        .filter(|count| **count > 0)
                        .map(|count| *count as f64 / window as f64)
                        .map(|share| -share * share.ln())
                        .sum();
                    entropy / (classes as f64).ln()
                })
            }
            MarketEvent::Quote(_) | MarketEvent::Book(_) => None,
        })
    },
    #[cfg(test)]
    naive: tests::naive,
}];

#[cfg(test)]
mod tests {
    use scaleout_market::MarketHistory;

    use crate::{Parameters, contract::pick, order_flow::sizes::signed_qty};

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let (window, classes) = (parameters.count("window"), parameters.count("classes") as f64);
        let mut seen: Vec<f64> = vec![];
        pick(history.series.len(), |t| {
            let trades = history.trades_in(t);
            if !trades.is_empty() {
                let total: f64 = trades.iter().map(|trade| trade.qty).sum();
                let imbalance = trades.iter().map(signed_qty).sum::<f64>() / total;
                seen.push(((imbalance + 1.0) / 2.0 * classes).floor().min(classes - 1.0));
            }
            let last = &seen[seen.len().checked_sub(window)?..];
            let share = |class: f64| last.iter().filter(|other| **other == class).count() as f64 / window as f64;
            Some(-last.iter().map(|class| share(*class).ln() / window as f64).sum::<f64>() / classes.ln())
        })
    }
}

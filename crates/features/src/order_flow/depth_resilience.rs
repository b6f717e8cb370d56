//! Resilience of depth.
//!
//! Depths of 6, 2, 6, 2, 6 jump back by 4 whenever they are 4 away: each deviation is undone wholly, twice over:
//! ```
//! use scaleout_features::examples::books;
//! let asks: &[(f64, f64)] = &[(101.0, 1.0)];
//! let (thick, thin): (&[(f64, f64)], &[(f64, f64)]) = (&[(99.0, 5.0)], &[(99.0, 1.0)]);
//! let path = [(thick, asks), (thin, asks), (thick, asks), (thin, asks), (thick, asks)];
//! assert_eq!(books("depth_resilience(window=4)", &path)?[4], Some(2.0));
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use super::sizes::{LEVELS_COST, depth};
use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::no_conflict,
    machine::on_books_at_closes,
    rolling::{Comoments, Rolling},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "depth_resilience",
    family: FeatureFamily::OrderFlow,
    summary: "How fast depth returns to its mean: the share of a deviation undone in a bar.",
    formula: "- least-squares slope of D_t - D_(t-1) on D_(t-1) over n bars, D = quantity on `levels` levels at closes",
    source: "Foucault, Kadan & Kandel (2005), Limit order book as a market for liquidity; Large (2007)",
    unit: "share per bar",
    undefined: "where depth did not vary",
    cost: LEVELS_COST,
    needs: Needs::BOOKS,
    parameters: &[
        Parameter::count("window", 50, 3, "changes in the window, in bars (n)"),
        Parameter::count("levels", 5, 1, "levels counted on each side"),
    ],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window") + 1),
    laws: Laws::PURE,
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let levels = parameters.count("levels");
        let mut pairs = Rolling::new(parameters.count("window"));
        let mut before = None;
        on_books_at_closes(move |book| {
            let now = depth(&book.bids, levels) + depth(&book.asks, levels);
            if let Some(before) = before.replace(now) {
                pairs.push(Some(Comoments::of(before, now - before)));
            }
            pairs.full()?.slope().map(|slope| -slope)
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
        contract::{books_at_closes, over, pick, slope},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let levels = parameters.count("levels");
        let books = books_at_closes(history);
        let depths = pick(books.len(), |t| {
            let book = books[t]?;
            Some(book.bids.iter().take(levels).chain(book.asks.iter().take(levels)).map(|level| level.qty).sum())
        });
        over(&depths, parameters.count("window") + 1, |depths| {
            let changes: Vec<f64> = depths.windows(2).map(|pair| pair[1] - pair[0]).collect();
            slope(&depths[..depths.len() - 1], &changes).map(|slope| -slope)
        })
    }
}

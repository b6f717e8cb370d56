//! Depth imbalance over several levels of the book.
//!
//! Three lots bid over two levels, one offered:
//! ```
//! use scaleout_features::examples::books;
//! let book: (&[(f64, f64)], &[(f64, f64)]) = (&[(99.0, 1.0), (98.0, 2.0), (97.0, 50.0)], &[(100.0, 1.0)]);
//! assert_eq!(books("depth_imbalance(levels=2)", &[book])?, [Some(0.5)]);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::no_conflict,
    machine::on_books_at_closes,
    order_flow::sizes::{LEVELS_COST, depth},
};

pub(super) const DEFINITIONS: &[Definition] = &[Definition {
    name: "depth_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "Which side of the book is deeper over its best levels: 1 all bids, -1 all asks.",
    formula: "(bids - asks) / (bids + asks), quantities over the best `levels` levels of the last book",
    source: "Cao, Hansch & Wang (2009), The information content of an open limit-order book",
    unit: "1, from -1 to 1",
    undefined: "where the book is empty",
    cost: LEVELS_COST,
    needs: Needs::BOOKS,
    parameters: &[Parameter::count("levels", 5, 1, "levels counted on each side")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(1),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let levels = parameters.count("levels");
        on_books_at_closes(move |book| {
            let (bids, asks) = (depth(&book.bids, levels), depth(&book.asks, levels));
            (bids + asks > 0.0).then(|| (bids - asks) / (bids + asks))
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
        contract::{books_at_closes, pick},
    };

    pub(super) fn naive(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let books = books_at_closes(history);
        pick(books.len(), |t| {
            let book = books[t]?;
            let (mut bids, mut asks) = (0.0, 0.0);
            for level in 0..parameters.count("levels") {
                bids += book.bids.get(level).map_or(0.0, |level| level.qty);
                asks += book.asks.get(level).map_or(0.0, |level| level.qty);
            }
            (bids + asks > 0.0).then(|| (bids - asks) / (bids + asks))
        })
    }
}

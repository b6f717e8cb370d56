//! Shape of the book: quantity near the middle, and how fast it builds up away from it.
//!
//! The middle is 100; within 150 basis points there are 3 bid and 1 offered:
//! ```
//! use scaleout_features::examples::books;
//! let book: (&[(f64, f64)], &[(f64, f64)]) = (&[(99.0, 3.0), (97.0, 9.0)], &[(101.0, 1.0), (103.0, 9.0)]);
//! assert_eq!(books("depth_within(bps=150)", &[book])?, [Some(4.0)]);
//! // Cumulated 3 and 12 bid, 1 and 10 offered, at 100 and 300 basis points: 9 lots more per 200 on both sides.
//! assert!((books("book_slope(levels=2)", &[book])?[0].unwrap() - 0.045).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::{BookSnapshot, Level};

use super::sizes::LEVELS_COST;
use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, WarmUp,
    definition::no_conflict,
    machine::on_books_at_closes,
    rolling::{Comoments, Summary},
};

const WITHIN: Definition = Definition {
    name: "depth_within",
    family: FeatureFamily::OrderFlow,
    summary: "Quantity resting within some basis points of the middle, both sides together.",
    formula: "sum(qty where |price - mid| <= bps * 1e-4 * mid) in the last book",
    source: "Degryse, de Jong & van Kervel (2015), The impact of dark trading and visible fragmentation on market quality",
    unit: "quantity",
    undefined: "where a side is empty or the middle is <= 0",
    cost: "O(levels within) per bar",
    needs: Needs::BOOKS,
    parameters: &[Parameter::number("bps", 10.0, 0.0, 1e4, "distance from the middle, in basis points")],
    conflict: no_conflict,
    warm_up: |_| WarmUp::Bars(1),
    laws: Laws { volume_power: Some(1.0), ..Laws::RELATIVE },
    mirror: Mirror::Unchanged,
    reads_column: false,
    build: |parameters| {
        let share = parameters.number("bps") * 1e-4;
        on_books_at_closes(move |book| {
            let mid = middle(book)?;
            let near = |level: &&Level| (level.price - mid).abs() <= share * mid;
            let side = |levels: &[Level]| levels.iter().take_while(near).map(|level| level.qty).sum::<f64>();
            Some(side(&book.bids) + side(&book.asks))
        })
    },
    #[cfg(test)]
    naive: tests::within,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    WITHIN,
    Definition {
        name: "book_slope",
        summary: "How much quantity is added per basis point away from the middle.",
        formula: "least-squares slope of cumulated quantity on 1e4 * |price - mid| / mid over `levels` levels, \
                  mean of both sides",
        source: "Naes & Skjeltorp (2006), Order book characteristics and the volume-volatility relation",
        unit: "quantity per basis point",
        undefined: "where a side has fewer than two levels or the middle is <= 0",
        cost: LEVELS_COST,
        parameters: &[Parameter::count("levels", 5, 2, "levels read on each side")],
        build: |parameters| {
            let levels = parameters.count("levels");
            on_books_at_closes(move |book| {
                let mid = middle(book)?;
                Some(0.5 * (slope(&book.bids, levels, mid)? + slope(&book.asks, levels, mid)?))
            })
        },
        #[cfg(test)]
        naive: tests::book_slope,
        ..WITHIN
    },
];

fn middle(book: &BookSnapshot) -> Option<f64> {
    let mid = 0.5 * (book.bids.first()?.price + book.asks.first()?.price);
    (mid > 0.0).then_some(mid)
}

fn slope(side: &[Level], levels: usize, mid: f64) -> Option<f64> {
    let mut depth = 0.0;
    let mut line: Option<Comoments> = None;
    for level in side.iter().take(levels) {
        depth += level.qty;
        let point = Comoments::of(1e4 * (level.price - mid).abs() / mid, depth);
        line = Some(line.map_or(point, |line| line.merge(point)));
    }
    line?.slope()
}

#[cfg(test)]
mod tests {
    use scaleout_market::{BookSnapshot, Level, MarketHistory};

    use crate::{
        Parameters,
        contract::{books_at_closes, pick, slope},
    };

    fn mid(book: &BookSnapshot) -> Option<f64> {
        Some((book.bids[0].price + book.asks[0].price) / 2.0).filter(|mid| *mid > 0.0)
    }

    pub(super) fn within(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let books = books_at_closes(history);
        pick(books.len(), |t| {
            let (book, mid) = (books[t]?, mid(books[t]?)?);
            let near = |level: &&Level| (level.price - mid).abs() <= parameters.number("bps") * 1e-4 * mid;
            Some(book.bids.iter().chain(&book.asks).filter(near).map(|level| level.qty).sum())
        })
    }

    pub(super) fn book_slope(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let books = books_at_closes(history);
        pick(books.len(), |t| {
            let (book, mid) = (books[t]?, mid(books[t]?)?);
            let side = |levels: &[Level]| {
                let levels = &levels[..parameters.count("levels").min(levels.len())];
                let distances: Vec<f64> =
                    levels.iter().map(|level| (level.price - mid).abs() / mid * 10_000.0).collect();
                let depths: Vec<f64> =
                    (1..=levels.len()).map(|count| levels[..count].iter().map(|level| level.qty).sum()).collect();
                slope(&distances, &depths)
            };
            Some((side(&book.bids)? + side(&book.asks)?) / 2.0)
        })
    }
}

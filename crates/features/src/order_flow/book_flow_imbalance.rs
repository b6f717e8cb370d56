//! Order-flow imbalance over several levels of the book, with equal weights and with a fitted combination.
//!
//! The first two bids grow by 1 and 3 lots, asks stay; the mean quantity on a level is 2.5:
//! ```
//! use scaleout_features::examples::books;
//! let asks: &[(f64, f64)] = &[(100.0, 2.0), (101.0, 2.0)];
//! let (thin, thick): (&[(f64, f64)], &[(f64, f64)]) = (&[(99.0, 2.0), (98.0, 2.0)], &[(99.0, 3.0), (98.0, 5.0)]);
//! let values = books("book_flow_imbalance(window=2,levels=2)", &[(thin, asks), (thick, asks)])?;
//! assert_eq!(values, [None, Some((1.0 + 3.0) / 2.0 / 2.5)]);
//! // One level is its own combination: 1 of 2.5.
//! let values = books("integrated_flow_imbalance(window=1,levels=1,fit=2)", &[(thin, asks), (thick, asks)])?;
//! assert!((values[1].unwrap() - 1.0 / 2.5).abs() < 1e-12);
//! # Ok::<(), scaleout_features::FeatureError>(())
//! ```

use scaleout_market::{BookSnapshot, Level, MarketEvent};

use super::sizes::{LEVELS_COST, pressure};
use crate::{
    Definition, FeatureFamily, Laws, Mirror, Needs, Parameter, Parameters, WarmUp, definition::no_conflict,
    machine::on_events, rolling::Rolling,
};

/// The most levels that either feature reads.
const MOST_LEVELS: usize = 10;

const WINDOW: Parameter = Parameter::count("window", 10, 1, "window in bars (n)");
const LEVELS: Parameter =
    Parameter { max: MOST_LEVELS as f64, ..Parameter::count("levels", 5, 1, "levels read on each side") };

const EQUAL: Definition = Definition {
    name: "book_flow_imbalance",
    family: FeatureFamily::OrderFlow,
    summary: "Order-flow imbalance over the best levels of the book, all levels alike, in mean level quantities.",
    formula: "mean over levels of sum(e of the level) / mean level quantity, over the last n bars; \
              e as in order_flow_imbalance",
    source: "Xu, Gould & Howison (2018), Multi-level order-flow imbalance in a limit order book",
    unit: "mean level quantities",
    undefined: "in a window without books or with empty ones",
    cost: LEVELS_COST,
    needs: Needs::BOOKS,
    parameters: &[WINDOW, LEVELS],
    conflict: no_conflict,
    warm_up: |parameters| WarmUp::Bars(parameters.count("window")),
    laws: Laws::PURE,
    mirror: Mirror::Negated,
    reads_column: false,
    build: |parameters| {
        let levels = parameters.count("levels");
        let mut flow = Flow::new(parameters);
        on_events(move |event| {
            let flows = flow.push(event)?;
            Some(flows[..levels].iter().sum::<f64>() / levels as f64)
        })
    },
    #[cfg(test)]
    naive: tests::equal,
};

pub(super) const DEFINITIONS: &[Definition] = &[
    EQUAL,
    Definition {
        name: "integrated_flow_imbalance",
        summary: "Order-flow imbalance over the best levels, combined by their first principal component.",
        formula: "w . F / sum|w|; F = the levels' imbalances over n bars, each in mean level quantities; w = first \
                  principal component (uncentred, sum(w) >= 0) of F over the last `fit` closes",
        source: "Cont, Cucuringu & Zhang (2023), Cross-impact of order flow imbalance in equity markets, section 2.3",
        undefined: "in a window without books or with empty ones, and where no level had any flow",
        cost: "O(levels) per book and O(levels^3) per bar",
        parameters: &[WINDOW, LEVELS, Parameter::count("fit", 100, 2, "closes over which the component is fitted")],
        warm_up: |parameters| WarmUp::Bars(parameters.count("window") + parameters.count("fit") - 1),
        build: |parameters| {
            let levels = parameters.count("levels");
            let mut flow = Flow::new(parameters);
            let mut products = Rolling::new(parameters.count("fit"));
            on_events(move |event| {
                let flows = flow.push(event);
                if matches!(event, MarketEvent::Bar(_)) {
                    products.push(flows.map(|flows| outer(&flows)));
                }
                let weights = first_component(&products.full()?, levels)?;
                let total: f64 = weights.iter().map(|weight| weight.abs()).sum();
                Some(weights.iter().zip(flows?).map(|(weight, flow)| weight * flow).sum::<f64>() / total)
            })
        },
        #[cfg(test)]
        naive: tests::integrated,
        ..EQUAL
    },
];

/// Imbalance of each level over a window of bars.
struct Flow {
    levels: usize,
    /// Touch-first levels of the book before: bids, asks.
    before: Option<[[(f64, f64); MOST_LEVELS]; 2]>,
    open: [f64; MOST_LEVELS + 2],
    sums: Rolling<[f64; MOST_LEVELS + 2]>,
}

impl Flow {
    fn new(parameters: &Parameters) -> Self {
        Self {
            levels: parameters.count("levels"),
            before: None,
            open: [0.0; MOST_LEVELS + 2],
            sums: Rolling::new(parameters.count("window")),
        }
    }

    /// The levels' imbalances, at a bar whose window is full.
    fn push(&mut self, event: &MarketEvent<'_>) -> Option<[f64; MOST_LEVELS]> {
        match event {
            MarketEvent::Book(book) => {
                self.take_in(book);
                None
            }
            MarketEvent::Bar(_) => {
                self.sums.push(Some(std::mem::replace(&mut self.open, [0.0; MOST_LEVELS + 2])));
                let sums = self.sums.full()?;
                let [quantity, count] = [sums[MOST_LEVELS], sums[MOST_LEVELS + 1]];
                if quantity <= 0.0 {
                    return None;
                }
                Some(std::array::from_fn(|level| sums[level] * count / quantity))
            }
            MarketEvent::Trade(_) | MarketEvent::Quote(_) => None,
        }
    }

    fn take_in(&mut self, book: &BookSnapshot) {
        // A level that is not there is infinitely far away and empty.
        let side = |levels: &[Level], sign: f64| -> [(f64, f64); MOST_LEVELS] {
            std::array::from_fn(|at| {
                levels.get(at).map_or((f64::NEG_INFINITY, 0.0), |level| (sign * level.price, level.qty))
            })
        };
        let now = [side(&book.bids, 1.0), side(&book.asks, -1.0)];
        if let Some(before) = self.before.replace(now) {
            for level in 0..self.levels {
                self.open[level] +=
                    pressure(before[0][level], now[0][level]) - pressure(before[1][level], now[1][level]);
            }
        }
        for side in now {
            self.open[MOST_LEVELS] += side[..self.levels].iter().map(|(_, qty)| qty).sum::<f64>();
        }
        self.open[MOST_LEVELS + 1] += 2.0 * self.levels as f64;
    }
}

fn outer(flows: &[f64; MOST_LEVELS]) -> [f64; MOST_LEVELS * MOST_LEVELS] {
    std::array::from_fn(|at| flows[at / MOST_LEVELS] * flows[at % MOST_LEVELS])
}

/// The eigenvector of the largest eigenvalue, by squaring the matrix until one direction is left.
fn first_component(products: &[f64; MOST_LEVELS * MOST_LEVELS], levels: usize) -> Option<Vec<f64>> {
    let mut matrix: Vec<Vec<f64>> =
        (0..levels).map(|row| products[row * MOST_LEVELS..row * MOST_LEVELS + levels].to_vec()).collect();
    // 2^20 steps of the power iteration: eigenvalues that differ by 1e-4 are told apart to 1e-16.
    for _ in 0..20 {
        let largest = matrix.iter().flatten().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        if largest <= 0.0 {
            return None;
        }
        matrix.iter_mut().flatten().for_each(|value| *value /= largest);
        matrix = (0..levels)
            .map(|row| {
                (0..levels).map(|column| (0..levels).map(|k| matrix[row][k] * matrix[k][column]).sum()).collect()
            })
            .collect();
    }
    // All rows are multiples of the component; the one with the largest diagonal is the longest.
    let row = (0..levels).max_by(|&a, &b| matrix[a][a].total_cmp(&matrix[b][b]))?;
    let component = matrix.swap_remove(row);
    let sign = if component.iter().sum::<f64>() < 0.0 { -1.0 } else { 1.0 };
    Some(component.into_iter().map(|weight| sign * weight).collect())
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Level, MarketHistory};

    use crate::{
        Parameters,
        contract::{pick, ticks_in},
    };

    fn side_event(before: Option<&Level>, now: Option<&Level>, better: f64) -> f64 {
        let (Some(before), Some(now)) = (before, now) else { panic!("the fixture's books are full") };
        let step = better * (now.price - before.price);
        (if step >= 0.0 { now.qty } else { 0.0 }) - (if step <= 0.0 { before.qty } else { 0.0 })
    }

    /// The levels' imbalances at each close.
    fn flows(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<Vec<f64>>> {
        let (window, levels) = (parameters.count("window"), parameters.count("levels"));
        let books = &history.books;
        let events: Vec<Vec<f64>> = (0..books.len())
            .map(|at| {
                let of = |level: usize| {
                    let before = &books[at.checked_sub(1)?];
                    let bids = side_event(before.bids.get(level), books[at].bids.get(level), 1.0);
                    Some(bids - side_event(before.asks.get(level), books[at].asks.get(level), -1.0))
                };
                (0..levels).map(|level| of(level).unwrap_or(0.0)).collect()
            })
            .collect();
        (0..history.series.len())
            .map(|t| {
                let first = (t + 1).checked_sub(window)?;
                let (mut sums, mut quantity, mut count) = (vec![0.0; levels], 0.0, 0.0);
                for bar in first..=t {
                    let known = ticks_in(books, &history.book_ends, bar);
                    let events = ticks_in(&events, &history.book_ends, bar);
                    for (book, events) in known.iter().zip(events) {
                        for level in 0..levels {
                            sums[level] += events[level];
                            quantity += book.bids[level].qty + book.asks[level].qty;
                            count += 2.0;
                        }
                    }
                }
                (quantity > 0.0).then(|| sums.iter().map(|sum| sum / (quantity / count)).collect())
            })
            .collect()
    }

    pub(super) fn equal(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let flows = flows(parameters, history);
        pick(flows.len(), |t| flows[t].as_ref().map(|flows| flows.iter().sum::<f64>() / flows.len() as f64))
    }

    /// Plain power iteration on the fitted window.
    pub(super) fn integrated(parameters: &Parameters, history: &MarketHistory) -> Vec<Option<f64>> {
        let flows = flows(parameters, history);
        let (fit, levels) = (parameters.count("fit"), parameters.count("levels"));
        pick(flows.len(), |t| {
            let window: Vec<&Vec<f64>> =
                flows[(t + 1).checked_sub(fit)?..=t].iter().map(Option::as_ref).collect::<Option<_>>()?;
            let mut weights: Vec<f64> = (0..levels).map(|level| 1.0 + 0.01 * level as f64).collect();
            for _ in 0..2_000 {
                let mut next = vec![0.0; levels];
                for flows in &window {
                    let along: f64 = flows.iter().zip(&weights).map(|(flow, weight)| flow * weight).sum();
                    next.iter_mut().zip(flows.iter()).for_each(|(next, flow)| *next += along * flow);
                }
                let length = next.iter().map(|value| value * value).sum::<f64>().sqrt();
                next.iter_mut().for_each(|value| *value /= length);
                let moved = next.iter().zip(&weights).map(|(new, old)| (new - old).abs()).fold(0.0, f64::max);
                weights = next;
                if moved < 1e-15 {
                    break;
                }
            }
            let sign = weights.iter().sum::<f64>().signum();
            let total: f64 = weights.iter().map(|weight| weight.abs()).sum();
            let along: f64 = flows[t].as_ref()?.iter().zip(&weights).map(|(flow, weight)| flow * weight).sum();
            Some(sign * along / total)
        })
    }
}

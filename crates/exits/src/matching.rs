//! Which purchase a sale closes: three views of the same cash, for books with more than one open lot.
//!
//! The legs of a position with one entry are the same under every matching. They differ with adds
//! ([`ReplayConfig::lot_matching`](crate::ReplayConfig::lot_matching)), and once several positions in a symbol overlap in one
//! account, as [`lot_statement`](crate::lot_statement) shows.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::Money;

/// How closing trades are matched with the lots they close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// The oldest lot first.
    #[default]
    Fifo,
    /// The youngest lot first.
    Lifo,
    /// One pool at its average price.
    Average,
}

/// One execution of a book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Execution {
    /// Quantity bought, or sold if negative.
    pub qty: f64,
    /// Price.
    pub price: f64,
    /// Its fee.
    pub fee: Money,
}

/// A quantity that was opened and closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClosedLot {
    /// Index of the execution that opened it; of the pool's first one under [`Matching::Average`].
    pub opened_by: usize,
    /// Index of the execution that closed it.
    pub closed_by: usize,
    /// Quantity, above 0.
    pub qty: f64,
    /// Gain before fees.
    pub gross: Money,
    /// Its share of the fees of both executions.
    pub fees: Money,
}

impl ClosedLot {
    /// Gain after fees.
    pub fn net(&self) -> Money {
        self.gross - self.fees
    }
}

impl Matching {
    /// Every way, in the order of the documentation.
    pub const ALL: [Self; 3] = [Self::Fifo, Self::Lifo, Self::Average];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Lifo => "lifo",
            Self::Average => "average",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct OpenLot {
    opened_by: usize,
    /// In 10⁻⁹, with the sign of the position.
    qty: i128,
    /// What it cost; negative for a short.
    notional: Money,
    fee: Money,
}

/// The closed lots of `executions` in their order, at `multiplier` currency per point.
///
/// Quantities and notionals are integers of 10⁻⁹ shared without a rest, so once the book is flat the gains sum to the
/// same cash under every matching, before fees and after them.
///
/// ```
/// use scaleout_exits::{Execution, Matching, Money, match_lots};
/// let execution = |(qty, price)| Execution { qty, price, fee: Money::ZERO };
/// let book = [(1.0, 100.0), (1.0, 110.0), (-1.0, 120.0), (-1.0, 90.0)].map(execution);
/// let first = |matching| match_lots(&book, 1.0, matching)[0].gross.as_f64();
/// assert_eq!([Matching::Fifo, Matching::Lifo, Matching::Average].map(first), [20.0, 10.0, 15.0]);
/// ```
pub fn match_lots(executions: &[Execution], multiplier: f64, matching: Matching) -> Vec<ClosedLot> {
    let mut open: VecDeque<OpenLot> = VecDeque::new();
    let mut closed = Vec::new();
    for (index, execution) in executions.iter().enumerate() {
        let mut left = OpenLot {
            opened_by: index,
            qty: Money::from_f64(execution.qty).nanos(),
            notional: Money::from_f64(execution.qty * execution.price * multiplier),
            fee: execution.fee,
        };
        while left.qty != 0 {
            let other_side = |lot: &&mut OpenLot| lot.qty.signum() != left.qty.signum();
            let oldest_first = !matches!(matching, Matching::Lifo);
            let lot = if oldest_first { open.front_mut() } else { open.back_mut() };
            let Some(lot) = lot.filter(other_side) else { break };
            let qty = lot.qty.abs().min(left.qty.abs());
            let (cost, opening_fee) = take(lot, qty);
            let (proceeds, closing_fee) = take(&mut left, qty);
            // Notionals carry the sign of what was bought, so what a round trip earned is minus their sum.
            let gross = -(cost + proceeds);
            let (opened_by, fees) = (lot.opened_by, opening_fee + closing_fee);
            closed.push(ClosedLot { opened_by, closed_by: index, qty: qty as f64 * 1e-9, gross, fees });
            if lot.qty == 0 {
                if oldest_first {
                    open.pop_front()
                } else {
                    open.pop_back()
                };
            }
        }
        if left.qty == 0 {
            continue;
        }
        match open.back_mut().filter(|_| matching == Matching::Average) {
            Some(pool) => {
                pool.qty += left.qty;
                pool.notional = pool.notional + left.notional;
                pool.fee = pool.fee + left.fee;
            }
            None => open.push_back(left),
        }
    }
    closed
}

/// Takes `qty` off `lot` with its share of the notional and of the fee.
fn take(lot: &mut OpenLot, qty: i128) -> (Money, Money) {
    let share = |total: Money| Money::from_nanos(total.nanos() * qty / lot.qty.abs());
    let (notional, fee) = (share(lot.notional), share(lot.fee));
    lot.qty -= qty * lot.qty.signum();
    lot.notional = lot.notional - notional;
    lot.fee = lot.fee - fee;
    (notional, fee)
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::{Execution, Matching, match_lots};
    use crate::Money;

    #[test]
    fn a_flat_book_has_the_same_cash_under_every_matching() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        for _ in 0..200 {
            let mut book: Vec<Execution> = (0..rng.random_range(2..12))
                .map(|_| Execution {
                    qty: f64::from(rng.random_range(-40..40_i32)) / 8.0,
                    price: rng.random_range(50.0..150.0),
                    fee: Money::from_f64(rng.random_range(0.0..2.0)),
                })
                .collect();
            let open: f64 = book.iter().map(|execution| execution.qty).sum();
            book.push(Execution { qty: -open, price: 100.0, fee: Money::from_f64(1.0) });
            // An order for nothing closes nothing, and its fee has no lot to go to.
            book.retain(|execution| execution.qty != 0.0);
            let cash: Money =
                book.iter().map(|execution| -Money::from_f64(execution.qty * execution.price * 2.0)).sum();
            for matching in Matching::ALL {
                let lots = match_lots(&book, 2.0, matching);
                let gains: Money = lots.iter().map(|lot| lot.gross).sum();
                assert_eq!(gains, cash, "{matching:?} {book:?}");
                let fees: Money = book.iter().map(|execution| execution.fee).sum();
                assert_eq!(lots.iter().map(|lot| lot.net()).sum::<Money>(), cash - fees, "{matching:?} {book:?}");
            }
        }
    }

    #[test]
    fn a_sale_through_zero_closes_and_opens() {
        let book =
            [(2.0, 100.0), (-3.0, 110.0), (1.0, 105.0)].map(|(qty, price)| Execution { qty, price, fee: Money::ZERO });
        let lots = match_lots(&book, 1.0, Matching::Fifo);
        let gains: Vec<(usize, usize, f64)> =
            lots.iter().map(|lot| (lot.opened_by, lot.closed_by, lot.gross.as_f64())).collect();
        assert_eq!(gains, [(0, 1, 20.0), (1, 2, 5.0)]);
    }
}

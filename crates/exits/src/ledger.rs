use scaleout_market::{Contract, Instrument, Side};

use crate::{Matching, Money};

/// The money of one trade, in integers: Σ legs = position = cash, as an identity.
///
/// Each fill's notional and fee are rounded once, to 10⁻⁹ of the currency. What the entry cost is shared over the
/// legs in proportion to their lots (to their parts where quantity is continuous) by cumulative rounding, so the shares
/// sum to it exactly and a leg of whole lots carries what its lots cost.
///
/// Of several entries in one position a leg closes lots by [`Matching`]: it changes the gain of a leg, never that of the
/// position.
///
/// The notional of an inverse contract is −q · multiplier ÷ price: its change is the gain in the coin.
#[derive(Debug, Clone)]
pub struct Ledger {
    sign: i128,
    contract: Contract,
    multiplier: f64,
    matching: Matching,
    /// In the order of their fills; one pool under [`Matching::Average`].
    lots: Vec<EntryLot>,
    cash: Money,
    legs_net: Money,
    carry: Money,
}

/// What one entry bought.
#[derive(Debug, Clone, Copy)]
struct EntryLot {
    notional: Money,
    fee: Money,
    shares: u64,
    /// Shares of it that have been sold.
    shared: u64,
}

/// What one sale did to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// Gain against the price of the entries that it closes, before fees.
    pub gross: Money,
    /// Fee of the sale.
    pub exit_fee: Money,
    /// Share of the entries' fees.
    pub entry_fee: Money,
}

impl Ledger {
    /// An empty ledger for a trade on `side` in `instrument`, whose sales close lots by `matching`.
    pub fn new(side: Side, instrument: &Instrument, matching: Matching) -> Self {
        Self {
            sign: if side.sign() > 0.0 { 1 } else { -1 },
            contract: instrument.contract,
            multiplier: instrument.multiplier,
            matching,
            lots: Vec::with_capacity(1),
            cash: Money::ZERO,
            legs_net: Money::ZERO,
            carry: Money::ZERO,
        }
    }

    /// Books an entry of `qty` units at `price` in `shares` equal shares, which paid `fee` in the currency.
    pub fn buy(&mut self, shares: u64, qty: f64, price: f64, fee: f64) {
        let notional = Money::from_f64(self.contract.value(price) * qty * self.multiplier);
        let fee = Money::from_f64(fee);
        self.cash = self.cash - times(notional, self.sign) - fee;
        let lot = EntryLot { notional, fee, shares, shared: 0 };
        match self.lots.last_mut().filter(|_| self.matching == Matching::Average) {
            Some(pool) => *pool = pool.joined(lot),
            None => self.lots.push(lot),
        }
    }

    /// Books the sale of `sold` of the shares, `qty` units at `price` for a fee of `fee`.
    pub fn sell(&mut self, sold: u64, qty: f64, price: f64, fee: f64) -> Booking {
        let (mut left, mut cost, mut entry_fee) = (sold, Money::ZERO, Money::ZERO);
        let count = self.lots.len();
        for place in 0..count {
            let place = if self.matching == Matching::Lifo { count - 1 - place } else { place };
            let (closed, lot_cost, lot_fee) = self.lots[place].take(left);
            left -= closed;
            (cost, entry_fee) = (cost + lot_cost, entry_fee + lot_fee);
        }
        debug_assert!(left == 0, "Invariant: no more is sold than there is");
        let notional = Money::from_f64(self.contract.value(price) * qty * self.multiplier);
        let booking = Booking { gross: times(notional - cost, self.sign), exit_fee: Money::from_f64(fee), entry_fee };
        self.cash = self.cash + times(notional, self.sign) - booking.exit_fee;
        self.legs_net = self.legs_net + booking.gross - booking.exit_fee - booking.entry_fee;
        booking
    }

    /// Books what the open position paid over time; a gain if negative.
    pub fn pay_carry(&mut self, amount: f64) -> Money {
        let paid = Money::from_f64(amount);
        self.carry = self.carry + paid;
        self.cash = self.cash - paid;
        paid
    }

    /// Carry paid so far.
    pub const fn carry(&self) -> Money {
        self.carry
    }

    /// Σ legs' net − carry: the result once everything is sold.
    pub fn net(&self) -> Money {
        self.legs_net - self.carry
    }

    /// All that was received less all that was paid, counted flow by flow.
    pub const fn cash(&self) -> Money {
        self.cash
    }
}

impl EntryLot {
    /// Takes up to `most` shares off; returns how many, what they cost and their share of the fee.
    fn take(&mut self, most: u64) -> (u64, Money, Money) {
        let before = self.shared;
        self.shared = self.shares.min(before + most);
        let share = |total: Money| self.share_of(total, self.shared) - self.share_of(total, before);
        (self.shared - before, share(self.notional), share(self.fee))
    }

    /// One pool of what is left of this lot and of all of `other`.
    fn joined(self, other: Self) -> Self {
        let left = |total: Money| total - self.share_of(total, self.shared);
        Self {
            notional: left(self.notional) + other.notional,
            fee: left(self.fee) + other.fee,
            shares: self.shares - self.shared + other.shares,
            shared: 0,
        }
    }

    /// `total` for the first `count` shares of the lot, rounded down to 10⁻⁹.
    fn share_of(&self, total: Money, count: u64) -> Money {
        // Per share first: the product of much money and many shares is beyond 128 bits.
        let (count, shares) = (i128::from(count), i128::from(self.shares));
        let (each, rest) = (total.nanos().div_euclid(shares), total.nanos().rem_euclid(shares));
        Money::from_nanos(each * count + rest * count / shares)
    }
}

fn times(amount: Money, sign: i128) -> Money {
    Money::from_nanos(amount.nanos() * sign)
}

use scaleout_market::{Contract, Entry, Instrument};

use crate::Money;

/// The money of one trade, in integers: Σ legs = position = cash, as an identity.
///
/// Each fill's notional and fee are rounded once, to 10⁻⁹ of the currency. What the entry cost is shared over the
/// legs in proportion to their lots (to their parts where quantity is continuous) by cumulative rounding, so the shares
/// sum to it exactly and a leg of whole lots carries what its lots cost.
///
/// The notional of an inverse contract is −q · multiplier ÷ price: its change is the gain in the coin.
#[derive(Debug, Clone)]
pub struct Ledger {
    sign: i128,
    contract: Contract,
    multiplier: f64,
    entry_notional: Money,
    entry_fee: Money,
    shares: u64,
    shared: u64,
    cash: Money,
    legs_net: Money,
    carry: Money,
}

/// What one sale did to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booking {
    /// Gain against the entry price before fees.
    pub gross: Money,
    /// Fee of the sale.
    pub exit_fee: Money,
    /// Share of the entry's fee.
    pub entry_fee: Money,
}

impl Ledger {
    /// The ledger after the fill of `entry` at `price` in `shares` equal shares, which paid `entry_fee` in the currency.
    pub fn open(entry: &Entry, price: f64, instrument: &Instrument, entry_fee: f64, shares: u64) -> Self {
        let sign = if entry.side.sign() > 0.0 { 1 } else { -1 };
        let entry_notional = Money::from_f64(instrument.contract.value(price) * entry.qty * instrument.multiplier);
        let entry_fee = Money::from_f64(entry_fee);
        Self {
            sign,
            contract: instrument.contract,
            multiplier: instrument.multiplier,
            entry_notional,
            entry_fee,
            shares,
            shared: 0,
            cash: Money::ZERO - times(entry_notional, sign) - entry_fee,
            legs_net: Money::ZERO,
            carry: Money::ZERO,
        }
    }

    /// Books the sale of `sold` of the shares, `qty` units at `price` for a fee of `fee`.
    pub fn sell(&mut self, sold: u64, qty: f64, price: f64, fee: f64) -> Booking {
        let before = self.shared;
        self.shared += sold;
        debug_assert!(self.shared <= self.shares, "Invariant: no more is sold than there is");
        let share = |total: Money| self.share_of(total, self.shared) - self.share_of(total, before);
        let notional = Money::from_f64(self.contract.value(price) * qty * self.multiplier);
        let booking = Booking {
            gross: times(notional - share(self.entry_notional), self.sign),
            exit_fee: Money::from_f64(fee),
            entry_fee: share(self.entry_fee),
        };
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

    /// `total` for the first `count` shares of the position, rounded down to 10⁻⁹.
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

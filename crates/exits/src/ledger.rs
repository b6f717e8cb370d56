use scaleout_market::{Entry, Instrument};

use crate::{Fraction, Money};

/// The money of one trade, in integers: Σ legs = position = cash, as an identity.
///
/// Each fill's notional and fee are rounded once, to 10⁻⁹ of the currency. What the entry cost is shared over the
/// legs by cumulative rounding, so the shares sum to it exactly.
#[derive(Debug, Clone)]
pub struct Ledger {
    sign: i128,
    multiplier: f64,
    entry_notional: Money,
    entry_fee: Money,
    shared: Fraction,
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
    /// The ledger after the fill of `entry` at its own price, which paid `entry_fee` in the currency.
    pub fn open(entry: &Entry, instrument: &Instrument, entry_fee: f64) -> Self {
        Self::open_at(entry, entry.price, instrument, entry_fee)
    }

    /// The same for an entry that filled at `price`.
    pub fn open_at(entry: &Entry, price: f64, instrument: &Instrument, entry_fee: f64) -> Self {
        let sign = if entry.side.sign() > 0.0 { 1 } else { -1 };
        let entry_notional = Money::from_f64(price * entry.qty * instrument.multiplier);
        let entry_fee = Money::from_f64(entry_fee);
        Self {
            sign,
            multiplier: instrument.multiplier,
            entry_notional,
            entry_fee,
            shared: Fraction::ZERO,
            cash: Money::ZERO - times(entry_notional, sign) - entry_fee,
            legs_net: Money::ZERO,
            carry: Money::ZERO,
        }
    }

    /// Books the sale of `part` of the initial size, `qty` units at `price` for a fee of `fee`.
    pub fn sell(&mut self, part: Fraction, qty: f64, price: f64, fee: f64) -> Booking {
        let before = self.shared;
        self.shared = before.checked_add(part).expect("Invariant: parts of a position sum to at most 1");
        let share = |total: Money| share_of(total, self.shared) - share_of(total, before);
        let notional = Money::from_f64(price * qty * self.multiplier);
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
}

/// `total` for the first `part` of the position, rounded down to 10⁻⁹.
fn share_of(total: Money, part: Fraction) -> Money {
    Money::from_nanos((total.nanos() * i128::from(part.units())).div_euclid(i128::from(Fraction::WHOLE)))
}

fn times(amount: Money, sign: i128) -> Money {
    Money::from_nanos(amount.nanos() * sign)
}

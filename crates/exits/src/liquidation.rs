use scaleout_market::{Contract, Decimal, Entry, Side};
use serde::{Deserialize, Serialize};

use crate::{ExitError, last_stop::Takeover};

/// A leveraged position on isolated margin: `liquidation = { leverage = 10.0, maintenance_frac = 0.005 }` in `[replay]`.
///
/// The margin is the notional at the fill ÷ leverage. The venue closes what is left once the margin and the gain together
/// are no more than `maintenance_frac` of the notional at that price. The position then gets the price at which nothing of
/// the margin is left: the rest goes to the venue. No order can prevent it, and latency does not matter.
///
/// | contract | liquidation of a long at | of a short at |
/// |---|---|---|
/// | linear | p (L − 1) ÷ (L (1 − m)) | p (L + 1) ÷ (L (1 + m)) |
/// | inverse | p L (1 + m) ÷ (L + 1) | p L (1 − m) ÷ (L − 1) |
///
/// with the entry price p, the leverage L and the maintenance share m; m = 0 gives the price that the position gets. Fees,
/// funding and margin added later are left out, which is optimistic.
/// Source: Binance, *Liquidation price of USDⓈ-M futures* (isolated margin, one position); BitMEX, *Isolated margin*.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Liquidation {
    /// Notional at the fill ÷ margin; 1 or more.
    pub leverage: f64,
    /// Share of the notional that the venue asks to be left; 0 or more, below 1 ÷ leverage.
    #[serde(default)]
    pub maintenance_frac: f64,
}

impl Liquidation {
    pub(crate) fn check(&self) -> Result<(), ExitError> {
        if !(self.leverage.is_finite() && 1.0 <= self.leverage) {
            return Err(ExitError::range("liquidation.leverage", self.leverage, "a finite number, 1 or more"));
        }
        if !(0.0 <= self.maintenance_frac && self.maintenance_frac * self.leverage < 1.0) {
            let accepted = "a share from 0, below 1 ÷ leverage";
            return Err(ExitError::range("liquidation.maintenance_frac", self.maintenance_frac, accepted));
        }
        Ok(())
    }

    /// Where the venue closes `entry`; `None` where no price is bad enough.
    pub(crate) fn takeover(&self, entry: &Entry, contract: Contract) -> Option<Takeover> {
        let (price, leverage, one) = (Decimal::of(entry.price), Decimal::of(self.leverage), Decimal::whole(1));
        let at = |maintenance: Decimal| {
            let (more, less) = (leverage.plus(one), leverage.minus(one));
            let (gain, loss) = (one.plus(maintenance), one.minus(maintenance));
            let (over, under) = match (contract, entry.side) {
                (Contract::Linear, Side::Long) => (less, leverage.times(loss)),
                (Contract::Linear, Side::Short) => (more, leverage.times(gain)),
                (Contract::Inverse, Side::Long) => (leverage.times(gain), more),
                (Contract::Inverse, Side::Short) => (leverage.times(loss), less),
            };
            (over.is_positive() && under.is_positive()).then(|| entry.side.sign() * price.times(over).over(under))
        };
        Some(Takeover { level: at(Decimal::of(self.maintenance_frac))?, bankruptcy: at(Decimal::ZERO)? })
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Contract, Side};

    use super::Liquidation;
    use crate::test_market::entry;

    #[track_caller]
    fn check(contract: Contract, side: Side, leverage: f64, maintenance_frac: f64, expected: Option<[f64; 2]>) {
        let entry = entry(side, 100.0, None, 1.0);
        let takeover = Liquidation { leverage, maintenance_frac }.takeover(&entry, contract);
        let prices = takeover.map(|at| [side.sign() * at.level, side.sign() * at.bankruptcy]);
        assert_eq!(prices, expected);
    }

    #[test]
    fn the_margin_and_the_loss_at_these_prices_are_equal() {
        // 10 of margin: gone at 90. At 93.75 there are 3.75 left, .04 of 93.75.
        check(Contract::Linear, Side::Long, 10.0, 0.04, Some([93.75, 90.0]));
        check(Contract::Linear, Side::Short, 4.0, 0.25 / 2.0, Some([111.111_111_111_111_11, 125.0]));
        check(Contract::Linear, Side::Long, 1.0, 0.0, None);
        // Coins: 1/100 + 1/400 = 1/80, so a long with leverage 4 is gone at 80.
        check(Contract::Inverse, Side::Long, 4.0, 0.0, Some([80.0, 80.0]));
        check(Contract::Inverse, Side::Short, 5.0, 0.1, Some([112.5, 125.0]));
        check(Contract::Inverse, Side::Short, 1.0, 0.0, None);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (leverage, maintenance_frac, expected) in [
            (0.5, 0.0, "liquidation.leverage = 0.5 must be a finite number, 1 or more"),
            (10.0, 0.1, "liquidation.maintenance_frac = 0.1 must be a share from 0, below 1 ÷ leverage"),
            (10.0, -0.1, "liquidation.maintenance_frac = -0.1 must be a share from 0, below 1 ÷ leverage"),
        ] {
            let error = Liquidation { leverage, maintenance_frac }.check().unwrap_err().to_string();
            assert_eq!(error, expected);
        }
    }
}

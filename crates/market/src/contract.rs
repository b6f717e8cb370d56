use serde::{Deserialize, Serialize};

use crate::{Decimal, Side};

/// What a unit of quantity is worth at a price.
///
/// | contract | value of q units at price p | example |
/// |---|---|---|
/// | linear | q · multiplier · p, in the price's currency | shares, ES, BTCUSDT |
/// | inverse | q · multiplier ÷ p, in the coin | XBTUSD of BitMEX: 1 USD of bitcoin a contract |
///
/// Source: BitMEX, *XBTUSD perpetual contract guide*: profit in XBT = contracts · multiplier · (1 ÷ entry − 1 ÷ exit).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contract {
    /// Gains the change of the price.
    #[default]
    Linear,
    /// Fixed in the price's currency and settled in the coin: gains the change of −1 ÷ price.
    Inverse,
}

impl Contract {
    /// A number whose change is the gain of one long unit with a multiplier of 1: the price, or −1 ÷ price.
    #[inline]
    pub fn value(self, price: f64) -> f64 {
        match self {
            Self::Linear => price,
            Self::Inverse => -1.0 / price,
        }
    }

    /// The price at which [`Self::value`] is `value`; `None` where no price has it.
    pub fn price_of(self, value: f64) -> Option<f64> {
        match self {
            Self::Linear => Some(value),
            Self::Inverse => (value < 0.0).then(|| -1.0 / value),
        }
    }

    /// What one unit with a multiplier of 1 is worth at `price`, 0 or more.
    pub fn notional(self, price: f64) -> f64 {
        self.value(price).abs()
    }

    /// What one unit with a multiplier of 1 loses when the price moves `risk` points from `price` against `side`.
    ///
    /// Not a finite number above 0 where an inverse contract would lose more than everything: `risk` reaches the price.
    ///
    /// ```
    /// use scaleout_market::{Contract, Side};
    /// assert_eq!(Contract::Linear.at_risk(100.0, 20.0, Side::Long), 20.0);
    /// // 1/80 - 1/100 and 1/100 - 1/125.
    /// assert_eq!(Contract::Inverse.at_risk(100.0, 20.0, Side::Long), 0.0025);
    /// assert_eq!(Contract::Inverse.at_risk(100.0, 25.0, Side::Short), 0.002);
    /// ```
    pub fn at_risk(self, price: f64, risk: f64, side: Side) -> f64 {
        match self {
            Self::Linear => risk,
            Self::Inverse => {
                let (from, distance) = (Decimal::of(price), Decimal::of(risk));
                let stopped = match side {
                    Side::Long => from.minus(distance),
                    Side::Short => from.plus(distance),
                };
                // 1/stopped - 1/price over one denominator, so that nothing cancels.
                risk / (price * stopped.to_f64())
            }
        }
    }
}

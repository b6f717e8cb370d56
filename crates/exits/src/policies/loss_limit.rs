//! A stop at a loss in the currency, of the trade or of a day.
//!
//! ```text
//!  day 1 close ────╲┈┈┈┈┈┈┈┈
//!                   ╲      ↕ 500 USD of the position
//!  loss limit ───────╲────── 100 %
//! ```

use scaleout_market::DailyTime;
use serde::{Deserialize, Serialize};

use super::stop_rule::better;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, OnBest, Stands};

/// The stop is where the whole position has lost `amount` before fees. A tighter stop of the entry stays.
///
/// By the day the loss is counted from the last close before the day began, or from the entry's price on its first day.
/// Each day begins anew, so the stop may loosen with it. It moves at closes.
/// Source: maximum loss and maximum daily loss of FTMO and other proprietary trading firms; `MaximumDrawdownPercentPerSecurity`
/// of LEAN is the first in percent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LossLimit {
    /// Largest loss of the whole position in the currency of the instrument; above 0.
    pub amount: f64,
    /// What the loss is counted over: `"trade"` by default, or `{ day = { time = "17:00", zone = "America/New_York" } }` with
    /// the time at which a day begins.
    #[serde(default)]
    pub per: LossPer,
}

/// What a loss is counted over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossPer {
    /// The trade.
    #[default]
    Trade,
    /// Each day, which begins at this time.
    Day(DailyTime),
}

impl LossLimit {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("amount", self.amount)
    }
}

impl ExitPolicy for LossLimit {
    fn name(&self) -> String {
        let per = match self.per {
            LossPer::Trade => "",
            LossPer::Day(_) => " a day",
        };
        format!("loss limit {}{per}", self.amount)
    }

    fn stands(&self, _decision: &Decision<'_>) -> Option<Stands> {
        match self.per {
            LossPer::Trade => Some(Stands::until_sold(OnBest::Stand)),
            LossPer::Day(_) => None,
        }
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let entry = decision.entry;
        let (own, from) = match &self.per {
            LossPer::Trade => (decision.stop, entry.price),
            LossPer::Day(begins) => (entry.stop, decision.price_at_start_of_day(begins)),
        };
        let level = decision.price_at_loss(from, self.amount);
        ExitOrders { stop: better(entry.side.sign(), own, level), ..ExitOrders::default() }
    }
}

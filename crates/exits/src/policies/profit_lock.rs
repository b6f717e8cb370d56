//! A stop that gives back at most a share of the best gain.
//!
//! ```text
//! best ─────────╱╲─────
//!              ╱  ╲      gives back 40 % of what was gained
//! stop ───────╱──┄┄╲──── 100 %
//! entry ────╱──────────
//! ```

use scaleout_market::{Decimal, Side};
use serde::{Deserialize, Serialize};

use super::stop_rule::better;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, OnBest, Stands};

/// Once the best gain has reached `from_r`, the stop keeps all but `give_back` percent of the best gain. It moves at
/// closes.
///
/// Source: Kase (1996), *Trading with the Odds*, ch. 8 (profit protection as a share of open profit); the trailing profit of
/// 3Commas and the lock of MetaTrader trade managers are the same in percent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfitLock {
    /// Percent of the best gain that may be given back; above 0, below 100.
    pub give_back: f64,
    /// Best gain in R at which the stop starts to work; above 0.
    pub from_r: f64,
}

impl ProfitLock {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        if !(0.0 < self.give_back && self.give_back < 100.0) {
            return Err(ExitError::range("give_back", self.give_back, "a percentage above 0 and below 100"));
        }
        super::check_positive("from_r", self.from_r)
    }
}

impl ExitPolicy for ProfitLock {
    fn name(&self) -> String {
        format!("gives back {}% from {} R", self.give_back, self.from_r)
    }

    fn stands(&self, _decision: &Decision<'_>) -> Option<Stands> {
        Some(Stands::until_sold(OnBest::Ask))
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        if !decision.has_gained(self.from_r) {
            return ExitOrders { stop: decision.stop, ..ExitOrders::default() };
        }
        let (best, entry) = (Decimal::of(decision.best_price), decision.entry_price());
        let gain = match decision.entry.side {
            Side::Long => best.minus(entry),
            Side::Short => entry.minus(best),
        };
        let kept = Decimal::whole(100).minus(Decimal::of(self.give_back));
        let level = decision.price_beyond(gain.times(kept).percent());
        let stop = better(decision.entry.side.sign(), decision.stop, Some(level));
        ExitOrders { stop, ..ExitOrders::default() }
    }
}

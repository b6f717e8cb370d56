//! Sells everything at a target, a stop or a time, whichever comes first.
//!
//! ```text
//! target ┌──────────────┐
//!  entry ┤    ╱╲╱╲      │ time
//!   stop └──────────────┘
//! ```

use serde::{Deserialize, Serialize};

use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction, LimitOrder, OnBest, Stands};

/// One exit at the first of three barriers.
///
/// Source: López de Prado (2018), *Advances in Financial Machine Learning*, ch. 3.4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TripleBarrier {
    /// The upper barrier, in R.
    pub target_r: f64,
    /// The lower barrier, in R below the entry. A tighter stop of the entry stays.
    pub stop_r: f64,
    /// The vertical barrier, in bars.
    pub bars: u32,
}

impl TripleBarrier {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        super::check_positive("target_r", self.target_r)?;
        super::check_positive("stop_r", self.stop_r)?;
        super::check_positive("bars", f64::from(self.bars))
    }
}

impl ExitPolicy for TripleBarrier {
    fn name(&self) -> String {
        format!("barriers +{} R −{} R {} bars", self.target_r, self.stop_r, self.bars)
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        Stands::for_bars(self.bars.checked_sub(decision.path.bars_held)?, OnBest::Stand)
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let entry = decision.entry;
        let sign = entry.side.sign();
        let barrier = decision.price_at_r(-self.stop_r);
        let stop = entry.stop.map_or(barrier, |stop| sign * (sign * stop).max(sign * barrier));
        let due = self.bars <= decision.path.bars_held;
        ExitOrders {
            stop: Some(stop),
            limits: vec![LimitOrder { price: decision.price_at_r(self.target_r), fraction: decision.remaining }],
            market: if due { decision.remaining } else { Fraction::ZERO },
            ..ExitOrders::default()
        }
    }
}

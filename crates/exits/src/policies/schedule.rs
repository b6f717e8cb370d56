//! Fixed parts at fixed decisions, whatever the price does.
//!
//! ```text
//! entry ──┬────┬───┬── time
//!        25 % 25 % 50 %
//! ```

use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    Decision, ExitError, ExitOrders, ExitPolicy, ExitReason, Fraction, Leg, OnBest, Stands, TradeOutcome,
    fraction::WrittenShare,
};

/// Sells `sold[j]` of the initial size at decision `j` (0 is the fill), at the open. The rest is sold at the stop or
/// the horizon.
///
/// Equal parts, shrinking parts and the liquidation of Almgren–Chriss are schedules. Hindsight and permutations
/// also trade schedules.
///
/// Source: Almgren & Chriss (2001), "Optimal execution of portfolio transactions", *J. Risk* 3; permuted schedules are a
/// Monte-Carlo permutation test, Aronson (2006), *Evidence-Based Technical Analysis*, ch. 5; hindsight is dynamic
/// programming over the held fraction, with the same costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Parts of the initial size by decision.
    #[serde(deserialize_with = "read")]
    pub sold: Vec<Fraction>,
}

/// Parts as a config writes them, rounded cumulatively.
fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Fraction>, D::Error> {
    let shares: Vec<f64> = Vec::<WrittenShare>::deserialize(deserializer)?.iter().map(|share| share.0).collect();
    let too_many = || shares.iter().filter_map(|&share| Fraction::from_share(share)).collect();
    Ok(Fraction::cumulative(&shares).unwrap_or_else(too_many))
}

impl Schedule {
    /// The parts over time in which `outcome` left: a market part at its own decision, what filled inside a bar at the
    /// decision after it.
    pub fn of_outcome(outcome: &TradeOutcome) -> Self {
        let step_of = |leg: &Leg| {
            let step = leg.bar - outcome.first_bar;
            match leg.reason {
                ExitReason::Market | ExitReason::Horizon | ExitReason::SessionEnd => step,
                ExitReason::Limit | ExitReason::Stop => step + 1,
            }
        };
        let steps = outcome.legs.iter().map(|leg| step_of(leg) + 1).max().unwrap_or(0);
        let mut sold = vec![Fraction::ZERO; steps];
        for leg in &outcome.legs {
            let part = &mut sold[step_of(leg)];
            *part = [*part, leg.fraction].into_iter().sum();
        }
        Self { sold }
    }

    pub(super) fn check(&self) -> Result<(), ExitError> {
        let units: u64 = self.sold.iter().map(|part| u64::from(part.units())).sum();
        if u64::from(Fraction::WHOLE) < units {
            let share = units as f64 / f64::from(Fraction::WHOLE);
            return Err(ExitError::range("sold", share, "parts of at most 1 together"));
        }
        Ok(())
    }
}

impl ExitPolicy for Schedule {
    fn name(&self) -> String {
        let bars = self.sold.len();
        let first = self.sold.first().map_or(0.0, |part| 100.0 * part.as_f64());
        if bars == 1 {
            format!("{first:.0}% at the fill")
        } else {
            format!("schedule over {bars} bars, {first:.1}% at the fill")
        }
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        let step = decision.path.bars_held as usize;
        let later = self.sold.iter().skip(step + 1).position(|part| !part.is_zero());
        match later {
            Some(bars) => Stands::for_bars(bars as u32 + 1, OnBest::Stand),
            None => Some(Stands::until_sold(OnBest::Stand)),
        }
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let step = decision.path.bars_held as usize;
        let market = self.sold.get(step).copied().unwrap_or(Fraction::ZERO);
        ExitOrders { stop: decision.stop, market, ..ExitOrders::default() }
    }
}

//! Several parts, each with its own target and stop.
//!
//! ```text
//! +2 R ─────────────╱╲── target of part 2
//! +1 R ────╱╲──────╱──── target of part 1
//! entry ──╱──╲────╱─────
//! −½ R ───────╲──╱────── stop of part 1
//! −1 R ────────╲╱─────── stop of part 2
//! ```

use serde::{Deserialize, Serialize};

use super::rungs::in_lots;
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction, LimitOrder, OnBest, Stands, StopOrder};

/// Target and stop of a part are OCO: what one has sold, the other cannot sell.
///
/// Size outside all parts runs to the entry's stop or the horizon. The entry's stop covers everything.
/// Source: the OCO groups of Interactive Brokers and NinjaTrader's ATM strategies, one bracket for each part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brackets {
    /// The parts; targets may come in any order.
    pub parts: Vec<Bracket>,
}

/// One part of a position with its own target and stop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bracket {
    /// Part of the initial size.
    pub fraction: Fraction,
    /// Its target in R; without one the part runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_r: Option<f64>,
    /// Its stop in R below the entry, written above 0.
    pub stop_r: f64,
}

impl Brackets {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        let units: u64 = self.parts.iter().map(|part| u64::from(part.fraction.units())).sum();
        if self.parts.is_empty() || (u64::from(Fraction::WHOLE) < units && !Fraction::is_meant_whole(units)) {
            let share = units as f64 / f64::from(Fraction::WHOLE);
            return Err(ExitError::range("parts", share, "one part or more, together at most 1"));
        }
        for part in &self.parts {
            super::check_positive("parts.fraction", part.fraction.as_f64())?;
            if let Some(target_r) = part.target_r {
                super::check_positive("parts.target_r", target_r)?;
            }
            super::check_positive("parts.stop_r", part.stop_r)?;
        }
        Ok(())
    }
}

impl ExitPolicy for Brackets {
    fn name(&self) -> String {
        let parts: Vec<String> = self
            .parts
            .iter()
            .map(|part| {
                let target = part.target_r.map_or("run".to_owned(), |target_r| format!("+{target_r}"));
                format!("{:.0}% {target}/−{}", part.fraction.as_f64() * 100.0, part.stop_r)
            })
            .collect();
        format!("brackets {} R", parts.join(", "))
    }

    fn stands(&self, _decision: &Decision<'_>) -> Option<Stands> {
        Some(Stands::until_sold(OnBest::Stand))
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let asked: Vec<Fraction> = self.parts.iter().map(|part| part.fraction).collect();
        let mut orders = ExitOrders { stop: decision.stop.or(decision.entry.stop), ..ExitOrders::default() };
        for (place, (part, fraction)) in self.parts.iter().zip(in_lots(&asked, decision.terms)).enumerate() {
            let gone = [decision.limit_sold(place), decision.stop_sold(place)].into_iter().sum();
            let left = fraction.saturating_sub(gone);
            // A part that is done keeps its place, so that places name parts.
            let target = part.target_r.map_or(decision.entry.price, |target_r| decision.price_at_r(target_r));
            let resting = if part.target_r.is_some() { left } else { Fraction::ZERO };
            orders.limits.push(LimitOrder { price: target, fraction: resting });
            orders.stops.push(StopOrder {
                price: decision.price_at_r(-part.stop_r),
                fraction: left,
                limit: Some(place),
            });
        }
        orders
    }
}

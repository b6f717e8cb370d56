//! A ladder with time limits: rungs at fixed levels, and bars after which at most a given part is held.
//!
//! ```text
//!   2 R ─────────────────────╱╲───┼─────  25 % at a limit
//!   1 R ────────╱╲──────────╱──╲──┼─────  25 % at a limit
//! entry ───────╱──╲──────┼─╱────╲─┼─────
//!                        │        └ from bar 20 on nothing is held
//!                        └ from bar 10 on at most half is held
//!  stop ──────────────────────────────── whatever is left
//! ```
//!
//! The plan card of a learned exit has this form: levels, times and a stop. Source of the time stops: Kaufman (2013),
//! *Trading Systems and Methods*, ch. 22.

use scaleout_features::FeatureSpec;
use serde::{Deserialize, Serialize};

use super::{Ladder, Rung, Spacing, StopRule, rungs};
use crate::{Decision, ExitError, ExitOrders, ExitPolicy, Fraction, Stands};

/// Limits at rising levels, a stop, and times by which the position must have shrunk.
///
/// What a time limit sells replaces the nearest remaining rungs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The rungs, nearest first; may be empty.
    #[serde(default, deserialize_with = "rungs::read")]
    pub rungs: Vec<Rung>,
    /// Unit of the levels.
    #[serde(default)]
    pub spacing: Spacing,
    /// The stop.
    #[serde(default)]
    pub stop: StopRule,
    /// Time limits, earliest first, each with less to hold than the one before.
    #[serde(default)]
    pub times: Vec<TimeLimit>,
}

/// The most that may be held from some bar on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// Bars held when the limit starts. The excess is sold at the next open. 0 sells at the fill.
    pub bars: u32,
    /// Largest fraction of the initial size held from then on.
    pub held: Fraction,
}

impl Plan {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        if self.rungs.is_empty() {
            if self.times.is_empty() {
                return Err(ExitError::range("rungs", 0, "one rung or one time, or more"));
            }
            self.stop.check()?;
        } else {
            self.ladder().check()?;
        }
        for (index, time) in self.times.iter().enumerate() {
            let before = index.checked_sub(1).map(|before| self.times[before]);
            if before.is_some_and(|before| time.bars <= before.bars) {
                return Err(ExitError::range("times.bars", time.bars, "above the time before"));
            }
            if before.map_or(Fraction::ONE, |before| before.held) <= time.held {
                return Err(ExitError::range("times.held", time.held.as_f64(), "below 1 and below the time before"));
            }
        }
        Ok(())
    }

    /// The same without its times.
    fn ladder(&self) -> Ladder {
        Ladder {
            name: None,
            rungs: self.rungs.clone(),
            spacing: self.spacing,
            stop: self.stop.clone(),
            expires_bars: None,
        }
    }

    /// Most that may be held after `bars_held` bars.
    fn most_held(&self, bars_held: u32) -> Fraction {
        let begun = self.times.iter().take_while(|time| time.bars <= bars_held);
        begun.last().map_or(Fraction::ONE, |time| time.held)
    }
}

impl ExitPolicy for Plan {
    fn name(&self) -> String {
        let times: Vec<String> = self
            .times
            .iter()
            .map(|time| match time.held.is_zero() {
                true => format!("all out from bar {}", time.bars),
                false => format!("at most {:.0}% from bar {}", time.held.as_f64() * 100.0, time.bars),
            })
            .collect();
        match (self.rungs.is_empty(), times.is_empty()) {
            (true, _) => times.join(", "),
            (false, true) => self.ladder().name(),
            (false, false) => format!("{}, {}", self.ladder().name(), times.join(", ")),
        }
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        self.ladder().inputs()
    }

    fn stands(&self, decision: &Decision<'_>) -> Option<Stands> {
        let on_best = self.stop.stands(decision)?;
        match self.times.iter().find(|time| decision.path.bars_held < time.bars) {
            Some(next) => Stands::for_bars(next.bars - decision.path.bars_held, on_best),
            None => Some(Stands::until_sold(on_best)),
        }
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let orders = self.ladder().decide(decision);
        let market = decision.remaining.saturating_sub(self.most_held(decision.path.bars_held));
        if market.is_zero() {
            return orders;
        }
        // The rungs that are left once the market part is sold.
        let after = Decision { remaining: decision.remaining.saturating_sub(market), ..*decision };
        let limits = if after.remaining.is_zero() { Vec::new() } else { self.ladder().decide(&after).limits };
        ExitOrders { market, limits, ..orders }
    }
}

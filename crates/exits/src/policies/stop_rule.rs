use scaleout_features::FeatureSpec;
use serde::{Deserialize, Serialize};

use crate::{Decision, ExitError, ExitOrders};

use super::feature;

/// Where the stop stands, and how it moves. It never moves against the position.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StopRule {
    /// Stays where the entry put it; no stop if the entry has none.
    #[default]
    Entry,
    /// To the entry price, or a little better, once something has been gained.
    BreakEven {
        /// What moves it.
        after: Trigger,
        /// How far beyond the entry price it goes.
        #[serde(default)]
        offset: Offset,
    },
    /// Follows the price.
    Trail(Trail),
}

/// What has to have happened.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// So many sales.
    Sales(u32),
    /// A best gain of so many R, sold or not.
    GainR(f64),
}

/// How far beyond the entry price a break-even stop stands.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offset {
    /// At the entry price.
    #[default]
    None,
    /// A number of ticks.
    Ticks(f64),
    /// The cost of a sale, twice, rounded up to the tick: what entry and exit of one unit cost, so that nothing is lost.
    Costs,
    /// A number of R.
    R(f64),
}

/// A stop that follows the price at a distance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// How far behind.
    pub distance: Distance,
    /// What it follows, and when it moves.
    #[serde(default)]
    pub follow: Follow,
    /// Best gain in R from which it works; until then the stop stays at the entry's.
    #[serde(default)]
    pub from_r: f64,
}

/// A distance in price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Distance {
    /// A multiple of R.
    R(f64),
    /// Percent of the price that is followed.
    Percent(f64),
    /// A multiple of the average true range at the close.
    Atr {
        /// Multiple.
        multiple: f64,
        /// Bars of the average true range.
        window: u32,
    },
}

/// What a trailing stop follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Follow {
    /// The closes: moved at a close, at work in the next bar.
    #[default]
    Close,
    /// The best price since the entry: moved at a close, at work in the next bar.
    Extreme,
    /// The best price since the entry, moved inside the bar at once.
    Bar,
}

impl StopRule {
    pub(super) fn check(&self) -> Result<(), ExitError> {
        let positive = |field, value: f64| {
            if value.is_finite() && value > 0.0 {
                Ok(())
            } else {
                Err(ExitError::range(field, value, "a finite number above 0"))
            }
        };
        match self {
            Self::Entry | Self::BreakEven { after: Trigger::Sales(_), offset: Offset::None | Offset::Costs } => Ok(()),
            Self::BreakEven { after, offset } => {
                if let Trigger::GainR(gain_r) = *after {
                    positive("after.gain-r", gain_r)?;
                }
                match *offset {
                    Offset::Ticks(value) | Offset::R(value) if !value.is_finite() => {
                        Err(ExitError::range("offset", value, "a finite number"))
                    }
                    Offset::None | Offset::Costs | Offset::Ticks(_) | Offset::R(_) => Ok(()),
                }
            }
            Self::Trail(trail) => {
                if !(trail.from_r.is_finite() && 0.0 <= trail.from_r) {
                    return Err(ExitError::range("from_r", trail.from_r, "a finite number, 0 or more"));
                }
                match trail.distance {
                    Distance::R(value) | Distance::Percent(value) => positive("distance", value),
                    Distance::Atr { multiple, window } => {
                        positive("distance.atr.window", f64::from(window))?;
                        positive("distance.atr.multiple", multiple)
                    }
                }
            }
        }
    }

    /// The features it reads.
    pub(super) fn inputs(&self) -> Vec<FeatureSpec> {
        self.atr_window().map(|window| feature("atr", window)).into_iter().collect()
    }

    /// The window of the average true range that it reads.
    pub(super) fn atr_window(&self) -> Option<u32> {
        match self {
            Self::Trail(Trail { distance: Distance::Atr { window, .. }, .. }) => Some(*window),
            Self::Entry | Self::BreakEven { .. } | Self::Trail(_) => None,
        }
    }

    /// Orders with the stop where it belongs; `inputs` are the values of [`Self::inputs`].
    pub(super) fn orders(&self, decision: &Decision<'_>, inputs: &[Option<f64>]) -> ExitOrders {
        let entry = decision.entry;
        let sign = entry.side.sign();
        match self {
            Self::Entry => ExitOrders { stop: decision.stop.or(entry.stop), ..ExitOrders::default() },
            Self::BreakEven { after, offset } => {
                let reached = match *after {
                    Trigger::Sales(sales) => sales <= decision.sales,
                    Trigger::GainR(gain_r) => gain_r <= decision.path.mfe_r,
                };
                let beyond = match *offset {
                    Offset::None => 0.0,
                    Offset::Ticks(ticks) => ticks * decision.tick_size,
                    Offset::Costs => up_to_tick(2.0 * decision.terms.cost_r(1.0) * entry.risk, decision.tick_size),
                    Offset::R(r) => r * entry.risk,
                };
                let level = reached.then_some(entry.price + sign * beyond);
                ExitOrders { stop: better(sign, decision.stop, level), ..ExitOrders::default() }
            }
            Self::Trail(trail) => trail.orders(decision, inputs),
        }
    }
}

impl Trail {
    fn orders(&self, decision: &Decision<'_>, inputs: &[Option<f64>]) -> ExitOrders {
        let entry = decision.entry;
        let sign = entry.side.sign();
        let best = entry.price_at_r(decision.path.mfe_r);
        let followed = match self.follow {
            Follow::Close => entry.price_at_r(decision.path.unrealised_r),
            Follow::Extreme | Follow::Bar => best,
        };
        let distance = match self.distance {
            Distance::R(r) => Some(r * entry.risk),
            Distance::Percent(percent) => Some(percent / 100.0 * followed.abs()),
            Distance::Atr { multiple, .. } => inputs[0].map(|atr| multiple * atr),
        };
        let active = self.from_r <= decision.path.mfe_r;
        // Without a distance (warm-up of the indicator) the stop stays where it is.
        let Some(distance) = distance.filter(|_| active) else {
            return ExitOrders { stop: decision.stop, ..ExitOrders::default() };
        };
        let trail = (self.follow == Follow::Bar).then_some(distance);
        ExitOrders {
            stop: better(sign, decision.stop, Some(followed - sign * distance)),
            trail,
            ..ExitOrders::default()
        }
    }
}

/// A stop rests away from the market, so what is to be covered is rounded up before.
fn up_to_tick(points: f64, tick_size: f64) -> f64 {
    // A millionth of a tick is the last bits of a sum.
    if tick_size == 0.0 { points } else { (points / tick_size - 1e-6).ceil() * tick_size }
}

/// The tighter of two stops.
fn better(sign: f64, one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(sign * (sign * one).max(sign * other)),
        (one, other) => one.or(other),
    }
}

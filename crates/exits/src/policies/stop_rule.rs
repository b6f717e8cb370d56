use scaleout_features::FeatureSpec;
use scaleout_market::{Decimal, Side};
use serde::{Deserialize, Serialize};

use crate::{Decision, ExitError, ExitOrders, OnBest, TrailBy, TrailOrder};

use super::feature;

/// Where the stop is and how it moves. It never moves against the position.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StopRule {
    /// The entry's stop; none if the entry has none.
    #[default]
    Entry,
    /// Moves to the entry price, or a little better, after a trigger.
    BreakEven {
        /// What moves it.
        after: Trigger,
        /// How far beyond the entry price the stop moves.
        #[serde(default)]
        offset: Offset,
    },
    /// Follows the price.
    Trail(Trail),
}

/// The trigger of a move to break-even.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A number of sales.
    Sales(u32),
    /// A best gain in R, sold or not.
    GainR(f64),
}

/// How far beyond the entry price a break-even stop is.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offset {
    /// At the entry price.
    #[default]
    None,
    /// A number of ticks.
    Ticks(f64),
    /// The distance covers all costs, so the remainder loses nothing. It counts the remainder's share of the entry's
    /// fee, spread and slippage, and the stop's own fee, half-spread, slippage and impact. It is rounded up to the
    /// tick. A gap beyond the stop still loses. Carry is not counted.
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
    /// What the stop follows, and when it moves.
    #[serde(default)]
    pub follow: Follow,
    /// Best gain in R at which the stop starts to follow. Until then the entry's stop stays.
    #[serde(default)]
    pub from_r: f64,
    /// When `from_r` counts as reached.
    #[serde(default)]
    pub armed: Armed,
}

/// When the gain at which a stop starts to follow counts as reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Armed {
    /// At the close of the bar that reached it: the stop follows from the next bar on.
    #[default]
    Close,
    /// At once, inside the bar. This needs a stop that follows inside the bar, like `trail_points` and `trail_offset`
    /// of TradingView's `strategy.exit`.
    Bar,
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
    /// The closes. It moves at a close and works in the next bar.
    #[default]
    Close,
    /// The best price since the entry. It moves at a close and works in the next bar.
    Extreme,
    /// The best price since the entry. It moves at once, inside the bar.
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
                if trail.armed == Armed::Bar && trail.follow != Follow::Bar {
                    return Err(ExitError::range("armed", "bar", "\"close\" unless follow = \"bar\""));
                }
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

    /// What a new best price does to [`Self::orders`]; `None` where a close may move the stop without one.
    pub(super) fn stands(&self, decision: &Decision<'_>) -> Option<OnBest> {
        match self {
            Self::Entry => Some(OnBest::Stand),
            Self::BreakEven { offset: Offset::Costs, .. } if decision.costs_vary() => None,
            Self::BreakEven { after: Trigger::Sales(_), .. } => Some(OnBest::Stand),
            Self::BreakEven { after: Trigger::GainR(gain_r), .. } if decision.has_gained(*gain_r) => {
                Some(OnBest::Stand)
            }
            Self::BreakEven { after: Trigger::GainR(_), .. } => Some(OnBest::Ask),
            Self::Trail(trail) => trail.stands(decision),
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
                    Trigger::GainR(gain_r) => decision.has_gained(gain_r),
                };
                let at_trigger = || match *offset {
                    Offset::None => Some(entry.price),
                    Offset::Ticks(ticks) => {
                        Some(decision.price_beyond(Decimal::of(ticks).times(Decimal::of(decision.tick_size))))
                    }
                    Offset::Costs => decision.break_even_price(),
                    Offset::R(r) => Some(decision.price_at_r(r)),
                };
                let level = if reached { at_trigger() } else { None };
                ExitOrders { stop: better(sign, decision.stop, level), ..ExitOrders::default() }
            }
            Self::Trail(trail) => trail.orders(decision, inputs),
        }
    }
}

impl Trail {
    fn stands(&self, decision: &Decision<'_>) -> Option<OnBest> {
        let by = match self.distance {
            Distance::R(r) => TrailBy::Points(Decimal::of(r).times(decision.risk()).to_f64()),
            Distance::Percent(percent) => TrailBy::Percent(percent),
            Distance::Atr { .. } => return None,
        };
        match self.follow {
            Follow::Close => None,
            Follow::Extreme | Follow::Bar if !decision.has_gained(self.from_r) => Some(OnBest::Ask),
            Follow::Extreme => Some(OnBest::Trail(by)),
            // The stop moves inside the bar already.
            Follow::Bar => Some(OnBest::Stand),
        }
    }

    fn orders(&self, decision: &Decision<'_>, inputs: &[Option<f64>]) -> ExitOrders {
        let entry = decision.entry;
        let followed = match self.follow {
            Follow::Close => decision.price(),
            Follow::Extreme | Follow::Bar => decision.best_price,
        };
        let price = Decimal::of(followed);
        let distance = match self.distance {
            Distance::R(r) => Some(Decimal::of(r).times(decision.risk())),
            Distance::Percent(percent) => Some(price.abs().times(Decimal::of(percent)).percent()),
            Distance::Atr { multiple, .. } => inputs[0].map(|atr| Decimal::of(multiple).times(Decimal::of(atr))),
        };
        // Without a distance (warm-up of the indicator) the stop stays where it is.
        let stays = ExitOrders { stop: decision.stop, ..ExitOrders::default() };
        let Some(distance) = distance else { return stays };
        let is_active = decision.has_gained(self.from_r);
        let trail = (self.follow == Follow::Bar && (is_active || self.armed == Armed::Bar)).then(|| TrailOrder {
            by: match self.distance {
                Distance::Percent(percent) => TrailBy::Percent(percent),
                Distance::R(_) | Distance::Atr { .. } => TrailBy::Points(distance.to_f64()),
            },
            from: (!is_active).then(|| decision.price_at_r(self.from_r)),
        });
        if !is_active {
            return ExitOrders { trail, ..stays };
        }
        let level = match entry.side {
            Side::Long => price.minus(distance),
            Side::Short => price.plus(distance),
        };
        ExitOrders { stop: better(entry.side.sign(), decision.stop, Some(level.to_f64())), trail, ..stays }
    }
}

/// The tighter of two stops.
pub(super) fn better(sign: f64, one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(sign * (sign * one).max(sign * other)),
        (one, other) => one.or(other),
    }
}

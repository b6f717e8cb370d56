//! The stop that covers what is left: where it is, how it moves inside the bar, and what a stop-limit becomes.
//!
//! Prices are in gain coordinates, price × side.

use scaleout_market::Decimal;

use crate::{ExitOrders, TrailBy, tick_grid::TickGrid};

/// A stop that follows the price inside the bar, in gain coordinates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LastTrail {
    pub by: TrailBy,
    /// Price × side from which it follows.
    pub from: f64,
}

impl LastTrail {
    /// Where the stop stands once the best price was `best`; nowhere before it follows.
    pub(crate) fn level(self, best: f64, ticks: TickGrid) -> f64 {
        if best < self.from || best == f64::NEG_INFINITY {
            return f64::NEG_INFINITY;
        }
        let price = Decimal::of(best);
        let distance = match self.by {
            TrailBy::Points(points) => Decimal::of(points),
            TrailBy::Percent(percent) => price.abs().times(Decimal::of(percent)).percent(),
        };
        ticks.stop(price.minus(distance).to_f64())
    }

    /// A level at or above the one that [`Self::level`] gives, a billionth of the price away at most.
    pub(crate) fn bound(by: TrailBy, best: f64) -> f64 {
        let level = match by {
            TrailBy::Points(points) => best - points,
            TrailBy::Percent(percent) => best - best.abs() * percent / 100.0,
        };
        level + 1e-9 * (best.abs() + level.abs())
    }
}

/// Where the venue closes a leveraged position, whatever orders rest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Takeover {
    /// Price × side at which what is left of the margin is the maintenance margin.
    pub level: f64,
    /// Price × side at which nothing of the margin is left: what the position gets.
    pub bankruptcy: f64,
}

/// The stop that covers what is left.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LastStop {
    /// Price × side; `None` without a stop.
    pub level: Option<f64>,
    /// How it follows the price inside the bar.
    pub trail: Option<LastTrail>,
    /// Of a stop-limit: points behind the level at which its limit is.
    pub limit_points: Option<f64>,
    /// Of a stop-limit that the price jumped over: the limit that it has become.
    pub triggered: Option<f64>,
    /// Where the venue closes what is left.
    pub takeover: Option<Takeover>,
}

impl LastStop {
    /// The stop of `orders`.
    pub(crate) fn of(orders: &ExitOrders, sign: f64, ticks: TickGrid) -> Self {
        let from = |price: Option<f64>| price.map_or(f64::NEG_INFINITY, |price| sign * price);
        Self {
            level: orders.stop.map(|stop| ticks.stop(sign * stop)),
            trail: orders.trail.map(|trail| LastTrail { by: trail.by, from: from(trail.from) }),
            limit_points: orders.stop_limit,
            triggered: None,
            takeover: None,
        }
    }

    /// The level at which it sells: none once it has become a limit.
    pub(crate) fn works_at(&self) -> Option<f64> {
        if self.triggered.is_some() { None } else { self.level }
    }

    /// The highest level at which it or the venue closes what is left; −∞ if nothing does.
    pub(crate) fn nearest(&self) -> f64 {
        let takeover = self.takeover.map_or(f64::NEG_INFINITY, |takeover| takeover.level);
        self.works_at().unwrap_or(f64::NEG_INFINITY).max(takeover)
    }

    /// The least price × side that it may sell at; `None` for a stop without a limit.
    pub(crate) fn limit_level(&self, ticks: TickGrid) -> Option<f64> {
        let (level, points) = self.level.zip(self.limit_points)?;
        Some(ticks.limit(Decimal::of(level).minus(Decimal::of(points)).to_f64()).min(level))
    }

    /// Moves it up to `level`; whether it moved.
    pub(crate) fn raise(&mut self, level: f64) -> bool {
        let is_higher = self.triggered.is_none() && self.level.unwrap_or(f64::NEG_INFINITY) < level;
        if is_higher {
            self.level = Some(level);
        }
        is_higher
    }
}

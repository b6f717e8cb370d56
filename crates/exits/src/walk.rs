//! Inside one bar: which resting orders the price meets, and in which order.
//!
//! Prices are in gain coordinates, price × side, so that longs and shorts are one case: up is gain, a stop lies
//! below and limits above.

use scaleout_market::Timestamp;

use crate::{
    Fraction, LimitFill, LotGrid,
    sizing::{Resting, TickGrid},
};

/// What keeps an order from filling in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cap {
    /// The most that may leave in one bar.
    BarFraction,
    /// The share of the bar's volume.
    Volume,
    /// The most sales in one bar.
    Tranches,
    /// The bars that must lie between sales.
    Spacing,
    /// What a cap left is less than a lot or the least order.
    Lots,
}

/// What a meeting of price and order came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Touch {
    /// The limit's index in the orders; `None` for the stop.
    pub order: Option<usize>,
    /// Price × side before costs.
    pub level: f64,
    /// Part of the initial size.
    pub size: Fraction,
    /// Whether the bar opened beyond the order.
    pub gap: bool,
    /// Whether the stop had moved inside the bar.
    pub trailed: bool,
    /// The trade that filled it, where trades tell.
    pub ts: Option<Timestamp>,
    /// What kept it from filling in full.
    pub cap: Option<Cap>,
}

/// How much market parts and limits may still take in this bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Capacity {
    pub fraction: Fraction,
    pub tranches: u32,
    pub grid: Option<LotGrid>,
    /// What `fraction` comes from.
    pub fraction_cap: Cap,
    /// What `tranches` comes from.
    pub tranche_cap: Cap,
}

impl Capacity {
    /// No bound at all.
    pub(crate) const UNBOUNDED: Self = Self {
        fraction: Fraction::ONE,
        tranches: u32::MAX,
        grid: None,
        fraction_cap: Cap::BarFraction,
        tranche_cap: Cap::Tranches,
    };

    /// Takes as much of `size` as the bar allows, where `held` is held, and says what kept the rest; nothing if that is
    /// below the least order.
    pub(crate) fn take(&mut self, size: Fraction, held: Fraction) -> (Fraction, Option<Cap>) {
        if size.is_zero() {
            return (Fraction::ZERO, None);
        }
        if self.tranches == 0 {
            return (Fraction::ZERO, Some(self.tranche_cap));
        }
        let mut allowed = size.min(self.fraction);
        let mut cap = (allowed < size).then_some(self.fraction_cap);
        if cap.is_some()
            && let Some(grid) = self.grid
        {
            let held_lots = grid.nearest(held);
            let mut lots = grid.floor(allowed);
            let rest = held_lots.saturating_sub(lots);
            if 0 < rest && rest < grid.min_lots() {
                lots = held_lots.saturating_sub(grid.min_lots());
            }
            if lots < grid.min_lots().max(1) {
                // Nothing of a cap that is used up is the cap's doing; a part too small to sell is the lots'.
                let is_used_up = self.fraction.is_zero();
                return (Fraction::ZERO, Some(if is_used_up { self.fraction_cap } else { Cap::Lots }));
            }
            allowed = held.saturating_sub(grid.fraction(held_lots - lots));
            cap = (allowed < size).then_some(self.fraction_cap);
        }
        if !allowed.is_zero() {
            self.tranches -= 1;
            self.fraction = self.fraction.saturating_sub(allowed);
        }
        (allowed, cap)
    }
}

/// The state of the orders while the price moves through a bar.
#[derive(Debug, Clone)]
pub(crate) struct Walk<'a> {
    pub held: Fraction,
    pub stop: Option<f64>,
    pub trail: Option<f64>,
    pub capacity: Capacity,
    pub best: f64,
    pub worst: f64,
    limits: &'a [Resting],
    next_limit: usize,
    trailed: bool,
    here: f64,
    fill_on: LimitFill,
    ticks: TickGrid,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        held: Fraction,
        stop: Option<f64>,
        trail: Option<f64>,
        limits: &'a [Resting],
        capacity: Capacity,
        fill_on: LimitFill,
        ticks: TickGrid,
    ) -> Self {
        Self {
            held,
            stop,
            trail,
            capacity,
            best: f64::NEG_INFINITY,
            worst: f64::INFINITY,
            limits,
            next_limit: 0,
            trailed: false,
            here: f64::NAN,
            fill_on,
            ticks,
        }
    }

    /// The bar opens at `open`: orders behind it fill there.
    pub(crate) fn open_at(&mut self, open: f64, ts: Option<Timestamp>, touches: &mut Vec<Touch>) {
        self.visit(open);
        if self.stop.is_some_and(|stop| open <= stop) {
            self.fill_stop(open, true, ts, touches);
            return;
        }
        self.fill_limits(open, Some(open), ts, touches);
        self.raise_stop();
    }

    /// The same at the open of a finer bar inside the bar, if anything is left.
    pub(crate) fn open_at_if_held(&mut self, open: f64, touches: &mut Vec<Touch>) {
        if !self.held.is_zero() {
            self.open_at(open, None, touches);
        }
    }

    /// The price moves to `next` without a jump: a stop on the way fills at its level.
    pub(crate) fn move_to(&mut self, next: f64, touches: &mut Vec<Touch>) {
        if self.held.is_zero() {
            return;
        }
        if self.here <= next {
            self.fill_limits(next, None, None, touches);
            if !self.held.is_zero() {
                self.visit(next);
                self.raise_stop();
            }
        } else {
            match self.stop.filter(|stop| next <= *stop) {
                Some(stop) => self.fill_stop(stop, false, None, touches),
                None => self.visit(next),
            }
        }
    }

    /// The next trade is at `next`: a stop behind it fills there.
    pub(crate) fn trade_at(&mut self, next: f64, ts: Timestamp, touches: &mut Vec<Touch>) {
        if self.held.is_zero() {
            return;
        }
        if self.stop.is_some_and(|stop| next <= stop) {
            self.fill_stop(next, false, Some(ts), touches);
            return;
        }
        self.fill_limits(next, None, Some(ts), touches);
        if !self.held.is_zero() {
            self.visit(next);
            self.raise_stop();
        }
    }

    /// Whether the price, from `worst` to `best`, can meet both the stop and something that beats it: only then
    /// does the order of the extremes matter.
    pub(crate) fn order_matters(&self, worst: f64, best: f64) -> bool {
        let limit_in_reach = self.limits.get(self.next_limit).is_some_and(|limit| self.reaches(best, limit.level));
        match self.trail {
            Some(trail) => worst <= self.stop.unwrap_or(f64::NEG_INFINITY).max(best - trail),
            None => limit_in_reach && self.stop.is_some_and(|stop| worst <= stop),
        }
    }

    fn visit(&mut self, price: f64) {
        self.here = price;
        self.best = self.best.max(price);
        self.worst = self.worst.min(price);
    }

    fn raise_stop(&mut self) {
        if let Some(trail) = self.trail {
            let level = self.ticks.stop(self.best - trail);
            if self.stop.is_none_or(|stop| stop < level) {
                self.stop = Some(level);
                self.trailed = true;
            }
        }
    }

    fn reaches(&self, price: f64, level: f64) -> bool {
        match self.fill_on {
            LimitFill::Touch => level <= price,
            LimitFill::TradeThrough if self.ticks.0 == 0.0 => level < price,
            // A tick but for the last bits of the prices.
            LimitFill::TradeThrough => self.ticks.0 * (1.0 - 1e-6) <= price - level,
        }
    }

    /// Fills the limits that `price` reaches, at `at` or at their own levels.
    fn fill_limits(&mut self, price: f64, at: Option<f64>, ts: Option<Timestamp>, touches: &mut Vec<Touch>) {
        while let Some(&limit) = self.limits.get(self.next_limit) {
            if self.held.is_zero() || !self.reaches(price, limit.level) {
                return;
            }
            self.next_limit += 1;
            let level = at.unwrap_or(limit.level);
            self.visit(level);
            let (size, cap) = self.capacity.take(limit.size, self.held);
            self.held = self.held.saturating_sub(size);
            touches.push(Touch { order: Some(limit.order), level, size, gap: at.is_some(), trailed: false, ts, cap });
        }
    }

    fn fill_stop(&mut self, level: f64, gap: bool, ts: Option<Timestamp>, touches: &mut Vec<Touch>) {
        self.visit(level);
        let size = std::mem::take(&mut self.held);
        touches.push(Touch { order: None, level, size, gap, trailed: self.trailed, ts, cap: None });
    }
}

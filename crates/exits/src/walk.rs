//! Inside one bar: which resting orders the price meets, and in which order.
//!
//! Prices are in gain coordinates, price × side, so that longs and shorts are one case: up is gain, stops lie below and
//! limits above. Every level and every price is the number nearest to its decimal, so the comparisons are exact.

use scaleout_market::Timestamp;

use crate::{
    Fraction, LimitFill,
    capacity::{Cap, Capacity},
    last_stop::LastStop,
    sizing::{Resting, Working},
    tick_grid::TickGrid,
};

/// Which order a fill is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderPlace {
    /// A market part, or the sale at the end.
    Market,
    /// The limit at this place of the orders.
    Limit(usize),
    /// The stop for a part at this place of the orders.
    PartStop(usize),
    /// The stop that covers what is left.
    Stop,
    /// The limit that a stop-limit has become.
    TriggeredStop,
    /// The venue closed a leveraged position.
    Takeover,
}

/// What a meeting of price and order came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Touch {
    /// Whose it is.
    pub order: OrderPlace,
    /// Price × side before costs.
    pub level: f64,
    /// The least price × side after costs, of a stop-limit.
    pub floor: f64,
    /// Part of the initial size.
    pub size: Fraction,
    /// Whether the bar opened beyond the order.
    pub gap: bool,
    /// Whether the stop had moved inside the bar.
    pub trailed: bool,
    /// Whether the intrabar rule, not the data, decided that it came to this.
    pub by_rule: bool,
    /// The trade that filled it, where trades tell.
    pub ts: Option<Timestamp>,
    /// What kept it from filling in full.
    pub cap: Option<Cap>,
}

impl Touch {
    /// A sale of `size` at `level`, which no order inside the bar led to.
    pub(crate) const fn at_mark(level: f64, size: Fraction, cap: Option<Cap>) -> Self {
        Self { cap, ..Self::of(OrderPlace::Market, level, size, false, None) }
    }

    /// A sale of `size` by `order` at `level`.
    const fn of(order: OrderPlace, level: f64, size: Fraction, gap: bool, ts: Option<Timestamp>) -> Self {
        Self { order, level, floor: f64::NEG_INFINITY, size, gap, trailed: false, by_rule: false, ts, cap: None }
    }

    /// Whether both sell the same part of the same order at the same price. Two parts of the same lots may differ by the
    /// units that they were rounded by.
    pub(crate) fn sells_as(&self, other: &Self) -> bool {
        (self.order, self.gap) == (other.order, other.gap)
            && self.size.units().abs_diff(other.size.units()) <= 2
            && self.level.total_cmp(&other.level).is_eq()
    }
}

/// The state of the orders while the price moves through a bar.
#[derive(Debug, Clone)]
pub(crate) struct Walk<'a> {
    pub held: Fraction,
    pub stop: LastStop,
    pub capacity: Capacity,
    pub best: f64,
    pub worst: f64,
    fill_on: LimitFill,
    limits: &'a [Resting],
    stops: &'a [Resting],
    next_limit: usize,
    next_stop: usize,
    /// What orders can no longer sell because the other order for the same part did: by the limit's place.
    gone: Vec<(usize, Fraction)>,
    trailed: bool,
    here: f64,
    ticks: TickGrid,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(
        held: Fraction,
        stop: LastStop,
        working: &'a Working,
        capacity: Capacity,
        ticks: TickGrid,
        fill_on: LimitFill,
    ) -> Self {
        Self {
            held,
            stop,
            fill_on,
            capacity,
            best: f64::NEG_INFINITY,
            worst: f64::INFINITY,
            limits: &working.limits,
            stops: &working.stops,
            next_limit: 0,
            next_stop: 0,
            gone: Vec::new(),
            trailed: false,
            here: f64::NAN,
            ticks,
        }
    }

    /// The bar opens at `open`: orders behind it fill there.
    pub(crate) fn open_at(&mut self, open: f64, ts: Option<Timestamp>, touches: &mut Vec<Touch>) {
        self.visit(open);
        self.fill_stops(open, Some(open), true, ts, touches);
        if !self.held.is_zero() {
            self.fill_limits(open, Some(open), ts, touches);
            self.raise_stop();
        }
    }

    /// The same at the open of a finer bar inside the bar, if anything is left.
    pub(crate) fn open_at_if_held(&mut self, open: f64, touches: &mut Vec<Touch>) {
        if !self.held.is_zero() {
            self.open_at(open, None, touches);
        }
    }

    /// The price moves to `next` without a jump: an order on the way fills at its level.
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
            self.fill_stops(next, None, false, None, touches);
            if !self.held.is_zero() {
                self.visit(next);
            }
        }
    }

    /// The next trade is at `next`: a stop behind it fills there.
    pub(crate) fn trade_at(&mut self, next: f64, ts: Timestamp, touches: &mut Vec<Touch>) {
        if self.held.is_zero() {
            return;
        }
        self.fill_stops(next, Some(next), false, Some(ts), touches);
        if self.held.is_zero() {
            return;
        }
        self.fill_limits(next, None, Some(ts), touches);
        if !self.held.is_zero() {
            self.visit(next);
            self.raise_stop();
        }
    }

    /// Whether the price, from `worst` to `best`, can meet both a stop and something that beats it: only then does the
    /// order of the extremes matter.
    pub(crate) fn order_matters(&self, worst: f64, best: f64) -> bool {
        let nearest_part = self.stops.get(self.next_stop).map_or(f64::NEG_INFINITY, |stop| stop.level);
        let stop = self.stop.nearest().max(nearest_part);
        let trail = self.stop.trail.filter(|_| self.stop.triggered.is_none());
        if let Some(trail) = trail
            && worst <= trail.level(best.max(self.best), self.ticks)
        {
            return true;
        }
        let beats = || self.limits.get(self.next_limit).is_some_and(|limit| limit.fills_from <= best);
        worst <= stop && (trail.is_some() || beats() || self.triggered_from() <= best)
    }

    /// The least price at which a stop-limit that was jumped over fills; ∞ if none was.
    fn triggered_from(&self) -> f64 {
        self.stop.triggered.map_or(f64::INFINITY, |limit| self.fill_on.fills_from(limit, self.ticks))
    }

    fn visit(&mut self, price: f64) {
        self.here = price;
        self.best = self.best.max(price);
        self.worst = self.worst.min(price);
    }

    fn raise_stop(&mut self) {
        if let Some(trail) = self.stop.trail {
            self.trailed |= self.stop.raise(trail.level(self.best, self.ticks));
        }
    }

    /// Fills the limits that `price` reaches, at `at` or at their own levels.
    fn fill_limits(&mut self, price: f64, at: Option<f64>, ts: Option<Timestamp>, touches: &mut Vec<Touch>) {
        if let Some(limit) = self.stop.triggered.filter(|_| self.triggered_from() <= price) {
            let level = at.unwrap_or(limit);
            self.visit(level);
            let size = std::mem::take(&mut self.held);
            touches.push(Touch::of(OrderPlace::TriggeredStop, level, size, at.is_some(), ts));
            return;
        }
        while let Some(&limit) = self.limits.get(self.next_limit) {
            if self.held.is_zero() || price < limit.fills_from {
                return;
            }
            self.next_limit += 1;
            let asked = limit.size.saturating_sub(self.gone_of(limit.order)).min(self.held);
            if asked.is_zero() {
                continue;
            }
            let level = at.unwrap_or(limit.level);
            self.visit(level);
            let (size, cap) = self.capacity.take(asked, self.held);
            self.held = self.held.saturating_sub(size);
            if !self.stops.is_empty() && !size.is_zero() {
                self.gone.push((limit.order, size));
            }
            let order = OrderPlace::Limit(limit.order);
            touches.push(Touch { cap, ..Touch::of(order, level, size, at.is_some(), ts) });
        }
    }

    /// Fills the stops that `price` reaches, at `at` or at their own levels: those of parts first, then the one that
    /// covers what is left, then the venue takes what that left over.
    fn fill_stops(&mut self, price: f64, at: Option<f64>, gap: bool, ts: Option<Timestamp>, touches: &mut Vec<Touch>) {
        let last = Some(self.stop.nearest()).filter(|stop| price <= *stop);
        while let Some(&stop) = self.stops.get(self.next_stop) {
            let comes_later = at.is_none() && last.is_some_and(|last| stop.level < last);
            if self.held.is_zero() || stop.level < price || comes_later {
                break;
            }
            self.next_stop += 1;
            let gone = stop.limit.map_or(Fraction::ZERO, |limit| self.gone_of(limit));
            let size = stop.size.saturating_sub(gone).min(self.held);
            if size.is_zero() {
                continue;
            }
            let level = at.unwrap_or(stop.level);
            self.visit(level);
            self.held = self.held.saturating_sub(size);
            self.gone.extend(stop.limit.map(|limit| (limit, size)));
            touches.push(Touch::of(OrderPlace::PartStop(stop.order), level, size, gap, ts));
        }
        if last.is_none() || self.held.is_zero() {
            return;
        }
        let takeover = self.stop.takeover.filter(|takeover| price <= takeover.level);
        let own = self.stop.works_at().filter(|stop| price <= *stop);
        if let Some(stop) = own.filter(|stop| takeover.is_none_or(|takeover| takeover.level <= *stop)) {
            let (level, floor) = (at.unwrap_or(stop), self.stop.limit_level(self.ticks).unwrap_or(f64::NEG_INFINITY));
            if floor <= level {
                self.visit(level);
                let size = std::mem::take(&mut self.held);
                let touch = Touch::of(OrderPlace::Stop, level, size, gap, ts);
                touches.push(Touch { floor, trailed: self.trailed, ..touch });
                return;
            }
            self.stop.triggered = Some(floor);
        }
        if let Some(takeover) = takeover {
            self.visit(at.unwrap_or(takeover.level));
            let size = std::mem::take(&mut self.held);
            touches.push(Touch::of(OrderPlace::Takeover, takeover.bankruptcy, size, gap, ts));
        }
    }

    fn gone_of(&self, limit: usize) -> Fraction {
        if self.gone.is_empty() {
            return Fraction::ZERO;
        }
        self.gone.iter().filter(|(order, _)| *order == limit).map(|(_, size)| *size).sum()
    }
}

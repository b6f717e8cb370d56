//! The stop between bars.

use crate::{
    ExitOrders, TrailBy,
    last_stop::{LastStop, LastTrail},
    prepared::PreparedReplay,
};

/// The stop at work, moved no sooner than it matters.
#[derive(Debug)]
pub(super) struct StopAtWork {
    /// As it was when it last mattered.
    last: LastStop,
    /// A level at or above the one at which it or the venue closes what is left, as near to it as binary sums are.
    bound: f64,
    /// How far it is still to be moved behind the best price seen: its exact level is worked out where it matters.
    behind_best: Option<TrailBy>,
}

impl StopAtWork {
    /// The entry's own stop.
    pub(super) fn of_entry(trade: &PreparedReplay<'_>) -> Self {
        let level = trade.entry.stop.map(|stop| trade.sign * stop);
        let last = LastStop { level, takeover: trade.takeover, ..LastStop::default() };
        Self { last, bound: f64::INFINITY, behind_best: None }
    }

    /// Price × side at which it stands.
    pub(super) const fn level(&self) -> Option<f64> {
        self.last.level
    }

    /// Points behind the level at which its limit is, of a stop-limit.
    pub(super) const fn limit_points(&self) -> Option<f64> {
        self.last.limit_points
    }

    /// The limit that it has become, as price × side.
    pub(super) const fn triggered(&self) -> Option<f64> {
        self.last.triggered
    }

    /// The stop of `orders` works from now on. A stop-limit that has become a limit stays one while the orders ask for one.
    pub(super) fn set(&mut self, orders: &ExitOrders, trade: &PreparedReplay<'_>) {
        let triggered = self.last.triggered.filter(|_| orders.stop_limit.is_some());
        let asked = LastStop::of(orders, trade.sign, trade.ticks);
        self.last = LastStop { triggered, takeover: self.last.takeover, ..asked };
        self.bound = self.last.nearest();
    }

    /// A new best price moves it to so far behind `best`; returns a level at or above its own and the venue's.
    pub(super) fn follow(&mut self, by: TrailBy, best: f64) -> f64 {
        if self.last.triggered.is_none() {
            self.behind_best = Some(by);
            self.bound = self.bound.max(LastTrail::bound(by, best));
        }
        self.bound
    }

    /// Moves it to where the best price seen, `best`, puts it.
    pub(super) fn settle(&mut self, best: f64, trade: &PreparedReplay<'_>) {
        if let Some(by) = self.behind_best.take() {
            self.last.raise(LastTrail { by, from: f64::NEG_INFINITY }.level(best, trade.ticks));
        }
    }

    /// As it goes into a walk through a bar.
    pub(super) const fn in_bar(&self) -> LastStop {
        self.last
    }

    /// As it came out of the walk.
    pub(super) fn out_of_bar(&mut self, stop: LastStop) {
        self.last = stop;
        self.bound = stop.nearest();
    }

    /// The prices × side between which a bar cannot meet it, both of them left out; none if it follows inside the bar.
    pub(super) fn quiet_between(&self) -> [f64; 2] {
        let floor = if self.last.trail.is_none() { self.bound } else { f64::INFINITY };
        [floor, self.last.triggered.unwrap_or(f64::INFINITY)]
    }
}

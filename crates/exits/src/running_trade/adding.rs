//! Adds: later entries into the position.

use scaleout_market::{Bar, Decimal, Timestamp};

use super::RunningTrade;
use crate::{
    AddFill, Money,
    adds::PlacedAdd,
    bar_walk::{WalkScratch, walk_before},
    capacity::Capacity,
    observer::Observer,
    walk::{OrderPlace, Touch, Walk},
};

/// What the adds of a step changed in what it gained, in R.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Added {
    /// For J: from the market's price at the add instead of from the mark of the step.
    pub gain_r: f64,
    /// Since the last valuation, fees paid.
    pub net_r: f64,
}

impl RunningTrade<'_> {
    /// Whether an add is to fill in step `step`.
    pub(super) fn is_add_due(&self, step: usize) -> bool {
        self.next_add_step() == step
    }

    /// The step of the next add.
    pub(super) fn next_add_step(&self) -> usize {
        self.trade.parts.adds.get(self.next_add).map_or(usize::MAX, |add| add.step)
    }

    /// When `touch` is met in step `step`, at `ts` as far as its bar tells: a stop that sells an added part is met after the
    /// add, also where a finer bar opened beyond it.
    pub(super) fn not_before_the_add(&self, touch: &Touch, step: usize, ts: Timestamp) -> Timestamp {
        let bar = self.trade.bar_of(step);
        match (touch.order, self.adds.last()) {
            (OrderPlace::Stop | OrderPlace::PartStop(_), Some(add)) if add.bar == bar => ts.max(add.ts),
            _ => ts,
        }
    }

    /// Fills the adds of step `step`, of which the position saw `seen`, after the market part at its open and before its
    /// price moves.
    ///
    /// An add does not fill if nothing is held by then, if the bar met the stop or sold the rest before it (at its open;
    /// under `lower-timeframe` up to its own moment), or if it lies at the stop or beyond.
    pub(super) fn fill_adds<O: Observer>(
        &mut self,
        step: usize,
        seen: &Bar,
        capacity: &Capacity,
        mark: f64,
        observer: &mut O,
    ) -> Added {
        let mut all = Added::default();
        while self.is_add_due(step) {
            let add = self.trade.parts.adds[self.next_add];
            self.next_add += 1;
            if self.may_add(step, seen, &add, *capacity) {
                let Added { gain_r, net_r } = self.fill_add(step, &add, mark, observer);
                all = Added { gain_r: all.gain_r + gain_r, net_r: all.net_r + net_r };
            } else {
                observer.missed(&add);
            }
        }
        all
    }

    fn may_add(&mut self, step: usize, seen: &Bar, add: &PlacedAdd, capacity: Capacity) -> bool {
        let trade = self.trade;
        let held = self.position.remaining();
        if held.is_zero() {
            return false;
        }
        self.stop.settle(self.seen[0], trade);
        let fill_on = trade.config.limit_fill;
        let mut walk = Walk::new(held, self.stop.in_bar(), &self.working, capacity, trade.ticks, fill_on);
        walk_before(trade, step, seen, add.ts, &mut walk, &mut WalkScratch::default());
        let is_out = walk.held.is_zero() || walk.stop.triggered.is_some();
        !is_out && walk.stop.works_at().is_none_or(|stop| stop < trade.sign * add.price)
    }

    /// Books `add` in step `step`, which began at `mark`.
    pub(super) fn fill_add<O: Observer>(&mut self, step: usize, add: &PlacedAdd, mark: f64, observer: &mut O) -> Added {
        let (trade, bars) = (self.trade, self.trade.market.bars());
        let (costs, config, bar) = (&trade.costs, trade.config, trade.bar_of(step));
        let slip = costs.entry_slip(add.price, config, bars, bar);
        let price = match slip {
            0.0 => add.price,
            slip => Decimal::of(add.price).plus(Decimal::of(trade.sign * slip)).to_f64(),
        };
        let before = self.position.shares_left();
        let qty = self.position.fill(add.fraction);
        let shares = self.position.shares_left() - before;
        let share = shares as f64 / self.position.shares() as f64;
        let fee = costs.entry_fee(add.price, qty, config.entry_liquidity);
        self.ledger.buy(shares, qty, price, fee);
        self.paid.push((share, price));
        self.bought.paid = costs.average_price(&self.paid);
        self.bought.fee += fee;
        self.bought.share += share;
        self.stands_until = 0;
        let fee = Money::from_f64(fee);
        let filled = AddFill { number: add.number, bar, ts: add.ts, price, qty, fraction: add.fraction, fee };
        observer.added(&filled, self.position.remaining());
        self.adds.push(filled);
        let market = costs.market_at_fill(add.price, config, bars, bar);
        Added {
            gain_r: -share * costs.gain_r(mark, market),
            net_r: -share * costs.gain_r(self.valued_at, price) - self.ledger_r(fee),
        }
    }
}

//! What the rule is asked at a close, and the orders that come of it.

use super::{RunningTrade, price_of};
use crate::{
    Decision, ExitOrders, ExitPolicy, Fraction, InputHistory, OnBest,
    inputs::PolicyInputs,
    observer::{AtWork, Observer},
    sizing::Sizing,
};

impl RunningTrade<'_> {
    /// Asks for the orders that work in step `step`, puts them to work and returns their market part.
    pub(super) fn ask<O: Observer>(
        &mut self,
        step: usize,
        policy: &dyn ExitPolicy,
        inputs: &PolicyInputs<'_>,
        observer: &mut O,
    ) -> Fraction {
        let trade = self.trade;
        self.stop.settle(self.seen[0], trade);
        let t = trade.first_bar + step - 1;
        let bar = &trade.market.bars()[t];
        inputs.read(t, &mut self.inputs);
        if step == 0 {
            self.inputs_at_entry.clone_from(&self.inputs);
        } else {
            self.path.bars_held = step as u32;
            self.path.unrealised_r = trade.r_at(bar.close);
            let [best, worst] = self.seen.map(|level| trade.r_at(price_of(trade.sign, level)));
            (self.path.mfe_r, self.path.mae_r) = (best, worst);
        }
        let held = self.position.remaining();
        let in_flight = self.in_flight.market().min(held);
        let working_stop = self.stop_price();
        let stop = self.in_flight.stop(working_stop, trade.sign);
        let last_sale = self.last_sale.max(self.in_flight.last_sale());
        let decision = Decision {
            entry: trade.entry,
            t,
            bar,
            path: self.path,
            best_price: price_of(trade.sign, self.seen[0]),
            worst_price: price_of(trade.sign, self.seen[1]),
            bars_to_horizon: (trade.horizon() - step) as u32,
            remaining: held.saturating_sub(in_flight),
            filled: self.position.filled(),
            in_flight,
            stop,
            stop_triggered: self.stop.triggered().map(|limit| price_of(trade.sign, limit)),
            sales: self.position.sales() + self.in_flight.sales(),
            bars_since_sale: last_sale.map(|sale| (self.in_flight.arrival(step) - sale) as u32),
            terms: &trade.terms,
            tick_size: trade.market.instrument.tick_size,
            inputs: &self.inputs,
            inputs_at_entry: &self.inputs_at_entry,
            history: InputHistory::new(inputs, t),
            sold: &self.sold,
            trade,
            bought: self.bought,
        };
        // Where all that is left is sold by orders on their way, nothing is to be decided.
        let due = (!decision.remaining.is_zero()).then_some(&decision);
        let stop_limit = self.in_flight.stop_limit().unwrap_or(self.stop.limit_points());
        let hold = || ExitOrders { stop, stop_limit, ..ExitOrders::default() };
        let decided = due.map_or_else(hold, |decision| policy.decide(decision));
        let mut sizing = Sizing {
            remaining: decision.remaining,
            grid: trade.grid,
            sign: trade.sign,
            ticks: trade.ticks,
            fill_on: trade.config.limit_fill,
        };
        let is_instant = self.in_flight.is_instant();
        let orders = if is_instant {
            decided
        } else {
            self.in_flight.send(decided, step, stop, &sizing);
            let before_the_first = || ExitOrders { stop: working_stop, ..ExitOrders::default() };
            self.in_flight.arrive(step, working_stop, trade.sign).unwrap_or_else(before_the_first)
        };
        sizing.remaining = held;
        let market = sizing.size(&orders, &mut self.working);
        self.stop.set(&orders, trade);
        let may_stand = is_instant && market.is_zero() && !O::ASKS_ALWAYS;
        let stands = due.filter(|_| may_stand).and_then(|decision| policy.stands(decision));
        self.stands_until = stands.map_or(0, |stands| step.saturating_add(stands.bars as usize));
        self.on_best = stands.map_or(OnBest::Stand, |stands| stands.on_best);
        observer.decided(due, &AtWork { held, orders: &orders, market, working: &self.working });
        market
    }

    /// One more bar was seen between `extremes`, all of it after the fill.
    pub(super) fn see(&mut self, [best, worst]: [f64; 2]) {
        self.seen[1] = self.seen[1].min(worst);
        if self.seen[0] < best {
            self.seen[0] = best;
            match self.on_best {
                OnBest::Stand => {}
                OnBest::Ask => self.stands_until = 0,
                OnBest::Trail(by) => {
                    self.stop.follow(by, best);
                }
            }
        }
    }
}

//! What changes from bar to bar while a trade is replayed.

use scaleout_market::{Bar, Decimal, PathSinceEntry, Timestamp};

use crate::{
    Decision, ExitError, ExitOrders, ExitPolicy, FillCause, Fraction, Ledger, Leg, Money, Position, TradeOutcome,
    account::ObjectiveAccount,
    bar_walk::{WalkScratch, walk_step},
    capacity::Capacity,
    costs::Execution,
    in_flight::InFlight,
    inputs::{InputHistory, PolicyInputs},
    observer::{AtWork, Observer, asked_of},
    prepared::{End, Prepared},
    sizing::{Sizing, Working},
    walk::{OrderPlace, Touch, Trailing, Walk},
};

/// A trade between its fill and its last sale.
pub(crate) struct RunningTrade<'a> {
    trade: &'a Prepared<'a>,
    position: Position,
    ledger: Ledger,
    account: ObjectiveAccount<'a>,
    path: PathSinceEntry,
    bar: Bar,
    stop: Option<f64>,
    last_sale: Option<usize>,
    in_flight: InFlight,
    legs: Vec<Leg>,
    held: Vec<Fraction>,
    bar_net_r: Vec<f64>,
    /// Price at which what is held was last valued for `bar_net_r`.
    valued_at: f64,
    entry_fee: Money,
    /// Price that the entry paid, its spread and slippage in it.
    paid: f64,
    /// Best and worst price × side since the fill.
    seen: [f64; 2],
    /// The same while some of the position was held.
    felt: [f64; 2],
    inputs: Vec<Option<f64>>,
    inputs_at_entry: Vec<Option<f64>>,
    working: Working,
    scratch: WalkScratch,
}

impl<'a> RunningTrade<'a> {
    /// The trade at its fill.
    pub(crate) fn start(trade: &'a Prepared<'a>) -> Self {
        let entry = trade.entry;
        let entry_fee = trade.costs.entry_fee(trade.config.entry_liquidity);
        let entry_slip = trade.costs.entry_slip(trade.config, trade.market.bars(), trade.first_bar);
        let paid = entry.price_beyond(Decimal::of(entry_slip));
        let position = Position::open(entry.qty, trade.grid);
        let at_fill = trade.sign * entry.price;
        Self {
            trade,
            ledger: Ledger::open(entry, paid, trade.market.instrument, entry_fee, position.shares()),
            position,
            account: trade.account(),
            path: PathSinceEntry::at_fill(),
            bar: trade.market.bars()[trade.first_bar - 1],
            stop: entry.stop,
            last_sale: None,
            in_flight: InFlight::new(trade.config.latency_bars),
            legs: Vec::with_capacity(4),
            held: Vec::with_capacity(trade.horizon()),
            bar_net_r: Vec::with_capacity(trade.horizon() + 1),
            valued_at: paid,
            paid,
            entry_fee: Money::from_f64(entry_fee),
            seen: [at_fill; 2],
            felt: [at_fill; 2],
            inputs: Vec::new(),
            inputs_at_entry: Vec::new(),
            working: Working::default(),
            scratch: WalkScratch::default(),
        }
    }

    /// Whether nothing is left.
    pub(crate) fn is_closed(&self) -> bool {
        self.position.is_closed()
    }

    /// Decides at the close before step `step` and goes through the bar.
    pub(crate) fn step<O: Observer>(
        &mut self,
        step: usize,
        policy: &dyn ExitPolicy,
        inputs: &PolicyInputs<'_>,
        observer: &mut O,
    ) -> Result<(), ExitError> {
        let mut working = std::mem::take(&mut self.working);
        let (orders, asked) = self.orders(step, policy, inputs, &mut working, observer);
        let trade = self.trade;
        let seen = trade.seen_bar(step);
        let (mark, carry_r) = (trade.mark(step), trade.carry_r(step));
        let mut capacity = Capacity::of(trade, step, seen.volume, self.last_sale);
        let open_ts = if step == 0 { trade.entry.ts } else { seen.open_ts };
        let mut net_r = if step == 0 { -self.ledger_r(self.entry_fee) } else { 0.0 };

        let (market, cap) = capacity.take(asked, self.position.remaining());
        let at_open = Touch::at_mark(trade.sign * mark, market, cap);
        if market < asked {
            observer.held_back(&at_open, asked);
        }
        if !market.is_zero() {
            let arrival = open_ts.plus_nanos((trade.config.latency_ms * 1e6) as i64);
            net_r += self.sell(step, FillCause::MarketAtOpen, &at_open, arrival, observer);
        }

        let held = self.position.remaining();
        let mut gain_r = 0.0;
        let mut after_open = held;
        if !held.is_zero() {
            let stop = orders.stop.map(|stop| trade.ticks.stop(trade.sign * stop));
            let trail = orders.trail.map(|trail| Trailing {
                by: trail.by,
                from: trail.from.map_or(f64::NEG_INFINITY, |from| trade.sign * from),
            });
            let mut scratch = std::mem::take(&mut self.scratch);
            let mut walk = Walk::new(held, stop, trail, &working, capacity, trade.ticks);
            walk_step(trade, step, &seen, &mut walk, &mut scratch);
            self.felt = [self.felt[0].max(walk.best), self.felt[1].min(walk.worst)];
            self.stop = walk.stop.map(|stop| price_of(trade.sign, stop));
            for touch in &scratch.touches {
                let asked = match touch.order {
                    OrderPlace::Limit(order) if touch.cap.is_some() => asked_of(order, &working.limits),
                    OrderPlace::Limit(_) | OrderPlace::PartStop(_) | OrderPlace::Stop | OrderPlace::Market => {
                        touch.size
                    }
                };
                if touch.size < asked {
                    observer.held_back(touch, asked);
                }
                if touch.size.is_zero() {
                    continue;
                }
                let ts = touch.ts.unwrap_or(if touch.gap { open_ts } else { seen.ts });
                net_r += self.sell(step, cause_of(touch), touch, ts, observer);
                let carried_r = if touch.gap { 0.0 } else { carry_r };
                let share = trade.terms.share(touch.size);
                gain_r += share * trade.unit_gain_r(mark, trade.sign * touch.level, carried_r);
                if touch.gap {
                    after_open = after_open.saturating_sub(touch.size);
                }
            }
            self.scratch = scratch;
        }
        self.working = working;

        let left = self.position.remaining();
        if !left.is_zero() {
            gain_r += trade.terms.share(left) * trade.unit_gain_r(mark, trade.mark(step + 1), carry_r);
        }
        if !held.is_zero() {
            self.account.step(gain_r, trade.terms.share(held), trade.variance(step)?);
        }
        if !after_open.is_zero() {
            // What a gap sold at the open was not carried through the bar.
            if carry_r != 0.0 {
                let paid = self.ledger.pay_carry(trade.terms.share(after_open) * carry_r * trade.costs.one_r());
                net_r -= self.ledger_r(paid);
            }
            self.held.push(after_open);
        }
        if !left.is_zero() {
            net_r += trade.terms.share(left) * trade.costs.gain_r(self.valued_at, seen.close);
        }
        self.valued_at = seen.close;
        self.bar_net_r.push(net_r);
        observer.ended(step, &seen, left, self.stop);
        self.see(&seen);
        self.bar = *seen;
        Ok(())
    }

    /// The orders that work in step `step`, sized into `working`, and their market part.
    fn orders<O: Observer>(
        &mut self,
        step: usize,
        policy: &dyn ExitPolicy,
        inputs: &PolicyInputs<'_>,
        working: &mut Working,
        observer: &mut O,
    ) -> (ExitOrders, Fraction) {
        let trade = self.trade;
        let t = trade.first_bar + step - 1;
        inputs.read(t, &mut self.inputs);
        if step == 0 {
            self.inputs_at_entry.clone_from(&self.inputs);
        }
        let held = self.position.remaining();
        let in_flight = self.in_flight.market().min(held);
        let stop = self.in_flight.stop(self.stop, trade.sign);
        let last_sale = self.last_sale.max(self.in_flight.last_sale());
        let decision = Decision {
            entry: trade.entry,
            t,
            bar: &self.bar,
            path: self.path,
            best_price: price_of(trade.sign, self.seen[0]),
            worst_price: price_of(trade.sign, self.seen[1]),
            bars_to_horizon: (trade.horizon() - step) as u32,
            remaining: held.saturating_sub(in_flight),
            in_flight,
            stop,
            sales: self.position.sales() + self.in_flight.sales(),
            bars_since_sale: last_sale.map(|sale| (self.in_flight.arrival(step) - sale) as u32),
            terms: &trade.terms,
            tick_size: trade.market.instrument.tick_size,
            inputs: &self.inputs,
            inputs_at_entry: &self.inputs_at_entry,
            history: InputHistory::new(inputs, t),
            trade,
            paid: self.paid,
        };
        // Where all that is left is sold by orders on their way, nothing is to be decided.
        let due = (!decision.remaining.is_zero()).then_some(&decision);
        let hold = || ExitOrders { stop, ..ExitOrders::default() };
        let decided = due.map_or_else(hold, |decision| policy.decide(decision));
        let mut sizing = Sizing {
            remaining: decision.remaining,
            grid: trade.grid,
            sign: trade.sign,
            ticks: trade.ticks,
            fill_on: trade.config.limit_fill,
        };
        let orders = if self.in_flight.is_instant() {
            decided
        } else {
            self.in_flight.send(decided, step, stop, &sizing);
            let before_the_first = || ExitOrders { stop: self.stop, ..ExitOrders::default() };
            self.in_flight.arrive(step, self.stop, trade.sign).unwrap_or_else(before_the_first)
        };
        sizing.remaining = held;
        let market = sizing.size(&orders, working);
        observer.decided(due, &AtWork { held, orders: &orders, market, working });
        (orders, market)
    }

    /// The path after one more bar, all of it after the fill.
    fn see(&mut self, bar: &Bar) {
        let entry = self.trade.entry;
        let sign = self.trade.sign;
        let (high, low) = (sign * bar.high, sign * bar.low);
        let (best, worst) = (high.max(low), high.min(low));
        self.path.bars_held += 1;
        self.path.unrealised_r = entry.r_at(bar.close);
        if self.seen[0] < best {
            self.seen[0] = best;
            self.path.mfe_r = entry.r_at(sign * best);
        }
        if worst < self.seen[1] {
            self.seen[1] = worst;
            self.path.mae_r = entry.r_at(sign * worst);
        }
    }

    /// Sells what is left at the mark after the last step.
    pub(crate) fn sell_at_horizon<O: Observer>(&mut self, observer: &mut O) {
        let step = self.trade.horizon();
        let bar = self.trade.market.bars()[self.trade.bar_of(step)];
        let level = self.trade.sign * self.trade.mark(step);
        let touch = Touch::at_mark(level, self.position.remaining(), None);
        let late = (self.trade.config.latency_ms * 1e6) as i64;
        let (cause, ts) = match self.trade.end() {
            End::Horizon => (FillCause::Horizon, bar.open_ts.plus_nanos(late)),
            End::FlatAtOpen => (FillCause::SessionEnd, bar.open_ts.plus_nanos(late)),
            End::FlatAtClose => (FillCause::SessionClose, bar.ts),
        };
        self.felt = [self.felt[0].max(level), self.felt[1].min(level)];
        let net_r = self.sell(step, cause, &touch, ts, observer);
        match self.bar_net_r.last_mut().filter(|_| self.trade.end() == End::FlatAtClose) {
            Some(last) => *last += net_r,
            None => self.bar_net_r.push(net_r),
        }
        observer.ended(step, &bar, Fraction::ZERO, self.stop);
    }

    /// Takes what `touch` says off the position and books it; returns the gain since the last valuation, in R.
    fn sell<O: Observer>(
        &mut self,
        step: usize,
        cause: FillCause,
        touch: &Touch,
        ts: Timestamp,
        observer: &mut O,
    ) -> f64 {
        let trade = self.trade;
        let bar = trade.bar_of(step);
        let execution = match touch.order {
            OrderPlace::Limit(_) => Execution::Limit,
            OrderPlace::Stop | OrderPlace::PartStop(_) => Execution::Stop,
            OrderPlace::Market => Execution::Market,
        };
        match touch.order {
            OrderPlace::Limit(_) => self.in_flight.limit_sold(touch.size),
            OrderPlace::PartStop(_) => self.in_flight.stop_sold(touch.size),
            OrderPlace::Stop | OrderPlace::Market => {}
        }
        let reference = price_of(trade.sign, touch.level);
        let before = self.position.shares_left();
        let (fraction, qty) = self.position.reduce(touch.size);
        let shares = before - self.position.shares_left();
        let share = f64::from(shares) / f64::from(self.position.shares());
        let slip = trade.costs.slip(execution, reference, trade.market.bars(), bar);
        let sale = trade.costs.sale(execution, reference, slip, share);
        let booking = self.ledger.sell(shares, qty, sale.price, sale.fee);
        self.account.pay(sale.cost_r);
        self.last_sale = Some(step);
        let leg = Leg {
            bar,
            ts,
            reason: cause.reason(),
            cause,
            fraction,
            qty,
            reference,
            price: sale.price,
            gross: booking.gross,
            exit_fee: booking.exit_fee,
            entry_fee: booking.entry_fee,
            decided_by_rule: touch.by_rule && !touch.gap,
        };
        observer.sold(touch, &leg, &sale);
        self.legs.push(leg);
        share * trade.costs.gain_r(self.valued_at, sale.price) - self.ledger_r(booking.exit_fee)
    }

    fn ledger_r(&self, amount: Money) -> f64 {
        amount.as_f64() / self.trade.costs.one_r()
    }

    /// What became of the trade, once it is closed.
    pub(crate) fn outcome(self) -> TradeOutcome {
        let entry = self.trade.entry;
        let net = self.ledger.net();
        debug_assert_eq!(net, self.ledger.cash(), "Invariant: legs and cash flows are one sum");
        let gross: Money = self.legs.iter().map(|leg| leg.gross).sum();
        TradeOutcome {
            id: entry.id.clone(),
            symbol: entry.symbol.clone(),
            side: entry.side,
            entry_ts: entry.ts,
            exit_ts: self.legs.last().expect("Invariant: a closed position has a leg").ts,
            first_bar: self.trade.first_bar,
            entry_price: self.paid,
            carry: self.ledger.carry(),
            net,
            one_r: Money::from_f64(self.trade.costs.one_r()),
            net_r: self.ledger_r(net),
            gross_r: self.ledger_r(gross),
            objective: self.account.value(),
            mfe_r: entry.r_at(self.trade.sign * self.felt[0]),
            mae_r: entry.r_at(self.trade.sign * self.felt[1]),
            bars_held: self.held.len() as u32,
            legs: self.legs,
            held: self.held,
            bar_net_r: self.bar_net_r,
        }
    }
}

/// The price of a level in gain coordinates; never a negative zero.
fn price_of(sign: f64, level: f64) -> f64 {
    sign * level + 0.0
}

fn cause_of(touch: &Touch) -> FillCause {
    match touch.order {
        OrderPlace::Market => FillCause::MarketAtOpen,
        OrderPlace::Limit(_) if touch.gap => FillCause::GapOverLimit,
        OrderPlace::Limit(_) => FillCause::LimitReached,
        OrderPlace::Stop | OrderPlace::PartStop(_) if touch.gap => FillCause::GapThroughStop,
        OrderPlace::Stop | OrderPlace::PartStop(_) if touch.trailed => FillCause::TrailReached,
        OrderPlace::Stop | OrderPlace::PartStop(_) => FillCause::StopReached,
    }
}

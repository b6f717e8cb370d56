//! What changes from bar to bar while a trade is replayed.

use scaleout_market::{Bar, Decimal, PathSinceEntry, Timestamp};

use crate::{
    Decision, ExitError, ExitOrders, ExitPolicy, FillCause, Fraction, IntrabarRule, Ledger, Leg, Money, OnBest,
    PastSale, Position, TradeOutcome, TrailBy,
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
    /// The stop at work, in gain coordinates.
    stop_level: Option<f64>,
    trail: Option<Trailing>,
    /// A level at or above that of the stop at work, as near to it as binary sums are.
    stop_bound: f64,
    /// How far the stop is still to be moved behind the best price seen: its exact level is worked out where it matters.
    behind_best: Option<TrailBy>,
    /// The step from which on the rule is asked again.
    stands_until: usize,
    on_best: OnBest,
    last_sale: Option<usize>,
    in_flight: InFlight,
    legs: Vec<Leg>,
    /// What limits and stops of parts sold.
    sold: Vec<(OrderPlace, Fraction)>,
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

/// What a step did before its end.
struct Gained {
    /// Part held through it, what was sold at its open left out.
    held: Fraction,
    /// The same without gaps.
    after_open: Fraction,
    /// Of what was sold inside it, for J.
    gain_r: f64,
    /// Since the last valuation.
    net_r: f64,
    /// Of one whole unit.
    carry_r: f64,
    /// The price at which the step began.
    mark: f64,
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
            stop_level: entry.stop.map(|stop| trade.sign * stop),
            trail: None,
            stop_bound: f64::INFINITY,
            behind_best: None,
            stands_until: 0,
            on_best: OnBest::Stand,
            last_sale: None,
            in_flight: InFlight::new(trade.config.latency_bars),
            legs: Vec::with_capacity(4),
            sold: Vec::new(),
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
        let asked = if step < self.stands_until { Fraction::ZERO } else { self.ask(step, policy, inputs, observer) };
        let trade = self.trade;
        let seen = trade.seen_bar(step);
        let extremes = extremes(trade.sign, &seen);
        let (mark, carry_r) = (trade.mark(step), trade.carry_r(step));
        let mut net_r = if step == 0 { -self.ledger_r(self.entry_fee) } else { 0.0 };
        let mut gain_r = 0.0;
        let mut held = self.position.remaining();
        let mut after_open = held;
        if asked.is_zero() && self.is_quiet(extremes) {
            self.felt = [self.felt[0].max(extremes[0]), self.felt[1].min(extremes[1])];
        } else {
            let mut capacity = Capacity::of(trade, step, seen.volume, self.last_sale);
            net_r += self.sell_at_open(step, asked, mark, &mut capacity, observer);
            held = self.position.remaining();
            after_open = held;
            if !held.is_zero() {
                let met = self.walk(step, &seen, capacity, observer);
                for (size, is_gap, level, gained_r) in met {
                    net_r += gained_r;
                    let carried_r = if is_gap { 0.0 } else { carry_r };
                    gain_r += trade.terms.share(size) * trade.unit_gain_r(mark, level, carried_r);
                    if is_gap {
                        after_open = after_open.saturating_sub(size);
                    }
                }
            }
        }

        self.end_step(step, &seen, Gained { held, after_open, gain_r, net_r, carry_r, mark }, extremes, observer)
    }

    /// The step of a trade whose sales in it are facts: no order works, each sale is booked at its own price.
    pub(crate) fn past_step<O: Observer>(
        &mut self,
        step: usize,
        sales: &[PastSale],
        observer: &mut O,
    ) -> Result<(), ExitError> {
        let trade = self.trade;
        let seen = trade.seen_bar(step);
        let extremes = extremes(trade.sign, &seen);
        let (mark, carry_r) = (trade.mark(step), trade.carry_r(step));
        let held = self.position.remaining();
        let nothing = (ExitOrders::default(), Working::default());
        observer.decided(None, &AtWork { held, orders: &nothing.0, market: Fraction::ZERO, working: &nothing.1 });
        let mut net_r = if step == 0 { -self.ledger_r(self.entry_fee) } else { 0.0 };
        let mut gain_r = 0.0;
        for sale in sales {
            let size = sale.fraction.min(self.position.remaining());
            let touch = Touch::at_mark(trade.sign * sale.price, size, None);
            net_r += self.sell(step, FillCause::AsTraded, &touch, sale.ts, observer);
            gain_r += trade.terms.share(size) * trade.unit_gain_r(mark, sale.price, carry_r);
        }
        self.felt = [self.felt[0].max(extremes[0]), self.felt[1].min(extremes[1])];
        let gained = Gained { held, after_open: held, gain_r, net_r, carry_r, mark };
        self.end_step(step, &seen, gained, extremes, observer)
    }

    /// Values what is left at the end of a step and books what the step earned.
    fn end_step<O: Observer>(
        &mut self,
        step: usize,
        seen: &Bar,
        gained: Gained,
        extremes: [f64; 2],
        observer: &mut O,
    ) -> Result<(), ExitError> {
        let trade = self.trade;
        let Gained { held, after_open, mut gain_r, mut net_r, carry_r, mark } = gained;
        let left = self.position.remaining();
        let share_held = trade.terms.share(held);
        let share_of = |part: Fraction| if part == held { share_held } else { trade.terms.share(part) };
        if !left.is_zero() {
            gain_r += share_of(left) * trade.unit_gain_r(mark, trade.mark(step + 1), carry_r);
        }
        if !held.is_zero() {
            self.account.step(gain_r, share_held, trade.variance(step)?);
        }
        if !after_open.is_zero() {
            // What a gap sold at the open was not carried through the bar.
            if carry_r != 0.0 {
                let paid = self.ledger.pay_carry(share_of(after_open) * carry_r * trade.costs.one_r());
                net_r -= self.ledger_r(paid);
            }
            self.held.push(after_open);
        }
        if !left.is_zero() {
            net_r += share_of(left) * trade.costs.gain_r(self.valued_at, seen.close);
        }
        self.valued_at = seen.close;
        self.bar_net_r.push(net_r);
        observer.ended(step, seen, left, self.stop());
        self.see(extremes);
        if step == 0 {
            self.bar = *seen;
        }
        Ok(())
    }

    /// Goes through the bars from step `step` on in which no order can be met while they stand; returns the next step.
    ///
    /// It does what [`Self::step`] does in a quiet bar, without asking each bar what cannot change between them.
    pub(crate) fn rest(&mut self, mut step: usize) -> usize {
        let trade = self.trade;
        let until = self.stands_until.min(trade.horizon().saturating_sub(1));
        if step == 0 || until <= step || !trade.is_plain() {
            return step;
        }
        let held = self.position.remaining();
        let share = trade.terms.share(held);
        let carry_r = trade.flat_carry_r.unwrap_or(0.0);
        let bars = &trade.market.bars()[trade.first_bar..=trade.first_bar + until];
        let mut mark = bars[step].open;
        while step < until.min(self.stands_until) {
            let bar = &bars[step];
            let extremes = extremes(trade.sign, bar);
            if !self.is_quiet(extremes) {
                break;
            }
            self.felt = [self.felt[0].max(extremes[0]), self.felt[1].min(extremes[1])];
            let next = bars[step + 1].open;
            self.account.step(share * trade.unit_gain_r(mark, next, carry_r), share, None);
            let mut net_r = 0.0;
            if carry_r != 0.0 {
                let paid = self.ledger.pay_carry(share * carry_r * trade.costs.one_r());
                net_r -= self.ledger_r(paid);
            }
            self.held.push(held);
            self.bar_net_r.push(net_r + share * trade.costs.gain_r(self.valued_at, bar.close));
            self.valued_at = bar.close;
            mark = next;
            self.see(extremes);
            step += 1;
        }
        step
    }

    /// Moves the stop to where the best price seen puts it.
    fn settle_stop(&mut self) {
        if let Some(by) = self.behind_best.take() {
            let level = Trailing { by, from: f64::NEG_INFINITY }.level(self.seen[0], self.trade.ticks);
            self.stop_level = Some(self.stop_level.map_or(level, |stop| stop.max(level)));
        }
    }

    /// The stop at work.
    fn stop(&self) -> Option<f64> {
        self.stop_level.map(|level| price_of(self.trade.sign, level))
    }

    /// Whether no order can be met by a price between `extremes`: then the bar needs no walk.
    fn is_quiet(&self, [best, worst]: [f64; 2]) -> bool {
        let orders = &self.working;
        self.trail.is_none()
            && self.trade.config.intrabar != IntrabarRule::LowerTimeframe
            && self.stop_bound < worst
            && orders.stops.first().is_none_or(|stop| stop.level < worst)
            && orders.limits.first().is_none_or(|limit| best < limit.fills_from)
    }

    /// Sells the market part at the open; returns the gain since the last valuation, in R.
    fn sell_at_open<O: Observer>(
        &mut self,
        step: usize,
        asked: Fraction,
        mark: f64,
        capacity: &mut Capacity,
        observer: &mut O,
    ) -> f64 {
        let (market, cap) = capacity.take(asked, self.position.remaining());
        let at_open = Touch::at_mark(self.trade.sign * mark, market, cap);
        if market < asked {
            observer.held_back(&at_open, asked);
        }
        if market.is_zero() {
            return 0.0;
        }
        let arrival = self.open_ts(step).plus_nanos((self.trade.config.latency_ms * 1e6) as i64);
        self.sell(step, FillCause::MarketAtOpen, &at_open, arrival, observer)
    }

    /// When step `step` begins.
    fn open_ts(&self, step: usize) -> Timestamp {
        if step == 0 { self.trade.entry.ts } else { self.trade.market.bars()[self.trade.first_bar + step].open_ts }
    }

    /// Goes through the bar with the orders at work; every sale as part, whether it was at the open, price before costs and
    /// gain since the last valuation in R.
    fn walk<O: Observer>(
        &mut self,
        step: usize,
        seen: &Bar,
        capacity: Capacity,
        observer: &mut O,
    ) -> Vec<(Fraction, bool, f64, f64)> {
        self.settle_stop();
        let trade = self.trade;
        let working = std::mem::take(&mut self.working);
        let mut scratch = std::mem::take(&mut self.scratch);
        let held = self.position.remaining();
        let mut walk = Walk::new(held, self.stop_level, self.trail, &working, capacity, trade.ticks);
        walk_step(trade, step, seen, &mut walk, &mut scratch);
        self.felt = [self.felt[0].max(walk.best), self.felt[1].min(walk.worst)];
        self.stop_level = walk.stop;
        self.stop_bound = walk.stop.unwrap_or(f64::NEG_INFINITY);
        let mut met = Vec::new();
        for touch in &scratch.touches {
            let asked = match touch.order {
                OrderPlace::Limit(order) if touch.cap.is_some() => asked_of(order, &working.limits),
                OrderPlace::Limit(_) | OrderPlace::PartStop(_) | OrderPlace::Stop | OrderPlace::Market => touch.size,
            };
            if touch.size < asked {
                observer.held_back(touch, asked);
            }
            if !touch.size.is_zero() {
                let ts = touch.ts.unwrap_or(if touch.gap { self.open_ts(step) } else { seen.ts });
                let gained_r = self.sell(step, cause_of(touch), touch, ts, observer);
                met.push((touch.size, touch.gap, trade.sign * touch.level, gained_r));
            }
        }
        self.scratch = scratch;
        self.working = working;
        met
    }

    /// Asks for the orders that work in step `step`, puts them to work and returns their market part.
    fn ask<O: Observer>(
        &mut self,
        step: usize,
        policy: &dyn ExitPolicy,
        inputs: &PolicyInputs<'_>,
        observer: &mut O,
    ) -> Fraction {
        self.settle_stop();
        let trade = self.trade;
        let t = trade.first_bar + step - 1;
        inputs.read(t, &mut self.inputs);
        if step == 0 {
            self.inputs_at_entry.clone_from(&self.inputs);
        } else {
            self.path.bars_held = step as u32;
            if 1 < step {
                self.bar = trade.market.bars()[t];
            }
            self.path.unrealised_r = trade.r_at(self.bar.close);
            let [best, worst] = self.seen.map(|level| trade.r_at(price_of(trade.sign, level)));
            (self.path.mfe_r, self.path.mae_r) = (best, worst);
        }
        let held = self.position.remaining();
        let in_flight = self.in_flight.market().min(held);
        let working_stop = self.stop();
        let stop = self.in_flight.stop(working_stop, trade.sign);
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
            sold: &self.sold,
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
        self.stop_level = orders.stop.map(|stop| trade.ticks.stop(trade.sign * stop));
        self.stop_bound = self.stop_level.unwrap_or(f64::NEG_INFINITY);
        self.trail = orders.trail.map(|trail| Trailing {
            by: trail.by,
            from: trail.from.map_or(f64::NEG_INFINITY, |from| trade.sign * from),
        });
        let may_stand = is_instant && market.is_zero() && !O::ASKS_ALWAYS;
        let stands = due.filter(|_| may_stand).and_then(|decision| policy.stands(decision));
        self.stands_until = stands.map_or(0, |stands| step.saturating_add(stands.bars as usize));
        self.on_best = stands.map_or(OnBest::Stand, |stands| stands.on_best);
        observer.decided(due, &AtWork { held, orders: &orders, market, working: &self.working });
        market
    }

    /// One more bar was seen between `extremes`, all of it after the fill.
    fn see(&mut self, [best, worst]: [f64; 2]) {
        self.seen[1] = self.seen[1].min(worst);
        if self.seen[0] < best {
            self.seen[0] = best;
            match self.on_best {
                OnBest::Stand => {}
                OnBest::Ask => self.stands_until = 0,
                OnBest::Trail(by) => {
                    self.behind_best = Some(by);
                    self.stop_bound = self.stop_bound.max(Trailing::bound(by, best));
                }
            }
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
        observer.ended(step, &bar, Fraction::ZERO, self.stop());
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
            OrderPlace::Market if cause == FillCause::AsTraded => Execution::Made,
            OrderPlace::Market => Execution::Market,
        };
        self.sold.push((touch.order, touch.size));
        match touch.order {
            OrderPlace::Limit(_) => self.in_flight.limit_sold(touch.size),
            OrderPlace::PartStop(_) => self.in_flight.stop_sold(touch.size),
            OrderPlace::Stop | OrderPlace::Market => {}
        }
        let reference = price_of(trade.sign, touch.level);
        let before = self.position.shares_left();
        let (fraction, qty) = self.position.reduce(touch.size);
        let shares = before - self.position.shares_left();
        let share = shares as f64 / self.position.shares() as f64;
        let slip = trade.costs.slip(execution, reference, trade.market.bars(), bar);
        let sale = trade.costs.sale(execution, reference, slip, share);
        let booking = self.ledger.sell(shares, qty, sale.price, sale.fee);
        self.account.pay(sale.cost_r);
        self.last_sale = Some(step);
        self.stands_until = 0;
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
            mfe_r: self.trade.r_at(self.trade.sign * self.felt[0]),
            mae_r: self.trade.r_at(self.trade.sign * self.felt[1]),
            bars_held: self.held.len() as u32,
            legs: self.legs,
            held: self.held,
            bar_net_r: self.bar_net_r,
        }
    }
}

/// Best and worst price × side of a bar.
fn extremes(sign: f64, bar: &Bar) -> [f64; 2] {
    let (high, low) = (sign * bar.high, sign * bar.low);
    [high.max(low), high.min(low)]
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

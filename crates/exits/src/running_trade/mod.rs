//! What changes from bar to bar while a trade is replayed.

mod adding;
mod ask;
mod sell;
mod stop_at_work;

use scaleout_market::{Bar, Decimal, PathSinceEntry};

use crate::{
    AddFill, ExitError, ExitOrders, ExitPolicy, FillCause, Fraction, IntrabarRule, Ledger, Leg, Money, OnBest,
    PastSale, Position, TradeOutcome,
    account::ObjectiveAccount,
    adds::PlacedAdd,
    bar_walk::{WalkScratch, walk_step},
    break_even::Bought,
    capacity::Capacity,
    in_flight::InFlight,
    inputs::PolicyInputs,
    observer::{AtWork, Observer, asked_of},
    prepared::PreparedReplay,
    sizing::Working,
    walk::{OrderPlace, Touch, Walk},
};
use sell::cause_of;
use stop_at_work::StopAtWork;

/// A trade between its fill and its last sale.
pub(crate) struct RunningTrade<'a> {
    trade: &'a PreparedReplay<'a>,
    position: Position,
    ledger: Ledger,
    account: ObjectiveAccount<'a>,
    path: PathSinceEntry,
    stop: StopAtWork,
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
    entry_paid: f64,
    /// Share and price of what has filled.
    paid: Vec<(f64, f64)>,
    bought: Bought,
    /// The add that comes next.
    next_add: usize,
    adds: Vec<AddFill>,
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
    pub(crate) fn start(trade: &'a PreparedReplay<'a>) -> Self {
        let entry = trade.entry;
        let (position, qty) = opened(trade);
        let entry_fee = trade.costs.entry_fee(entry.price, qty, trade.config.entry_liquidity);
        let entry_slip = trade.costs.entry_slip(entry.price, trade.config, trade.market.bars(), trade.first_bar);
        let paid = if entry_slip == 0.0 { entry.price } else { trade.price_beyond(Decimal::of(entry_slip)) };
        let at_fill = trade.sign * entry.price;
        let mut ledger = Ledger::new(entry.side, trade.market.instrument, trade.config.lot_matching);
        ledger.buy(position.shares_left(), qty, paid, entry_fee);
        // Without adds nothing is ever averaged.
        let share = if trade.entry.adds.is_empty() { 1.0 } else { trade.terms.share(trade.parts.first) };
        Self {
            trade,
            ledger,
            position,
            account: trade.account(),
            path: PathSinceEntry::at_fill(),
            stop: StopAtWork::of_entry(trade),
            stands_until: 0,
            on_best: OnBest::Stand,
            last_sale: None,
            in_flight: InFlight::new(trade.config.latency_bars),
            legs: Vec::with_capacity(4),
            sold: Vec::new(),
            held: Vec::with_capacity(trade.horizon()),
            bar_net_r: Vec::with_capacity(trade.horizon() + 1),
            valued_at: paid,
            entry_paid: paid,
            paid: if trade.entry.adds.is_empty() { Vec::new() } else { vec![(share, paid)] },
            bought: Bought { paid, fee: entry_fee, share },
            next_add: 0,
            adds: Vec::new(),
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
        let is_add_due = self.is_add_due(step);
        if asked.is_zero() && !is_add_due && self.is_quiet(extremes) {
            self.felt = [self.felt[0].max(extremes[0]), self.felt[1].min(extremes[1])];
        } else {
            let mut capacity = Capacity::of(trade, step, seen.volume, self.last_sale);
            net_r += self.sell_at_open(step, asked, mark, &mut capacity, observer);
            if is_add_due {
                let added = self.fill_adds(step, &seen, &capacity, mark, observer);
                (gain_r, net_r) = (gain_r + added.gain_r, net_r + added.net_r);
            }
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
        let mut held = self.position.remaining();
        let nothing = (ExitOrders::default(), Working::default());
        observer.decided(None, &AtWork { held, orders: &nothing.0, market: Fraction::ZERO, working: &nothing.1 });
        let mut net_r = if step == 0 { -self.ledger_r(self.entry_fee) } else { 0.0 };
        let mut gain_r = 0.0;
        for sale in sales {
            let before_it = |add: &PlacedAdd| add.ts <= sale.ts;
            held = self.add_past(step, before_it, mark, (&mut gain_r, &mut net_r), held, observer);
            let size = sale.fraction.min(self.position.remaining());
            // An account may be too small for an add, and its position closed before the last sale.
            if !trade.entry.adds.is_empty() && !self.position.sells(size) {
                continue;
            }
            let touch = Touch::at_mark(trade.sign * sale.price, size, None);
            net_r += self.sell(step, FillCause::AsTraded, &touch, sale.ts, observer);
            gain_r += trade.terms.share(size) * trade.unit_gain_r(mark, sale.price, carry_r);
        }
        held = self.add_past(step, |_| true, mark, (&mut gain_r, &mut net_r), held, observer);
        self.felt = [self.felt[0].max(extremes[0]), self.felt[1].min(extremes[1])];
        let gained = Gained { held, after_open: held, gain_r, net_r, carry_r, mark };
        self.end_step(step, &seen, gained, extremes, observer)
    }

    /// Fills those of the adds due in step `step` that are `wanted`, while something is held; returns what was `held` in it
    /// in all.
    fn add_past<O: Observer>(
        &mut self,
        step: usize,
        wanted: impl Fn(&PlacedAdd) -> bool,
        mark: f64,
        (gain_r, net_r): (&mut f64, &mut f64),
        held: Fraction,
        observer: &mut O,
    ) -> Fraction {
        let mut held = held;
        while self.is_add_due(step) && !self.position.is_closed() {
            let add = self.trade.parts.adds[self.next_add];
            if !wanted(&add) {
                break;
            }
            self.next_add += 1;
            let added = self.fill_add(step, &add, mark, observer);
            (*gain_r, *net_r) = (*gain_r + added.gain_r, *net_r + added.net_r);
            held = [held, add.fraction].into_iter().sum();
        }
        held
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
        observer.ended(step, seen, left, self.stop_price());
        self.see(extremes);
        Ok(())
    }

    /// Goes through the bars from step `step` on in which no order can be met while they stand; returns the next step.
    ///
    /// It does what [`Self::step`] does in a quiet bar, without asking each bar what cannot change between them.
    pub(crate) fn rest(&mut self, mut step: usize) -> usize {
        let trade = self.trade;
        let until = self.stands_until.min(trade.horizon().saturating_sub(1)).min(self.next_add_step());
        if step == 0 || until <= step || !trade.is_plain() {
            return step;
        }
        let held = self.position.remaining();
        let share = trade.terms.share(held);
        let carry_r = trade.flat_carry_r.unwrap_or(0.0);
        let bars = &trade.market.bars()[trade.first_bar..=trade.first_bar + until];
        let [mut floor, ceiling] = self.quiet_between();
        let ([mut felt_best, mut felt_worst], [mut best_seen, mut worst_seen]) = (self.felt, self.seen);
        let (mut mark, mut valued_at, first) = (bars[step].open, self.valued_at, step);
        let mut is_asked = false;
        while step < until && !is_asked {
            let bar = &bars[step];
            let [best, worst] = extremes(trade.sign, bar);
            if worst <= floor || ceiling <= best {
                break;
            }
            (felt_best, felt_worst) = (felt_best.max(best), felt_worst.min(worst));
            let next = bars[step + 1].open;
            self.account.step(share * trade.unit_gain_r(mark, next, carry_r), share, None);
            let mut net_r = 0.0;
            if carry_r != 0.0 {
                let paid = self.ledger.pay_carry(share * carry_r * trade.costs.one_r());
                net_r -= self.ledger_r(paid);
            }
            self.bar_net_r.push(net_r + share * trade.costs.gain_r(valued_at, bar.close));
            (valued_at, mark) = (bar.close, next);
            worst_seen = worst_seen.min(worst);
            if best_seen < best {
                best_seen = best;
                match self.on_best {
                    OnBest::Stand => {}
                    OnBest::Ask => is_asked = true,
                    OnBest::Trail(by) => floor = floor.max(self.stop.follow(by, best)),
                }
            }
            step += 1;
        }
        if is_asked {
            self.stands_until = 0;
        }
        (self.felt, self.seen, self.valued_at) = ([felt_best, felt_worst], [best_seen, worst_seen], valued_at);
        self.held.resize(self.held.len() + step - first, held);
        step
    }

    /// The prices × side between which a bar meets no order, both of them left out.
    fn quiet_between(&self) -> [f64; 2] {
        let [stop, limit] = self.stop.quiet_between();
        let part_stop = self.working.stops.first().map_or(f64::NEG_INFINITY, |stop| stop.level);
        let nearest = self.working.limits.first().map_or(f64::INFINITY, |limit| limit.fills_from);
        [stop.max(part_stop), limit.min(nearest)]
    }

    /// Price of the stop at work.
    fn stop_price(&self) -> Option<f64> {
        self.stop.level().map(|level| price_of(self.trade.sign, level))
    }

    /// Whether no order can be met by a price between `extremes`: then the bar needs no walk.
    fn is_quiet(&self, [best, worst]: [f64; 2]) -> bool {
        let [floor, ceiling] = self.quiet_between();
        self.trade.config.intrabar != IntrabarRule::LowerTimeframe && floor < worst && best < ceiling
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
        let trade = self.trade;
        self.stop.settle(self.seen[0], trade);
        let working = std::mem::take(&mut self.working);
        let mut scratch = std::mem::take(&mut self.scratch);
        let held = self.position.remaining();
        let fill_on = trade.config.limit_fill;
        let mut walk = Walk::new(held, self.stop.in_bar(), &working, capacity, trade.ticks, fill_on);
        walk_step(trade, step, seen, &mut walk, &mut scratch);
        self.felt = [self.felt[0].max(walk.best), self.felt[1].min(walk.worst)];
        self.stop.out_of_bar(walk.stop);
        let mut met = Vec::new();
        for touch in &scratch.touches {
            let asked = match touch.order {
                OrderPlace::Limit(order) if touch.cap.is_some() => asked_of(order, &working.limits),
                OrderPlace::Limit(_)
                | OrderPlace::PartStop(_)
                | OrderPlace::Stop
                | OrderPlace::TriggeredStop
                | OrderPlace::Takeover
                | OrderPlace::Market => touch.size,
            };
            if touch.size < asked {
                observer.held_back(touch, asked);
            }
            if !touch.size.is_zero() && self.position.sells(touch.size) {
                let ts = touch.ts.unwrap_or(if touch.gap { self.open_ts(step) } else { seen.ts });
                let ts = self.not_before_the_add(touch, step, ts);
                let gained_r = self.sell(step, cause_of(touch), touch, ts, observer);
                met.push((touch.size, touch.gap, trade.sign * touch.level, gained_r));
            }
        }
        self.scratch = scratch;
        self.working = working;
        met
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
        let (net_r, gross_r) = (self.ledger_r(net), self.ledger_r(gross));
        TradeOutcome {
            id: entry.id.clone(),
            symbol: entry.symbol.clone(),
            side: entry.side,
            entry_ts: entry.ts,
            exit_ts: self.legs.last().expect("Invariant: a closed position has a leg").ts,
            first_bar: self.trade.first_bar,
            entry_price: self.entry_paid,
            adds_missed: entry.adds.len() - self.adds.len(),
            adds: self.adds,
            carry: self.ledger.carry(),
            net,
            one_r: Money::from_f64(self.trade.costs.one_r()),
            net_r,
            gross_r,
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

/// The position at the fill of its entry, and what that bought.
fn opened(trade: &PreparedReplay<'_>) -> (Position, f64) {
    let planned = trade.entry.qty;
    if trade.entry.adds.is_empty() {
        return (Position::open(planned, trade.grid), planned);
    }
    let mut position = Position::planned(planned, trade.grid);
    let qty = position.fill(trade.parts.first);
    (position, qty)
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

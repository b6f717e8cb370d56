//! What changes from bar to bar while a trade is replayed.

use std::collections::VecDeque;

use scaleout_market::{Bar, PathSinceEntry, Timestamp};

use crate::{
    Decision, ExitError, ExitOrders, ExitPolicy, ExitReason, Fraction, Ledger, Leg, Money, Position, TradeOutcome,
    account::ObjectiveAccount,
    bar_walk::{WalkScratch, walk_step},
    costs::Execution,
    inputs::{InputHistory, PolicyInputs},
    observer::Observer,
    prepared::{End, Prepared},
    sizing::{Resting, TickGrid, size_orders},
    walk::{Cap, Capacity, Touch, Walk},
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
    waiting: VecDeque<ExitOrders>,
    legs: Vec<Leg>,
    held: Vec<Fraction>,
    bar_net_r: Vec<f64>,
    /// Price at which what is held was last valued for `bar_net_r`.
    valued_at: f64,
    entry_fee: Money,
    /// Price that the entry paid, its spread and slippage in it.
    paid: f64,
    best_r: f64,
    worst_r: f64,
    inputs: Vec<Option<f64>>,
    inputs_at_entry: Vec<Option<f64>>,
    resting: Vec<Resting>,
    scratch: WalkScratch,
}

impl<'a> RunningTrade<'a> {
    /// The trade at its fill.
    pub(crate) fn start(trade: &'a Prepared<'a>) -> Self {
        let entry = trade.entry;
        let entry_fee = trade.costs.entry_fee(trade.config.entry_liquidity);
        let entry_slip = trade.costs.entry_slip(trade.config, trade.market.bars(), trade.first_bar);
        let paid = entry.price + trade.sign * entry_slip;
        Self {
            trade,
            position: Position::open(entry.qty, trade.grid),
            ledger: Ledger::open_at(entry, paid, trade.market.instrument, entry_fee),
            account: trade.account(),
            path: PathSinceEntry::at_fill(),
            bar: trade.market.bars()[trade.first_bar - 1],
            stop: entry.stop,
            last_sale: None,
            waiting: VecDeque::new(),
            legs: Vec::with_capacity(4),
            held: Vec::with_capacity(trade.horizon()),
            bar_net_r: Vec::with_capacity(trade.horizon() + 1),
            valued_at: paid,
            paid,
            entry_fee: Money::from_f64(entry_fee),
            best_r: 0.0,
            worst_r: 0.0,
            inputs: Vec::new(),
            inputs_at_entry: Vec::new(),
            resting: Vec::new(),
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
        let trade = self.trade;
        let t = trade.first_bar + step - 1;
        inputs.read(t, &mut self.inputs);
        if step == 0 {
            self.inputs_at_entry.clone_from(&self.inputs);
        }
        let decision = Decision {
            entry: trade.entry,
            t,
            bar: &self.bar,
            path: self.path,
            bars_to_horizon: (trade.horizon() - step) as u32,
            remaining: self.position.remaining(),
            stop: self.stop,
            sales: self.position.sales(),
            bars_since_sale: self.last_sale.map(|sale| (step - sale) as u32),
            terms: &trade.terms,
            tick_size: trade.market.instrument.tick_size,
            inputs: &self.inputs,
            inputs_at_entry: &self.inputs_at_entry,
            history: InputHistory::new(inputs, t),
        };
        let orders = arrived(policy.decide(&decision), trade, &mut self.waiting);
        let ticks = TickGrid(trade.market.instrument.tick_size);
        let asked = size_orders(&orders, &self.position, trade.sign, ticks, &mut self.resting);
        observer.decided(&decision, &orders, asked, &self.resting);

        let seen = trade.seen_bar(step);
        let (mark, carry_r) = (trade.mark(step), trade.carry_r(step));
        let mut capacity = self.capacity(step, seen.volume);
        let open_ts = if step == 0 { trade.entry.ts } else { seen.open_ts };
        let mut net_r = if step == 0 { -self.ledger_r(self.entry_fee) } else { 0.0 };

        let (market, cap) = capacity.take(asked, self.position.remaining());
        let at_open =
            Touch { order: None, level: trade.sign * mark, size: market, gap: false, trailed: false, ts: None, cap };
        if market < asked {
            observer.held_back(&at_open, asked);
        }
        if !market.is_zero() {
            let arrival = open_ts.plus_nanos((trade.config.latency_ms * 1e6) as i64);
            net_r += self.sell(step, ExitReason::Market, &at_open, false, arrival, observer);
        }

        let held = self.position.remaining();
        let mut gain_r = 0.0;
        let mut after_open = held;
        if !held.is_zero() {
            let stop = orders.stop.map(|stop| ticks.stop(trade.sign * stop));
            let resting = std::mem::take(&mut self.resting);
            let mut scratch = std::mem::take(&mut self.scratch);
            let fill_on = trade.config.limit_fill;
            let mut walk = Walk::new(held, stop, orders.trail, &resting, capacity, fill_on, ticks);
            let by_rule = walk_step(trade, step, &seen, &mut walk, &mut scratch);
            self.see(walk.best, walk.worst);
            self.stop = walk.stop.map(|stop| trade.sign * stop);
            for touch in &scratch.touches {
                let asked = touch.order.map_or(touch.size, |order| size_of(order, &resting));
                if touch.size < asked {
                    observer.held_back(touch, asked);
                }
                if touch.size.is_zero() {
                    continue;
                }
                let ts = touch.ts.unwrap_or(if touch.gap { open_ts } else { seen.ts });
                let reason = if touch.order.is_some() { ExitReason::Limit } else { ExitReason::Stop };
                net_r += self.sell(step, reason, touch, by_rule && !touch.gap, ts, observer);
                gain_r += touch.size.as_f64() * trade.unit_gain_r(mark, trade.sign * touch.level, carry_r);
                if touch.gap {
                    after_open = after_open.saturating_sub(touch.size);
                }
            }
            self.resting = resting;
            self.scratch = scratch;
        }

        let left = self.position.remaining();
        if !left.is_zero() {
            gain_r += left.as_f64() * trade.unit_gain_r(mark, trade.mark(step + 1), carry_r);
        }
        if !held.is_zero() {
            self.account.step(gain_r, held.as_f64(), trade.variance(step)?);
            if carry_r != 0.0 {
                let paid = self.ledger.pay_carry(held.as_f64() * carry_r * trade.costs.one_r());
                net_r -= self.ledger_r(paid);
            }
        }
        if !after_open.is_zero() {
            self.held.push(after_open);
        }
        net_r += left.as_f64() * trade.sign * (seen.close - self.valued_at) / trade.entry.risk;
        self.valued_at = seen.close;
        self.bar_net_r.push(net_r);
        observer.ended(step, &seen, left, self.stop);
        self.path = self.path.after(trade.entry, &seen);
        self.bar = *seen;
        Ok(())
    }

    /// Sells what is left at the mark after the last step.
    pub(crate) fn sell_at_horizon<O: Observer>(&mut self, observer: &mut O) {
        let step = self.trade.horizon();
        let bar = self.trade.market.bars()[self.trade.bar_of(step)];
        let size = self.position.remaining();
        let level = self.trade.sign * self.trade.mark(step);
        let touch = Touch { order: None, level, size, gap: false, trailed: false, ts: None, cap: None };
        let late = (self.trade.config.latency_ms * 1e6) as i64;
        let (reason, ts) = match self.trade.end() {
            End::Horizon => (ExitReason::Horizon, bar.open_ts.plus_nanos(late)),
            End::FlatAtOpen => (ExitReason::SessionEnd, bar.open_ts.plus_nanos(late)),
            End::FlatAtClose => (ExitReason::SessionEnd, bar.ts),
        };
        self.see(level, level);
        let net_r = self.sell(step, reason, &touch, false, ts, observer);
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
        reason: ExitReason,
        touch: &Touch,
        decided_by_rule: bool,
        ts: Timestamp,
        observer: &mut O,
    ) -> f64 {
        let trade = self.trade;
        let bar = trade.bar_of(step);
        let execution = match reason {
            ExitReason::Limit => Execution::Limit,
            ExitReason::Stop => Execution::Stop,
            ExitReason::Market | ExitReason::Horizon | ExitReason::SessionEnd => Execution::Market,
        };
        let reference = trade.sign * touch.level;
        let (fraction, qty) = self.position.reduce(touch.size);
        let share = fraction.as_f64();
        let slip = trade.costs.slip(execution, reference, trade.market.bars(), bar);
        let sale = trade.costs.sale(execution, reference, slip, share);
        let booking = self.ledger.sell(fraction, qty, sale.price, sale.fee);
        self.account.pay(sale.cost_r);
        self.last_sale = Some(step);
        let leg = Leg {
            bar,
            ts,
            reason,
            fraction,
            qty,
            reference,
            price: sale.price,
            gross: booking.gross,
            exit_fee: booking.exit_fee,
            entry_fee: booking.entry_fee,
            decided_by_rule,
        };
        observer.sold(touch, &leg, &sale);
        self.legs.push(leg);
        share * trade.sign * (sale.price - self.valued_at) / trade.entry.risk - self.ledger_r(booking.exit_fee)
    }

    /// What market parts and limits may take in step `step`.
    fn capacity(&self, step: usize, volume: f64) -> Capacity {
        let config = self.trade.config;
        let spacing = config.min_bars_between_sales as usize;
        let too_soon = self.last_sale.is_some_and(|sale| step - sale < spacing);
        let most = config.max_tranches_per_bar.unwrap_or(u32::MAX);
        let (tranches, tranche_cap) = if too_soon {
            (0, Cap::Spacing)
        } else if 0 < spacing {
            (1, if most == 1 { Cap::Tranches } else { Cap::Spacing })
        } else {
            (most, Cap::Tranches)
        };
        let share = config.max_fraction_per_bar.and_then(Fraction::from_share).unwrap_or(Fraction::ONE);
        let by_volume = self.trade.volume_cap(volume);
        let fraction_cap = if by_volume < share { Cap::Volume } else { Cap::BarFraction };
        Capacity { fraction: share.min(by_volume), tranches, grid: self.trade.grid, fraction_cap, tranche_cap }
    }

    /// The position was held while price × side went from `worst` to `best`.
    fn see(&mut self, best: f64, worst: f64) {
        let entry = self.trade.entry;
        self.best_r = self.best_r.max(entry.r_at(self.trade.sign * best));
        self.worst_r = self.worst_r.min(entry.r_at(self.trade.sign * worst));
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
            mfe_r: self.best_r,
            mae_r: self.worst_r,
            bars_held: self.held.len() as u32,
            legs: self.legs,
            held: self.held,
            bar_net_r: self.bar_net_r,
        }
    }
}

/// The orders that work now, when `decided` has just been sent: at first, with latency, the entry's own stop.
fn arrived(decided: ExitOrders, trade: &Prepared<'_>, waiting: &mut VecDeque<ExitOrders>) -> ExitOrders {
    let latency = trade.config.latency_bars as usize;
    if latency == 0 {
        return decided;
    }
    waiting.push_back(decided);
    if waiting.len() <= latency {
        return ExitOrders { stop: trade.entry.stop, ..ExitOrders::default() };
    }
    waiting.pop_front().expect("Invariant: more orders wait than the latency is long")
}

fn size_of(order: usize, resting: &[Resting]) -> Fraction {
    resting.iter().find(|limit| limit.order == order).map_or(Fraction::ZERO, |limit| limit.size)
}

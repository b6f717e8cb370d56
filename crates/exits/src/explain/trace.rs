use scaleout_market::Bar;

use super::{
    AddRecord, BarRecord, FillRecord, HeldBackBy, HeldBackRecord, InputRecord, LimitRecord, Met, OrdersRecord,
    PartStopRecord, TouchRecord,
};
use crate::{
    AddFill, Alternative, Decision, EntryBarRule, ExitPolicy, ExitReason, Fraction, Leg, LimitFill,
    adds::PlacedAdd,
    capacity::Cap,
    costs::Sale,
    last_stop::LastStop,
    observer::{AtWork, Observer},
    prepared::PreparedReplay,
    walk::{OrderPlace, Touch},
};

/// Writes down what a replay does.
pub(super) struct Trace<'a> {
    trade: &'a PreparedReplay<'a>,
    policy: &'a dyn ExitPolicy,
    names: Vec<String>,
    bars: Vec<BarRecord>,
    inputs: Vec<InputRecord>,
    weighed: Vec<Alternative>,
    because: Option<String>,
    orders: Option<OrdersRecord>,
    /// The orders' own places of the limits in `orders`, and of the stops for parts.
    places: [Vec<usize>; 2],
    /// What came of the orders met so far in this bar.
    met: Vec<(OrderPlace, Met)>,
    /// Where a stop that moved inside the bar filled.
    trailed_to: Option<f64>,
    held_before: Fraction,
    left: Fraction,
    adds: Vec<AddRecord>,
    fills: Vec<FillRecord>,
    held_back: Vec<HeldBackRecord>,
}

impl<'a> Trace<'a> {
    pub(super) fn new(trade: &'a PreparedReplay<'a>, policy: &'a dyn ExitPolicy) -> Self {
        let whole = Fraction::ONE;
        Self {
            trade,
            policy,
            names: policy.inputs().iter().map(ToString::to_string).collect(),
            bars: Vec::new(),
            inputs: Vec::new(),
            weighed: Vec::new(),
            because: None,
            orders: None,
            places: [Vec::new(), Vec::new()],
            met: Vec::new(),
            trailed_to: None,
            held_before: whole,
            left: whole,
            adds: Vec::new(),
            fills: Vec::new(),
            held_back: Vec::new(),
        }
    }

    pub(super) fn into_bars(self) -> Vec<BarRecord> {
        self.bars
    }

    /// The orders that the price of `seen` came to, and what came of each.
    fn touched(&mut self, orders: &OrdersRecord, seen: &Bar, remaining: Fraction) -> Vec<TouchRecord> {
        let sign = self.trade.sign;
        let (best, worst) = ((sign * seen.high).max(sign * seen.low), (sign * seen.high).min(sign * seen.low));
        let fate = |order: OrderPlace| self.met.iter().find(|(met, _)| *met == order).map(|(_, how)| *how);
        let mut touched = Vec::new();
        for (stop, &place) in orders.stops.iter().zip(&self.places[1]) {
            let how = fate(OrderPlace::PartStop(place));
            if worst <= sign * stop.price || how.is_some() {
                touched.push(TouchRecord { is_stop: true, price: stop.price, how: how.unwrap_or(Met::NothingLeft) });
            }
        }
        let how = fate(OrderPlace::Stop);
        let at = self.trailed_to.take().or(orders.stop);
        if let Some(price) = at.filter(|stop| worst <= sign * stop || how.is_some()) {
            let became_limit = !remaining.is_zero() || fate(OrderPlace::TriggeredStop).is_some();
            let unfilled = if became_limit { Met::BecameLimit } else { Met::NothingLeft };
            touched.push(TouchRecord { is_stop: true, price, how: how.unwrap_or(unfilled) });
        }
        let is_late = self.trade.config.latency_ms > 0.0;
        for (limit, &place) in orders.limits.iter().zip(&self.places[0]) {
            let unfilled = || match self.trade.config.limit_fill {
                _ if remaining.is_zero() => Met::NothingLeft,
                LimitFill::TradeThrough if !is_late => Met::NotThrough,
                LimitFill::TradeThrough | LimitFill::Touch => Met::NotInTime,
            };
            if sign * limit.price <= best {
                let how = fate(OrderPlace::Limit(place)).unwrap_or_else(unfilled);
                touched.push(TouchRecord { is_stop: false, price: limit.price, how });
            }
        }
        touched
    }

    fn rule_name(&self, leg: &Leg) -> Option<String> {
        let assumed = leg.bar == self.trade.first_bar
            && self.trade.entered_inside()
            && self.trade.market.history.trades.is_empty();
        leg.decided_by_rule.then(|| {
            let entry_bar = match self.trade.config.entry_bar {
                EntryBarRule::Conservative => "entry-bar conservative",
                EntryBarRule::CloseOnly => "entry-bar close-only",
                EntryBarRule::WholeBar => "entry-bar whole-bar",
            };
            let intrabar = self.trade.config.intrabar.name();
            if assumed { format!("{entry_bar}, {intrabar}") } else { intrabar.to_owned() }
        })
    }
}

impl Observer for Trace<'_> {
    const ASKS_ALWAYS: bool = true;

    fn decided(&mut self, decision: Option<&Decision<'_>>, at_work: &AtWork<'_>) {
        let AtWork { held, orders, market, working } = *at_work;
        let sign = self.trade.sign;
        let price = |level: f64| sign * level + 0.0;
        let limits = working.limits.iter();
        let limits = limits.map(|limit| LimitRecord { price: price(limit.level), fraction: limit.size.as_f64() });
        let stops = working.stops.iter();
        let stops = stops.map(|stop| PartStopRecord { price: price(stop.level), fraction: stop.size.as_f64() });
        self.held_before = held;
        self.left = held;
        if let Some(decision) = decision {
            let read = self.names.iter().zip(decision.inputs);
            self.inputs = read.map(|(name, &value)| InputRecord { name: name.clone(), value }).collect();
            self.weighed = self.policy.weighed(decision);
            self.because = self.policy.because(decision);
        }
        self.places = [&working.limits, &working.stops].map(|resting| resting.iter().map(|one| one.order).collect());
        self.orders = Some(OrdersRecord {
            stop: orders.stop.map(|stop| price(self.trade.ticks.stop(sign * stop))),
            stop_limit: LastStop::of(orders, sign, self.trade.ticks).limit_level(self.trade.ticks).map(price),
            trail: orders.trail.map(|trail| trail.by),
            trail_from: orders.trail.and_then(|trail| trail.from),
            stops: stops.collect(),
            limits: limits.collect(),
            market: market.as_f64(),
        });
    }

    fn held_back(&mut self, touch: &Touch, asked: Fraction) {
        if touch.order != OrderPlace::Market && touch.size.is_zero() {
            self.met.push((touch.order, Met::HeldBack));
        }
        let price = self.trade.sign * touch.level + 0.0;
        let by = touch.cap.map(|cap| match cap {
            Cap::BarFraction => HeldBackBy::MaxFractionPerBar,
            Cap::Volume => HeldBackBy::VolumeShare,
            Cap::Tranches => HeldBackBy::MaxTranchesPerBar,
            Cap::Spacing => HeldBackBy::MinBarsBetweenSales,
            Cap::Lots => HeldBackBy::Lots,
        });
        self.held_back.push(HeldBackRecord { price, asked: asked.as_f64(), filled: touch.size.as_f64(), by });
    }

    fn sold(&mut self, how: &Touch, leg: &Leg, sale: &Sale) {
        if matches!(leg.reason, ExitReason::Limit | ExitReason::Stop) {
            self.met.push((how.order, if how.gap { Met::OpenedBeyond } else { Met::Filled }));
            self.trailed_to = how.trailed.then_some(leg.reference).or(self.trailed_to);
        }
        if matches!(leg.reason, ExitReason::Horizon | ExitReason::SessionEnd) {
            self.inputs.clear();
            self.weighed.clear();
            self.because = None;
            self.held_before = leg.fraction;
            self.left = leg.fraction;
        }
        self.left = self.left.saturating_sub(leg.fraction);
        self.fills.push(FillRecord {
            ts: leg.ts.to_string(),
            cause: leg.cause,
            decided_by: self.rule_name(leg),
            fraction: leg.fraction.as_f64(),
            qty: leg.qty,
            reference: leg.reference,
            slippage: sale.slip,
            impact: sale.impact,
            price: leg.price,
            fee: leg.exit_fee.as_f64(),
            entry_fee: leg.entry_fee.as_f64(),
            gross: leg.gross.as_f64(),
            net: leg.net().as_f64(),
            left: self.left.as_f64(),
        });
    }

    fn added(&mut self, add: &AddFill, held: Fraction) {
        self.left = held;
        self.adds.push(AddRecord {
            ts: add.ts.to_string(),
            price: add.price,
            qty: Some(add.qty),
            fraction: add.fraction.as_f64(),
            fee: add.fee.as_f64(),
            held: held.as_f64(),
        });
    }

    fn missed(&mut self, add: &PlacedAdd) {
        let (ts, fraction, held) = (add.ts.to_string(), add.fraction.as_f64(), self.left.as_f64());
        self.adds.push(AddRecord { ts, price: add.price, qty: None, fraction, fee: 0.0, held });
    }

    fn ended(&mut self, step: usize, seen: &Bar, remaining: Fraction, stop: Option<f64>) {
        let orders = self.orders.take().unwrap_or_default();
        let touched = self.touched(&orders, seen, remaining);
        self.met.clear();
        self.places.iter_mut().for_each(Vec::clear);
        self.bars.push(BarRecord {
            bar: self.trade.bar_of(step),
            ts: seen.ts.to_string(),
            ohlc: [seen.open, seen.high, seen.low, seen.close],
            held_before: self.held_before.as_f64(),
            inputs: std::mem::take(&mut self.inputs),
            weighed: std::mem::take(&mut self.weighed),
            because: self.because.take(),
            orders,
            touched,
            adds: std::mem::take(&mut self.adds),
            fills: std::mem::take(&mut self.fills),
            held_back: std::mem::take(&mut self.held_back),
            left: remaining.as_f64(),
            stop_after: stop.filter(|_| !remaining.is_zero()),
        });
    }
}

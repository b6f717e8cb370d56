use scaleout_market::Bar;

use super::{
    BarRecord, FillCause, FillRecord, HeldBackBy, HeldBackRecord, InputRecord, LimitRecord, Met, OrdersRecord,
    TouchRecord,
};
use crate::{
    Alternative, Decision, EntryBarRule, ExitOrders, ExitPolicy, ExitReason, Fraction, Leg, LimitFill,
    costs::Sale,
    observer::Observer,
    prepared::{End, Prepared},
    sizing::{Resting, TickGrid},
    walk::{Cap, Touch},
};

/// Writes down what a replay does.
pub(super) struct Trace<'a> {
    trade: &'a Prepared<'a>,
    policy: &'a dyn ExitPolicy,
    names: Vec<String>,
    bars: Vec<BarRecord>,
    inputs: Vec<InputRecord>,
    weighed: Vec<Alternative>,
    orders: Option<OrdersRecord>,
    /// The orders' own places of the limits in `orders`.
    places: Vec<usize>,
    /// What came of the orders met so far in this bar: the limit's place, or `None` for the stop.
    met: Vec<(Option<usize>, Met)>,
    /// Where a stop that moved inside the bar filled.
    trailed_to: Option<f64>,
    held_before: Fraction,
    left: Fraction,
    fills: Vec<FillRecord>,
    held_back: Vec<HeldBackRecord>,
}

impl<'a> Trace<'a> {
    pub(super) fn new(trade: &'a Prepared<'a>, policy: &'a dyn ExitPolicy) -> Self {
        let whole = Fraction::ONE;
        Self {
            trade,
            policy,
            names: policy.inputs().iter().map(ToString::to_string).collect(),
            bars: Vec::new(),
            inputs: Vec::new(),
            weighed: Vec::new(),
            orders: None,
            places: Vec::new(),
            met: Vec::new(),
            trailed_to: None,
            held_before: whole,
            left: whole,
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
        let fate = |order: Option<usize>| self.met.iter().find(|(met, _)| *met == order).map(|(_, how)| *how);
        let mut touched = Vec::new();
        if let Some(price) = orders.stop.filter(|stop| worst <= sign * stop || fate(None).is_some()) {
            let price = self.trailed_to.take().unwrap_or(price);
            touched.push(TouchRecord { is_stop: true, price, how: fate(None).unwrap_or(Met::NothingLeft) });
        }
        let is_late = self.trade.config.latency_ms > 0.0;
        for (limit, &place) in orders.limits.iter().zip(&self.places) {
            let unfilled = || match self.trade.config.limit_fill {
                _ if remaining.is_zero() => Met::NothingLeft,
                LimitFill::TradeThrough if !is_late => Met::NotThrough,
                LimitFill::TradeThrough | LimitFill::Touch => Met::NotInTime,
            };
            if sign * limit.price <= best {
                let how = fate(Some(place)).unwrap_or_else(unfilled);
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
    fn decided(&mut self, decision: &Decision<'_>, orders: &ExitOrders, market: Fraction, working: &[Resting]) {
        let sign = self.trade.sign;
        let ticks = TickGrid(self.trade.market.instrument.tick_size);
        let limits = working
            .iter()
            .map(|limit| LimitRecord { price: sign * limit.level, fraction: limit.size.as_f64() })
            .collect();
        self.held_before = decision.remaining;
        self.left = decision.remaining;
        let read = self.names.iter().zip(decision.inputs);
        self.inputs = read.map(|(name, &value)| InputRecord { name: name.clone(), value }).collect();
        self.weighed = self.policy.weighed(decision);
        self.places = working.iter().map(|limit| limit.order).collect();
        self.orders = Some(OrdersRecord {
            stop: orders.stop.map(|stop| sign * ticks.stop(sign * stop)),
            trail: orders.trail,
            limits,
            market: market.as_f64(),
        });
    }

    fn held_back(&mut self, touch: &Touch, asked: Fraction) {
        if touch.order.is_some() && touch.size.is_zero() {
            self.met.push((touch.order, Met::HeldBack));
        }
        let price = self.trade.sign * touch.level;
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
        let cause = match leg.reason {
            ExitReason::Market => FillCause::MarketAtOpen,
            ExitReason::Horizon => FillCause::Horizon,
            ExitReason::SessionEnd if self.trade.end() == End::FlatAtClose => FillCause::SessionClose,
            ExitReason::SessionEnd => FillCause::SessionEnd,
            ExitReason::Limit if how.gap => FillCause::GapOverLimit,
            ExitReason::Limit => FillCause::LimitReached,
            ExitReason::Stop if how.gap => FillCause::GapThroughStop,
            ExitReason::Stop if how.trailed => FillCause::TrailReached,
            ExitReason::Stop => FillCause::StopReached,
        };
        if matches!(leg.reason, ExitReason::Limit | ExitReason::Stop) {
            self.met.push((how.order, if how.gap { Met::OpenedBeyond } else { Met::Filled }));
            self.trailed_to = how.trailed.then_some(leg.reference).or(self.trailed_to);
        }
        if matches!(leg.reason, ExitReason::Horizon | ExitReason::SessionEnd) {
            self.inputs.clear();
            self.weighed.clear();
            self.held_before = leg.fraction;
            self.left = leg.fraction;
        }
        self.left = self.left.saturating_sub(leg.fraction);
        self.fills.push(FillRecord {
            ts: leg.ts.to_string(),
            cause,
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

    fn ended(&mut self, step: usize, seen: &Bar, remaining: Fraction, stop: Option<f64>) {
        let nothing = OrdersRecord { stop: None, trail: None, limits: Vec::new(), market: 0.0 };
        let orders = self.orders.take().unwrap_or(nothing);
        let touched = self.touched(&orders, seen, remaining);
        self.met.clear();
        self.places.clear();
        self.bars.push(BarRecord {
            bar: self.trade.bar_of(step),
            ts: seen.ts.to_string(),
            ohlc: [seen.open, seen.high, seen.low, seen.close],
            held_before: self.held_before.as_f64(),
            inputs: std::mem::take(&mut self.inputs),
            weighed: std::mem::take(&mut self.weighed),
            orders,
            touched,
            fills: std::mem::take(&mut self.fills),
            held_back: std::mem::take(&mut self.held_back),
            left: remaining.as_f64(),
            stop_after: stop.filter(|_| !remaining.is_zero()),
        });
    }
}

use scaleout_market::Bar;

use super::{BarRecord, FillCause, FillRecord, HeldBackBy, HeldBackRecord, LimitRecord, OrdersRecord};
use crate::{
    Decision, EntryBarRule, ExitOrders, ExitReason, Fraction, Leg,
    costs::Sale,
    observer::Observer,
    prepared::Prepared,
    sizing::{Resting, TickGrid},
    walk::{Cap, Touch},
};

/// Writes down what a replay does.
pub(super) struct Trace<'a> {
    trade: &'a Prepared<'a>,
    bars: Vec<BarRecord>,
    orders: Option<OrdersRecord>,
    held_before: Fraction,
    left: Fraction,
    fills: Vec<FillRecord>,
    held_back: Vec<HeldBackRecord>,
}

impl<'a> Trace<'a> {
    pub(super) fn new(trade: &'a Prepared<'a>) -> Self {
        let whole = Fraction::ONE;
        Self {
            trade,
            bars: Vec::new(),
            orders: None,
            held_before: whole,
            left: whole,
            fills: Vec::new(),
            held_back: Vec::new(),
        }
    }

    pub(super) fn into_bars(self) -> Vec<BarRecord> {
        self.bars
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
        self.orders = Some(OrdersRecord {
            stop: orders.stop.map(|stop| sign * ticks.stop(sign * stop)),
            trail: orders.trail,
            limits,
            market: market.as_f64(),
        });
    }

    fn held_back(&mut self, touch: &Touch, asked: Fraction) {
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
            ExitReason::Limit if how.gap => FillCause::GapOverLimit,
            ExitReason::Limit => FillCause::LimitReached,
            ExitReason::Stop if how.gap => FillCause::GapThroughStop,
            ExitReason::Stop if how.trailed => FillCause::TrailReached,
            ExitReason::Stop => FillCause::StopReached,
        };
        if leg.reason == ExitReason::Horizon {
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

    fn ended(&mut self, seen: &Bar, remaining: Fraction, stop: Option<f64>) {
        let nothing = OrdersRecord { stop: None, trail: None, limits: Vec::new(), market: 0.0 };
        let orders = self.orders.take().unwrap_or(nothing);
        let inside = |price: f64| seen.low <= price && price <= seen.high;
        let mut touched: Vec<String> =
            orders.stop.filter(|stop| inside(*stop)).map(|stop| format!("stop {stop}")).into_iter().collect();
        touched.extend(
            orders.limits.iter().filter(|limit| inside(limit.price)).map(|limit| format!("limit {}", limit.price)),
        );
        self.bars.push(BarRecord {
            bar: self.trade.first_bar + self.bars.len(),
            ts: seen.ts.to_string(),
            ohlc: [seen.open, seen.high, seen.low, seen.close],
            held_before: self.held_before.as_f64(),
            orders,
            touched,
            fills: std::mem::take(&mut self.fills),
            held_back: std::mem::take(&mut self.held_back),
            left: remaining.as_f64(),
            stop_after: stop.filter(|_| !remaining.is_zero()),
        });
    }
}

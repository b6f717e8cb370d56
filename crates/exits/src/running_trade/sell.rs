//! Sales: what leaves the position, at which price, and why.

use scaleout_market::Timestamp;

use super::{RunningTrade, price_of};
use crate::{
    FillCause, Fraction, Leg,
    capacity::Capacity,
    costs::FillKind,
    observer::Observer,
    prepared::End,
    walk::{OrderPlace, Touch},
};

impl RunningTrade<'_> {
    /// Sells the market part at the open; returns the gain since the last valuation, in R.
    pub(super) fn sell_at_open<O: Observer>(
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
    pub(super) fn open_ts(&self, step: usize) -> Timestamp {
        if step == 0 { self.trade.entry.ts } else { self.trade.market.bars()[self.trade.first_bar + step].open_ts }
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
        observer.ended(step, &bar, Fraction::ZERO, self.stop_price());
    }

    /// Takes what `touch` says off the position and books it; returns the gain since the last valuation, in R.
    pub(super) fn sell<O: Observer>(
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
            OrderPlace::Limit(_) | OrderPlace::TriggeredStop => FillKind::Limit,
            OrderPlace::Takeover => FillKind::Takeover,
            OrderPlace::Stop | OrderPlace::PartStop(_) => FillKind::Stop,
            OrderPlace::Market if cause == FillCause::AsTraded => FillKind::Made,
            OrderPlace::Market => FillKind::Market,
        };
        self.sold.push((touch.order, touch.size));
        self.in_flight.sold(touch.order, touch.size);
        let reference = price_of(trade.sign, touch.level);
        let before = self.position.shares_left();
        let (fraction, qty) = self.position.reduce(touch.size);
        let shares = before - self.position.shares_left();
        let share = shares as f64 / self.position.shares() as f64;
        let slip = trade.costs.slip(execution, reference, trade.market.bars(), bar);
        let sale = trade.costs.sale_within(execution, reference, slip, share, touch.level - touch.floor);
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
}

pub(super) fn cause_of(touch: &Touch) -> FillCause {
    match touch.order {
        OrderPlace::Market => FillCause::MarketAtOpen,
        OrderPlace::Limit(_) | OrderPlace::TriggeredStop if touch.gap => FillCause::GapOverLimit,
        OrderPlace::Limit(_) | OrderPlace::TriggeredStop => FillCause::LimitReached,
        OrderPlace::Takeover => FillCause::Liquidation,
        OrderPlace::Stop | OrderPlace::PartStop(_) if touch.gap => FillCause::GapThroughStop,
        OrderPlace::Stop | OrderPlace::PartStop(_) if touch.trailed => FillCause::TrailReached,
        OrderPlace::Stop | OrderPlace::PartStop(_) => FillCause::StopReached,
    }
}

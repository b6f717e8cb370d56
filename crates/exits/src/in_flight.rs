//! Orders that were sent and have not arrived.

use std::collections::VecDeque;

use crate::{ExitOrders, Fraction, sizing::Sizing, walk::OrderPlace};

/// What a decision asked for, on its way to the market.
#[derive(Debug, Clone)]
struct Sent {
    orders: ExitOrders,
    /// The bar in which it works, counted as a step of the trade.
    arrives: usize,
    /// Sold since it was sent by limits that have no stop of their own.
    limits_sold: Fraction,
    /// Sold since it was sent by stops of parts that have no limit of their own.
    stops_sold: Fraction,
    /// Whether its stop was meant to be looser than the one that the decision saw.
    loosens: bool,
}

/// The orders on their way, the next to arrive first; none without latency.
#[derive(Debug, Default)]
pub(crate) struct InFlight {
    sent: VecDeque<Sent>,
    latency: usize,
}

impl InFlight {
    /// Nothing on its way; orders take `latency` bars.
    pub(crate) fn new(latency: u32) -> Self {
        Self { sent: VecDeque::new(), latency: latency as usize }
    }

    /// Whether orders arrive at once.
    pub(crate) const fn is_instant(&self) -> bool {
        self.latency == 0
    }

    /// Parts that market orders on their way will sell.
    pub(crate) fn market(&self) -> Fraction {
        self.sent.iter().map(|sent| sent.orders.market.saturating_sub(sent.limits_sold)).sum()
    }

    /// How many market orders are on their way.
    pub(crate) fn sales(&self) -> u32 {
        self.sent.iter().filter(|sent| sent.limits_sold < sent.orders.market).count() as u32
    }

    /// The step at which the last market order on its way arrives.
    pub(crate) fn last_sale(&self) -> Option<usize> {
        self.sent.iter().rev().find(|sent| sent.limits_sold < sent.orders.market).map(|sent| sent.arrives)
    }

    /// The step at which what is sent for step `step` arrives.
    pub(crate) const fn arrival(&self, step: usize) -> usize {
        step + self.latency
    }

    /// The tightest of `working`, the stop at the market, and those on their way.
    pub(crate) fn stop(&self, working: Option<f64>, sign: f64) -> Option<f64> {
        self.sent
            .iter()
            .filter_map(|sent| sent.orders.stop)
            .fold(working, |tightest, stop| tighter(sign, tightest, stop))
    }

    /// The limit of the stop that was sent last; `None` if nothing is on its way.
    pub(crate) fn stop_limit(&self) -> Option<Option<f64>> {
        self.sent.back().map(|sent| sent.orders.stop_limit)
    }

    /// Sends `orders`, decided for step `step` when the stop that was `seen` was the tightest sent or at work; the market
    /// part in whole lots, as `sizing` makes it.
    pub(crate) fn send(&mut self, mut orders: ExitOrders, step: usize, seen: Option<f64>, sizing: &Sizing) {
        orders.market = sizing.market(&orders);
        let loosens = match (orders.stop, seen) {
            (Some(sent), Some(seen)) => sizing.sign * sent < sizing.sign * seen,
            (None, Some(_)) => true,
            (Some(_) | None, None) => false,
        };
        let arrives = self.arrival(step);
        let nothing = Fraction::ZERO;
        self.sent.push_back(Sent { orders, arrives, limits_sold: nothing, stops_sold: nothing, loosens });
    }

    /// The orders that arrive for step `step`, less what was sold since they were sent, with a stop that does not loosen
    /// `working`; `None` before the first.
    pub(crate) fn arrive(&mut self, step: usize, working: Option<f64>, sign: f64) -> Option<ExitOrders> {
        self.sent.front().filter(|sent| sent.arrives <= step)?;
        let sent = self.sent.pop_front()?;
        let Sent { mut orders, limits_sold, stops_sold, loosens, .. } = sent;
        let over = limits_sold.saturating_sub(orders.market);
        orders.market = orders.market.saturating_sub(limits_sold);
        let mut limits: Vec<(f64, &mut Fraction)> =
            orders.limits.iter_mut().map(|limit| (sign * limit.price, &mut limit.fraction)).collect();
        take_nearest(&mut limits, over);
        let mut stops: Vec<(f64, &mut Fraction)> =
            orders.stops.iter_mut().map(|stop| (-sign * stop.price, &mut stop.fraction)).collect();
        take_nearest(&mut stops, stops_sold);
        if !loosens && let Some(stop) = working {
            orders.stop = tighter(sign, orders.stop, stop);
        }
        Some(orders)
    }

    /// The order at `place` sold `part`, which no decision on its way knew of.
    pub(crate) fn sold(&mut self, place: OrderPlace, part: Fraction) {
        self.sent.iter_mut().for_each(|sent| sent.less(place, part));
    }
}

impl Sent {
    /// Takes `part`, which the order at `place` sold, off what was asked for: off both orders of a part with a limit and a
    /// stop (OCO), else off the orders of its kind when they arrive.
    fn less(&mut self, place: OrderPlace, part: Fraction) {
        let stops = &mut self.orders.stops;
        let (limit, stop) = match place {
            OrderPlace::Limit(limit) => (Some(limit), stops.iter().position(|stop| stop.limit == Some(limit))),
            OrderPlace::PartStop(stop) => (stops.get(stop).and_then(|stop| stop.limit), Some(stop)),
            OrderPlace::Stop | OrderPlace::TriggeredStop | OrderPlace::Takeover | OrderPlace::Market => return,
        };
        if let (Some(limit), Some(stop)) = (limit, stop)
            && let Some(limit) = self.orders.limits.get_mut(limit)
        {
            limit.fraction = limit.fraction.saturating_sub(part);
            stops[stop].fraction = stops[stop].fraction.saturating_sub(part);
            return;
        }
        match place {
            OrderPlace::Limit(_) => self.limits_sold = [self.limits_sold, part].into_iter().sum(),
            OrderPlace::PartStop(_) => self.stops_sold = [self.stops_sold, part].into_iter().sum(),
            OrderPlace::Stop | OrderPlace::TriggeredStop | OrderPlace::Takeover | OrderPlace::Market => {}
        }
    }
}

/// Takes `part` off the sizes, the nearest price first.
fn take_nearest(sizes: &mut [(f64, &mut Fraction)], mut part: Fraction) {
    sizes.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    for (_, size) in sizes {
        let taken = (**size).min(part);
        **size = size.saturating_sub(taken);
        part = part.saturating_sub(taken);
    }
}

fn tighter(sign: f64, one: Option<f64>, other: f64) -> Option<f64> {
    Some(one.map_or(other, |one| if sign * one < sign * other { other } else { one }))
}

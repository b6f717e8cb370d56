use scaleout_market::Bar;

use crate::{
    AddFill, Decision, ExitOrders, Fraction, Leg,
    adds::PlacedAdd,
    costs::Sale,
    sizing::{Resting, Working},
    walk::Touch,
};

/// The orders of one bar.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AtWork<'a> {
    /// Part of the initial size held before it.
    pub held: Fraction,
    /// The orders as they were asked for.
    pub orders: &'a ExitOrders,
    /// The market part in whole lots.
    pub market: Fraction,
    /// The orders that rest.
    pub working: &'a Working,
}

/// What a replay reports while it runs. An explanation observes this code path; there is no second simulator.
pub(crate) trait Observer {
    /// Whether the rule is asked at every close, even where its orders stand.
    const ASKS_ALWAYS: bool;
    /// A decision was due, or none where all was sold by orders on their way; the next bar works with `orders`.
    fn decided(&mut self, decision: Option<&Decision<'_>>, orders: &AtWork<'_>);
    /// Part of an order was met but could not fill.
    fn held_back(&mut self, touch: &Touch, asked: Fraction);
    /// A sale was booked.
    fn sold(&mut self, how: &Touch, leg: &Leg, sale: &Sale);
    /// An add filled, and `held` is held then.
    fn added(&mut self, add: &AddFill, held: Fraction);
    /// An add did not fill.
    fn missed(&mut self, add: &PlacedAdd);
    /// Step `step` ended with `remaining` held and the stop at `stop`.
    fn ended(&mut self, step: usize, seen: &Bar, remaining: Fraction, stop: Option<f64>);
}

/// Ignores everything.
#[derive(Debug)]
pub(crate) struct Unobserved;

impl Observer for Unobserved {
    const ASKS_ALWAYS: bool = false;

    fn decided(&mut self, _: Option<&Decision<'_>>, _: &AtWork<'_>) {}
    fn held_back(&mut self, _: &Touch, _: Fraction) {}
    fn sold(&mut self, _: &Touch, _: &Leg, _: &Sale) {}
    fn added(&mut self, _: &AddFill, _: Fraction) {}
    fn missed(&mut self, _: &PlacedAdd) {}
    fn ended(&mut self, _: usize, _: &Bar, _: Fraction, _: Option<f64>) {}
}

/// The part that the resting limit at place `order` asked for.
pub(crate) fn asked_of(order: usize, limits: &[Resting]) -> Fraction {
    limits.iter().find(|limit| limit.order == order).map_or(Fraction::ZERO, |limit| limit.size)
}

use scaleout_market::Bar;

use crate::{Decision, ExitOrders, Fraction, Leg, costs::Sale, sizing::Resting, walk::Touch};

/// What a replay tells while it runs; explaining a trade is watching this one code path, not a second simulator.
pub(crate) trait Observer {
    /// The policy answered `decision` with `orders`; from then on it works with `working` and `market`.
    fn decided(&mut self, decision: &Decision<'_>, orders: &ExitOrders, market: Fraction, working: &[Resting]);
    /// Part of an order was met but could not fill.
    fn held_back(&mut self, touch: &Touch, asked: Fraction);
    /// A sale was booked.
    fn sold(&mut self, how: &Touch, leg: &Leg, sale: &Sale);
    /// Step `step` ended with `remaining` held and the stop at `stop`.
    fn ended(&mut self, step: usize, seen: &Bar, remaining: Fraction, stop: Option<f64>);
}

/// Watches nothing.
#[derive(Debug)]
pub(crate) struct Unobserved;

impl Observer for Unobserved {
    fn decided(&mut self, _: &Decision<'_>, _: &ExitOrders, _: Fraction, _: &[Resting]) {}
    fn held_back(&mut self, _: &Touch, _: Fraction) {}
    fn sold(&mut self, _: &Touch, _: &Leg, _: &Sale) {}
    fn ended(&mut self, _: usize, _: &Bar, _: Fraction, _: Option<f64>) {}
}

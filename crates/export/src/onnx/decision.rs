//! The decision as operators: the same f32 operations in the same order as `scaleout_model::target_fraction`.
//!
//! Everything here is an IEEE operation that rounds once, or a sum of which at most two parts are not 0, so every runtime
//! gives the same bits for the same hold values.

use scaleout_model::{ImpactPower, LEAST_SALE, Model, TIE_R};

use super::graph::{Graph, Keeps, Value};

/// Below every worth that is possible.
const NEVER: f32 = -3.0e38;

/// Hold values (N, K) where nothing is sold now and where a part has just been sold, what is left (N, 1), and what differs
/// from trade to trade (N, C).
pub struct DecisionInputs<'a> {
    /// Where nothing is sold now.
    pub kept: &'a Value,
    /// Where a part has just been sold.
    pub sold: &'a Value,
    /// Part of the initial size that is left.
    pub remaining: &'a Value,
    /// See `TradeInput`.
    pub trade: &'a Value,
}

/// The part of the initial size to hold through the next bar, (N, 1).
pub fn target_fraction(graph: &mut Graph, model: &Model, inputs: &DecisionInputs<'_>) -> Value {
    let tranches = model.tranches as usize;
    let trade = |graph: &mut Graph, column: usize| graph.slice(inputs.trade, 1, column, column + 1);
    let [proportional, per_order, impact, lots, min_lots] = [0, 1, 2, 3, 4].map(|column| trade(graph, column));
    let [zero, one, half] = [0.0, 1.0, 0.5].map(|number| graph.number(number));

    // The fractions below, the largest first, in whole lots where there are lots.
    let places: Vec<f32> = (0..tranches).rev().map(|k| k as f32).collect();
    let count = graph.number(tranches as f32);
    let places = graph.floats(&places, &[1, tranches]);
    let whole = graph.mul(&places, &lots);
    let whole = graph.div(&whole, &count);
    let whole = graph.add(&whole, &half);
    let whole = graph.of("Floor", &whole);
    let at_least_one = graph.node("Max", &[&lots, &one], Vec::new());
    let in_lots = graph.div(&whole, &at_least_one);
    let on_grid = graph.div(&places, &count);
    let has_lots = graph.less(&zero, &lots);
    let fractions = graph.choose(&has_lots, &in_lots, &on_grid);

    // Which of them may be sold down to.
    let sold = graph.sub(inputs.remaining, &fractions);
    let least_sale = graph.number(LEAST_SALE);
    let is_sale = graph.less(&least_sale, &sold);
    let most = graph.number(model.limits.most_sold());
    let is_within_cap = graph.at_most(&sold, &most);
    let held_lots = graph.mul(inputs.remaining, &lots);
    let held_lots = graph.add(&held_lots, &half);
    let held_lots = graph.of("Floor", &held_lots);
    let sold_lots = graph.sub(&held_lots, &whole);
    let sells_enough = graph.at_most(&min_lots, &sold_lots);
    let keeps_enough = graph.at_most(&min_lots, &whole);
    let keeps_nothing = graph.at_most(&whole, &zero);
    let keeps_enough = graph.node("Or", &[&keeps_enough, &keeps_nothing], Vec::new());
    let lots_allow = graph.both(&sells_enough, &keeps_enough);
    let is_free = graph.of("Not", &has_lots);
    let lots_allow = graph.node("Or", &[&is_free, &lots_allow], Vec::new());
    let mut feasible = graph.both(&is_sale, &is_within_cap);
    feasible = graph.both(&feasible, &lots_allow);
    let spacing = model.limits.min_bars_between_sales;
    if 1 < spacing {
        // A missing number of bars, before the first sale, is not less than the spacing.
        let since_sale = trade(graph, 5);
        let spacing = graph.number(spacing as f32);
        let is_barred = graph.less(&since_sale, &spacing);
        let may_sell = graph.of("Not", &is_barred);
        feasible = graph.both(&feasible, &may_sell);
    }

    // Proportional cost, impact, fee per order, added in this order.
    let part = graph.node("Max", &[&sold, &zero], Vec::new());
    let cost = graph.mul(&proportional, &part);
    let power = raised(graph, &part, ImpactPower::new(model.impact_power));
    let power = graph.mul(&impact, &power);
    let cost = graph.add(&cost, &power);
    let cost = graph.add(&cost, &per_order);

    let when_sold = interpolated(graph, inputs.sold, &fractions, tranches);
    let when_sold = graph.sub(&when_sold, &cost);
    let never = graph.number(NEVER);
    let when_sold = graph.choose(&feasible, &when_sold, &never);
    let when_kept = interpolated(graph, inputs.kept, inputs.remaining, tranches);
    let worth = graph.concat(&[&when_kept, &when_sold], 1);
    let fractions = graph.concat(&[inputs.remaining, &fractions], 1);

    // The largest fraction of those that tie with the best.
    let best = graph.largest(&worth, 1, Keeps::Axis);
    let size = graph.of("Abs", &best);
    let size = graph.node("Max", &[&size, &one], Vec::new());
    let tie = graph.number(TIE_R as f32);
    let tie = graph.mul(&tie, &size);
    let least = graph.sub(&best, &tie);
    let ties = graph.at_most(&least, &worth);
    let below_all = graph.number(-1.0);
    let candidates = graph.choose(&ties, &fractions, &below_all);
    graph.largest(&candidates, 1, Keeps::Axis)
}

/// H (N, K) at fractions (N, M), linear between the grid's: Σ max(0, 1 − |K f − j|) · H_j over j = 1 … K.
fn interpolated(graph: &mut Graph, hold: &Value, fractions: &Value, tranches: usize) -> Value {
    let [count, one, zero] = [tranches as f32, 1.0, 0.0].map(|number| graph.number(number));
    let place = graph.mul(fractions, &count);
    let place = graph.reshape(&place, &[0, -1, 1]);
    let grid: Vec<f32> = (1..=tranches).map(|j| j as f32).collect();
    let grid = graph.floats(&grid, &[1, 1, tranches]);
    let distance = graph.sub(&place, &grid);
    let distance = graph.of("Abs", &distance);
    let weight = graph.sub(&one, &distance);
    let weight = graph.node("Max", &[&weight, &zero], Vec::new());
    let hold = graph.reshape(hold, &[0, 1, tranches as i64]);
    let parts = graph.mul(&weight, &hold);
    graph.sum(&parts, 2)
}

/// `part` to `power`, as [`ImpactPower`] defines it: products of square roots.
fn raised(graph: &mut Graph, part: &Value, power: ImpactPower) -> Value {
    if power.is_square() {
        return graph.mul(part, part);
    }
    let (mut product, mut root) = (part.clone(), part.clone());
    for is_factor in power.roots() {
        root = graph.of("Sqrt", &root);
        if is_factor {
            product = graph.mul(&product, &root);
        }
    }
    product
}

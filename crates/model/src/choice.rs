//! The one decision: the fraction that is worth most after the cost of getting there.
//!
//! It is defined in f32 and one order of operations, [`DECISION_STEPS`], so that exported models decide the same: every
//! step is an IEEE operation that rounds once, or a sum of which at most two parts are not 0.

use scaleout_exits::{Alternative, TradeTerms};

use crate::constraints::SaleConstraints;

/// Worths that lie within this of the best, times the larger of 1 and its size, are a tie; the largest fraction is kept.
pub const TIE_R: f64 = 1e-6;

/// Selling no more than this share of the initial size is no sale.
pub const LEAST_SALE: f32 = 1e-6;

/// The order of operations of the decision, all in f32; hold values, costs and lots are rounded to f32 first.
pub const DECISION_STEPS: &[&str] = &[
    "r = remaining; K = number of fractions; L = lots; for k = K-1 ... 0:",
    "whole_k = floor(k * L / K + 0.5); q_k = whole_k / max(L, 1) where L > 0, else k / K",
    "sold_k = r - q_k; held = floor(r * L + 0.5); sold_lots_k = held - whole_k",
    "q_k is feasible if 1e-6 < sold_k, sold_k <= max_fraction_per_bar + 1e-6, no bars_since_sale is below \
     min_bars_between_sales, and where L > 0: min_lots <= sold_lots_k and (whole_k = 0 or min_lots <= whole_k)",
    "cost_k = (proportional_r * sold_k + impact_r * sold_k ^ impact_power) + per_order_r",
    "x ^ p for p = 1 + 0.b1 b2 b3 ... (binary, 24 digits): x times x^(1/2) if b1, times x^(1/4) if b2, ..., each root the \
     square root of the one before; x * x for p = 2",
    "H(f) = sum over j = 1 ... K of max(0, 1 - |f * K - j|) * hold_value_j",
    "worth of r = H(r); worth of q_k = H(q_k) - cost_k, where sales must be spaced with the hold values after a sale",
    "best = the greatest worth; target = the largest fraction whose worth is at least best - 1e-6 * max(1, |best|)",
];

/// The hold values of one decision, H at 1/K … 1 in R; H(0) = 0 is left out.
#[derive(Debug, Clone, Copy)]
pub struct HoldValues<'a> {
    /// Where nothing is sold now.
    pub kept: &'a [f64],
    /// Where a part has just been sold; differs from `kept` only if sales must be spaced.
    pub sold: &'a [f64],
}

/// The fraction to hold through the next bar: the argmax over feasible q' ≤ `remaining` of H(q') − cost.
///
/// Feasible are `remaining` itself and the K grid fractions below it, rounded to whole lots, that the cap per
/// bar, the spacing between sales and the least order allow. Ties within 1e-6 R keep the larger fraction. The answer is
/// an f32, worked out by [`DECISION_STEPS`].
///
/// ```
/// use scaleout_exits::TradeTerms;
/// use scaleout_model::{HoldValues, SaleConstraints, target_fraction};
/// let terms = TradeTerms {
///     proportional_r: 0.1, per_order_r: 0.0, impact_r: 0.0, impact_power: 1.0, lots: None, min_lots: 0,
/// };
/// let hold = [0.10, 0.05, -0.10, -0.30];
/// let values = HoldValues { kept: &hold, sold: &hold };
/// // Holding ¼ is worth .10 − .075, ½ .05 − .05, all of it −.30.
/// assert_eq!(target_fraction(values, 1.0, true, &terms, &SaleConstraints::default()), 0.25);
/// ```
pub fn target_fraction(
    values: HoldValues<'_>,
    remaining: f64,
    may_sell: bool,
    terms: &TradeTerms,
    limits: &SaleConstraints,
) -> f64 {
    let mut best = f32::NEG_INFINITY;
    let weighing = Weighing::new(values, remaining, terms, limits);
    weighing.each(may_sell, |weighed| best = best.max(weighed.worth()));
    let least = least_of_ties(best);
    let mut target = None;
    weighing.each(may_sell, |weighed| {
        if target.is_none() && least <= weighed.worth() {
            target = Some(weighed.fraction);
        }
    });
    // Where no number says what is best (a value beyond f32), nothing is sold.
    f64::from(target.unwrap_or(weighing.remaining))
}

/// What [`target_fraction`] weighs: the feasible fractions, the largest first, the chosen one marked.
pub fn alternatives(
    values: HoldValues<'_>,
    remaining: f64,
    may_sell: bool,
    terms: &TradeTerms,
    limits: &SaleConstraints,
) -> Vec<Alternative> {
    let mut weighed = Vec::with_capacity(values.kept.len() + 1);
    Weighing::new(values, remaining, terms, limits).each(may_sell, |one| weighed.push(one));
    let least = least_of_ties(weighed.iter().map(Weighed::worth).fold(f32::NEG_INFINITY, f32::max));
    let chosen = weighed.iter().position(|one| least <= one.worth());
    let alternative = |(place, one): (usize, &Weighed)| Alternative {
        fraction: f64::from(one.fraction),
        hold_value_r: f64::from(one.hold_value_r),
        cost_r: f64::from(one.cost_r),
        is_chosen: chosen == Some(place),
    };
    weighed.iter().enumerate().map(alternative).collect()
}

/// The least worth that ties with the best.
fn least_of_ties(best: f32) -> f32 {
    best - TIE_R as f32 * best.abs().max(1.0)
}

/// One fraction that is weighed.
#[derive(Debug, Clone, Copy)]
struct Weighed {
    fraction: f32,
    hold_value_r: f32,
    cost_r: f32,
}

impl Weighed {
    fn worth(&self) -> f32 {
        self.hold_value_r - self.cost_r
    }
}

/// A decision in f32.
struct Weighing<'a> {
    values: HoldValues<'a>,
    remaining: f32,
    proportional_r: f32,
    per_order_r: f32,
    impact_r: f32,
    power: ImpactPower,
    /// 0 where any part can be sold.
    lots: f32,
    min_lots: f32,
    most_sold: f32,
}

impl<'a> Weighing<'a> {
    fn new(values: HoldValues<'a>, remaining: f64, terms: &TradeTerms, limits: &SaleConstraints) -> Self {
        Self {
            values,
            remaining: remaining as f32,
            proportional_r: terms.proportional_r as f32,
            per_order_r: terms.per_order_r as f32,
            impact_r: terms.impact_r as f32,
            power: ImpactPower::new(terms.impact_power),
            lots: terms.lots.unwrap_or(0) as f32,
            min_lots: terms.min_lots as f32,
            most_sold: limits.most_sold(),
        }
    }

    /// What is left, then the feasible fractions below it, the largest first.
    fn each(&self, may_sell: bool, mut weigh: impl FnMut(Weighed)) {
        let Self { remaining, lots, min_lots, .. } = *self;
        weigh(Weighed { fraction: remaining, hold_value_r: interpolated(self.values.kept, remaining), cost_r: 0.0 });
        if !may_sell {
            return;
        }
        let count = self.values.kept.len() as f32;
        let held = (remaining * lots + 0.5).floor();
        for k in (0..self.values.kept.len()).rev() {
            let k = k as f32;
            let whole = (k * lots / count + 0.5).floor();
            let fraction = if 0.0 < lots { whole / lots } else { k / count };
            let sold = remaining - fraction;
            let lots_allow = lots <= 0.0 || (min_lots <= held - whole && (whole <= 0.0 || min_lots <= whole));
            if LEAST_SALE < sold && sold <= self.most_sold && lots_allow {
                let hold_value_r = interpolated(self.values.sold, fraction);
                weigh(Weighed { fraction, hold_value_r, cost_r: self.cost_r(sold) });
            }
        }
    }

    fn cost_r(&self, sold: f32) -> f32 {
        (self.proportional_r * sold + self.impact_r * self.power.of(sold)) + self.per_order_r
    }
}

/// H at any fraction, linear between the grid's: of the sum at most two parts are not 0.
fn interpolated(hold: &[f64], fraction: f32) -> f32 {
    let place = fraction * hold.len() as f32;
    let part = |(j, &hold): (usize, &f64)| (1.0 - (place - (j + 1) as f32).abs()).max(0.0) * hold as f32;
    hold.iter().enumerate().map(part).fold(0.0, |sum, part| sum + part)
}

/// The power 1 to 2 of the impact, as products of square roots: these round alike everywhere, a library's power does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImpactPower {
    /// Binary digits of the power after the 1, the first the highest of [`ImpactPower::DIGITS`]; that of a power of 2 lies
    /// above them.
    digits: u32,
}

impl ImpactPower {
    /// Binary digits after the point that count.
    pub const DIGITS: u32 = 24;

    /// The power nearest to `power`, held between 1 and 2.
    pub fn new(power: f64) -> Self {
        Self { digits: ((power - 1.0).clamp(0.0, 1.0) * f64::from(1_u32 << Self::DIGITS)).round() as u32 }
    }

    /// Whether it is 2: then the answer is a square and there are no roots.
    pub fn is_square(self) -> bool {
        self.digits == 1 << Self::DIGITS
    }

    /// For each root in turn, x^(1/2), x^(1/4) …, whether it is a factor; no further than the last that is.
    pub fn roots(self) -> impl Iterator<Item = bool> {
        let digits = if self.is_square() { 0 } else { self.digits };
        (0..Self::DIGITS - digits.trailing_zeros().min(Self::DIGITS))
            .map(move |place| digits >> (Self::DIGITS - 1 - place) & 1 == 1)
    }

    /// `part` to this power.
    fn of(self, part: f32) -> f32 {
        if self.is_square() {
            return part * part;
        }
        let (mut product, mut root) = (part, part);
        for is_factor in self.roots() {
            root = root.sqrt();
            if is_factor {
                product *= root;
            }
        }
        product
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(proportional_r: f64, per_order_r: f64, impact_r: f64) -> TradeTerms {
        TradeTerms { proportional_r, per_order_r, impact_r, impact_power: 2.0, lots: None, min_lots: 0 }
    }

    #[test]
    fn all_that_is_feasible_is_weighed_and_the_best_chosen() {
        let hold = [0.10, 0.05, -0.10, -0.30];
        let values = HoldValues { kept: &hold, sold: &hold };
        let weighed = alternatives(values, 1.0, true, &terms(0.1, 0.0, 0.0), &SaleConstraints::default());
        let fractions: Vec<f64> = weighed.iter().map(|weighed| weighed.fraction).collect();
        assert_eq!(fractions, [1.0, 0.75, 0.5, 0.25, 0.0]);
        let chosen: Vec<&Alternative> = weighed.iter().filter(|weighed| weighed.is_chosen).collect();
        assert!(matches!(chosen[..], [one] if one.fraction == 0.25 && (one.worth_r() - 0.025).abs() < 1e-7));
        let barred = alternatives(values, 1.0, false, &terms(0.1, 0.0, 0.0), &SaleConstraints::default());
        assert!(matches!(barred[..], [one] if one.fraction == 1.0 && one.is_chosen));
    }

    #[test]
    fn a_tie_keeps_the_larger_fraction() {
        let hold = [1e-7, 0.0, -1e-7, -2e-7];
        let values = HoldValues { kept: &hold, sold: &hold };
        assert_eq!(target_fraction(values, 1.0, true, &terms(0.0, 0.0, 0.0), &SaleConstraints::default()), 1.0);
    }

    #[test]
    fn lots_and_the_least_order_bound_the_choice() {
        let three = TradeTerms { lots: Some(3), ..terms(0.0, 0.0, 0.0) };
        let hold = [0.2, 0.3, 0.1, 0.0];
        let values = HoldValues { kept: &hold, sold: &hold };
        let limits = SaleConstraints::default();
        assert_eq!(
            target_fraction(values, 1.0, true, &three, &limits),
            f64::from(1.0 / 3.0_f32),
            "½ rounds to 2 of 3 lots"
        );
        let two_at_least = TradeTerms { min_lots: 2, ..three };
        assert_eq!(target_fraction(values, 1.0, true, &two_at_least, &limits), 1.0, "1 of 3 or 2 of 3 leaves 1");
        assert_eq!(target_fraction(values, 1.0, false, &three, &limits), 1.0, "a bar without a sale");
    }

    #[test]
    fn a_fee_for_each_order_moves_the_choice() {
        let hold = [0.05, 0.06, 0.05, 0.0];
        let values = HoldValues { kept: &hold, sold: &hold };
        let limits = SaleConstraints::default();
        assert_eq!(target_fraction(values, 1.0, true, &terms(0.0, 0.0, 0.0), &limits), 0.5);
        assert_eq!(target_fraction(values, 1.0, true, &terms(0.0, 0.1, 0.0), &limits), 1.0);
    }

    #[test]
    fn the_power_of_the_impact_is_that_of_a_library() {
        for power in [1.0, 1.5, 1.6, 1.25, 1.999, 2.0] {
            for part in [0.0, 1e-4, 0.1, 1.0 / 3.0, 0.5, 1.0_f32] {
                let expected = f64::from(part).powf(power);
                let found = f64::from(ImpactPower::new(power).of(part));
                assert!((found - expected).abs() <= 2e-6 * expected, "{part}^{power}: {found} {expected}");
            }
        }
        assert_eq!(ImpactPower::new(1.0).roots().count(), 0);
        assert_eq!(ImpactPower::new(1.5).roots().collect::<Vec<_>>(), [true]);
        assert_eq!(ImpactPower::new(1.25).roots().collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn edges_of_lots_and_caps_are_where_they_are_said_to_be() {
        let hold = [0.5, 0.2, -0.2, -1.0];
        let values = HoldValues { kept: &hold, sold: &hold };
        let fractions = |remaining: f64, lots: u64, min_lots: u64, cap: Option<f64>| -> Vec<f64> {
            let terms = TradeTerms { lots: Some(lots), min_lots, ..terms(0.0, 0.0, 0.0) };
            let limits = SaleConstraints { max_fraction_per_bar: cap, ..SaleConstraints::default() };
            let weighed = alternatives(values, remaining, true, &terms, &limits);
            weighed.iter().map(|one| (one.fraction * lots as f64).round()).collect()
        };
        assert_eq!(fractions(1.0, 2, 0, None), [2.0, 1.0, 1.0, 0.0], "¼ of 2 lots is half a lot, rounded up");
        assert_eq!(fractions(1.0, 6, 2, None), [6.0, 3.0, 2.0, 0.0], "5 of 6 would sell one lot");
        assert_eq!(fractions(1.0, 4, 1, Some(0.25)), [4.0, 3.0], "a cap of a quarter allows a quarter");
        assert_eq!(fractions(1.0 / 3.0, 3, 0, None), [1.0, 0.0]);
    }
}

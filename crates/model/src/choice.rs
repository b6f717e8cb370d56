//! The one decision: the fraction that is worth most after the cost of getting there.

use scaleout_exits::{Alternative, TradeTerms};

use crate::constraints::SaleConstraints;

/// Hold values that differ by less than this are a tie, and then the larger fraction is kept.
pub const TIE_R: f64 = 1e-6;

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
/// bar, the spacing between sales and the least order allow. Ties within 1e-6 R keep the larger fraction.
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
    if !may_sell {
        return remaining;
    }
    let weighed = alternatives(values, remaining, may_sell, terms, limits);
    let chosen = weighed.iter().find(|alternative| alternative.is_chosen);
    chosen.expect("Invariant: the best alternative ties with itself").fraction
}

/// What [`target_fraction`] weighs: the feasible fractions, the largest first, the chosen one marked.
pub fn alternatives(
    values: HoldValues<'_>,
    remaining: f64,
    may_sell: bool,
    terms: &TradeTerms,
    limits: &SaleConstraints,
) -> Vec<Alternative> {
    let tranches = values.kept.len();
    let alternative = |fraction, hold_value_r, cost_r| Alternative { fraction, hold_value_r, cost_r, is_chosen: false };
    let mut weighed = Vec::with_capacity(tranches + 1);
    weighed.push(alternative(remaining, interpolated(values.kept, remaining), 0.0));
    for k in (0..tranches).rev().filter(|_| may_sell) {
        let fraction = whole_lots(k as f64 / tranches as f64, terms.lots);
        if fraction < remaining - 1e-9 && is_feasible(fraction, remaining, terms, limits) {
            let cost_r = terms.cost_r(remaining - fraction);
            weighed.push(alternative(fraction, interpolated(values.sold, fraction), cost_r));
        }
    }
    let best = weighed.iter().map(Alternative::worth_r).fold(f64::NEG_INFINITY, f64::max);
    if let Some(chosen) = weighed.iter_mut().find(|alternative| best - TIE_R <= alternative.worth_r()) {
        chosen.is_chosen = true;
    }
    weighed
}

fn whole_lots(fraction: f64, lots: Option<u32>) -> f64 {
    lots.map_or(fraction, |lots| (fraction * f64::from(lots)).round() / f64::from(lots))
}

fn is_feasible(fraction: f64, remaining: f64, terms: &TradeTerms, limits: &SaleConstraints) -> bool {
    let sold = remaining - fraction;
    let most = limits.max_fraction_per_bar.unwrap_or(1.0);
    let lots_allow = terms.lots.is_none_or(|lots| {
        let least = f64::from(terms.min_lots) / f64::from(lots) - 1e-9;
        least <= sold && (fraction == 0.0 || least <= fraction)
    });
    sold <= most + 1e-9 && lots_allow
}

/// H at any fraction, linear between the grid's.
fn interpolated(hold: &[f64], fraction: f64) -> f64 {
    let tranches = hold.len();
    let place = fraction * tranches as f64;
    let below = (place.floor() as usize).min(tranches - 1);
    let at = |k: usize| if k == 0 { 0.0 } else { hold[k - 1] };
    let share = place - below as f64;
    at(below) * (1.0 - share) + at(below + 1) * share
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
        assert!(matches!(chosen[..], [one] if one.fraction == 0.25 && (one.worth_r() - 0.025).abs() < 1e-12));
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
        assert_eq!(target_fraction(values, 1.0, true, &three, &limits), 1.0 / 3.0, "½ rounds to 2 of 3 lots");
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
}

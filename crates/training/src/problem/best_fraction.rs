//! The decision on the grid of fractions, for training rows.

use scaleout_model::TIE_R;

use crate::rows::sample::TradeRows;

/// The index 0..=K of the grid fraction to hold from state `held`: what [`target_fraction`] gives
/// on the grid, for training rows. `kept` and `sold` are rows of hold values; `trade` brings the costs of sales.
pub(crate) fn target_index(kept: &[f64], sold: &[f64], held: usize, most_sold: usize, trade: &TradeRows) -> usize {
    let cost = &trade.shown_cost;
    let least = held.saturating_sub(most_sold);
    let is_feasible = |k: usize| k == held || trade.lots.as_ref().is_none_or(|lots| lots.allow(held, k));
    let worth = |k: usize| match k {
        k if k == held => kept[k - 1],
        0 => -cost[held],
        k => sold[k - 1] - cost[held - k],
    };
    let mut best = worth(held);
    for k in (least..held).filter(|&k| is_feasible(k)) {
        best = best.max(worth(k));
    }
    let mut target = held;
    while !is_feasible(target) || worth(target) < best - TIE_R {
        target -= 1;
    }
    target
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use scaleout_exits::TradeTerms;
    use scaleout_market::Timestamp;
    use scaleout_model::{FractionGrid, HoldValues, SaleConstraints, target_fraction};
    use scaleout_validation::Span;

    use super::*;
    use crate::rows::lot_states::LotStates;

    fn terms(proportional_r: f64, per_order_r: f64, impact_r: f64) -> TradeTerms {
        TradeTerms { proportional_r, per_order_r, impact_r, impact_power: 2.0, lots: None, min_lots: 0 }
    }

    #[test]
    fn the_index_and_the_fraction_agree_on_the_grid() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..2_000 {
            let hold: Vec<f64> = (0..4).map(|_| rng.random_range(-0.3..0.3)).collect();
            let terms = terms(rng.random_range(0.0..0.2), rng.random_range(0.0..0.1), rng.random_range(0.0..0.5));
            let held = rng.random_range(1..=4_usize);
            let limits =
                SaleConstraints { max_fraction_per_bar: Some(rng.random_range(0.2..1.0)), ..Default::default() };
            let grid = FractionGrid::new(4, &limits);
            // With four lots all fractions are lots; with two only the half is, and no state in between is met.
            let lots = [None, Some(4), Some(2)][rng.random_range(0..3)];
            let held = if lots == Some(2) { held.next_multiple_of(2) } else { held };
            let terms = TradeTerms { lots, min_lots: lots.map_or(0, |_| rng.random_range(1..=2)), ..terms };
            let trade = TradeRows {
                span: Span::new(Timestamp::from_secs(0), Timestamp::from_secs(1)).unwrap(),
                first_row: 0,
                steps: 1,
                end_cost: vec![],
                shown_cost: (0..=4).map(|sold| terms.cost_r(sold as f64 / 4.0)).collect(),
                lots: LotStates::of(&terms, grid),
            };
            let index = target_index(&hold, &hold, held, grid.most_sold, &trade);
            let values = HoldValues { kept: &hold, sold: &hold };
            let fraction = target_fraction(values, held as f64 / 4.0, true, &terms, &limits);
            assert_eq!(fraction, index as f64 / 4.0, "held {held}, hold {hold:?}, {terms:?}, {limits:?}");
        }
    }
}

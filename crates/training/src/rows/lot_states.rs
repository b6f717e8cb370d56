//! Whole lots on the grid of fractions: what a small position can be, in training as in use.

use scaleout_exits::TradeTerms;
use scaleout_model::FractionGrid;

/// The states of the grid that stand for whole lots of one trade, and the sales between them that its least order allows.
///
/// A state stands for the lots it rounds to, and of several states that round to the same lots only the nearest does.
/// Where the lots do not lie on the grid (thirds on quarters) training takes the grid's fraction for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LotStates {
    /// Lots of each state 0..=K.
    lots: Vec<u64>,
    /// Whether the state stands for them.
    stands: Vec<bool>,
    min_lots: u64,
}

impl LotStates {
    /// `None` where lots keep nothing on the grid from being sold.
    pub(crate) fn of(terms: &TradeTerms, grid: FractionGrid) -> Option<Self> {
        let all = terms.lots?;
        let lots: Vec<u64> = (0..=grid.tranches).map(|k| (grid.share(k) * all as f64).round() as u64).collect();
        let distance = |k: usize| (grid.share(k) - lots[k] as f64 / all as f64).abs();
        let nearest = |k: usize| {
            let rivals = (0..=grid.tranches).filter(|&other| lots[other] == lots[k]);
            rivals.fold(k, |best, other| if distance(other) < distance(best) { other } else { best }) == k
        };
        let stands: Vec<bool> = (0..=grid.tranches).map(nearest).collect();
        let states = Self { lots, stands, min_lots: terms.min_lots };
        let pairs = (0..=grid.tranches).flat_map(|held| (0..held).map(move |target| (held, target)));
        pairs.into_iter().any(|(held, target)| !states.allow(held, target)).then_some(states)
    }

    /// Whether a sale may lead from `held` to the lower state `target`.
    pub(crate) fn allow(&self, held: usize, target: usize) -> bool {
        let (before, after) = (self.lots[held], self.lots[target]);
        self.stands[target]
            && after < before
            && self.min_lots <= before - after
            && (after == 0 || self.min_lots <= after)
    }
}

#[cfg(test)]
mod tests {
    use scaleout_model::SaleConstraints;

    use super::*;

    /// The states that a sale of a position of `lots` lots may lead to from the whole.
    fn from_the_whole(lots: u64, min_lots: u64) -> Option<Vec<usize>> {
        let terms = TradeTerms {
            proportional_r: 0.0,
            per_order_r: 0.0,
            impact_r: 0.0,
            impact_power: 1.0,
            lots: Some(lots),
            min_lots,
        };
        let states = LotStates::of(&terms, FractionGrid::new(4, &SaleConstraints::default()))?;
        Some((0..4).filter(|&target| states.allow(4, target)).collect())
    }

    #[test]
    fn a_position_of_few_lots_has_few_states() {
        assert_eq!(from_the_whole(1, 1), Some(vec![0]));
        assert_eq!(from_the_whole(2, 1), Some(vec![0, 2]));
        assert_eq!(from_the_whole(3, 1), Some(vec![0, 1, 3]), "thirds lie next to the outer quarters");
        assert_eq!(from_the_whole(4, 1), None, "quarters are lots");
        assert_eq!(from_the_whole(100, 1), None);
        assert_eq!(from_the_whole(4, 2), Some(vec![0, 2]), "one lot can be neither sold nor kept");
        assert_eq!(from_the_whole(2, 2), Some(vec![0]));
    }
}

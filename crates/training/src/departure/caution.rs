//! κ: by how many standard errors an advantage over the rule must lie above 0 before the model departs from it.

use crate::improve::comparison::mean_and_error;

/// What is tried; `None` is the rule itself.
pub(crate) const CAUTIONS: [Option<f64>; 7] = [Some(0.0), Some(0.5), Some(1.0), Some(1.5), Some(2.0), Some(3.0), None];

/// Place of κ = 1.5: what is taken unless another is shown to be better.
const USUAL: usize = 3;

/// Trades from which the best of κ ≥ 1 is taken without any proof: their number tells them apart.
const MANY_TRADES: usize = 500;

/// Trades from which any κ is taken without proof.
const PLENTY_OF_TRADES: usize = 2_000;

/// Standard errors by which another κ must be better than the usual one, in the order of [`CAUTIONS`].
const PROOF: [f64; CAUTIONS.len()] = [2.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0];

/// Place of κ = 1: less caution than this must have paid in both halves of the time.
const CAREFUL: usize = 2;

/// The place in [`CAUTIONS`] to take, by J of every trade under each, out of fold; trades in order of time.
///
/// Without proof it is κ = 1.5, with [`MANY_TRADES`] the best of 1 and more, with [`PLENTY_OF_TRADES`] the best of all. A
/// κ below 1 must moreover be no worse in either half of the time: a regime that ended is no reason to be bold.
pub(crate) fn choose(utilities: &[Vec<f64>]) -> usize {
    let trades = utilities[USUAL].len();
    let proved = |place: usize| {
        let gains = utilities[place].iter().zip(&utilities[USUAL]).map(|(other, usual)| other - usual);
        let gains: Vec<f64> = gains.collect();
        let (gain, error) = mean_and_error(&gains);
        let is_told_apart = PLENTY_OF_TRADES <= trades || (CAREFUL <= place && MANY_TRADES <= trades);
        let needed = if is_told_apart { 0.0 } else { PROOF[place] };
        let (early, late) = gains.split_at(trades / 2);
        let lasts = CAREFUL <= place || [early, late].iter().all(|half| 0.0 <= half.iter().sum::<f64>());
        (needed * error < gain && lasts).then_some(gain)
    };
    let others = (0..CAUTIONS.len()).filter(|&place| place != USUAL);
    let better = others.filter_map(|place| proved(place).map(|gain| (place, gain)));
    better.fold((USUAL, 0.0), |best, next| if best.1 < next.1 { next } else { best }).0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The choice for `trades` trades whose J is `levels` by caution, with noise of deviation 1 around the differences.
    fn chosen(levels: [f64; 7], trades: usize) -> Option<f64> {
        let noise = |place: usize, trade: usize| if (trade + place).is_multiple_of(2) { 1.0 } else { -1.0 };
        let of = |place: usize| (0..trades).map(|trade| levels[place] + noise(place, trade)).collect();
        let utilities: Vec<Vec<f64>> = (0..levels.len()).map(of).collect();
        CAUTIONS[choose(&utilities)]
    }

    #[test]
    fn the_usual_caution_is_left_only_with_reason() {
        // The noise of two neighbours is opposite, that of every second the same: a difference has a standard error of
        // 2 / √trades or 0.
        assert_eq!(chosen([0.0; 7], 400), Some(1.5));
        assert_eq!(chosen([0.0, 0.0, 0.09, 0.0, 0.0, 0.0, 0.0], 400), Some(1.5), "one standard error is .1 here");
        assert_eq!(chosen([0.0, 0.0, 0.11, 0.0, 0.0, 0.0, 0.0], 400), Some(1.0));
        assert_eq!(chosen([0.0, 0.0, 0.0, 0.0, 0.09, 0.0, 0.0], 400), Some(1.5));
        assert_eq!(chosen([0.0, 0.0, 0.0, 0.0, 0.01, 0.0, 0.0], 4_000), Some(2.0));
        assert_eq!(chosen([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.3], 400), None);
        assert_eq!(chosen([0.19, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 400), Some(1.5), "holding back needs two");
        assert_eq!(chosen([0.21, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], 400), Some(0.0));
    }

    #[test]
    fn less_caution_must_have_paid_in_both_halves_of_the_time() {
        let of = |early: f64, late: f64| {
            let mut utilities = vec![vec![0.0; 1_000]; 7];
            utilities[1][..500].fill(early);
            utilities[1][500..].fill(late);
            CAUTIONS[choose(&utilities)]
        };
        assert_eq!([of(1.0, 1.0), of(1.0, -0.1)], [Some(0.5), Some(1.5)]);
    }
}

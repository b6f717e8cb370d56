//! What the outcomes look like beyond their means: what an advice may have to say first.

use crate::{Contestant, TradeScores, stats::moments::mean};

/// What the advice must know beyond the conditions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Situation {
    /// Highest mean net R of all contestants that can be followed.
    pub best_net_r: f64,
    /// Share of the initial size that the candidate holds after two bars, over all trades.
    pub held_after_two_bars: f64,
    /// Fewest trades without which the paired gain is gone, where at most [`FEW`] are enough.
    pub hangs_on: Option<usize>,
    /// Whether candidate and rule have the same J in every trade.
    pub is_tie: bool,
}

/// So many trades are few to hang a result on.
const FEW: usize = 3;

/// With fewer trades than this, a result that depends on a few of them only means that there are too few trades.
const LEAST_TRADES: usize = 20;

impl Situation {
    pub fn new(followed: &[&TradeScores], candidate: &Contestant, paired: &[f64]) -> Self {
        let held = candidate.outcomes.iter().map(|outcome| outcome.held.get(2).map_or(0.0, |held| held.as_f64()));
        let net_r = followed.iter().filter_map(|scores| mean(&scores.net_r));
        Self {
            best_net_r: net_r.fold(f64::NEG_INFINITY, f64::max),
            held_after_two_bars: held.sum::<f64>() / candidate.outcomes.len() as f64,
            hangs_on: hangs_on(paired),
            is_tie: paired.iter().all(|&difference| difference == 0.0),
        }
    }
}

/// Fewest of the largest gains without which their sum is no longer above 0.
fn hangs_on(paired: &[f64]) -> Option<usize> {
    let mut sum: f64 = paired.iter().sum();
    if sum <= 0.0 || paired.len() < LEAST_TRADES {
        return None;
    }
    let mut gains = paired.to_vec();
    gains.sort_unstable_by(|a, b| b.total_cmp(a));
    gains
        .iter()
        .take(FEW)
        .position(|gain| {
            sum -= gain;
            sum <= 0.0
        })
        .map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::hangs_on;

    #[test]
    fn a_sum_hangs_on_the_trades_that_turn_its_sign() {
        let with = |large: &[f64]| [vec![-0.1; 30], large.to_vec()].concat();
        assert_eq!(hangs_on(&with(&[4.0])), Some(1));
        assert_eq!(hangs_on(&with(&[2.0, 2.0])), Some(1));
        assert_eq!(hangs_on(&with(&[1.6, 1.6, 1.6])), Some(2), "1.8 in all, .2 without the first, below 0 without two");
        assert_eq!(hangs_on(&with(&[1.0; 30])), None, "many trades carry it");
        assert_eq!(hangs_on(&with(&[1.0])), None, "there is no gain");
        assert_eq!(hangs_on(&[1.0, -0.5]), None, "two trades are too few for anything");
    }
}

//! What choosing the best of many rules does where there is nothing to find (B10 d).

use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use crate::problem::{PathPurpose, path_rng};

/// Bars after which a trade is closed.
const BARS: usize = 60;
/// Widths of the trailing stops and levels of the targets: 1 to this many deviations of a bar.
const LEVELS: usize = 8;
/// Trades in one experiment.
const TRADES: usize = 500;
/// One-sided 5 % point of the normal law.
const NAIVE_CRITICAL_T: f64 = 1.644_853_626_951_472_7;

/// How often the best of 64 rules looks good on random walks, and what it should have to reach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SelectionBias {
    /// Share of experiments in which the best rule passes a one-sided 5 % test made for a single rule.
    pub naive_share: f64,
    /// The t that the best rule exceeds in 5 % of the experiments.
    pub critical_t: f64,
}

/// Trades 500 random walks by each of 64 rules (trailing stop 1 to 8, target 1 to 8, 60 bars), looks at the best
/// rule's t-statistic, and does so `experiments` times.
///
/// A test that treats the best of 64 rules as the only one tried claims an edge in a third of all cases.
pub fn best_of_64_rules_on_random_walks(experiments: usize, seed: u64) -> SelectionBias {
    let mut best: Vec<f64> = (0..experiments).into_par_iter().map(|experiment| best_t(seed, experiment)).collect();
    best.sort_by(f64::total_cmp);
    let passed = best.iter().filter(|t| **t > NAIVE_CRITICAL_T).count();
    let place = (0.95 * experiments as f64) as usize;
    SelectionBias {
        naive_share: passed as f64 / experiments.max(1) as f64,
        critical_t: best.get(place).copied().unwrap_or(f64::NAN),
    }
}

fn best_t(seed: u64, experiment: usize) -> f64 {
    let mut rng = path_rng(seed, PathPurpose::Solving, experiment);
    let mut sums = [[0.0; LEVELS]; LEVELS];
    let mut squares = [[0.0; LEVELS]; LEVELS];
    let mut path = [0.0; BARS + 1];
    for _ in 0..TRADES {
        for bar in 1..=BARS {
            let step: f64 = rng.sample(StandardNormal);
            path[bar] = path[bar - 1] + step;
        }
        let (stopped, reached) = exits(&path);
        for (width, stop) in stopped.iter().enumerate() {
            for (level, target) in reached.iter().enumerate() {
                let gain = path[*stop.min(target)];
                sums[width][level] += gain;
                squares[width][level] += gain * gain;
            }
        }
    }
    let count = TRADES as f64;
    let t = |(sum, square): (&f64, &f64)| {
        let mean = sum / count;
        mean / ((square / count - mean * mean) / (count - 1.0)).sqrt()
    };
    sums.iter().flatten().zip(squares.iter().flatten()).map(t).fold(f64::NEG_INFINITY, f64::max)
}

/// The bar in which each trailing stop and each target takes a trade off, or the last.
fn exits(path: &[f64; BARS + 1]) -> ([usize; LEVELS], [usize; LEVELS]) {
    let (mut stopped, mut reached) = ([BARS; LEVELS], [BARS; LEVELS]);
    let (mut widths, mut levels) = (0, 0);
    let mut highest = 0.0_f64;
    for (bar, &price) in path.iter().enumerate().skip(1) {
        highest = highest.max(price);
        // Each stop and each target is passed after the narrower ones.
        while widths < LEVELS && highest - price >= (widths + 1) as f64 {
            stopped[widths] = bar;
            widths += 1;
        }
        while levels < LEVELS && price >= (levels + 1) as f64 {
            reached[levels] = bar;
            levels += 1;
        }
    }
    (stopped, reached)
}

#[cfg(test)]
mod tests {
    use super::best_of_64_rules_on_random_walks;

    #[test]
    fn the_best_of_many_rules_looks_good_by_chance() {
        let bias = best_of_64_rules_on_random_walks(600, 1);
        // The table has .32 and 2.57; 600 experiments know them to .02 and .08.
        assert!((bias.naive_share - 0.32).abs() < 0.06, "{bias:?}");
        assert!((bias.critical_t - 2.57).abs() < 0.25, "{bias:?}");
    }
}

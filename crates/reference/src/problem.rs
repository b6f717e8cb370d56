//! What every reference problem answers: its exact optimum, its trades, the score of any rule.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use crate::{ExactRung, ReferenceData, ReferenceError, Rule, Score, Settings};

/// The exact answer to a problem, in its tabled unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Value of the best rule there is.
    pub optimum: f64,
    /// Value of the best rule that ignores the features.
    pub base: f64,
    /// Which rule that is.
    pub base_rule: String,
}

impl Solution {
    /// The part of the way from the base to the optimum that `score` goes; `None` where there is nothing to gain: where
    /// that way is shorter than the rounding of the solution or than the standard error of the score.
    pub fn skill(&self, score: Score) -> Option<f64> {
        let span = self.optimum - self.base;
        let rounding = 1e-9_f64.max(1e-6 * self.optimum.abs().max(self.base.abs()));
        (rounding.max(score.standard_error) < span.abs()).then(|| (score.value - self.base) / span)
    }
}

/// A market whose best exit rule is known.
pub trait Problem: Send + Sync {
    /// Name in the table of known answers.
    fn id(&self) -> &'static str;

    /// What it is, in a line.
    fn title(&self) -> &'static str;

    /// Every parameter with its value.
    fn settings(&self) -> &Settings;

    /// The exact optimum and the best rule that ignores the features.
    fn solve(&self) -> Solution;

    /// Further exact figures by name.
    fn details(&self) -> Vec<(String, f64)>;

    /// Where `rule` sells the first, second, … tranche; nothing where the problem tells no ladder or the rule reads more
    /// than the state.
    fn ladder_of(&self, _rule: &dyn Rule) -> Option<Vec<ExactRung>> {
        None
    }

    /// The same of the exact optimum.
    fn exact_ladder(&self) -> Option<Vec<ExactRung>> {
        None
    }

    /// `paths` trades drawn with `seed`: the same for any number of threads, the first ones the same for any number
    /// of paths.
    fn simulate(&self, paths: usize, seed: u64) -> ReferenceData;

    /// The value of any rule: exact where the rule reads only what makes the state and the state has at most two
    /// dimensions, else on fresh paths, measured against the exact optimum on the same paths where there is one.
    ///
    /// # Errors
    /// When the rule reads a feature that the problem does not give.
    fn score(&self, rule: &dyn Rule) -> Result<Score, ReferenceError>;

    /// An upper bound on the value of every rule, on paths of its own: the dual bound by the values of `rule` where it
    /// reads the state alone, else by those of the optimum. `None` where the problem has no bound.
    fn dual_bound(&self, _rule: &dyn Rule) -> Option<Score> {
        None
    }

    /// The exact optimum as a rule, where it is a function of the problem's columns.
    fn optimal_rule(&self) -> Option<Box<dyn Rule + '_>>;
}

/// What random numbers are for: each purpose has its own streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathPurpose {
    Training = 0,
    Scoring = 1,
    Solving = 2,
    Bound = 3,
}

/// Seed of the fresh paths that score rules: the same for all rules, so that their scores share their noise.
pub(crate) const SCORING_SEED: u64 = 0x5ca1_e007;

/// The generator of one path.
pub(crate) fn path_rng(seed: u64, purpose: PathPurpose, path: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(((purpose as u64) << 48) | path as u64);
    rng
}

//! What every trial on the same rows begins from, made once.

use scaleout_model::VarianceReduction;

use crate::{
    LearnerConfig, LinearConfig, TrainingError,
    data::Sample,
    pricing::Pricing,
    rounds::{Given, Problem, Start},
    search::Trial,
};

/// Rows to learn from, with what does not depend on the settings that are tried on them.
pub(crate) struct Ground {
    pub train: Sample,
    /// The pricing of the spread of results, under exponential utility.
    pub pricing: Option<Pricing>,
    /// Where rounds of a trial begin, by what its start takes out of the targets; none where it starts alone.
    starts: Vec<(VarianceReduction, Start)>,
}

impl Ground {
    /// The ground for trials of `learner` with any of `reductions`, up to `rounds` rounds each.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn new(
        train: Sample,
        problem: &Problem,
        learner: &LearnerConfig,
        reductions: &[VarianceReduction],
        rounds: usize,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        let has_control = reductions.iter().any(|reduction| *reduction != VarianceReduction::None);
        let is_exponential = problem.is_exponential();
        let pricing =
            if is_exponential { Some(Pricing::new(&train, problem.grid.tranches, has_control, seed)?) } else { None };
        let mut ground = Self { train, pricing, starts: Vec::new() };
        if learner.starts_alone() {
            return Ok(ground);
        }
        for reduction in reductions.iter().map(|&reduction| of_start(reduction)) {
            if ground.start(reduction).is_none() {
                let start = ground.quick_start(problem, reduction, rounds, seed)?;
                ground.starts.push((reduction, start));
            }
        }
        Ok(ground)
    }

    /// Where a trial with this reduction begins.
    pub(crate) fn start(&self, reduction: VarianceReduction) -> Option<&Start> {
        self.starts.iter().find(|(made_for, _)| *made_for == of_start(reduction)).map(|(_, start)| start)
    }

    /// A quick linear fit, because from holding everything each round only moves the decision of a few bars.
    fn quick_start(
        &self,
        problem: &Problem,
        variance_reduction: VarianceReduction,
        rounds: usize,
        seed: u64,
    ) -> Result<Start, TrainingError> {
        let learner = LearnerConfig::Linear(LinearConfig { l1_ratio: 0.0, ..LinearConfig::default() });
        let quick = Trial { learner, variance_reduction };
        let train = &*self.train.present();
        let given = Given { train, pricing: self.pricing.as_ref(), start: None, choosing: None };
        Ok(quick.improve(problem, given, rounds, seed)?.start)
    }
}

/// The start never leans on its own earlier fits, whatever the learner does.
fn of_start(reduction: VarianceReduction) -> VarianceReduction {
    match reduction {
        VarianceReduction::None => VarianceReduction::None,
        VarianceReduction::Predictable | VarianceReduction::Bootstrapped => VarianceReduction::Predictable,
    }
}

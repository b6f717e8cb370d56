//! What every trial on the same rows begins from, made once.

use scaleout_model::VarianceReduction;

use crate::{
    error::TrainingError,
    improve::{
        certainty_pricing::Pricing,
        rounds::{Given, Start},
        trial::Trial,
    },
    learners::{learner::Learner, linear::config::LinearConfig, registry::LearnerConfig},
    problem::task::LearningTask,
    rows::sample::RowSample,
};

/// Rows to learn from, with what does not depend on the settings that are tried on them.
pub(crate) struct TrialRows {
    pub train: RowSample,
    /// The pricing of the spread of results, under exponential utility.
    pub pricing: Option<Pricing>,
    /// Where rounds of a trial begin, by what its start takes out of the targets; none where it starts alone.
    starts: Vec<(VarianceReduction, Start)>,
}

impl TrialRows {
    /// The rows for trials of `learner` with any of `reductions`, up to `rounds` rounds each.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn new(
        train: RowSample,
        task: &LearningTask,
        learner: &dyn Learner,
        reductions: &[VarianceReduction],
        rounds: usize,
        seed: u64,
    ) -> Result<Self, TrainingError> {
        let has_control = reductions.iter().any(|reduction| *reduction != VarianceReduction::None);
        let is_exponential = task.is_exponential();
        let pricing =
            if is_exponential { Some(Pricing::new(&train, task.grid.tranches, has_control, seed)?) } else { None };
        learner.share(&train);
        let mut rows = Self { train, pricing, starts: Vec::new() };
        if learner.starts_alone() {
            return Ok(rows);
        }
        for reduction in reductions.iter().map(|&reduction| of_start(reduction)) {
            if rows.start(reduction).is_none() {
                let start = rows.quick_start(task, reduction, rounds, seed)?;
                rows.starts.push((reduction, start));
            }
        }
        Ok(rows)
    }

    /// Where a trial with this reduction begins.
    fn start(&self, reduction: VarianceReduction) -> Option<&Start> {
        self.starts.iter().find(|(made_for, _)| *made_for == of_start(reduction)).map(|(_, start)| start)
    }

    /// What the rounds of a trial with this reduction go by; `choosing` are other trades on which the best is chosen.
    pub(crate) fn given<'a>(&'a self, reduction: VarianceReduction, choosing: Option<&'a RowSample>) -> Given<'a> {
        Given { train: &self.train, pricing: self.pricing.as_ref(), start: self.start(reduction), choosing }
    }

    /// A quick linear fit, because from holding everything each round only moves the decision of a few bars.
    fn quick_start(
        &self,
        task: &LearningTask,
        variance_reduction: VarianceReduction,
        rounds: usize,
        seed: u64,
    ) -> Result<Start, TrainingError> {
        let quick = quick_trial(variance_reduction);
        let train = &*self.train.present();
        let given = Given { train, pricing: self.pricing.as_ref(), start: None, choosing: None };
        Ok(quick.improve(task, given, rounds, seed)?.start)
    }
}

/// What dear learners begin with, whatever `reduction` they use themselves: each round of theirs is dear.
pub(crate) fn quick_trial(reduction: VarianceReduction) -> Trial {
    let learner = LearnerConfig::Linear(LinearConfig { l1_ratio: 0.0, ..LinearConfig::default() });
    Trial { learner, variance_reduction: of_start(reduction) }
}

/// The start never leans on its own earlier fits, whatever the learner does.
fn of_start(reduction: VarianceReduction) -> VarianceReduction {
    match reduction {
        VarianceReduction::None => VarianceReduction::None,
        VarianceReduction::Predictable | VarianceReduction::Bootstrapped => VarianceReduction::Predictable,
    }
}

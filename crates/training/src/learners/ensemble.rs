//! Several fits of one learner, each on its own draw of the trades: their mean is steadier than any of them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::{Fitting, LearnerConfig, Regressor};
use crate::{TrainingError, data::Sample, realised::Rewards, rounds::Problem};

/// Settings of an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnsembleConfig {
    /// The learner of every member.
    pub learner: Box<LearnerConfig>,
    /// How many members, 2 or more.
    pub members: usize,
}

impl EnsembleConfig {
    /// These settings with the variations of the learner.
    pub(crate) fn variations(&self) -> Vec<Self> {
        let learners = self.learner.variations().into_iter();
        learners.map(|learner| Self { learner: Box::new(learner), members: self.members }).collect()
    }
}

/// The members, waiting for targets.
pub(crate) struct EnsembleFitting<'a> {
    members: Vec<Box<dyn Fitting + 'a>>,
}

impl<'a> EnsembleFitting<'a> {
    pub(crate) fn new(
        config: &'a EnsembleConfig,
        sample: &'a Sample,
        weights: &[f64],
        seed: u64,
    ) -> Result<Self, TrainingError> {
        if config.members < 2 {
            return Err(TrainingError::OutOfRange {
                key: "members",
                value: config.members as f64,
                allowed: "2 or more",
            });
        }
        let members = (0..config.members)
            .map(|member| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                rng.set_stream(member as u64);
                let drawn = drawn(sample, weights, &mut rng);
                config.learner.prepare(sample, drawn, seed.wrapping_add(member as u64))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { members })
    }
}

impl Fitting for EnsembleFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<Regressor, TrainingError> {
        let members = self.members.iter_mut().map(|member| member.fit(targets, outputs)).collect::<Result<_, _>>()?;
        Ok(Regressor::Ensemble { members })
    }

    fn finish(&mut self, targets: &[f64], outputs: usize) -> Result<Option<Regressor>, TrainingError> {
        let finished = self.members.iter_mut().map(|member| member.finish(targets, outputs));
        let members: Option<Vec<Regressor>> = finished.collect::<Result<_, _>>()?;
        Ok(members.map(|members| Regressor::Ensemble { members }))
    }

    fn means(&mut self, targets: &[f64], outputs: usize) -> Result<Regressor, TrainingError> {
        let members = self.members.iter_mut().map(|member| member.means(targets, outputs)).collect::<Result<_, _>>()?;
        Ok(Regressor::Ensemble { members })
    }

    fn refine(
        &mut self,
        problem: &Problem,
        sample: &Sample,
        rewards: Rewards<'_>,
        regressor: &Regressor,
    ) -> Result<Option<Regressor>, TrainingError> {
        let Regressor::Ensemble { members } = regressor else { return Ok(None) };
        let pairs = self.members.iter_mut().zip(members);
        let refined = pairs.map(|(fitting, member)| fitting.refine(problem, sample, rewards, member));
        let members: Option<Vec<Regressor>> = refined.collect::<Result<_, _>>()?;
        Ok(members.map(|members| Regressor::Ensemble { members }))
    }
}

/// `weights` times how often each trade is drawn, with replacement.
fn drawn(sample: &Sample, weights: &[f64], rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut times = vec![0_u32; sample.trades.len()];
    for _ in 0..times.len() {
        times[rng.random_range(0..sample.trades.len())] += 1;
    }
    let per_row = sample.trades.iter().zip(times).flat_map(|(trade, times)| std::iter::repeat_n(times, trade.steps));
    per_row.zip(weights).map(|(times, weight)| f64::from(times) * weight).collect()
}

//! Several fits of one learner, each on other trades: their mean is steadier than any of them.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_model::Regressor;
use serde::{Deserialize, Serialize};

use crate::{
    error::TrainingError,
    learners::{
        learner::{FitOutcome, Fitting, Learner},
        linear::config::LinearConfig,
        registry::LearnerConfig,
    },
    problem::{rewards::Rewards, task::LearningTask},
    rows::sample::{RowSample, TradeRows},
};

/// Settings of an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnsembleConfig {
    /// The learner of every member; `linear` by default.
    pub learner: Box<LearnerConfig>,
    /// How many members, 2 to 1000; 5 by default.
    pub members: usize,
    /// What sets them apart, besides their seeds.
    pub over: Members,
}

impl Default for EnsembleConfig {
    fn default() -> Self {
        let learner = Box::new(LearnerConfig::Linear(LinearConfig::default()));
        Self { learner, members: 5, over: Members::default() }
    }
}

/// Which trades each member of an ensemble learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Members {
    /// As many as there are, drawn anew with replacement (Breiman 1996).
    #[default]
    Draws,
    /// All of them: the members differ by what the learner draws, as the first weights of a network
    /// (Lakshminarayanan, Pritzel & Blundell 2017).
    Seeds,
    /// All but those of one fold: the trades in order of time are cut into as many folds as there are members
    /// (Krogh & Vedelsby 1995).
    Folds,
}

impl Learner for EnsembleConfig {
    fn check(&self) -> Result<(), TrainingError> {
        if !(2..=MOST_MEMBERS).contains(&self.members) {
            return Err(TrainingError::out_of_range("members", self.members as f64, "2 to 1000"));
        }
        self.learner.check().map_err(|error| error.within("learner"))?;
        if self.over == Members::Seeds && !self.learner.learner().draws() {
            let learner = self.learner.name();
            let message = format!(
                "over = \"seeds\" makes equal members of `{learner}`, which draws nothing: \"draws\" or \"folds\""
            );
            return Err(TrainingError::Learner { learner: "ensemble", message });
        }
        Ok(())
    }

    fn prepare<'a>(
        &'a self,
        sample: &'a RowSample,
        weights: Vec<f64>,
        seed: u64,
    ) -> Result<Box<dyn Fitting + 'a>, TrainingError> {
        Ok(Box::new(EnsembleFitting::new(self, sample, &weights, seed)?))
    }

    fn is_flexible(&self) -> bool {
        self.learner.learner().is_flexible()
    }

    fn window(&self) -> u32 {
        self.learner.window()
    }

    fn draws(&self) -> bool {
        self.over == Members::Draws || self.learner.learner().draws()
    }

    fn weighs_noise(&self) -> bool {
        self.learner.learner().weighs_noise()
    }

    fn variations(&self) -> Vec<Self> {
        let learners = self.learner.variations().into_iter();
        learners.map(|learner| Self { learner: Box::new(learner), ..self.clone() }).collect()
    }

    fn wide_variations(&self) -> Vec<Self> {
        let learners = self.learner.wide_variations().into_iter();
        learners.map(|learner| Self { learner: Box::new(learner), ..self.clone() }).collect()
    }

    #[cfg(test)]
    fn small() -> Self {
        Self { members: 2, over: Members::Folds, ..Self::default() }
    }
}

/// Most members of an ensemble: each is a fit of its own in every round.
const MOST_MEMBERS: usize = 1_000;

/// The members, waiting for targets.
pub(crate) struct EnsembleFitting<'a> {
    members: Vec<Box<dyn Fitting + 'a>>,
}

impl<'a> EnsembleFitting<'a> {
    pub(crate) fn new(
        config: &'a EnsembleConfig,
        sample: &'a RowSample,
        weights: &[f64],
        seed: u64,
    ) -> Result<Self, TrainingError> {
        config.check()?;
        let members = (0..config.members)
            .map(|member| {
                let times = match config.over {
                    Members::Draws => {
                        let mut rng = ChaCha8Rng::seed_from_u64(seed);
                        rng.set_stream(member as u64);
                        drawn(sample.trades.len(), &mut rng)
                    }
                    Members::Seeds => vec![1; sample.trades.len()],
                    Members::Folds => without_fold(&sample.trades, member, config.members),
                };
                let weights = weighed(sample, weights, &times);
                config.learner.learner().prepare(sample, weights, seed.wrapping_add(member as u64))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { members })
    }
}

impl EnsembleFitting<'_> {
    /// The ensemble of what `fit` makes of each member.
    fn each(
        &mut self,
        fit: impl Fn(&mut dyn Fitting) -> Result<FitOutcome, TrainingError>,
    ) -> Result<FitOutcome, TrainingError> {
        let members = self.members.iter_mut().map(|member| Ok(fit(member.as_mut())?.regressor));
        Ok(Regressor::Ensemble { members: members.collect::<Result<_, TrainingError>>()? }.into())
    }
}

impl Fitting for EnsembleFitting<'_> {
    fn fit(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        self.each(|member| member.fit(targets, outputs))
    }

    fn finish(&mut self, targets: &[f64], outputs: usize) -> Result<Option<Regressor>, TrainingError> {
        let finished = self.members.iter_mut().map(|member| member.finish(targets, outputs));
        let members: Option<Vec<Regressor>> = finished.collect::<Result<_, _>>()?;
        Ok(members.map(|members| Regressor::Ensemble { members }))
    }

    fn means(&mut self, targets: &[f64], outputs: usize) -> Result<FitOutcome, TrainingError> {
        self.each(|member| member.means(targets, outputs))
    }

    fn refine(
        &mut self,
        problem: &LearningTask,
        sample: &RowSample,
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

/// How often each of `trades` trades is drawn, with replacement.
fn drawn(trades: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut times = vec![0; trades];
    for _ in 0..trades {
        times[rng.random_range(0..trades)] += 1;
    }
    times
}

/// 0 for the trades of fold `fold` of `folds` in order of time, 1 for all others.
fn without_fold(trades: &[TradeRows], fold: usize, folds: usize) -> Vec<u32> {
    let mut order: Vec<usize> = (0..trades.len()).collect();
    order.sort_by_key(|&trade| trades[trade].span.start());
    let mut times = vec![1; trades.len()];
    let place = |fold: usize| fold * trades.len() / folds;
    for &trade in &order[place(fold)..place(fold + 1)] {
        times[trade] = 0;
    }
    times
}

/// `weights` of the rows times those of their trades.
fn weighed(sample: &RowSample, weights: &[f64], times: &[u32]) -> Vec<f64> {
    let per_row = sample.trades.iter().zip(times).flat_map(|(trade, &times)| std::iter::repeat_n(times, trade.steps));
    per_row.zip(weights).map(|(times, weight)| f64::from(times) * weight).collect()
}

#[cfg(test)]
mod tests {
    use scaleout_model::{FractionGrid, SaleConstraints};

    use super::*;
    use crate::fixtures::order_flow_market::paths;

    #[test]
    fn every_trade_is_left_out_by_one_fold() {
        let (data, _) = paths(25, 0, 1);
        // In another order than that of time.
        let order: Vec<usize> = (0..25).map(|place| place * 7 % 25).collect();
        let sample = data.sample(&order, FractionGrid::new(4, &SaleConstraints::default()));
        let mut left_out = vec![0; 25];
        for fold in 0..4 {
            let times = without_fold(&sample.trades, fold, 4);
            let mut gone: Vec<usize> = (0..25).filter(|&place| times[place] == 0).map(|place| order[place]).collect();
            gone.sort_unstable();
            assert!(gone.windows(2).all(|pair| pair[0] + 1 == pair[1]), "one stretch of time: {gone:?}");
            gone.iter().for_each(|&trade| left_out[trade] += 1);
        }
        assert_eq!(left_out, [1; 25]);
    }

    #[test]
    fn seeds_set_networks_apart_and_are_refused_for_learners_that_draw_nothing() {
        let text = |learner: &str| format!("{{\"learner\": {learner}, \"members\": 2, \"over\": \"seeds\"}}");
        let config = |learner: &str| serde_json::from_str::<EnsembleConfig>(&text(learner)).unwrap();
        let error = config("{\"kind\": \"boosted-trees\"}").check().unwrap_err();
        assert!(error.to_string().contains("`boosted-trees`, which draws nothing"), "{error}");
        let (data, _) = paths(30, 0, 1);
        let sample = data.sample(&(0..30).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()));
        let config = config("{\"kind\": \"mlp\", \"least_steps\": 5, \"epochs\": 0.1}");
        let mut fitting = EnsembleFitting::new(&config, &sample, &sample.weights, 1).unwrap();
        let fitted = fitting.fit(&sample.gain, 1).unwrap().regressor;
        let Regressor::Ensemble { members } = &fitted else { panic!("an ensemble is fitted") };
        assert_ne!(members[0], members[1]);
    }

    #[test]
    fn members_differ_and_their_mean_is_predicted() {
        let (data, _) = paths(60, 0, 1);
        let sample = data.sample(&(0..60).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()));
        for over in ["draws", "folds"] {
            let text = format!("{{\"learner\": {{\"kind\": \"linear\"}}, \"members\": 3, \"over\": \"{over}\"}}");
            let config: EnsembleConfig = serde_json::from_str(&text).unwrap();
            let mut fitting = EnsembleFitting::new(&config, &sample, &sample.weights, 1).unwrap();
            let fitted = fitting.fit(&sample.gain, 1).unwrap().regressor;
            let Regressor::Ensemble { members } = &fitted else { panic!("an ensemble is fitted") };
            assert!(members[0] != members[1] && members[1] != members[2], "{over}");
            let row = sample.row(5);
            let mean = members.iter().map(|member| member.predict(row, sample.width)[0]).sum::<f64>() / 3.0;
            assert!((fitted.predict(row, sample.width)[0] - mean).abs() < 1e-12, "{over}");
        }
    }
}

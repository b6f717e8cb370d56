//! Fits that leave out one block of the training time each, and whose targets follow policies that did not see the trade.
//!
//! A policy that was fitted to a trade knows its luck, so values of following it are too high there. With cross-fitted
//! policies the value of a trade is that of what would have been done without having seen it (Chernozhukov et al. 2018,
//! Double/debiased machine learning).

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};
use scaleout_model::{Advantage, Regressor, VarianceReduction, jackknife, lean, to_hold_values};
use scaleout_validation::Split;

use crate::{
    departure::baselines::{Baselines, policy},
    error::TrainingError,
    improve::{
        certainty_pricing::Pricing,
        rounds::{Round, Rounds, WeighedRows},
        trial::Trial,
    },
    learners::{learner::Learner, linear::config::LinearConfig, registry::LearnerConfig},
    problem::{target_table::TargetTable, task::LearningTask},
    rows::sample::Sample,
};

/// Standard errors that an advantage must exceed in the policies that targets follow.
const CAUTION_OF_ROUNDS: f64 = 1.0;

/// Rounds in which fewer decisions than this share change are the last.
const SETTLED: f64 = 2e-3;

/// Most rounds of the quick fits that dear learners begin with, and of these: every round is a fit for each block.
const MOST_QUICK_ROUNDS: usize = 4;
const MOST_DEAR_ROUNDS: usize = 3;

/// What is cross-fitted.
pub(crate) struct CrossFitting<'a> {
    pub task: &'a LearningTask,
    pub train: &'a Sample,
    /// Each leaves out the trades of one block of time, and trains on what does not overlap them.
    pub blocks: &'a [Split],
    pub baselines: &'a Baselines,
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct CrossFit {
    /// The fits, one for each block that it left out.
    pub members: Vec<Regressor>,
    /// Marginal hold values of every row by the fit that did not see its trade, (N × outputs), and their standard errors.
    pub out_of_fold: Advantage,
    /// The baseline that was best on the trades that the fit of each block saw, by trade.
    pub rules: Vec<usize>,
}

impl CrossFitting<'_> {
    /// The fits of `trial` after at most `rounds` rounds, each round from the policies of the one before.
    ///
    /// # Errors
    /// Rows in which nothing varies.
    pub(crate) fn fit(&self, trial: &Trial, rounds: usize) -> Result<CrossFit, TrainingError> {
        let Self { train, blocks, baselines, .. } = self;
        let mut rules = vec![0; train.trades.len()];
        for block in *blocks {
            let rule = baselines.best_on(&block.train);
            block.test.iter().for_each(|&trade| rules[trade] = rule);
        }
        let start = self.of_rules(&rules);
        let unstarted = vec![None; blocks.len()];
        let (start, holds, rounds) = if trial.learner.learner().starts_alone() {
            (start, unstarted, rounds)
        } else {
            // Each round of a dear learner is dear, so that it begins where quick linear fits end.
            let quick = LearnerConfig::Linear(LinearConfig { l1_ratio: 0.0, ..LinearConfig::default() });
            let reduction = match trial.variance_reduction {
                VarianceReduction::None => VarianceReduction::None,
                VarianceReduction::Predictable | VarianceReduction::Bootstrapped => VarianceReduction::Predictable,
            };
            let present = &*train.present();
            let fitting = CrossFitting { train: present, ..*self };
            let quick_rounds = rounds.min(MOST_QUICK_ROUNDS);
            let (policy, last, _) =
                fitting.rounds(quick.learner(), reduction, quick_rounds, start, &rules, unstarted)?;
            let holds = last.into_iter().map(|round| Some(round.hold)).collect();
            (policy, holds, rounds.min(MOST_DEAR_ROUNDS))
        };
        let (_, last, finished) =
            self.rounds(trial.learner.learner(), trial.variance_reduction, rounds, start, &rules, holds)?;
        let predictions: Vec<&[f64]> = last.iter().map(|round| round.marginals.as_slice()).collect();
        let out_of_fold = self.out_of_fold(&predictions);
        Ok(CrossFit { members: finished, out_of_fold, rules })
    }

    fn rounds(
        &self,
        learner: &dyn Learner,
        reduction: VarianceReduction,
        rounds: usize,
        start: TargetTable,
        rules: &[usize],
        holds: Vec<Option<Vec<f64>>>,
    ) -> Result<(TargetTable, Vec<Round>, Vec<Regressor>), TrainingError> {
        let Self { task, train, blocks, seed, .. } = *self;
        let weights: Vec<Vec<f64>> = blocks.iter().map(|block| self.weights(block)).collect();
        let priced: Vec<Option<Pricing>> = if task.is_exponential() {
            let pricing = |weights: &Vec<f64>| {
                let seen = Sample { weights: weights.clone(), ..train.clone() };
                Pricing::new(&seen, task.grid.tranches, reduction != VarianceReduction::None, seed).map(Some)
            };
            weights.iter().map(pricing).collect::<Result<_, _>>()?
        } else {
            blocks.iter().map(|_| None).collect()
        };
        let members = weights.into_par_iter().zip(&priced).zip(holds).map(|((weights, pricing), hold)| {
            let rows = WeighedRows { train, pricing: pricing.as_ref(), weights };
            let mut rounds = Rounds::new(learner, task, rows, reduction, seed)?;
            rounds.present = hold;
            Ok(rounds)
        });
        let members: Vec<Result<Rounds<'_>, TrainingError>> = members.collect();
        let mut members = members.into_iter().collect::<Result<Vec<_>, _>>()?;
        let mut policy = start;
        let mut last = Vec::new();
        for _ in 0..rounds.max(1) {
            let next: Vec<Result<Round, TrainingError>> =
                members.par_iter_mut().map(|member| member.next(&policy)).collect();
            last = next.into_iter().collect::<Result<Vec<_>, _>>()?;
            let predictions: Vec<&[f64]> = last.iter().map(|round| round.marginals.as_slice()).collect();
            let next = self.departing(&self.out_of_fold(&predictions), rules, CAUTION_OF_ROUNDS);
            let changed = next.difference(&policy);
            policy = next;
            if changed < SETTLED {
                break;
            }
        }
        let finished: Vec<Result<Regressor, TrainingError>> = members
            .par_iter_mut()
            .zip(&last)
            .map(|(member, round)| member.finish(round.regressor.clone(), &round.targets))
            .collect();
        Ok((policy, last, finished.into_iter().collect::<Result<_, _>>()?))
    }

    /// The weights of rows for the fit that leaves out `block`: 0 for its trades and those that overlap them.
    fn weights(&self, block: &Split) -> Vec<f64> {
        let mut weights = vec![0.0; self.train.rows()];
        for trade in block.train.iter().map(|&trade| &self.train.trades[trade]) {
            let rows = trade.first_row..trade.first_row + trade.steps;
            weights[rows.clone()].copy_from_slice(&self.train.weights[rows]);
        }
        weights
    }

    /// Mean share of the weight of trades that a fit leaves out.
    pub(crate) fn left_out(&self) -> f64 {
        let weight = |trade: usize| self.train.weights[self.train.trades[trade].first_row];
        let all: f64 = (0..self.train.trades.len()).map(weight).sum();
        let seen: f64 = self.blocks.iter().flat_map(|block| &block.train).map(|&trade| weight(trade)).sum();
        1.0 - seen / (all * self.blocks.len() as f64)
    }

    /// What each trade's own rule does, by trade.
    fn of_rules(&self, rules: &[usize]) -> TargetTable {
        let mut distinct: Vec<usize> = rules.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        let tables: Vec<TargetTable> =
            distinct.iter().map(|&rule| policy(self.baselines.rule(rule), self.train, self.task)).collect();
        let of = |trade: usize| &tables[distinct.binary_search(&rules[trade]).expect("Invariant: it is one of them")];
        TargetTable::by_trade(self.train, self.task.grid, of)
    }

    /// Of every row the marginal hold values by the fit that left its trade out, and their standard errors by the spread
    /// of the others, each of which left out another block.
    fn out_of_fold(&self, predictions: &[&[f64]]) -> Advantage {
        let outputs = self.task.grid.outputs();
        let mut found = Advantage {
            mean_r: vec![0.0; self.train.rows() * outputs],
            standard_error_r: vec![0.0; self.train.rows() * outputs],
        };
        let left_out_share = self.left_out();
        for (left_out, block) in self.blocks.iter().enumerate() {
            for trade in block.test.iter().map(|&trade| &self.train.trades[trade]) {
                let cells = trade.first_row * outputs..(trade.first_row + trade.steps) * outputs;
                let others = predictions.iter().enumerate().filter(|(member, _)| *member != left_out);
                let others: Vec<&[f64]> = others.map(|(_, values)| &values[cells.clone()]).collect();
                found.standard_error_r[cells.clone()]
                    .copy_from_slice(&jackknife(&others, left_out_share).standard_error_r);
                found.mean_r[cells.clone()].copy_from_slice(&predictions[left_out][cells]);
            }
        }
        found
    }

    /// What is done on every row by departing from its trade's rule beyond `caution` standard errors.
    pub(crate) fn departing(&self, out_of_fold: &Advantage, rules: &[usize], caution: f64) -> TargetTable {
        let (tranches, outputs) = (self.task.grid.tranches, self.task.grid.outputs());
        let mut values = out_of_fold.mean_r.clone();
        for (trade, &rule) in self.train.trades.iter().zip(rules) {
            let rule = self.baselines.rule(rule);
            for row in trade.first_row..trade.first_row + trade.steps {
                let cells = row * outputs..(row + 1) * outputs;
                let errors = &out_of_fold.standard_error_r[cells.clone()];
                lean(&mut values[cells], errors, rule.kept(self.train.row(row)), tranches, caution);
            }
        }
        to_hold_values(&mut values, tranches, self.task.shape);
        TargetTable::greedy(self.train, self.task.grid, &values)
    }
}

//! Fits that leave out one block of the training time each, and whose targets follow policies that did not see the trade.
//!
//! A policy that was fitted to a trade knows its luck, so values of following it are too high there. With cross-fitted
//! policies the value of a trade is that of what would have been done without having seen it (Chernozhukov et al. 2018,
//! Double/debiased machine learning).

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, IntoParallelRefMutIterator, ParallelIterator};
use scaleout_model::{Advantage, Regressor, VarianceReduction, jackknife, lean, to_hold_values};
use scaleout_validation::Split;

use crate::{
    departure::baselines::{Baselines, policy},
    error::TrainingError,
    improve::{
        certainty_pricing::Pricing,
        rounds::{Round, Rounds, WeighedRows},
        trial::Trial,
        trial_rows::quick_trial,
    },
    problem::{target_table::TargetTable, task::LearningTask},
    rows::sample::RowSample,
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
    pub train: &'a RowSample,
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

/// What all members have come to after some rounds.
struct CrossRounds {
    /// What is done on every row.
    policy: TargetTable,
    /// The last round of each member.
    last: Vec<Round>,
    out_of_fold: Advantage,
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
            let quick = quick_trial(trial.variance_reduction);
            let fitting = CrossFitting { train: &train.present(), ..*self };
            let priced = fitting.priced(&quick)?;
            let mut members = fitting.members(&quick, &priced, unstarted)?;
            let CrossRounds { policy, last, .. } =
                fitting.run(&mut members, rounds.min(MOST_QUICK_ROUNDS), start, &rules)?;
            let holds = last.into_iter().map(|round| Some(round.hold)).collect();
            (policy, holds, rounds.min(MOST_DEAR_ROUNDS))
        };
        let priced = self.priced(trial)?;
        let mut members = self.members(trial, &priced, holds)?;
        let CrossRounds { last, out_of_fold, .. } = self.run(&mut members, rounds, start, &rules)?;
        let finished: Vec<Result<Regressor, TrainingError>> = members
            .par_iter_mut()
            .zip(last)
            .map(|(member, Round { regressor, targets, .. })| member.finish(regressor, &targets))
            .collect();
        Ok(CrossFit { members: finished.into_iter().collect::<Result<_, _>>()?, out_of_fold, rules })
    }

    /// For the fit that leaves out each block the pricing of its rows, under exponential utility.
    fn priced(&self, trial: &Trial) -> Result<Vec<Option<Pricing>>, TrainingError> {
        let Self { task, train, blocks, seed, .. } = *self;
        if !task.is_exponential() {
            return Ok(blocks.iter().map(|_| None).collect());
        }
        let has_control = trial.variance_reduction != VarianceReduction::None;
        let pricing = |block: &Split| {
            let seen = RowSample { weights: self.weights(block), ..train.clone() };
            Pricing::new(&seen, task.grid.tranches, has_control, seed).map(Some)
        };
        blocks.iter().map(pricing).collect()
    }

    /// `trial` on the rows of each fit, beginning with what `holds` has of hold values.
    fn members<'m>(
        &'m self,
        trial: &'m Trial,
        priced: &'m [Option<Pricing>],
        holds: Vec<Option<Vec<f64>>>,
    ) -> Result<Vec<Rounds<'m>>, TrainingError> {
        let Self { task, train, blocks, seed, .. } = *self;
        trial.learner.learner().share(train);
        let members = blocks.par_iter().zip(priced).zip(holds).map(|((block, pricing), hold)| {
            let rows = WeighedRows { train, pricing: pricing.as_ref(), weights: self.weights(block) };
            let mut rounds = Rounds::new(trial.learner.learner(), task, rows, trial.variance_reduction, seed)?;
            rounds.present = hold;
            Ok(rounds)
        });
        let members: Vec<Result<Rounds<'_>, TrainingError>> = members.collect();
        members.into_iter().collect()
    }

    /// At most `rounds` rounds of all members side by side, the first from the policy `start`.
    fn run(
        &self,
        members: &mut [Rounds<'_>],
        rounds: usize,
        start: TargetTable,
        rules: &[usize],
    ) -> Result<CrossRounds, TrainingError> {
        let mut policy = start;
        let mut round = 0;
        loop {
            round += 1;
            let next: Vec<Result<Round, TrainingError>> =
                members.par_iter_mut().map(|member| member.next(&policy)).collect();
            let last = next.into_iter().collect::<Result<Vec<_>, _>>()?;
            let predictions: Vec<&[f64]> = last.iter().map(|round| round.marginals.as_slice()).collect();
            let out_of_fold = self.out_of_fold(&predictions);
            let next = self.departing(&out_of_fold, rules, CAUTION_OF_ROUNDS);
            if rounds <= round || next.difference(&policy) < SETTLED {
                return Ok(CrossRounds { policy: next, last, out_of_fold });
            }
            policy = next;
        }
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

//! Fitting the exit: trades become rows, rows become targets, a learner is fitted to them, and a [`Model`] comes out.
//!
//! The hold value H(q) is the expected objective J, in R, of holding the fraction q through the next bar and acting
//! well after it. It is learned by fitted policy improvement: targets are the realised outcomes of following the policy
//! of the round before.
//!
//! How a value flows:
//! 1. `rows`: [`TrainingData`] records the rows of every trade in a replay that holds on.
//! 2. `problem`: policies on those rows, what following them earned, and the targets.
//! 3. `learners`: each kind of learner is a file of its own and one line of the registry ([`LearnerConfig`]).
//! 4. `improve`: rounds of policy improvement, trials of settings on purged folds.
//! 5. `fitting`: [`fit`] chooses settings and rounds inside the training trades and fits once more on all of them.
//!
//! Beside that: baselines tuned in the same objective ([`GridObjectives`]), the ladder that comes closest to a model
//! ([`plan_card`]), a readable tree that imitates one ([`distil`]) and [`permutation_importance`].
//!
//! ```
//! use scaleout_exits::{Objective, TradeTerms, UnitPath};
//! use scaleout_market::Timestamp;
//! use scaleout_model::{Frame, RowLayout};
//! use scaleout_training::{FitConfig, LearnerConfig, LinearConfig, PathRows, TrainingData, Unwatched, fit};
//! use scaleout_validation::Span;
//!
//! // Trades of two bars. A signal of 1 or −1 says what the next bar earns, and nothing else does.
//! let layout = RowLayout {
//!     market: vec!["column:signal".parse()?],
//!     position: vec!["bars_to_horizon".into()],
//!     volatility: None,
//!     window: 1,
//!     frame: Frame::Trade,
//!     columns: Default::default(),
//! };
//! let terms = TradeTerms {
//!     proportional_r: 0.0, per_order_r: 0.0, impact_r: 0.0, impact_power: 1.0, lots: None, min_lots: 0,
//! };
//! let trade = |number: i64| {
//!     let signal = [if number % 2 == 0 { 1.0 } else { -1.0 }, if number % 3 == 0 { 1.0 } else { -1.0 }];
//!     let opened = Timestamp::from_secs(1_000 * number);
//!     PathRows {
//!         span: Span::of_trade(opened, Timestamp::from_secs(1_000 * number + 120)),
//!         unit: UnitPath::from_steps(1, signal.map(f64::from).to_vec(), vec![0.0; 2], false, terms),
//!         features: vec![signal[0], 2.0, signal[1], 1.0],
//!     }
//! };
//! let data = TrainingData::new(layout, 2, (0..60).map(trade).collect())?;
//!
//! let everything: Vec<usize> = (0..60).collect();
//! let learner = LearnerConfig::Linear(LinearConfig::default());
//! let objective = Objective::mean_variance(0.0);
//! let model = fit(&data, &everything, &objective, &learner, &FitConfig::default(), 1, &Unwatched)?;
//!
//! // With one bar left it holds where the signal is good and sells all where it is bad.
//! let decide = |signal: f32| model.target(&model.hold_values(&[signal, 1.0]), 1.0, true, &terms);
//! assert_eq!((decide(1.0), decide(-1.0)), (1.0, 0.0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Model`]: scaleout_model::Model
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod departure;
mod error;
mod fitting;
#[cfg(test)]
mod fixtures;
mod improve;
mod learners;
mod permutation;
mod plan;
mod problem;
mod rows;
mod surrogate;
#[cfg(test)]
mod tests;
mod tuning;

pub use departure::depart::BLOCKS;
pub use error::TrainingError;
pub use fitting::{
    config::{Caution, FitConfig, SearchEffort},
    fit::{LEAST_TRADES, Learned, fit, learn},
    progress::{FitProgress, Unwatched},
};
pub use improve::comparison::is_better;
pub use learners::{
    ensemble::{EnsembleConfig, Members},
    linear::config::LinearConfig,
    logistic::fitting::LogisticConfig,
    networks::{
        direct::DirectConfig,
        held_out::EarlyStopping,
        perceptron::{MlpConfig, fit_perceptron},
        recurrent::GruConfig,
    },
    readable_tree::ReadableTreeConfig,
    registry::LearnerConfig,
    trees::{boosting::fit_trees, config::TreesConfig},
};
pub use permutation::permutation_importance;
pub use plan::{card::plan_card, task::PlanTask};
pub use rows::{
    data::{PathRows, Silence, TrainingData},
    recorded::TradeToLearn,
};
pub use surrogate::{Distilled, distil};
pub use tuning::{GridObjectives, TunedPolicy};

//! Learning what holding is still worth, and acting on it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

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

pub use error::TrainingError;
pub use fitting::{
    config::{FitConfig, SearchEffort},
    fit::{LEAST_TRADES, fit},
    progress::{FitProgress, Unwatched},
};
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
pub use rows::data::{PathRows, Silence, TrainingData};
pub use rows::recorded::MarketTrade;
pub use surrogate::{Distilled, distil};
pub use tuning::{GridObjectives, TunedPolicy};

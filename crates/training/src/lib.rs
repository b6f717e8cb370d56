//! Learning what holding is still worth, and acting on it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod control;
mod data;
mod distil;
mod error;
mod fit;
mod grid_choice;
mod ground;
mod held;
mod importance;
#[cfg(test)]
mod law_tests;
mod learners;
mod lot_states;
mod marginals;
#[cfg(test)]
mod market_law_tests;
mod market_rows;
#[cfg(test)]
mod market_tests;
mod noise;
#[cfg(test)]
mod order_flow_market;
mod plan;
#[cfg(test)]
mod planted_market;
mod pricing;
mod realised;
mod rounds;
mod search;
#[cfg(test)]
mod small_learners;
#[cfg(test)]
mod thread_tests;
mod tuning;

pub use data::{PathRows, Silence, TrainingData};
pub use distil::{Distilled, distil};
pub use error::TrainingError;
pub use fit::{FitConfig, FitProgress, LEAST_TRADES, Search, Unwatched, fit};
pub use importance::permutation_importance;
pub use learners::{
    DirectConfig, EarlyStopping, EnsembleConfig, GruConfig, LearnerConfig, LinearConfig, LogisticConfig, Members,
    MlpConfig, ReadableTreeConfig, TreesConfig, fit_perceptron, fit_trees,
};
pub use plan::{PlanTask, plan_card};
pub use tuning::{GridObjectives, TunedPolicy};

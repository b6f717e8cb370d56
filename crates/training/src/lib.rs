//! Learning what holding is still worth, and acting on it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod choice;
mod compose;
mod data;
mod error;
mod fit;
mod layout;
mod learners;
mod limits;
mod market_rows;
mod model;
#[cfg(test)]
mod order_flow_market;
mod policy;
mod realised;
mod rounds;
mod tuning;

pub use choice::{HoldValues, TIE_R, target_fraction};
pub use compose::Shape;
pub use data::{PathRows, TrainingData};
pub use error::TrainingError;
pub use fit::{FitConfig, FitProgress, LEAST_TRADES, Search, Unwatched, fit};
pub use layout::RowLayout;
pub use learners::{
    EnsembleConfig, LearnerConfig, LinearConfig, LinearRegressor, Regressor, Scaler, Term, Tree, TreeRegressor,
    TreesConfig,
};
pub use limits::SaleLimits;
pub use model::{MODEL_VERSION, Model, TrainingFacts};
pub use policy::ModelPolicy;
pub use rounds::VarianceReduction;
pub use tuning::{GridObjectives, TunedPolicy};

//! Learning what holding is still worth, and acting on it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod choice;
mod compose;
mod data;
mod error;
mod fit;
mod held;
mod importance;
#[cfg(test)]
mod law_tests;
mod layout;
mod learners;
mod limits;
mod market_rows;
#[cfg(test)]
mod market_tests;
mod model;
#[cfg(test)]
mod order_flow_market;
mod plan;
mod policy;
mod realised;
mod resting;
mod rounds;
mod search;
mod tuning;

pub use choice::{HoldValues, TIE_R, target_fraction};
pub use compose::Shape;
pub use data::{PathRows, Silence, TrainingData};
pub use error::TrainingError;
pub use fit::{FitConfig, FitProgress, LEAST_TRADES, Search, Unwatched, fit};
pub use importance::{Importance, gain_importance, permutation_importance};
pub use layout::{RowLayout, RowMaker, RowSource};
pub use learners::{
    AffineLayer, DirectConfig, EnsembleConfig, GruCell, GruConfig, GruRegressor, Inputs, LearnerConfig, LinearConfig,
    LinearRegressor, LogisticConfig, MlpConfig, MlpRegressor, Outputs, ReadableTreeConfig, Regressor, ScaledFeature,
    Scaler, Sequence, Term, Tree, TreeRegressor, TreesConfig,
};
pub use limits::SaleLimits;
pub use model::{MODEL_VERSION, Model, TrainingFacts};
pub use plan::{PlanCard, PlanTask, plan_card};
pub use policy::ModelPolicy;
pub use resting::RestingModelPolicy;
pub use rounds::VarianceReduction;
pub use tuning::{GridObjectives, TunedPolicy};

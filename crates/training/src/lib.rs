//! Learning what holding is still worth, and acting on it.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod choice;
mod compose;
mod control;
mod data;
mod distil;
mod error;
mod fit;
mod ground;
mod held;
mod importance;
#[cfg(test)]
mod law_tests;
mod layout;
mod learners;
mod limits;
mod lot_states;
#[cfg(test)]
mod market_law_tests;
mod market_rows;
#[cfg(test)]
mod market_tests;
mod model;
mod noise;
#[cfg(test)]
mod order_flow_market;
mod plan;
#[cfg(test)]
mod planted_market;
mod policy;
mod pricing;
mod realised;
mod resting;
mod rounds;
mod search;
#[cfg(test)]
mod small_learners;
#[cfg(test)]
mod thread_tests;
mod tuning;

pub use choice::{HoldValues, TIE_R, alternatives, target_fraction};
pub use compose::Shape;
pub use data::{PathRows, Silence, TrainingData};
pub use distil::{Distilled, distil};
pub use error::TrainingError;
pub use fit::{FitConfig, FitProgress, LEAST_TRADES, Search, Unwatched, fit};
pub use importance::{Importance, gain_importance, permutation_importance};
pub use layout::{RowLayout, RowMaker, RowSource};
pub use learners::{
    AffineLayer, DirectConfig, EarlyStopping, EnsembleConfig, GruCell, GruConfig, GruRegressor, Inputs, LearnerConfig,
    LinearConfig, LinearRegressor, LogisticConfig, Members, MlpConfig, MlpRegressor, Outputs, ReadableTreeConfig,
    Regressor, ScaledFeature, Scaler, Sequence, Term, Tree, TreeRegressor, TreesConfig,
};
pub use limits::SaleLimits;
pub use model::{MODEL_VERSION, Model, TrainingFacts};
pub use plan::{PlanCard, PlanTask, plan_card};
pub use policy::ModelPolicy;
pub use resting::RestingModelPolicy;
pub use rounds::VarianceReduction;
pub use tuning::{GridObjectives, TunedPolicy};

//! Using a fitted exit: rows, hold values, the decision, two exit policies and the model file.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod choice;
mod constraints;
mod error;
mod hold_values;
mod importance;
mod learner_settings;
mod model;
mod plan_card;
mod policies;
mod regressors;
mod rows;
mod rule;

pub use choice::{HoldValues, TIE_R, alternatives, target_fraction};
pub use constraints::{FractionGrid, SaleConstraints};
pub use error::ModelError;
pub use hold_values::{Shape, to_hold_values};
pub use importance::{Importance, gain_importance};
pub use learner_settings::{LearnerSettings, SettingValue};
pub use model::{MODEL_VERSION, Model, TrainingFacts, VarianceReduction};
pub use plan_card::PlanCard;
pub use policies::{ModelPolicy, RestingModelPolicy};
pub use regressors::{
    AffineLayer, BarSequence, GruCell, GruRegressor, GruSpace, LinearRegressor, MlpRegressor, NetworkInputs,
    OutputScale, Regressor, ScaledFeature, Scaler, Term, Tree, TreeRegressor, add_steps, apply_layers, expand_terms,
    place_in_time, scale_steps,
};
pub use rows::{RowLayout, RowMaker, RowSource, inputs_before, row_source};

//! Using a fitted exit: rows, hold values, the decision, two exit policies and the model file.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod checks;
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
mod seal;

pub use choice::{HoldValues, TIE_R, alternatives, target_fraction};
pub use constraints::{FractionGrid, MOST_STATES, MOST_TRANCHES, SaleConstraints};
pub use error::ModelError;
pub use hold_values::{Shape, to_hold_values};
pub use importance::{Importance, gain_importance};
pub use learner_settings::{LearnerSettings, SettingValue};
pub use model::{MODEL_VERSION, Model, TrainingFacts, VarianceReduction};
pub use plan_card::PlanCard;
pub use policies::{market::ModelPolicy, resting::RestingModelPolicy};
pub use regressors::{
    gru_cell::{GruCell, GruSpace},
    inputs::{NetworkInputs, ScaledFeature},
    layers::{AffineLayer, apply_layers},
    linear::{LinearRegressor, place_in_time},
    output_scale::OutputScale,
    perceptron::MlpRegressor,
    recurrent::GruRegressor,
    regressor::Regressor,
    sequence::BarSequence,
    terms::{Scaler, Term, expand_terms},
    tree::{Tree, TreeRegressor},
    tree_prediction::{add_steps, scale_steps},
};
pub use rows::{
    layout::{RowLayout, RowMaker, RowSource},
    source::{inputs_before, row_source},
};
pub use seal::{MOST_MODEL_BYTES, Unsealed, sealed, unsealed};

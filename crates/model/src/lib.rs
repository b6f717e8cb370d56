//! A fitted exit and how it decides: rows, hold values, the choice of a fraction, two exit policies, the model file.
//!
//! The hold value H(q) is the expected objective J, in R, of holding the fraction q of a position through the next bar
//! and acting well after it. A model predicts H at K fractions; the decision is the fraction with the highest H less
//! the cost of getting there.
//!
//! How a value flows:
//! 1. [`RowMaker`] turns what is known at a bar close ([`RowSource`]) into a row of f32, laid out as [`Frame, RowLayout`] says.
//! 2. [`Regressor`] predicts marginal hold values from rows; [`to_hold_values`] adds them up to H.
//! 3. [`target_fraction`] weighs the feasible fractions under [`SaleConstraints`], lots and costs.
//! 4. [`ModelPolicy`] sells at the next open what is worth more sold; [`RestingModelPolicy`] rests limits in the next bar.
//!
//! [`Model`] holds all of it. [`Model::from_json`] checks every part, so that no prediction of a model that was read
//! panics, loops or is anything but a finite number. Nothing here fits anything: see `scaleout-training`.
//!
//! ```
//! use scaleout_exits::{Objective, TradeTerms};
//! use scaleout_market::Timestamp;
//! use scaleout_model::{
//!     Frame, LearnerSettings, LinearRegressor, MODEL_VERSION, Model, Regressor, RowLayout, SaleConstraints, Shape,
//!     Term, TrainingFacts, VarianceReduction,
//! };
//!
//! // A model that knows nothing but a constant: holding the first half is worth .2 R, the second half costs .1 R.
//! let constant = Term { factors: vec![], hinges: vec![], mean: 0.0, deviation: 1.0 };
//! let regressor = LinearRegressor {
//!     outputs: 2,
//!     time_feature: 0,
//!     knots: vec![1.0],
//!     scalers: vec![],
//!     terms: vec![constant],
//!     coefficients: vec![0.4, -0.2],
//! };
//! let model = Model {
//!     version: MODEL_VERSION,
//!     layout: RowLayout {
//!         market: vec![],
//!         position: vec!["bars_to_horizon".into()],
//!         volatility: None,
//!         window: 1,
//!         frame: Frame::Trade,
//!         columns: Default::default(),
//!     },
//!     tranches: 2,
//!     horizon_bars: 10,
//!     objective: Objective::mean_variance(0.5),
//!     limits: SaleConstraints::default(),
//!     impact_power: 1.0,
//!     shape: Shape::Concave,
//!     learner: LearnerSettings::of(&std::collections::BTreeMap::from([("kind", "by-hand")]))?,
//!     variance_reduction: VarianceReduction::None,
//!     regressor: Regressor::Linear(regressor),
//!     training: TrainingFacts {
//!         trades: 40,
//!         effective_trades: 40.0,
//!         first: Timestamp::from_secs(0),
//!         last: Timestamp::from_secs(1),
//!         bar_reach_r: 1.0,
//!         rounds: 1,
//!         trials: 1,
//!         validation_objective: None,
//!         departure: None,
//!     },
//! };
//! let read = Model::from_json(&model.to_json())?;
//!
//! // The row of a decision with seven bars left: H(1/2) = .2 and H(1) = .1, so half is sold where that is free.
//! let hold = read.hold_values(&[7.0]);
//! assert!((hold[0] - 0.2).abs() < 1e-12 && (hold[1] - 0.1).abs() < 1e-12);
//! let terms = TradeTerms {
//!     proportional_r: 0.0, per_order_r: 0.0, impact_r: 0.0, impact_power: 1.0, lots: None, min_lots: 0,
//! };
//! assert_eq!(read.target(&hold, 1.0, true, &terms), 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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

pub use choice::{DECISION_STEPS, HoldValues, ImpactPower, LEAST_SALE, TIE_R, alternatives, target_fraction};
pub use constraints::{FractionGrid, MOST_STATES, MOST_TRANCHES, SaleConstraints};
pub use error::{InvalidPart, ModelError};
pub use hold_values::{Shape, to_hold_values};
pub use importance::{MeasuredImportance, gain_importance};
pub use learner_settings::{LearnerSettings, SettingValue};
pub use model::{DepartureFacts, MODEL_VERSION, Model, ObjectiveAtCaution, TrainingFacts, VarianceReduction};
pub use plan_card::PlanCard;
pub use policies::{market::ModelPolicy, resting::RestingModelPolicy};
pub use regressors::{
    baseline_rule::{BaselineRule, Beyond, ExitLevel},
    departure::{Advantage, DepartureRegressor, RULE_ALONE_R, jackknife, lean, spread_scale},
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
    frame::{ColumnMirror, EntryFrame, Frame, Seen, SeenByShort, SeenUnit},
    layout::{RowLayout, RowMaker, RowSource, Sides},
    source::{inputs_before, row_source},
};
pub use seal::{MOST_MODEL_BYTES, Unsealed, sealed, unsealed};

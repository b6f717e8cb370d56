//! Fitted functions from a row of features to some numbers, as plain numbers.

mod gru_cell;
mod inputs;
mod layers;
mod linear;
mod output_scale;
mod perceptron;
mod recurrent;
mod sequence;
mod terms;
mod tree;
mod tree_prediction;

use serde::{Deserialize, Serialize};

pub use gru_cell::{GruCell, GruSpace};
pub use inputs::{NetworkInputs, ScaledFeature};
pub use layers::{AffineLayer, apply_layers};
pub use linear::{LinearRegressor, place_in_time};
pub use output_scale::OutputScale;
pub use perceptron::MlpRegressor;
pub use recurrent::GruRegressor;
pub use sequence::BarSequence;
pub use terms::{Scaler, Term, expand_terms};
pub use tree::{Tree, TreeRegressor};
pub use tree_prediction::{add_steps, scale_steps};

/// A fitted function from a row of features to some numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Regressor {
    /// See [`LinearRegressor`].
    Linear(LinearRegressor),
    /// See [`TreeRegressor`].
    Trees(TreeRegressor),
    /// See [`MlpRegressor`].
    Mlp(MlpRegressor),
    /// See [`GruRegressor`].
    Gru(GruRegressor),
    /// The mean of its members.
    Ensemble {
        /// The members, at least one, all with the same outputs.
        members: Vec<Regressor>,
    },
}

impl Regressor {
    /// How many numbers it predicts for a row.
    pub fn outputs(&self) -> usize {
        match self {
            Self::Linear(linear) => linear.outputs,
            Self::Trees(trees) => trees.base.len(),
            Self::Mlp(mlp) => mlp.outputs.base.len(),
            Self::Gru(gru) => gru.outputs.base.len(),
            Self::Ensemble { members } => members.first().map_or(0, Self::outputs),
        }
    }

    /// Predictions for rows of `width` features, shape (N, outputs).
    pub fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        match self {
            Self::Linear(linear) => linear.predict(features, width),
            Self::Trees(trees) => trees.predict(features, width),
            Self::Mlp(mlp) => mlp.predict(features, width),
            Self::Gru(gru) => gru.predict(features, width),
            Self::Ensemble { members } => {
                let mut total = vec![0.0; features.len() / width * self.outputs()];
                for member in members {
                    for (sum, value) in total.iter_mut().zip(member.predict(features, width)) {
                        *sum += value / members.len() as f64;
                    }
                }
                total
            }
        }
    }
}

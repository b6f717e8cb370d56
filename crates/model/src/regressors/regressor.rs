//! A fitted function of any kind.

use serde::{Deserialize, Serialize};

use crate::{
    checks::{RowShape, hold},
    error::ModelError,
    regressors::{
        departure::DepartureRegressor, linear::LinearRegressor, perceptron::MlpRegressor, recurrent::GruRegressor,
        tree::TreeRegressor,
    },
};

/// Most members of an ensemble.
const MOST_MEMBERS: usize = 1_000;

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
    /// See [`DepartureRegressor`].
    Departure(DepartureRegressor),
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
            Self::Departure(departure) => departure.outputs,
        }
    }

    /// Nothing, if it predicts `shape.outputs` finite numbers for any row of that shape.
    ///
    /// # Errors
    /// The first length, place or number that does not fit, and what would be accepted.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        match self {
            Self::Linear(linear) => linear.check(shape),
            Self::Trees(trees) => trees.check(shape),
            Self::Mlp(mlp) => mlp.check(shape),
            Self::Gru(gru) => gru.check(shape),
            Self::Ensemble { members } => {
                hold((1..=MOST_MEMBERS).contains(&members.len()), "the length of members", members.len(), "1 to 1000")?;
                members.iter().enumerate().try_for_each(|(place, member)| {
                    let is_simple = !matches!(member, Self::Departure(_));
                    hold(is_simple, &format!("members[{place}].kind"), "departure", "a fitted function")?;
                    member.check(shape).map_err(|error| error.within(&format!("members[{place}]")))
                })
            }
            Self::Departure(departure) => departure.check(shape),
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
            Self::Departure(departure) => departure.predict(features, width),
        }
    }
}

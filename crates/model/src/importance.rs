//! Which features a model uses.

use crate::{
    model::Model,
    regressors::{departure::DepartureRegressor, regressor::Regressor},
};

/// One feature's worth to a model.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasuredImportance {
    /// The feature, as in the layout.
    pub feature: String,
    /// Its worth: a share of 1 for gains, mean J lost for permutations.
    pub value: f64,
    /// Deviation over repeats, of permutations.
    pub deviation: Option<f64>,
}

/// The share of each feature in what the fit explains, in the order of the layout.
///
/// Of trees the squared loss that its splits save; of a linear model the squared coefficients of the terms it is
/// part of, which refer to terms of unit deviation; of a network the squared weights of its first layer. Measured on the training rows, so it says what the model uses and
/// not what that is worth.
pub fn gain_importance(model: &Model) -> Vec<MeasuredImportance> {
    let mut gains = vec![0.0; model.layout.width()];
    add_gains(&model.regressor, 1.0, &mut gains);
    let total: f64 = gains.iter().sum();
    let shares = gains.into_iter().map(|gain| if 0.0 < total { gain / total } else { 0.0 });
    let named = model.layout.names().into_iter().zip(shares);
    named.map(|(feature, value)| MeasuredImportance { feature, value, deviation: None }).collect()
}

fn add_gains(regressor: &Regressor, weight: f64, gains: &mut [f64]) {
    match regressor {
        Regressor::Trees(trees) => {
            for tree in &trees.trees {
                for (&feature, &gain) in tree.feature.iter().zip(&tree.gain) {
                    if 0 <= feature {
                        gains[feature as usize] += weight * f64::from(gain);
                    }
                }
            }
        }
        Regressor::Linear(linear) => {
            for coefficients in linear.coefficients.chunks_exact(linear.terms.len() * linear.outputs) {
                for (term, coefficients) in linear.terms.iter().zip(coefficients.chunks_exact(linear.outputs)) {
                    let square: f64 = coefficients.iter().map(|coefficient| coefficient * coefficient).sum();
                    for place in term.places() {
                        gains[linear.scalers[place].feature] += weight * square;
                    }
                }
            }
        }
        Regressor::Mlp(mlp) => {
            if let Some(first) = mlp.layers.first() {
                add_squares(mlp.inputs.origins(), &first.weights, first.outputs, weight, gains);
            }
        }
        Regressor::Gru(gru) => {
            if let Some(first) = gru.head.first() {
                add_squares(gru.inputs.origins(), &first.weights, first.outputs, weight, gains);
            }
            add_squares(gru.sequence.origins(), &gru.cell.input.weights, gru.cell.input.outputs, weight, gains);
        }
        Regressor::Ensemble { members } => {
            members.iter().for_each(|member| add_gains(member, weight / members.len() as f64, gains));
        }
        Regressor::Departure(DepartureRegressor { members, .. }) => {
            members.iter().for_each(|member| add_gains(member, weight / members.len() as f64, gains));
        }
    }
}

/// The squared weights of a network's first layer go to the features that its inputs come from.
fn add_squares(origins: impl Iterator<Item = usize>, weights: &[f32], outputs: usize, share: f64, gains: &mut [f64]) {
    for (feature, weights) in origins.zip(weights.chunks_exact(outputs)) {
        gains[feature] += share * weights.iter().map(|&weight| f64::from(weight).powi(2)).sum::<f64>();
    }
}

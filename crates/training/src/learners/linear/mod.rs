//! Elastic net on polynomial terms or splines with coefficients that run over the bars to the horizon.
//!
//! Each coefficient is piecewise linear in the bars to the horizon, with knots that lie closer together the
//! nearer the horizon is, so neighbouring bars are pooled and the last ones may still differ. What is penalised
//! is the far coefficient and its change from knot to knot: with little data all bars share one model.

mod fitting;
mod screening;
mod solve;
mod terms;
mod time_basis;

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use serde::{Deserialize, Serialize};

pub(crate) use fitting::{LinearFitting, MOST_PENALTY, check};
pub use terms::{Scaler, Term};
pub(crate) use time_basis::TimeBasis;

/// Rows that one thread sums up at a time; fixed, so that the order of sums does not depend on the number of threads.
const BLOCK_ROWS: usize = 4096;

/// Settings of the linear learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinearConfig {
    /// Highest total degree of a product of the interacting features, 1 to 5; of no account where there are knots.
    pub degree: u32,
    /// Knots of a linear spline of each interacting feature, at quantiles of the training rows, 0 to 20: unlike powers it
    /// bends where a payoff does. The two features that say most enter products of their splines. 0 takes powers.
    pub knots: usize,
    /// How many features enter products or splines; those that say most about the coming gain and variance are chosen
    /// on the training rows.
    pub interacting: usize,
    /// Most features that enter at all.
    pub most_features: usize,
    /// Strength of the penalty, relative to targets and terms of unit deviation.
    pub penalty: f64,
    /// Share of the penalty that is absolute (lasso) rather than squared (ridge), 0 to 1, in the fit that is kept;
    /// the rounds before it, which only choose, are ridge fits of the same penalty.
    pub l1_ratio: f64,
}

/// Knots of the splines that a search tries.
pub(crate) const SPLINE_KNOTS: usize = 8;

impl Default for LinearConfig {
    fn default() -> Self {
        Self { degree: 3, knots: 0, interacting: 3, most_features: 24, penalty: 1e-3, l1_ratio: 0.2 }
    }
}

impl LinearConfig {
    /// These settings, the penalty 10 and 100 times as strong, and splines in place of powers.
    pub(crate) fn variations(&self) -> Vec<Self> {
        let penalties = [1.0, 10.0, 100.0].map(|factor| Self { penalty: self.penalty * factor, ..self.clone() });
        // Columns of splines lean on each other, and then a lasso's descent is slow to settle.
        let splines = (self.knots == 0).then(|| Self { knots: SPLINE_KNOTS, l1_ratio: 0.0, ..self.clone() });
        penalties.into_iter().chain(splines).collect()
    }
}

/// A fitted linear model: coefficients at knots of the bars to the horizon, linear between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinearRegressor {
    /// Numbers predicted for a row.
    pub outputs: usize,
    /// Which feature is the bars to the horizon.
    pub time_feature: usize,
    /// The knots, increasing, in bars.
    pub knots: Vec<f64>,
    /// The features that enter, in the order that terms refer to.
    pub scalers: Vec<Scaler>,
    /// The terms; the first is the constant.
    pub terms: Vec<Term>,
    /// Coefficients, shape (knots, terms, outputs).
    pub coefficients: Vec<f64>,
}

impl LinearRegressor {
    /// Predictions for rows of `width` features, shape (N, outputs).
    pub(crate) fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        const ROWS: usize = 1024;
        let mut out = vec![0.0; features.len() / width * self.outputs];
        out.par_chunks_mut(ROWS * self.outputs).zip(features.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            let mut scaled = vec![0.0; self.scalers.len()];
            let mut values = vec![0.0; self.terms.len()];
            for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(self.outputs)) {
                terms::expand(&self.scalers, &self.terms, row, &mut scaled, &mut values);
                self.predict_expanded(&values, f64::from(row[self.time_feature]), out);
            }
        });
        out
    }

    fn predict_expanded(&self, values: &[f64], bars_to_horizon: f64, out: &mut [f64]) {
        let (knot, share) = time_basis::place(&self.knots, bars_to_horizon);
        let block = self.terms.len() * self.outputs;
        let near = &self.coefficients[knot * block..][..block];
        let far = if share > 0.0 { &self.coefficients[(knot + 1) * block..][..block] } else { near };
        out.fill(0.0);
        for ((value, near), far) in
            values.iter().zip(near.chunks_exact(self.outputs)).zip(far.chunks_exact(self.outputs))
        {
            for ((out, near), far) in out.iter_mut().zip(near).zip(far) {
                *out += value * (near + share * (far - near));
            }
        }
    }
}

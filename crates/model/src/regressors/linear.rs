//! A linear model whose coefficients run piecewise linearly over the bars to the horizon.

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use serde::{Deserialize, Serialize};

use crate::{
    checks::{MOST_R, RowShape, hold, hold_finite, hold_length},
    error::ModelError,
    regressors::terms::{Scaler, Term, expand_terms},
};

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
    /// Nothing, if it predicts finite numbers for any row of `shape`; else what does not fit.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        hold(self.outputs == shape.outputs, "outputs", self.outputs, shape.outputs.to_string())?;
        hold(
            self.time_feature == shape.time_feature,
            "time_feature",
            self.time_feature,
            shape.time_feature.to_string(),
        )?;
        hold(!self.knots.is_empty(), "the length of knots", 0, "1 or more")?;
        hold_finite("knots", &self.knots)?;
        let rising = self.knots.windows(2).position(|pair| pair[1] <= pair[0]);
        hold(rising.is_none(), "knots", format!("{:?}", self.knots), "rising numbers")?;
        hold(self.scalers.len() <= shape.width, "the length of scalers", self.scalers.len(), shape.width.to_string())?;
        let reaches = self
            .scalers
            .iter()
            .enumerate()
            .map(|(place, scaler)| scaler.reach(shape).map_err(|error| error.within(&format!("scalers[{place}]"))));
        let reaches = reaches.collect::<Result<Vec<f64>, _>>()?;
        hold(!self.terms.is_empty(), "the length of terms", 0, "1 or more")?;
        let bounds = self
            .terms
            .iter()
            .enumerate()
            .map(|(place, term)| term.bound(&reaches).map_err(|error| error.within(&format!("terms[{place}]"))));
        let bounds = bounds.collect::<Result<Vec<f64>, _>>()?;
        let block = self.terms.len().saturating_mul(self.outputs);
        hold_length("coefficients", self.coefficients.len(), block.saturating_mul(self.knots.len()))?;
        hold_finite("coefficients", &self.coefficients)?;
        for coefficients in self.coefficients.chunks_exact(block) {
            for output in 0..self.outputs {
                let each = coefficients.iter().skip(output).step_by(self.outputs).zip(&bounds);
                let most: f64 = each.map(|(coefficient, bound)| coefficient.abs() * bound).sum();
                hold(most <= MOST_R, "coefficients: the largest prediction", most, format!("at most {MOST_R} R"))?;
            }
        }
        Ok(())
    }

    /// Predictions for rows of `width` features, shape (N, outputs).
    pub fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        const ROWS: usize = 1024;
        let mut out = vec![0.0; features.len() / width * self.outputs];
        out.par_chunks_mut(ROWS * self.outputs).zip(features.par_chunks(ROWS * width)).for_each(|(out, rows)| {
            let mut scaled = vec![0.0; self.scalers.len()];
            let mut values = vec![0.0; self.terms.len()];
            for (row, out) in rows.chunks_exact(width).zip(out.chunks_exact_mut(self.outputs)) {
                expand_terms(&self.scalers, &self.terms, row, &mut scaled, &mut values);
                self.predict_expanded(&values, f64::from(row[self.time_feature]), out);
            }
        });
        out
    }

    fn predict_expanded(&self, values: &[f64], bars_to_horizon: f64, out: &mut [f64]) {
        let (knot, share) = place_in_time(&self.knots, bars_to_horizon);
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

/// The knot at or below `bars_to_horizon` and the share of the next one, 0 to 1; constant beyond the ends.
pub fn place_in_time(knots: &[f64], bars_to_horizon: f64) -> (usize, f64) {
    let last = knots.len() - 1;
    // A missing number counts as the last bar.
    if bars_to_horizon.is_nan() || bars_to_horizon <= knots[0] {
        return (0, 0.0);
    }
    if knots[last] <= bars_to_horizon {
        return (last, 0.0);
    }
    let above = knots.partition_point(|knot| *knot <= bars_to_horizon);
    let (low, high) = (knots[above - 1], knots[above]);
    (above - 1, (bars_to_horizon - low) / (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lie_between_knots() {
        let knots = [1.0, 2.0, 4.0];
        assert_eq!(place_in_time(&knots, 1.0), (0, 0.0));
        assert_eq!(place_in_time(&knots, 3.0), (1, 0.5));
        assert_eq!(place_in_time(&knots, 9.0), (2, 0.0));
    }
}

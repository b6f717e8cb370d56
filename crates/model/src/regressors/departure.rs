//! A baseline rule, and fits that depart from it only where they are sure to.
//!
//! A fit from few trades is wrong in both directions, and acting on every error costs more than a plain rule. So the
//! rule acts by default: tranche k of the position leaves when the rule says so, unless the fitted marginal hold value
//! says otherwise by more than κ times its own standard error (Laroche, Trichelair & Tachet des Combes 2019, Safe Policy
//! Improvement with Baseline Bootstrapping; Thomas, Theocharous & Ghavamzadeh 2015).

use serde::{Deserialize, Serialize};

use crate::{
    checks::{RowShape, hold, hold_length},
    error::ModelError,
    regressors::{baseline_rule::BaselineRule, regressor::Regressor},
};

/// What the marginal hold value of a tranche is where the rule decides alone: beyond any cost of a sale, in R.
pub const RULE_ALONE_R: f64 = 1_000.0;

/// Most members; each is a fit of its own.
const MOST_MEMBERS: usize = 100;

/// Largest multiple of the standard error.
const MOST_CAUTION: f64 = 1e6;

/// A baseline rule, and fits that depart from it only where the advantage exceeds `caution` standard errors.
///
/// It predicts marginal hold values, as every regressor does, so the decision is the same argmax: of a tranche that the
/// rule keeps, mean + caution · σ; of one that it sells, mean − caution · σ. The mean is that of the members, σ their
/// delete-d jackknife standard error: each member left out a part of the training time (Shao & Wu 1989, A general theory
/// for jackknife variance estimation).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartureRegressor {
    /// The rule.
    pub rule: BaselineRule,
    /// Numbers to predict: a marginal hold value for each tranche, once for each number of decisions without a sale.
    pub outputs: usize,
    /// κ, the standard errors that an advantage over the rule must exceed; `None` where the rule decides alone.
    pub caution: Option<f64>,
    /// Mean share f of the training trades that a member left out, by weight: its block, and what overlaps that.
    pub left_out: f64,
    /// Fits without one block of the training time each; empty where the rule decides alone.
    pub members: Vec<Regressor>,
}

/// What one row says before it is weighed: of each output the mean of the members and its standard error.
#[derive(Debug, Clone, PartialEq)]
pub struct Advantage {
    /// Mean marginal hold value of each output, in R for one whole unit.
    pub mean_r: Vec<f64>,
    /// Its jackknife standard error, in R.
    pub standard_error_r: Vec<f64>,
}

impl DepartureRegressor {
    /// `rule` deciding alone, with `outputs` numbers to predict.
    pub fn alone(rule: BaselineRule, outputs: usize) -> Self {
        Self { rule, outputs, caution: None, left_out: 0.0, members: Vec::new() }
    }

    /// Nothing, if it predicts `shape.outputs` finite numbers for any row of that shape.
    pub(crate) fn check(&self, shape: RowShape) -> Result<(), ModelError> {
        self.rule.check(shape).map_err(|error| error.within("rule"))?;
        hold(self.outputs == shape.outputs, "outputs", self.outputs, shape.outputs.to_string())?;
        let count = self.members.len();
        match self.caution {
            None => hold_length("members", count, 0)?,
            Some(caution) => {
                let is_fine = (0.0..=MOST_CAUTION).contains(&caution);
                hold(is_fine, "caution", caution, format!("0 to {MOST_CAUTION}"))?;
                hold((0.001..1.0).contains(&self.left_out), "left_out", self.left_out, "0.001 or more, below 1")?;
                hold((2..=MOST_MEMBERS).contains(&count), "the length of members", count, "2 to 100")?;
            }
        }
        self.members.iter().enumerate().try_for_each(|(place, member)| {
            let is_simple = !matches!(member, Regressor::Departure(_));
            hold(is_simple, &format!("members[{place}].kind"), "departure", "a fitted function")?;
            member.check(shape).map_err(|error| error.within(&format!("members[{place}]")))
        })
    }

    /// Predictions for rows of `width` features, shape (N, outputs).
    pub(crate) fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        let tranches = self.rule.bars_left_when_sold.len();
        let Some(caution) = self.caution else {
            let rows = features.chunks_exact(width);
            return rows
                .flat_map(|row| {
                    let kept = self.rule.kept(row);
                    (0..self.outputs)
                        .map(move |place| if place % tranches < kept { RULE_ALONE_R } else { -RULE_ALONE_R })
                })
                .collect();
        };
        let Advantage { mean_r: mut values, standard_error_r } = self.advantage(features, width);
        let per_row = values.chunks_exact_mut(self.outputs).zip(standard_error_r.chunks_exact(self.outputs));
        for ((values, errors), row) in per_row.zip(features.chunks_exact(width)) {
            let kept = self.rule.kept(row);
            lean(values, errors, kept, tranches, caution);
        }
        values
    }

    /// Means and standard errors of rows of `width` features, (N × outputs) each.
    pub fn advantage(&self, features: &[f32], width: usize) -> Advantage {
        let members: Vec<Vec<f64>> = self.members.iter().map(|member| member.predict(features, width)).collect();
        jackknife(&members.iter().map(Vec::as_slice).collect::<Vec<_>>(), self.left_out)
    }
}

/// Mean and delete-d jackknife standard error of what each of n `members` says, value by value: √((1 − f) / (f n) · Σ
/// (value − mean)²), where each left out the share f of the trades.
pub fn jackknife(members: &[&[f64]], left_out: f64) -> Advantage {
    let count = members.len() as f64;
    let scale = spread_scale(members.len(), left_out);
    let length = members.first().map_or(0, |first| first.len());
    let mean = |place: usize| members.iter().fold(0.0, |sum, member| sum + member[place]) / count;
    let mean_r: Vec<f64> = (0..length).map(mean).collect();
    let error = |(place, mean): (usize, &f64)| {
        let square = members.iter().fold(0.0, |sum, member| sum + (member[place] - mean) * (member[place] - mean));
        (square * scale).sqrt()
    };
    let standard_error_r = mean_r.iter().enumerate().map(error).collect();
    Advantage { mean_r, standard_error_r }
}

/// What the sum of squared distances of `members` from their mean is multiplied with, to make a variance.
pub fn spread_scale(members: usize, left_out: f64) -> f64 {
    (1.0 - left_out) / (left_out * members as f64)
}

/// Moves the marginal hold values of one row towards what a rule does that keeps `kept` of the `tranches`.
pub fn lean(values: &mut [f64], standard_errors: &[f64], kept: usize, tranches: usize, caution: f64) {
    for (place, (value, error)) in values.iter_mut().zip(standard_errors).enumerate() {
        *value += if place % tranches < kept { caution * error } else { -(caution * error) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regressors::{linear::LinearRegressor, terms::Term};

    fn constant(values: [f64; 2]) -> Regressor {
        Regressor::Linear(LinearRegressor {
            outputs: 2,
            time_feature: 0,
            knots: vec![1.0],
            scalers: vec![],
            terms: vec![Term { factors: vec![], hinges: vec![], mean: 0.0, deviation: 1.0 }],
            coefficients: values.to_vec(),
        })
    }

    fn departing(caution: Option<f64>) -> DepartureRegressor {
        let members = if caution.is_some() { vec![constant([0.3, -0.1]), constant([0.1, 0.1])] } else { vec![] };
        // The second tranche leaves at the fill of a trade of ten bars, the first at the horizon.
        let bars_left_when_sold = vec![0, 10];
        let rule = BaselineRule { name: "half at once".into(), time_feature: 0, bars_left_when_sold, exits: vec![] };
        DepartureRegressor { rule, outputs: 2, caution, left_out: 0.5, members }
    }

    #[test]
    fn a_tranche_departs_from_the_rule_beyond_its_standard_error() {
        // Means .2 and 0; distances of .1 from them, and halves left out give √(½ / (½ · 2) · 2 · .01) = .1.
        let close = |got: Vec<f64>, expected: [f64; 2]| {
            assert!(got.iter().zip(expected).all(|(got, want)| (got - want).abs() < 1e-12), "{got:?} {expected:?}");
        };
        close(departing(Some(0.0)).predict(&[7.0], 1), [0.2, 0.0]);
        close(departing(Some(1.5)).predict(&[7.0], 1), [0.35, -0.15]);
        close(departing(Some(1.5)).predict(&[11.0], 1), [0.35, 0.15]);
        close(departing(None).predict(&[7.0], 1), [RULE_ALONE_R, -RULE_ALONE_R]);
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let shape =
            RowShape { width: 1, market: 0, window: 1, time_feature: 0, horizon_bars: 10, outputs: 2, tranches: 2 };
        assert!(departing(Some(1.5)).check(shape).is_ok());
        assert!(departing(None).check(shape).is_ok());
        let refused = |change: fn(&mut DepartureRegressor)| {
            let mut regressor = departing(Some(1.5));
            change(&mut regressor);
            regressor.check(shape).unwrap_err().to_string()
        };
        assert!(refused(|regressor| regressor.caution = Some(f64::NAN)).contains("caution"));
        assert!(refused(|regressor| regressor.left_out = 1.0).contains("left_out"));
        assert!(refused(|regressor| regressor.caution = None).contains("members"));
        assert!(refused(|regressor| regressor.members.truncate(1)).contains("members"));
        assert!(refused(|regressor| regressor.rule.bars_left_when_sold = vec![0]).contains("bars_left_when_sold"));
        assert!(refused(|regressor| regressor.members[1] = Regressor::Departure(departing(None))).contains("kind"));
    }
}

//! Elastic net on polynomial terms or splines with coefficients that run over the bars to the horizon.
//!
//! Each coefficient is piecewise linear in the bars to the horizon, with knots that lie closer together the
//! nearer the horizon is, so neighbouring bars are pooled and the last ones may still differ. What is penalised
//! is the far coefficient and its change from knot to knot: with little data all bars share one model.

use serde::{Deserialize, Serialize};

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

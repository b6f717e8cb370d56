//! A market on a finite grid of states: what a problem of this kind says of itself.

use rand_chacha::ChaCha8Rng;
use scaleout_exits::{Objective, TradeTerms};

use crate::{ExactRung, ReferencePath, Rule, SaleLimits, Settings, parameter::Parameter};

/// A reference problem whose market moves on a finite grid of states, the same at every date.
pub(crate) trait GridProblem: Send + Sync {
    fn id(&self) -> &'static str;
    fn title(&self) -> &'static str;
    fn settings(&self) -> &Settings;

    /// Decisions N; after the last step everything left is sold.
    fn steps(&self) -> usize;
    /// K.
    fn tranches(&self) -> usize;
    fn limits(&self) -> SaleLimits {
        SaleLimits::default()
    }
    fn objective(&self) -> Objective;
    fn terms(&self) -> TradeTerms;
    /// The tabled figure is `scale · (offset + J)`.
    fn offset(&self) -> f64 {
        0.0
    }
    fn scale(&self) -> f64 {
        1.0
    }

    fn states(&self) -> usize;
    /// The features that make the state.
    fn feature_names(&self) -> Vec<String>;
    /// Their values for every state, shape `(states, features)`.
    fn features(&self, step: usize) -> Vec<f64>;
    /// The grid state nearest to a row of the state's features.
    fn nearest(&self, step: usize, row: &[f64]) -> usize;
    /// Whether rules that read the state alone are scored on the grid: not where it has more than two dimensions.
    fn scores_on_grid(&self) -> bool {
        true
    }
    /// Probabilities of the states at the fill.
    fn initial(&self) -> Vec<f64>;
    /// `out[s] = E[next(S at step + 1); still running | S = s at step]`.
    fn expect(&self, step: usize, next: &[f64], out: &mut [f64]);
    /// Adds to `out` where the mass at each state goes: the transpose of [`GridProblem::expect`].
    fn spread(&self, step: usize, mass: &[f64], out: &mut [f64]);

    /// What one whole unit fetches in each state, where gains are differences of a price that the state tells.
    fn price(&self, _step: usize) -> Option<Vec<f64>> {
        None
    }
    /// Mean gain of one whole unit over the step in each state, costs at a protective stop included.
    fn drift(&self, _step: usize) -> Option<Vec<f64>> {
        None
    }
    /// Mean of the variance charged for the step in each state.
    fn variance(&self, _step: usize) -> Option<Vec<f64>> {
        None
    }

    /// Names of the columns of a simulated row; those of the state come first where they are hidden.
    fn column_names(&self) -> Vec<String> {
        self.feature_names()
    }
    /// Features of the path itself that tell what the columns do not.
    fn path_features(&self) -> &'static [&'static str] {
        &[]
    }
    /// One path of the market, its rows with the columns of [`GridProblem::column_names`].
    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath;

    /// Whether the features that make the state are kept from those who learn.
    fn hides_state(&self) -> bool {
        false
    }
    /// Where a rule sells each tranche, and where the optimum does: see [`crate::Problem`].
    fn ladder_of(&self, _rule: &dyn Rule) -> Option<Vec<ExactRung>> {
        None
    }
    fn exact_ladder(&self) -> Option<Vec<ExactRung>> {
        None
    }
    /// Further exact figures by name.
    fn details(&self) -> Vec<(String, f64)> {
        Vec::new()
    }
}

/// Proportional costs alone.
pub(crate) fn proportional_terms(proportional_r: f64) -> TradeTerms {
    TradeTerms { proportional_r, per_order_r: 0.0, impact_r: 0.0, impact_power: 2.0, lots: None, min_lots: 0 }
}

/// The parameters every gridded problem with tranches shares.
pub(crate) const fn tranches_parameter(default: f64) -> Parameter {
    Parameter::whole("tranches", default, 1.0, 64.0, "equal parts K that the position can be sold in")
}

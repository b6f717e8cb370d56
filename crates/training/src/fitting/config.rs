//! How a model is fitted and chosen, whatever the learner.

use scaleout_model::{MOST_STATES, SaleConstraints};
use serde::{Deserialize, Serialize};

use crate::error::TrainingError;

/// How a model is fitted and chosen, whatever the learner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitConfig {
    /// Grid of fractions K, 1 to 100.
    pub tranches: u32,
    /// Cap per bar and spacing of sales.
    pub limits: SaleConstraints,
    /// Most rounds of policy improvement, 1 to 1000.
    pub rounds: usize,
    /// Purged folds inside the training span that settings and rounds are chosen on, 2 to 100. With thousands of
    /// trades only the first of them are held out.
    pub folds: usize,
    /// How many settings are tried.
    pub search: SearchEffort,
    /// Whether the model departs from a plain rule only where it is sure to.
    pub caution: Caution,
}

impl Default for FitConfig {
    fn default() -> Self {
        Self {
            tranches: 4,
            limits: SaleConstraints::default(),
            rounds: 8,
            folds: 3,
            search: SearchEffort::Small,
            caution: Caution::Chosen,
        }
    }
}

/// Whether a model departs from the best plain rule only where it is sure to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caution {
    /// It departs where the advantage exceeds κ standard errors. κ is chosen on trades that the fits did not see.
    #[default]
    Chosen,
    /// It always does what its hold values say: a plain regression.
    None,
}

/// How many settings of a learner are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SearchEffort {
    /// The settings as given.
    None,
    /// A handful around the settings given.
    #[default]
    Small,
    /// The same, and each of the settings that matter moved by itself: learning rate, leaves and their least weight,
    /// regularisation, width, degree. Three to five times as long; each trial counts in the verdict.
    Wide,
}

impl FitConfig {
    /// Whether every setting is in its range, for trades of at most `horizon_bars` bars.
    ///
    /// # Errors
    /// Names the first setting that is not, its value and what would be accepted.
    pub fn check(&self, horizon_bars: u32) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(1..=100).contains(&self.tranches) {
            return out_of_range("tranches", f64::from(self.tranches), "1 to 100");
        }
        if !(1..=1_000).contains(&self.rounds) {
            return out_of_range("rounds", self.rounds as f64, "1 to 1000");
        }
        if !(2..=100).contains(&self.folds) {
            return out_of_range("folds", self.folds as f64, "2 to 100");
        }
        self.limits.check_cap(self.tranches)?;
        let (spacing, key) = (self.limits.min_bars_between_sales, "limits.min_bars_between_sales");
        if !(1..=horizon_bars.max(1)).contains(&spacing) {
            let allowed = format!("1 to {horizon_bars}, the bars of the horizon");
            return Err(TrainingError::out_of_range(key, f64::from(spacing), &allowed));
        }
        if MOST_STATES < self.tranches.saturating_mul(spacing) {
            let allowed = format!("1 to {} with {} tranches", MOST_STATES / self.tranches, self.tranches);
            return Err(TrainingError::out_of_range(key, f64::from(spacing), &allowed));
        }
        Ok(())
    }
}

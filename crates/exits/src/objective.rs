use serde::{Deserialize, Serialize};

/// How the result of one trade is valued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Utility {
    /// Σ [q r − ½ γ q² v] − costs, in R.
    #[default]
    MeanVariance,
    /// −exp(−γ W) of the whole trade's net R, shown as a certainty equivalent in R.
    Exponential,
}

/// The one objective J that fits the models, tunes the ladders, chooses the learner and decides the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    /// Shape of the utility.
    #[serde(default)]
    pub utility: Utility,
    /// γ, per R: the price of risk; 0 is risk-neutral.
    pub risk_aversion: f64,
    /// The column that holds the variance of one unit over the coming bar, in R²; by default the squared
    /// gain of the bar itself.
    #[serde(default)]
    pub variance_column: Option<String>,
}

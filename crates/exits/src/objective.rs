use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ExitError;

/// Largest risk aversion, per R: beyond it a swing of a thousandth of R costs more than any trade can earn.
const MOST_RISK_AVERSION: f64 = 1e6;

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
#[serde(remote = "Self", deny_unknown_fields)]
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

impl Objective {
    /// The mean–variance objective with risk aversion γ (per R) and the realised squared gains as variance.
    pub fn mean_variance(risk_aversion: f64) -> Self {
        Self { utility: Utility::MeanVariance, risk_aversion, variance_column: None }
    }

    /// The exponential objective with risk aversion γ (per R).
    pub fn exponential(risk_aversion: f64) -> Self {
        Self { utility: Utility::Exponential, risk_aversion, variance_column: None }
    }

    /// The objective itself, if the risk aversion is a number from 0 to a million.
    ///
    /// # Errors
    /// Names the risk aversion otherwise.
    pub fn checked(self) -> Result<Self, ExitError> {
        if (0.0..=MOST_RISK_AVERSION).contains(&self.risk_aversion) {
            Ok(self)
        } else {
            Err(ExitError::range("risk_aversion", self.risk_aversion, "0 to 1000000"))
        }
    }

    /// The exponential utility of a whole trade's net `net_r`, as (1 − exp(−γ W)) ÷ γ.
    ///
    /// It ranks rules like −exp(−γ W), is close to R near 0, and is W itself without risk aversion.
    pub fn utility_of(&self, net_r: f64) -> f64 {
        if self.risk_aversion == 0.0 { net_r } else { -(-self.risk_aversion * net_r).exp_m1() / self.risk_aversion }
    }

    /// The certainty equivalent, in R, of trades whose J has the mean `mean`. It is the mean itself, except under exponential
    /// utility, where it is −ln(1 − γ mean) ÷ γ.
    ///
    /// ```
    /// use scaleout_exits::Objective;
    /// let objective = Objective::exponential(2.0);
    /// assert!((objective.certainty_equivalent_r(objective.utility_of(0.3)) - 0.3).abs() < 1e-12);
    /// ```
    pub fn certainty_equivalent_r(&self, mean: f64) -> f64 {
        match self.utility {
            Utility::Exponential if self.risk_aversion > 0.0 => {
                -(-self.risk_aversion * mean).ln_1p() / self.risk_aversion
            }
            Utility::Exponential | Utility::MeanVariance => mean,
        }
    }
}

/// The unit of J.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectiveUnit {
    /// Profit ÷ (risk × initial quantity).
    R,
    /// (1 − exp(−γ W)) ÷ γ of a trade's net R, W: near to R only around 0.
    #[serde(rename = "utility")]
    Utility,
}

impl ObjectiveUnit {
    /// Its name, as reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::R => "R",
            Self::Utility => "utility",
        }
    }
}

impl Objective {
    /// The unit of J: utility under exponential utility with risk aversion, else R.
    pub fn unit(&self) -> ObjectiveUnit {
        match self.utility {
            Utility::Exponential if self.risk_aversion > 0.0 => ObjectiveUnit::Utility,
            Utility::Exponential | Utility::MeanVariance => ObjectiveUnit::R,
        }
    }
}

impl<'de> Deserialize<'de> for Objective {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)?.checked().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Objective {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

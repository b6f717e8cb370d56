//! Everything needed to predict hold values and to act on them, and the file that holds it.

use scaleout_exits::{Alternative, Objective, TradeTerms};
use scaleout_features::FeatureSpec;
use scaleout_market::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    checks::{MOST_R, MOST_WIDTH, RowShape, hold},
    choice::{HoldValues, alternatives, target_fraction},
    constraints::{FractionGrid, MOST_STATES, MOST_TRANCHES, SaleConstraints},
    error::ModelError,
    hold_values::{Shape, to_hold_values},
    learner_settings::LearnerSettings,
    regressors::{baseline_rule::BaselineRule, regressor::Regressor},
    rows::layout::RowLayout,
    seal::{Unsealed, sealed, unsealed},
};

/// The newest version of the model file, the one that is written. Since version 2 a file ends with its digest.
pub const MODEL_VERSION: u32 = 2;

/// Everything needed to predict hold values and to act on them: what `model.json` holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Version of the format.
    pub version: u32,
    /// What a row of features is made of.
    pub layout: RowLayout,
    /// Grid of fractions K.
    pub tranches: u32,
    /// Bars after which everything left is closed.
    pub horizon_bars: u32,
    /// What was maximised.
    pub objective: Objective,
    /// Cap per bar and spacing of sales it was trained under.
    pub limits: SaleConstraints,
    /// Power of the impact it was trained under; 1 where there was none.
    pub impact_power: f64,
    /// Whether H is kept concave in the fraction.
    pub shape: Shape,
    /// The learner and its chosen settings.
    pub learner: LearnerSettings,
    /// Whether the unpredictable part of rewards was taken out of the targets.
    pub variance_reduction: VarianceReduction,
    /// The fitted function: K · waits marginal hold values, `wait` by `wait`, for one whole unit in R.
    pub regressor: Regressor,
    /// How it came about.
    pub training: TrainingFacts,
}

/// How a model came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingFacts {
    /// Trades it was fitted on.
    pub trades: usize,
    /// What they are worth in trades that do not overlap.
    pub effective_trades: f64,
    /// Start of the first trade.
    pub first: Timestamp,
    /// End of the last trade's horizon.
    pub last: Timestamp,
    /// Gain or loss of one bar that 99 of 100 training bars stay within, in R: how far resting limits may lie.
    pub bar_reach_r: f64,
    /// Rounds of policy improvement in the final fit.
    pub rounds: usize,
    /// Settings tried before this one was chosen, itself included.
    pub trials: usize,
    /// Mean J on the purged validation trades, of the settings and round chosen; `None` where nothing was chosen.
    pub validation_objective: Option<f64>,
    /// The baseline that it may depart from, and how that was decided; `None` in files of builds that had none and of
    /// learners that stand alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure: Option<DepartureFacts>,
}

/// How it was decided when a model departs from a plain rule. Every J is a mean over the training trades, in R.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartureFacts {
    /// The best plain rule on the training trades, or selling at once where none beats that by one standard error.
    pub rule: BaselineRule,
    /// κ: the standard errors that an advantage over the rule must exceed; `None` where the rule decides alone.
    pub caution: Option<f64>,
    /// J of selling at once.
    pub sell_at_once: f64,
    /// J of the rule that was best without each trade's own block of time.
    pub rule_out_of_fold: f64,
    /// J by κ, each trade under fits that did not see it.
    pub by_caution: Vec<ObjectiveAtCaution>,
}

/// J under one κ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveAtCaution {
    /// κ; `None` where the rule decides alone.
    pub caution: Option<f64>,
    /// J, in R.
    pub objective: f64,
}

/// Whether the part of each step's reward that no feature foretells is taken out of the targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VarianceReduction {
    /// Targets are the realised values.
    None,
    /// Gains and variances are replaced by their own fits on the same features: a control variate that is exact
    /// where the fit is, and trades noise for bias where it is not. Under exponential utility, where the spread of
    /// gains is priced, what a forecast misses of them is subtracted with the factor that leaves least noise.
    #[default]
    Predictable,
    /// The same, and what lies further ahead is taken more and more from the fit of the round before, step by step:
    /// of a step n bars ahead .8ⁿ is realised. Less noise again, for the bias of that fit.
    Bootstrapped,
}

impl TrainingFacts {
    fn check(&self) -> Result<(), ModelError> {
        let is_count = |value: f64| 0.0 <= value && value.is_finite();
        hold(is_count(self.effective_trades), "effective_trades", self.effective_trades, "a number of 0 or more")?;
        hold(self.first <= self.last, "first", self.first.nanos(), "at most `last`")?;
        let reach = self.bar_reach_r;
        hold(is_count(reach) && reach <= MOST_R, "bar_reach_r", reach, "a number of 0 or more")?;
        let objective = self.validation_objective;
        hold(objective.is_none_or(f64::is_finite), "validation_objective", format!("{objective:?}"), "a finite number")
    }
}

/// The version of the file whose content is `json`.
///
/// # Errors
/// Text without a version, a version that this build does not read, and one with a digest whose file has none.
fn version_of(json: &str, is_sealed: bool) -> Result<u32, ModelError> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    let version = serde_json::from_str::<Head>(json)?.version;
    match version {
        1 => Ok(version),
        MODEL_VERSION if is_sealed => Ok(version),
        MODEL_VERSION => Err(ModelError::Unsealed { version }),
        found => Err(ModelError::Version { found, newest: MODEL_VERSION }),
    }
}

impl Model {
    /// The model as JSON that ends with its digest: the same model gives the same bytes.
    pub fn to_json(&self) -> String {
        sealed(&serde_json::to_string(self).expect("Invariant: a model has only finite numbers and text keys"))
    }

    /// The model that `text` holds.
    ///
    /// Files of version 1 have no digest and are read with the checks alone.
    ///
    /// # Errors
    /// Text that is no model, one of a version that this build does not read, one that is damaged, and all that
    /// [`Self::checked`] refuses.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        let Unsealed { json, is_sealed } = unsealed(text)?;
        version_of(&json, is_sealed)?;
        serde_json::from_str::<Self>(&json)?.checked()
    }

    /// The model itself, if it can be used.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub fn checked(self) -> Result<Self, ModelError> {
        self.check()?;
        Ok(self)
    }

    /// Nothing, if the model can be used: its version is known, its names resolve, its parts fit each other, and
    /// whatever it predicts is a finite number.
    ///
    /// # Errors
    /// The first thing that is not so, where it stands and what would be accepted.
    pub fn check(&self) -> Result<(), ModelError> {
        if !(1..=MODEL_VERSION).contains(&self.version) {
            return Err(ModelError::Version { found: self.version, newest: MODEL_VERSION });
        }
        self.layout.resolve().map_err(|error| error.within("layout"))?;
        let bars = self.layout.window as usize;
        let width = self.layout.market.len().saturating_mul(bars).saturating_add(self.layout.position.len());
        hold(width <= MOST_WIDTH, "layout: features in a row", width, format!("at most {MOST_WIDTH}"))?;
        hold((1..=MOST_TRANCHES).contains(&self.tranches), "tranches", self.tranches, format!("1 to {MOST_TRANCHES}"))?;
        hold(0 < self.horizon_bars, "horizon_bars", self.horizon_bars, "1 or more")?;
        self.limits.check_cap(self.tranches)?;
        let spacing = self.limits.min_bars_between_sales;
        let most = self.horizon_bars.min(MOST_STATES / self.tranches);
        hold((1..=most).contains(&spacing), "limits.min_bars_between_sales", spacing, format!("1 to {most}"))?;
        let power = self.impact_power;
        hold(0.0 < power && power.is_finite(), "impact_power", power, "a number above 0")?;
        let is_free = spacing == 1 || self.shape == Shape::Free;
        hold(is_free, "shape", "concave", "free where sales are spaced")?;
        let is_name = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
        let kind = self.learner.name();
        let is_kind = (1..=64).contains(&kind.len()) && kind.bytes().all(is_name);
        hold(is_kind, "learner.kind", format!("{kind:?}"), "a name of letters, digits and -")?;
        let shape = RowShape {
            width: self.layout.width(),
            market: self.layout.market.len(),
            window: bars,
            time_feature: self.layout.time_feature(),
            horizon_bars: self.horizon_bars,
            outputs: self.grid().outputs(),
            tranches: self.tranches as usize,
        };
        self.regressor.check(shape).map_err(|error| error.within("regressor"))?;
        self.training.check().map_err(|error| error.within("training"))
    }

    /// Hold values of rows of features in R, shape (N, K · waits): H at 1/K … 1 for each number of further
    /// decisions in which no sale is allowed, from 0 on. Without spacing of sales that is (N, K).
    pub fn hold_values(&self, features: &[f32]) -> Vec<f64> {
        let mut values = self.regressor.predict(features, self.layout.width());
        to_hold_values(&mut values, self.tranches as usize, self.shape);
        values
    }

    /// The same as the fits expect it, whatever caution then makes of it; `None` where a plain rule decides alone.
    pub fn expected_hold_values(&self, features: &[f32]) -> Option<Vec<f64>> {
        let width = self.layout.width();
        let mut values = match &self.regressor {
            Regressor::Departure(departure) if departure.members.is_empty() => return None,
            Regressor::Departure(departure) => departure.advantage(features, width).mean_r,
            plain => plain.predict(features, width),
        };
        to_hold_values(&mut values, self.tranches as usize, self.shape);
        Some(values)
    }

    /// The fraction to hold through the next bar, by one row of [`Self::hold_values`].
    pub fn target(&self, hold: &[f64], remaining: f64, may_sell: bool, terms: &TradeTerms) -> f64 {
        target_fraction(self.values(hold), remaining, may_sell, terms, &self.limits)
    }

    /// What [`Self::target`] weighs: the feasible fractions, the largest first, the chosen one marked.
    pub fn alternatives(&self, hold: &[f64], remaining: f64, may_sell: bool, terms: &TradeTerms) -> Vec<Alternative> {
        alternatives(self.values(hold), remaining, may_sell, terms, &self.limits)
    }

    fn values<'a>(&self, hold: &'a [f64]) -> HoldValues<'a> {
        let tranches = self.tranches as usize;
        let sold = self.grid().wait_when_sold() * tranches;
        HoldValues { kept: &hold[..tranches], sold: &hold[sold..sold + tranches] }
    }

    /// The market features it reads, in order.
    pub fn inputs(&self) -> &[FeatureSpec] {
        &self.layout.market
    }

    /// Nothing, if the model may be used with these facts.
    ///
    /// # Errors
    /// Which of them differs from training, and both values.
    pub fn check_use(
        &self,
        horizon_bars: u32,
        objective: &Objective,
        limits: &SaleConstraints,
    ) -> Result<(), ModelError> {
        let mismatch = |fact, trained: String, used: String| Err(ModelError::Mismatch { fact, trained, used });
        if self.horizon_bars != horizon_bars {
            return mismatch("horizon_bars", self.horizon_bars.to_string(), horizon_bars.to_string());
        }
        if self.objective != *objective {
            return mismatch("objective", format!("{:?}", self.objective), format!("{objective:?}"));
        }
        if self.limits != *limits {
            return mismatch("sale limits", format!("{:?}", self.limits), format!("{limits:?}"));
        }
        Ok(())
    }

    /// Nothing, if the costs of a trade are of the kind the model was trained under.
    ///
    /// # Errors
    /// Which of them differs from training, and both values.
    pub fn check_terms(&self, terms: &TradeTerms) -> Result<(), ModelError> {
        let mismatch = |fact, trained, used| Err(ModelError::Mismatch { fact, trained, used });
        if 0.0 < terms.impact_r && terms.impact_power != self.impact_power {
            return mismatch("impact_power", self.impact_power.to_string(), terms.impact_power.to_string());
        }
        if 0.0 < terms.per_order_r && self.shape == Shape::Concave {
            return mismatch("per_order_r", "0".to_owned(), terms.per_order_r.to_string());
        }
        Ok(())
    }

    /// The fractions and spacings that its hold values belong to.
    pub fn grid(&self) -> FractionGrid {
        FractionGrid::new(self.tranches, &self.limits)
    }
}

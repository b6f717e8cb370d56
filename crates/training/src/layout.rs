//! What a row of features is made of, and the one function that makes it: for training and live alike.

use scaleout_features::{FeatureSpec, position};
use scaleout_market::PathSinceEntry;
use serde::{Deserialize, Serialize};

use crate::TrainingError;

/// The features of a row, in order: those of the market, then those of the position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowLayout {
    /// Market features at the close of the decision's bar.
    pub market: Vec<FeatureSpec>,
    /// Position features by their names in [`position::NAMES`]; the bars to the horizon are always among them.
    pub position: Vec<String>,
    /// Which of the market features is the volatility that `volatility_ratio` compares with that at the entry.
    pub volatility: Option<usize>,
}

/// Name of the position feature that every row has: bars until everything left is closed.
pub(crate) const BARS_TO_HORIZON: &str = "bars_to_horizon";

impl RowLayout {
    /// The layout of `market` features and all position features but the bars held, which are the horizon less the
    /// bars to it; the ratio of volatilities only where one of the market features is that `volatility`.
    pub fn standard(market: Vec<FeatureSpec>, volatility: Option<&FeatureSpec>) -> Self {
        let volatility = volatility.and_then(|volatility| market.iter().position(|spec| spec == volatility));
        let names = position::NAMES.map(|(name, _)| name).into_iter();
        let position = names.filter(|&name| match name {
            "bars_held" => false,
            "volatility_ratio" => volatility.is_some(),
            _ => true,
        });
        Self { market, position: position.map(str::to_owned).collect(), volatility }
    }

    /// The layout itself, if its position features exist and the bars to the horizon are among them.
    pub(crate) fn checked(self) -> Result<Self, TrainingError> {
        let unknown = self.position.iter().find(|name| place(name).is_none());
        if let Some(name) = unknown {
            let known = position::NAMES.map(|(name, _)| name).join(", ");
            return Err(TrainingError::PositionFeature { name: name.clone(), known });
        }
        if !self.position.iter().any(|name| name == BARS_TO_HORIZON) {
            return Err(TrainingError::PositionFeature { name: String::new(), known: BARS_TO_HORIZON.to_owned() });
        }
        if self.volatility.is_some_and(|place| self.market.len() <= place) {
            let known = format!("{} market features", self.market.len());
            return Err(TrainingError::PositionFeature { name: "volatility_ratio".to_owned(), known });
        }
        Ok(self)
    }

    /// Features in a row, F.
    pub fn width(&self) -> usize {
        self.market.len() + self.position.len()
    }

    /// The names in order, market features in their canonical text.
    pub fn names(&self) -> Vec<String> {
        self.market.iter().map(ToString::to_string).chain(self.position.iter().cloned()).collect()
    }

    /// Place of the bars to the horizon in a row.
    pub(crate) fn time_feature(&self) -> usize {
        let place = self.position.iter().position(|name| name == BARS_TO_HORIZON);
        self.market.len() + place.expect("Invariant: a checked layout has the bars to the horizon")
    }

    /// Appends one row to `out`: `inputs` are the market features now, `inputs_at_entry` those at the close before the
    /// fill; all rounded to f32, NaN where missing.
    pub fn push_row(
        &self,
        inputs: &[Option<f64>],
        inputs_at_entry: &[Option<f64>],
        path: &PathSinceEntry,
        bars_to_horizon: u32,
        out: &mut Vec<f32>,
    ) {
        let volatility = |inputs: &[Option<f64>]| self.volatility.and_then(|place| inputs[place]);
        let position =
            position::position_features(path, bars_to_horizon, volatility(inputs), volatility(inputs_at_entry));
        let values = self.position.iter().map(|name| place(name).and_then(|place| position[place]));
        out.extend(inputs.iter().copied().chain(values).map(|value| value.map_or(f32::NAN, |value| value as f32)));
    }
}

fn place(name: &str) -> Option<usize> {
    position::NAMES.iter().position(|&(known, _)| known == name)
}

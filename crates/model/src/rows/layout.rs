//! The features of a row, in order, and what makes rows of them.

use scaleout_features::{Family, FeatureSpec, definition, position};
use scaleout_market::{PathSinceEntry, Side};
use serde::{Deserialize, Serialize};

use crate::error::ModelError;

/// The features of a row, in order: those of the market, then those of the position.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowLayout {
    /// Market features at the close of the decision's bar.
    pub market: Vec<FeatureSpec>,
    /// Position features: names of [`position::NAMES`], `side` (1 for a long, −1 for a short) and `side*<feature>`, a
    /// market feature times the side. The bars to the horizon are always among them.
    pub position: Vec<String>,
    /// Which of the market features is the volatility that `volatility_ratio` compares with that at the entry.
    pub volatility: Option<usize>,
    /// Bars whose market features a row shows, the present one among them; 1 or more. Those of the bars before stand
    /// at the end of the row, the nearest first.
    #[serde(default = "present_alone", skip_serializing_if = "is_present_alone")]
    pub window: u32,
}

fn present_alone() -> u32 {
    1
}

fn is_present_alone(window: &u32) -> bool {
    *window == 1
}

/// What one row is made from.
#[derive(Debug, Clone, Copy)]
pub struct RowSource<'a> {
    /// The market features now.
    pub inputs: &'a [Option<f64>],
    /// The market features at the close before the fill.
    pub inputs_at_entry: &'a [Option<f64>],
    /// The market features at the bars before, one list a bar, the nearest first; a row shows no more of them than its
    /// window, and what is not there is missing.
    pub inputs_before: &'a [Vec<Option<f64>>],
    /// Direction of the trade.
    pub side: Side,
    /// The market since the fill.
    pub path: PathSinceEntry,
    /// Bars until everything left is closed.
    pub bars_to_horizon: u32,
}

/// A layout whose names are resolved, ready to make rows.
#[derive(Debug, Clone)]
pub struct RowMaker {
    position: Vec<PositionFeature>,
    volatility: Option<usize>,
    bars_before: usize,
}

#[derive(Debug, Clone, Copy)]
enum PositionFeature {
    /// Place in [`position::NAMES`].
    Named(usize),
    Side,
    /// Place among the market features.
    TimesSide(usize),
}

/// Name of the position feature that every row has: bars until everything left is closed.
const BARS_TO_HORIZON: &str = "bars_to_horizon";

/// Most bars whose market features a row shows.
const MOST_WINDOW: u32 = 512;

const SIDE: &str = "side";

const TIMES_SIDE: &str = "side*";

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
        Self { market, position: position.map(str::to_owned).collect(), volatility, window: 1 }
    }

    /// The same with the market features of `window` bars, the present one among them.
    #[must_use]
    pub fn with_window(self, window: u32) -> Self {
        Self { window: window.max(1), ..self }
    }

    /// Bars before the present one that a row shows.
    pub fn bars_before(&self) -> usize {
        self.window.saturating_sub(1) as usize
    }

    /// The same for trades of both directions: with the side, and every market feature that may point somewhere also
    /// times the side, so that a rising market is good for a long and bad for a short. Volatilities point nowhere.
    #[must_use]
    pub fn for_both_sides(mut self) -> Self {
        if self.position.iter().any(|name| name == SIDE) {
            return self;
        }
        self.position.push(SIDE.to_owned());
        let is_volatility =
            |spec: &FeatureSpec| definition(&spec.name).is_some_and(|found| found.family == Family::Volatility);
        let pointing = self.market.iter().filter(|spec| !is_volatility(spec));
        self.position.extend(pointing.map(|spec| format!("{TIMES_SIDE}{spec}")));
        self
    }

    /// The layout itself, if its position features exist and the bars to the horizon are among them.
    ///
    /// # Errors
    /// As [`Self::resolve`].
    pub fn checked(self) -> Result<Self, ModelError> {
        self.resolve()?;
        Ok(self)
    }

    /// What makes the rows of this layout.
    ///
    /// # Errors
    /// An unknown position feature, or a layout without the bars to the horizon.
    pub fn resolve(&self) -> Result<RowMaker, ModelError> {
        let position = self.position.iter().map(|name| self.place(name)).collect::<Result<Vec<_>, _>>()?;
        if !self.position.iter().any(|name| name == BARS_TO_HORIZON) {
            return Err(ModelError::PositionFeature { name: String::new(), known: BARS_TO_HORIZON.to_owned() });
        }
        if !(1..=MOST_WINDOW).contains(&self.window) {
            return Err(ModelError::invalid("window", self.window, format!("1 to {MOST_WINDOW}")));
        }
        if self.volatility.is_some_and(|place| self.market.len() <= place) {
            let known = format!("{} market features", self.market.len());
            return Err(ModelError::PositionFeature { name: "volatility_ratio".to_owned(), known });
        }
        Ok(RowMaker { position, volatility: self.volatility, bars_before: self.bars_before() })
    }

    /// Features in a row, F.
    pub fn width(&self) -> usize {
        self.market.len() * (1 + self.bars_before()) + self.position.len()
    }

    /// The names in order, market features in their canonical text, those of n bars before with `@-n` after it.
    pub fn names(&self) -> Vec<String> {
        let market = || self.market.iter().map(ToString::to_string);
        let before = (1..=self.bars_before()).flat_map(|bars| market().map(move |name| format!("{name}@-{bars}")));
        market().chain(self.position.iter().cloned()).chain(before).collect()
    }

    /// Place of the bars to the horizon in a row of a [checked](Self::checked) layout.
    pub fn time_feature(&self) -> usize {
        let place = self.position.iter().position(|name| name == BARS_TO_HORIZON);
        self.market.len() + place.expect("Invariant: a checked layout has the bars to the horizon")
    }

    fn place(&self, name: &str) -> Result<PositionFeature, ModelError> {
        if name == SIDE {
            return Ok(PositionFeature::Side);
        }
        let found = match name.strip_prefix(TIMES_SIDE) {
            Some(feature) => {
                let place = self.market.iter().position(|spec| spec.to_string() == feature);
                place.map(PositionFeature::TimesSide)
            }
            None => position::NAMES.iter().position(|&(known, _)| known == name).map(PositionFeature::Named),
        };
        found.ok_or_else(|| {
            let known = position::NAMES.map(|(name, _)| name).join(", ");
            ModelError::PositionFeature { name: name.to_owned(), known: format!("{known}, side, side*<feature>") }
        })
    }
}

impl RowMaker {
    /// Appends one row to `out`, rounded to f32, NaN where a value is missing.
    pub fn push_row(&self, source: &RowSource<'_>, out: &mut Vec<f32>) {
        let volatility = |inputs: &[Option<f64>]| self.volatility.and_then(|place| inputs[place]);
        let named = position::position_features(
            &source.path,
            source.bars_to_horizon,
            volatility(source.inputs),
            volatility(source.inputs_at_entry),
        );
        let sign = source.side.sign();
        let position = self.position.iter().map(|feature| match *feature {
            PositionFeature::Named(place) => named[place],
            PositionFeature::Side => Some(sign),
            PositionFeature::TimesSide(place) => source.inputs[place].map(|value| sign * value),
        });
        let before = (0..self.bars_before).flat_map(|bars| {
            let shown = source.inputs_before.get(bars);
            (0..source.inputs.len()).map(move |place| shown.and_then(|values| values[place]))
        });
        let values = source.inputs.iter().copied().chain(position).chain(before);
        out.extend(values.map(|value| value.map_or(f32::NAN, |value| value as f32)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_sees_what_points_somewhere_the_other_way_round() {
        let market: Vec<FeatureSpec> = ["column:flow", "atr"].map(|text| text.parse().unwrap()).to_vec();
        let layout = RowLayout::standard(market.clone(), Some(&market[1])).for_both_sides();
        assert_eq!(layout.clone().for_both_sides(), layout);
        assert_eq!(
            layout.names()[2..],
            [
                "bars_to_horizon",
                "unrealised_r",
                "mfe_r",
                "mae_r",
                "drawdown_r",
                "volatility_ratio",
                "side",
                "side*column:flow",
            ]
        );
        let path = PathSinceEntry { bars_held: 2, unrealised_r: 0.5, mfe_r: 1.0, mae_r: -0.25 };
        let source = RowSource {
            inputs: &[Some(3.0), Some(2.0)],
            inputs_at_entry: &[None, Some(4.0)],
            inputs_before: &[vec![Some(7.0), None]],
            side: Side::Short,
            path,
            bars_to_horizon: 8,
        };
        let mut row = Vec::new();
        layout.resolve().unwrap().push_row(&source, &mut row);
        assert_eq!(row, [3.0, 2.0, 8.0, 0.5, 1.0, -0.25, 0.5, 0.5, -1.0, -3.0]);
        let windowed = layout.with_window(3);
        row.clear();
        windowed.resolve().unwrap().push_row(&source, &mut row);
        assert_eq!(row.len(), windowed.width());
        assert_eq!(row[10], 7.0);
        assert!(row[11..].iter().all(|value| value.is_nan()), "{row:?}");
        let before = ["column:flow@-1", "atr@-1", "column:flow@-2", "atr@-2"];
        assert!(windowed.names()[10..].iter().zip(before).all(|(name, start)| name.starts_with(&start[..4])));
    }

    #[test]
    fn an_unknown_position_feature_is_refused() {
        let layout = RowLayout { market: vec![], position: vec!["mood".into()], volatility: None, window: 1 };
        assert!(layout.resolve().unwrap_err().to_string().contains("mood"));
    }
}

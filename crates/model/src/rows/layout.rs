//! The features of a row, in order, and what makes rows of them.

use std::collections::{BTreeMap, BTreeSet};

use scaleout_features::{FeatureSpec, Mirror, position};
use scaleout_market::PathSinceEntry;
use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::rows::frame::{ColumnMirror, EntryFrame, Frame, Seen, is_seen_twice, mirror_of};

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
    /// From where a row sees the market features.
    #[serde(default, skip_serializing_if = "Frame::is_market")]
    pub frame: Frame,
    /// What becomes of columns on the mirrored market, by name; nobody knows it of the others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnMirror>,
}

/// How trades of both directions teach one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sides {
    /// A short is a long on the mirrored market: both teach the same function.
    #[default]
    Mirrored,
    /// A row also shows the side, and what points somewhere times the side, so that shorts may differ from longs.
    Apart,
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
    /// The entry from which the row sees the market.
    pub entry: EntryFrame,
    /// The market since the fill.
    pub path: PathSinceEntry,
    /// Bars until everything left is closed.
    pub bars_to_horizon: u32,
}

/// A layout whose names are resolved, ready to make rows.
#[derive(Debug, Clone)]
pub struct RowMaker {
    market: Vec<Seen>,
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
        Self {
            market,
            position: position.map(str::to_owned).collect(),
            volatility,
            window: 1,
            frame: Frame::Trade,
            columns: BTreeMap::new(),
        }
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

    /// The same for trades of both directions. A feature whose mirror image is not known also enters times the side,
    /// so that what is good for a long may be bad for a short. With [`Sides::Apart`] the side enters, and so does
    /// every feature that may point somewhere times the side.
    #[must_use]
    pub fn for_both_sides(mut self, sides: Sides) -> Self {
        if self.position.iter().any(|name| name == SIDE || name.starts_with(TIMES_SIDE)) {
            return self;
        }
        if sides == Sides::Apart {
            self.position.push(SIDE.to_owned());
        }
        let is_twice = |spec: &&FeatureSpec| match sides {
            Sides::Mirrored => is_seen_twice(spec, &self.market, &self.columns),
            Sides::Apart => mirror_of(spec, &self.columns) != Mirror::Unchanged,
        };
        let twice: Vec<String> =
            self.market.iter().filter(is_twice).map(|spec| format!("{TIMES_SIDE}{spec}")).collect();
        self.position.extend(twice);
        self
    }

    /// How the value of each market feature becomes that of a row, in order.
    pub fn seen(&self) -> Vec<Seen> {
        let seen = |spec| match self.frame {
            Frame::Market => Seen::AS_IT_IS,
            Frame::Trade => Seen::from_the_trade(spec, &self.market, &self.columns),
        };
        self.market.iter().map(seen).collect()
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
        // A market feature may share its name with one of the position: the volatility ratio.
        let market: Vec<String> = self.market.iter().map(ToString::to_string).collect();
        for names in [&market, &self.position] {
            let mut seen = BTreeSet::new();
            if let Some(twice) = names.iter().find(|name| !seen.insert(name.as_str())) {
                return Err(ModelError::invalid("layout", twice, "each feature once"));
            }
        }
        if self.volatility.is_some_and(|place| self.market.len() <= place) {
            let known = format!("{} market features", self.market.len());
            return Err(ModelError::PositionFeature { name: "volatility_ratio".to_owned(), known });
        }
        Ok(RowMaker { market: self.seen(), position, volatility: self.volatility, bars_before: self.bars_before() })
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
        let sign = source.entry.side.sign();
        let seen = |place: usize, inputs: &[Option<f64>]| self.market[place].value(place, inputs, &source.entry);
        let present = (0..self.market.len()).map(|place| seen(place, source.inputs));
        let position = self.position.iter().map(|feature| match *feature {
            PositionFeature::Named(place) => named[place],
            PositionFeature::Side => Some(sign),
            PositionFeature::TimesSide(place) => seen(place, source.inputs).map(|value| sign * value),
        });
        let before = (0..self.bars_before).flat_map(|bars| {
            let shown = source.inputs_before.get(bars);
            (0..self.market.len()).map(move |place| seen(place, shown?))
        });
        let values = present.chain(position).chain(before);
        out.extend(values.map(|value| value.map_or(f32::NAN, |value| value as f32)));
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::Side;

    use super::*;

    const SHORT: EntryFrame = EntryFrame { side: Side::Short, price: 100.0, risk: 4.0 };

    fn row(layout: &RowLayout, entry: EntryFrame, inputs: &[Option<f64>], before: &[Vec<Option<f64>>]) -> Vec<f32> {
        let path = PathSinceEntry { bars_held: 2, unrealised_r: 0.5, mfe_r: 1.0, mae_r: -0.25 };
        let before: Vec<Vec<Option<f64>>> = before.to_vec();
        let inputs_at_entry = vec![Some(4.0); inputs.len()];
        let source = RowSource {
            inputs,
            inputs_at_entry: &inputs_at_entry,
            inputs_before: &before,
            entry,
            path,
            bars_to_horizon: 8,
        };
        let mut row = Vec::new();
        layout.resolve().unwrap().push_row(&source, &mut row);
        row
    }

    /// One feature of each law, seen by a long and a short at 100 with 1 R = 4.
    #[test]
    fn a_short_sees_the_mirrored_market_and_prices_in_r() {
        let names = ["rsi", "macd", "atr", "aroon_up", "aroon_down", "donchian_high", "donchian_low", "adx"];
        let layout = RowLayout::standard(names.map(|name| name.parse().unwrap()).to_vec(), None);
        assert_eq!(layout.clone().for_both_sides(Sides::Mirrored), layout, "every law is known");
        let inputs = [30.0, 2.0, 1.0, 100.0, 25.0, 106.0, 98.0, 17.0].map(Some);
        let market = |side| row(&layout, EntryFrame { side, ..SHORT }, &inputs, &[])[..names.len()].to_vec();
        assert_eq!(market(Side::Long), [30.0, 0.5, 0.25, 100.0, 25.0, 1.5, -0.5, 17.0]);
        assert_eq!(market(Side::Short), [70.0, -0.5, 0.25, 25.0, 100.0, 0.5, -1.5, 17.0]);
    }

    #[test]
    fn a_feature_without_a_known_mirror_image_enters_times_the_side_as_well() {
        let market: Vec<FeatureSpec> = ["column:flow", "atr"].map(|text| text.parse().unwrap()).to_vec();
        let standard = RowLayout::standard(market.clone(), Some(&market[1]));
        let layout = standard.clone().for_both_sides(Sides::Mirrored);
        assert_eq!(layout.clone().for_both_sides(Sides::Mirrored), layout);
        let named = ["bars_to_horizon", "unrealised_r", "mfe_r", "mae_r", "drawdown_r", "volatility_ratio"];
        assert_eq!(layout.names()[2..8], named);
        assert_eq!(layout.names()[8..], ["side*column:flow"]);
        assert_eq!(standard.for_both_sides(Sides::Apart).names()[8..], ["side", "side*column:flow"]);
        let columns = BTreeMap::from([("flow".to_owned(), ColumnMirror::Negated)]);
        let known = RowLayout { columns, ..RowLayout::standard(market.clone(), Some(&market[1])) };
        let known = known.for_both_sides(Sides::Mirrored);
        assert_eq!(known.names().len(), 8, "its owner says what it becomes");
        assert_eq!(row(&known, SHORT, &[Some(3.0), Some(2.0)], &[])[0], -3.0);
        let alone = RowLayout::standard(vec!["aroon_up".parse().unwrap()], None).for_both_sides(Sides::Mirrored);
        assert_eq!(alone.names().last().unwrap(), "side*aroon_up", "its partner is not there");

        let (inputs, before) = ([Some(3.0), Some(2.0)], [vec![Some(7.0), None]]);
        let values = row(&layout, SHORT, &inputs, &before);
        assert_eq!(values, [3.0, 0.5, 8.0, 0.5, 1.0, -0.25, 0.5, 0.5, -3.0]);
        let windowed = layout.with_window(3);
        let values = row(&windowed, SHORT, &inputs, &before);
        assert_eq!(values.len(), windowed.width());
        assert_eq!(values[9], 7.0);
        assert!(values[10..].iter().all(|value| value.is_nan()), "{values:?}");
        let before = ["column:flow@-1", "atr@-1", "column:flow@-2", "atr@-2"];
        assert!(windowed.names()[9..].iter().zip(before).all(|(name, start)| name.starts_with(&start[..4])));
    }

    /// Files of models that were made before rows had a frame hold the market as it is.
    #[test]
    fn a_layout_without_a_frame_shows_the_market_as_it_is() {
        let text =
            r#"{"market": ["rsi", "atr"], "position": ["bars_to_horizon", "side", "side*rsi"], "volatility": null}"#;
        let layout: RowLayout = serde_json::from_str(text).unwrap();
        assert_eq!(row(&layout, SHORT, &[Some(30.0), Some(2.0)], &[]), [30.0, 2.0, 8.0, -1.0, -30.0]);
    }

    #[test]
    fn a_feature_is_there_once_and_may_share_its_name_with_one_of_the_position() {
        let ratio: FeatureSpec = "volatility_ratio".parse().unwrap();
        let once = RowLayout::standard(vec![ratio.clone()], Some(&ratio));
        assert!(once.position.iter().any(|name| name == "volatility_ratio") && once.resolve().is_ok());
        let twice = RowLayout { market: vec![ratio.clone(), ratio], ..once.clone() };
        assert!(twice.resolve().unwrap_err().to_string().contains("volatility_ratio"));
        let position = once.position.iter().chain(&once.position).cloned().collect();
        assert!(RowLayout { position, ..once }.resolve().is_err());
    }

    #[test]
    fn an_unknown_position_feature_is_refused() {
        let layout = RowLayout { position: vec!["mood".into()], ..RowLayout::standard(vec![], None) };
        assert!(layout.resolve().unwrap_err().to_string().contains("mood"));
    }
}

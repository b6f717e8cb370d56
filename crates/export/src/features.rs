//! What a reader of the contract must know of each feature: unit, definition, warm-up and the range seen in training.

use scaleout_features::{
    definition,
    position::{MEANINGS, NAMES},
};
use scaleout_model::{Model, Seen, SeenByShort, SeenUnit};
use serde::{Deserialize, Serialize};

use crate::drift::quantiles;

/// One feature of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureInput {
    /// Its name, as in `golden.csv`.
    pub name: String,
    /// Whether it is one of the market's, the same for every position, or one of the position's.
    pub of: FeatureOwner,
    /// Unit of the value.
    pub unit: String,
    /// What it says.
    pub meaning: String,
    /// Its formula; empty where the meaning says it all.
    pub formula: String,
    /// How a row shows it: in R, or mirrored for a short; empty where it is as computed.
    #[serde(default)]
    pub in_rows: String,
    /// Parameters by name, defaults among them; `null` where leaving one out means something else.
    pub parameters: std::collections::BTreeMap<String, Option<f64>>,
    /// How soon it has a first value.
    pub warm_up: String,
    /// What it was in training.
    pub training_range: TrainingRange,
    /// The 5 %, 10 % … 95 % quantiles of the training rows; empty where it was always missing, and in contracts of builds
    /// that kept none.
    #[serde(default)]
    pub training_quantiles: Vec<f32>,
}

/// Whose feature it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureOwner {
    /// The market's.
    Market,
    /// The position's.
    Position,
}

/// What a feature was in the training rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingRange {
    /// The .1 % quantile; `null` where it was always missing.
    pub low: Option<f32>,
    /// The median.
    pub median: Option<f32>,
    /// The 99.9 % quantile.
    pub high: Option<f32>,
    /// Share of the rows in which it was missing.
    pub missing_share: f64,
}

impl TrainingRange {
    /// The range of some values; O(n).
    pub fn of(values: impl Iterator<Item = f32>) -> Self {
        let (mut all, mut known) = (0_usize, Vec::new());
        for value in values {
            all += 1;
            if value.is_finite() {
                known.push(value);
            }
        }
        let count = known.len();
        let missing_share = if all == 0 { 0.0 } else { (all - count) as f64 / all as f64 };
        let Some(last) = count.checked_sub(1) else {
            return Self { low: None, median: None, high: None, missing_share };
        };
        let cut = (last as f64 * 0.001) as usize;
        let mut at = |place: usize| Some(*known.select_nth_unstable_by(place, f32::total_cmp).1);
        Self { low: at(cut), median: at(last / 2), high: at(last - cut), missing_share }
    }

    /// Whether `value` lies in the range widened by a tenth of its width on either side; missing values do.
    pub fn includes(&self, value: f32) -> bool {
        match (self.low, self.high) {
            (Some(low), Some(high)) => {
                let room = 0.1 * (high - low);
                value.is_nan() || (low - room <= value && value <= high + room)
            }
            _ => value.is_nan(),
        }
    }
}

/// Features of one bar's row, F: those of the market and of the position.
pub(crate) fn present_width(model: &Model) -> usize {
    model.layout.market.len() + model.layout.position.len()
}

/// The features of a row of `model` in order, with their ranges over `rows`, which are rows of the model's layout.
pub fn feature_inputs(model: &Model, rows: &[f32]) -> Vec<FeatureInput> {
    let (layout, row_width) = (&model.layout, model.layout.width());
    let names = layout.names();
    let seen = layout.seen();
    let values = |place: usize| rows.iter().skip(place).step_by(row_width).copied();
    (0..present_width(model))
        .map(|place| match layout.market.get(place) {
            Some(spec) => {
                let found = definition(spec.base());
                let mut parameters: std::collections::BTreeMap<String, Option<f64>> = found
                    .map(|found| found.parameters.iter().map(|known| (known.name.to_owned(), known.default)).collect())
                    .unwrap_or_default();
                parameters.extend(spec.parameters.iter().map(|(name, value)| (name.clone(), Some(*value))));
                FeatureInput {
                    name: names[place].clone(),
                    of: FeatureOwner::Market,
                    unit: match seen[place].unit {
                        SeenUnit::Own => found.map_or("that of the column", |found| found.unit).to_owned(),
                        SeenUnit::Distance | SeenUnit::Price => "R".to_owned(),
                    },
                    meaning: found.map_or_else(
                        || format!("the column `{}` of the market's file", spec.column().unwrap_or(&spec.name)),
                        |found| found.summary.to_owned(),
                    ),
                    formula: found.map_or("", |found| found.formula).to_owned(),
                    in_rows: in_rows(&seen[place], &names),
                    parameters,
                    warm_up: spec.warm_up().map_or_else(|_| "unknown".to_owned(), |warm_up| warm_up.to_string()),
                    training_range: TrainingRange::of(values(place)),
                    training_quantiles: quantiles(values(place)),
                }
            }
            None => {
                let name = &names[place];
                let known = NAMES.iter().position(|(known, _)| known == name);
                let (unit, meaning) = match (known, name.strip_prefix("side*")) {
                    (Some(known), _) => (NAMES[known].1.to_owned(), MEANINGS[known].to_owned()),
                    (None, Some(feature)) => ("as the feature".to_owned(), format!("`{feature}` times the side")),
                    (None, None) => ("1".to_owned(), "1 for a long, −1 for a short".to_owned()),
                };
                FeatureInput {
                    name: name.clone(),
                    of: FeatureOwner::Position,
                    unit,
                    meaning,
                    formula: String::new(),
                    in_rows: String::new(),
                    parameters: std::collections::BTreeMap::new(),
                    warm_up: "none".to_owned(),
                    training_range: TrainingRange::of(values(place)),
                    training_quantiles: quantiles(values(place)),
                }
            }
        })
        .collect()
}

/// How a row shows a market feature, in words; `names` are those of the row.
fn in_rows(seen: &Seen, names: &[String]) -> String {
    if *seen == Seen::AS_IT_IS {
        return String::new();
    }
    let unit = match seen.unit {
        SeenUnit::Own => "the value",
        SeenUnit::Distance => "the value / the price distance of 1 R",
        SeenUnit::Price => "(the value - the entry's price) * side / the price distance of 1 R",
    };
    let by_a_short = match seen.by_a_short {
        SeenByShort::Same => String::new(),
        SeenByShort::Negated => "; for a short the value is first multiplied by -1".to_owned(),
        SeenByShort::Complement(whole) => format!("; for a short the value is first taken from {whole}"),
        SeenByShort::Partner(place, sign) => {
            format!("; for a short the value is first replaced by {sign} * `{}`", names[place])
        }
    };
    format!("{unit}{by_a_short}")
}

#[cfg(test)]
mod tests {
    use super::TrainingRange;

    #[test]
    fn a_range_leaves_the_outermost_thousandth_out() {
        let values = (0..10_001).map(|value| value as f32).chain([f32::NAN; 99]);
        let range = TrainingRange::of(values);
        assert_eq!((range.low, range.median, range.high), (Some(10.0), Some(5_000.0), Some(9_990.0)));
        assert!((range.missing_share - 99.0 / 10_100.0).abs() < 1e-12);
        for (value, is_in) in [(-988.0, true), (-989.0, false), (10_989.0, false), (10_988.0, true), (f32::NAN, true)] {
            assert_eq!(range.includes(value), is_in, "{value}");
        }
        let nothing = TrainingRange::of([f32::NAN].into_iter());
        assert_eq!((nothing.low, nothing.missing_share), (None, 1.0));
        assert!(!nothing.includes(0.0) && nothing.includes(f32::NAN));
    }
}

use crate::{FeatureError, FeatureSpec, Window, definition::Definition};
use scaleout_market::OutOfRange;

/// A parameter of a feature: its name, default and range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Name in specs.
    pub name: &'static str,
    /// Value if the spec gives none; `None` where leaving it out means something else.
    pub default: Option<f64>,
    /// Least value accepted.
    pub min: f64,
    /// Largest value accepted.
    pub max: f64,
    /// Whether only whole numbers are accepted.
    pub whole: bool,
    /// What it means, with its unit.
    pub about: &'static str,
}

/// The longest window in bars or trades: what still fits in memory for many features at once.
const LONGEST: f64 = 1_000_000.0;

impl Parameter {
    /// A number of bars or trades, at least `min`.
    pub const fn count(name: &'static str, default: usize, min: usize, about: &'static str) -> Self {
        Self { name, default: Some(default as f64), min: min as f64, max: LONGEST, whole: true, about }
    }

    /// A real number between `min` and `max`.
    pub const fn number(name: &'static str, default: f64, min: f64, max: f64, about: &'static str) -> Self {
        Self { name, default: Some(default), min, max, whole: false, about }
    }

    /// The window in trades, instead of `window`.
    pub const TRADES: Self =
        Self { name: "trades", default: None, min: 2.0, max: LONGEST, whole: true, about: "window in trades" };
    /// The window in traded quantity, instead of `window`.
    pub const VOLUME: Self =
        Self { name: "volume", default: None, min: 1e-9, max: 1e15, whole: false, about: "window in traded quantity" };
    /// The window in seconds, instead of `window`.
    pub const SECONDS: Self =
        Self { name: "seconds", default: None, min: 1e-3, max: 1e9, whole: false, about: "window in seconds" };

    /// What values it accepts, in words.
    pub fn accepted(&self) -> String {
        let kind = if self.whole { "a whole number" } else { "a number" };
        format!("{kind} from {} to {}", self.min, self.max)
    }
}

/// The parameters of one feature, checked and complete.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    values: Vec<(&'static str, Option<f64>)>,
    column: Option<ColumnPlace>,
}

/// Where a row of extra columns holds a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ColumnPlace {
    /// Its values.
    pub(crate) values: usize,
    /// When these were published, if the row says so.
    pub(crate) published: Option<usize>,
}

impl Parameters {
    /// The parameters that `spec` gives to `definition`, defaults filled in, `column` being that which it
    /// names.
    pub(crate) fn resolve(
        definition: &Definition,
        spec: &FeatureSpec,
        column: Option<ColumnPlace>,
    ) -> Result<Self, FeatureError> {
        if let Some(unknown) = spec.parameters.keys().find(|key| definition.parameters.iter().all(|p| p.name != **key))
        {
            return Err(FeatureError::UnknownParameter {
                spec: spec.to_string(),
                name: definition.name.to_owned(),
                parameter: unknown.clone(),
                accepted: accepted_parameters(definition),
            });
        }
        let mut values = Vec::with_capacity(definition.parameters.len());
        for parameter in definition.parameters {
            let given = spec.parameters.get(parameter.name).copied();
            if let Some(value) = given {
                let in_range = parameter.min <= value && value <= parameter.max;
                if !in_range || (parameter.whole && value.fract() != 0.0) {
                    return Err(FeatureError::OutOfRange {
                        spec: spec.to_string(),
                        source: OutOfRange::new(parameter.name, value, &parameter.accepted()),
                    });
                }
            }
            values.push((parameter.name, given.or(parameter.default)));
        }
        let windows = ["window", "trades", "volume", "seconds"];
        let has_kinds = definition.parameters.iter().any(|p| p.default.is_none() && windows.contains(&p.name));
        if has_kinds && windows.iter().filter(|name| spec.parameters.contains_key(**name)).count() > 1 {
            return Err(FeatureError::Conflict {
                spec: spec.to_string(),
                rule: "the window is given once, as one of window (bars), trades, volume, seconds",
            });
        }
        let parameters = Self { values, column };
        match (definition.conflict)(&parameters) {
            Some(rule) => Err(FeatureError::Conflict { spec: spec.to_string(), rule }),
            None => Ok(parameters),
        }
    }

    /// The value of a parameter that has a default.
    pub fn number(&self, name: &str) -> f64 {
        self.given(name).expect("Invariant: a definition reads only parameters it declares with a default")
    }

    /// The value of a whole-numbered parameter that has a default.
    pub fn count(&self, name: &str) -> usize {
        self.number(name) as usize
    }

    /// The value of a parameter, if it was given or has a default.
    pub fn given(&self, name: &str) -> Option<f64> {
        self.values.iter().find(|(known, _)| *known == name).and_then(|(_, value)| *value)
    }

    /// The window of a feature that takes one in bars, trades, volume or seconds.
    pub fn window(&self) -> Window {
        if let Some(trades) = self.given("trades") {
            Window::Trades(trades as usize)
        } else if let Some(volume) = self.given("volume") {
            Window::Volume(volume)
        } else if let Some(seconds) = self.given("seconds") {
            Window::Seconds(seconds)
        } else {
            Window::Bars(self.count("window"))
        }
    }

    /// The index of the column that the spec names.
    pub fn column(&self) -> usize {
        let place = self.column.expect("Invariant: a definition that reads a column is built only with one");
        place.values
    }

    /// The index of the column that says when the values of that column were published, if there is one
    /// ([`Column::published`](scaleout_market::Column::published)).
    pub fn published(&self) -> Option<usize> {
        self.column.and_then(|place| place.published)
    }
}

fn accepted_parameters(definition: &Definition) -> String {
    if definition.parameters.is_empty() {
        return "none".to_owned();
    }
    let listed: Vec<String> = definition
        .parameters
        .iter()
        .map(|parameter| match parameter.default {
            Some(default) => format!("{} ({}, default {default})", parameter.name, parameter.accepted()),
            None => format!("{} ({})", parameter.name, parameter.accepted()),
        })
        .collect();
    listed.join(", ")
}

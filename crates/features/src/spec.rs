use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a feature with its parameters, as written in a config: `rsi(window=14)`, `atr`, `column:vix`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeatureSpec {
    /// Name in the registry, or `column:<name>`.
    pub name: String,
    /// Parameters that differ from their defaults, by name.
    pub parameters: BTreeMap<String, f64>,
}

/// Why a text is not a feature.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SpecError {
    /// The text does not read `name` or `name(key=value, …)`.
    #[error("`{text}` is not a feature: write `name` or `name(key=value, ...)`, for example `rsi(window=14)`")]
    Syntax {
        /// The text.
        text: String,
    },
}

impl FromStr for FeatureSpec {
    type Err = SpecError;

    fn from_str(text: &str) -> Result<Self, SpecError> {
        let syntax = || SpecError::Syntax { text: text.to_owned() };
        let trimmed = text.trim();
        if trimmed.starts_with("column:") {
            return Ok(Self { name: trimmed.to_owned(), parameters: BTreeMap::new() });
        }
        let (name, inside) = match trimmed.split_once('(') {
            None => (trimmed, ""),
            Some((name, rest)) => (name.trim(), rest.strip_suffix(')').ok_or_else(syntax)?.trim()),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(syntax());
        }
        let mut parameters = BTreeMap::new();
        for part in inside.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (key, value) = part.split_once('=').ok_or_else(syntax)?;
            let value = value.trim().parse::<f64>().ok().filter(|value| value.is_finite()).ok_or_else(syntax)?;
            if parameters.insert(key.trim().to_owned(), value).is_some() {
                return Err(syntax());
            }
        }
        Ok(Self { name: name.to_owned(), parameters })
    }
}

impl TryFrom<String> for FeatureSpec {
    type Error = SpecError;

    fn try_from(text: String) -> Result<Self, SpecError> {
        text.parse()
    }
}

impl From<FeatureSpec> for String {
    fn from(spec: FeatureSpec) -> Self {
        spec.to_string()
    }
}

impl fmt::Display for FeatureSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if !self.parameters.is_empty() {
            let parts: Vec<String> = self.parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
            write!(f, "({})", parts.join(","))?;
        }
        Ok(())
    }
}

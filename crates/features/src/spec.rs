use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The name of a feature with its parameters, as written in a config: `rsi(window=14)`, `atr`, `column:vix`,
/// `correlation:vix(window=60)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FeatureSpec {
    /// Name in the registry, `name:<column>` where the feature reads a column, or `column:<name>` for the column
    /// itself.
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
        let (name, inside) = match trimmed.rsplit_once('(') {
            None => (trimmed, ""),
            Some((name, rest)) => (name.trim(), rest.strip_suffix(')').ok_or_else(syntax)?.trim()),
        };
        let (base, column) = name.split_once(':').map_or((name, None), |(base, column)| (base, Some(column)));
        if base.is_empty() || column == Some("") || !base.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
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

impl FeatureSpec {
    /// The feature's name in the registry: what stands before a colon.
    ///
    /// ```
    /// use scaleout_features::FeatureSpec;
    /// let spec: FeatureSpec = "correlation:vix(window=60)".parse()?;
    /// assert_eq!((spec.base(), spec.column()), ("correlation", Some("vix")));
    /// # Ok::<(), scaleout_features::SpecError>(())
    /// ```
    pub fn base(&self) -> &str {
        self.name.split_once(':').map_or(&self.name, |(base, _)| base)
    }

    /// The column that the spec names after a colon.
    pub fn column(&self) -> Option<&str> {
        self.name.split_once(':').map(|(_, column)| column)
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

#[cfg(test)]
mod tests {
    use super::FeatureSpec;

    #[test]
    fn texts_are_read_and_written_the_same() {
        for text in ["atr", "rsi(window=14)", "macd(fast=5,slow=35)", "column:my col (2)", "beta:vix(window=60)"] {
            let spec: FeatureSpec = text.parse().unwrap();
            assert_eq!(spec.to_string(), text);
        }
    }

    #[test]
    fn texts_that_are_no_features_are_refused() {
        for text in [
            "",
            "rsi(",
            "rsi(window)",
            "rsi(window=x)",
            "rsi(window=1,window=2)",
            "r si",
            ":vix",
            "beta:",
            "rsi(w=inf)",
        ] {
            let error = text.parse::<FeatureSpec>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
    }
}

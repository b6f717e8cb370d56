//! The user's own condition for an exit, as text: parsed once, typed, evaluated at every close.
//!
//! The grammar is on one page, `crates/exits/docs/expressions.md`.

mod error;
mod node;
mod parser;
mod range;
mod scanner;

use scaleout_features::FeatureSpec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use error::ExpressionError;

use crate::Decision;
use node::Truth;
use range::Range;

/// A condition over features, columns, the last bar and the position.
///
/// ```
/// use scaleout_exits::policies::Expression;
/// let condition: Expression = "rsi(window=14) > 70 and unrealised_r > 1.5".parse()?;
/// assert_eq!(condition.inputs()[0].to_string(), "rsi(window=14)");
/// let error = "rsi(window=14) + 70".parse::<Expression>().unwrap_err().to_string();
/// assert_eq!(error, "`rsi(window=14) + 70`, character 1: a number stands where a condition is needed: compare it");
/// # Ok::<(), scaleout_exits::policies::ExpressionError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    root: Truth,
    inputs: Vec<FeatureSpec>,
    ranges: Vec<Range>,
}

impl std::str::FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        parser::parse(text)
    }
}

impl Expression {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The features and columns that it reads, in the order in which they first appear.
    pub fn inputs(&self) -> &[FeatureSpec] {
        &self.inputs
    }

    /// Whether the condition holds at `decision`, where `value` gives the value of each of [`Self::inputs`].
    ///
    /// Arithmetic with an undefined value is undefined, and a comparison with one is false. A range counts as its first
    /// value.
    pub(super) fn holds(&self, decision: &Decision<'_>, value: &dyn Fn(usize) -> Option<f64>) -> bool {
        self.root.holds(&node::SeenClose { decision, value, ranges: &self.ranges })
    }

    /// The expression with one value in place of each range: every combination, the first range slowest.
    pub fn settings(&self) -> Vec<Self> {
        let mut texts = vec![self.text.clone()];
        // From the last to the first, so that the places of those before stay.
        for range in self.ranges.iter().rev() {
            texts = range
                .values
                .iter()
                .flat_map(|value| texts.iter().map(move |text| replaced(text, range, *value)))
                .collect();
        }
        texts.iter().filter_map(|text| text.parse().ok()).collect()
    }
}

fn replaced(text: &str, range: &Range, value: f64) -> String {
    let before: String = text.chars().take(range.from).collect();
    let after: String = text.chars().skip(range.to).collect();
    format!("{before}{value}{after}")
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    #[test]
    fn what_is_no_condition_is_refused_with_its_place() {
        let deep = format!("{}1 > 0{}", "(".repeat(40), ")".repeat(40));
        let long = format!("1 > {}", "0".repeat(1_000));
        for (text, place, problem) in [
            ("", 1, "the text ends where a number, a name or a parenthesis is needed"),
            ("rsi(window=14) >", 17, "the text ends where"),
            ("rsi(window=14) > 70 and", 24, "the text ends where"),
            ("rsi(window=14)", 1, "a number stands where a condition is needed"),
            ("1 + (close > 2) > 3", 5, "a condition stands where a number is needed"),
            ("1 < close < 3", 11, "comparisons do not chain"),
            ("close > 3 3", 11, "`3` is not expected here"),
            ("close > 3 and not 5", 19, "a number stands where a condition is needed"),
            ("nothing > 3", 1, "no feature is called"),
            ("rsi(window=x) > 3", 1, "is not a feature"),
            ("rsi(window=14 > 3", 1, "the parenthesis of the feature is not closed"),
            ("close > {3}", 9, "two values or more"),
            ("close > {1 to 9 step 0}", 9, "a step above 0"),
            ("close > 3.5.1", 9, "`3.5.1` is no number"),
            ("close ? 3", 7, "`?` is not expected here"),
            ("min(1) > 3", 1, "`min` takes two numbers"),
            (deep.as_str(), 33, "at most 32 deep"),
            (long.as_str(), 1001, "at most 1000 characters"),
            ("{1 to 100 step 1} > {1 to 100 step 1}", 21, "at most 1000 settings"),
        ] {
            let error = text.parse::<Expression>().unwrap_err();
            assert_eq!(error.character, place, "{error}");
            assert!(error.problem.contains(problem), "{error}");
        }
    }

    #[test]
    fn ranges_span_settings() {
        let condition: Expression = "rsi(window=14) > {60 to 80 step 10} and mfe_r >= {0.5, 1}".parse().unwrap();
        let texts: Vec<String> = condition.settings().iter().map(|setting| setting.text().to_owned()).collect();
        assert_eq!(texts.len(), 6);
        assert_eq!(texts[0], "rsi(window=14) > 60 and mfe_r >= 0.5");
        assert_eq!(texts[5], "rsi(window=14) > 80 and mfe_r >= 1");
        assert!(condition.settings().iter().all(|setting| setting.settings().len() == 1));
    }

    #[test]
    fn columns_and_features_are_inputs_once() {
        let text = "column:vix > 20 or column:\"my col (2)\" / atr < 1 and column:vix > correlation:vix(window=60)";
        let condition: Expression = text.parse().unwrap();
        let inputs: Vec<String> = condition.inputs().iter().map(ToString::to_string).collect();
        assert_eq!(inputs, ["column:vix", "column:my col (2)", "atr", "correlation:vix(window=60)"]);
    }
}

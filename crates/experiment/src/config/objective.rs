//! The objective, with the risk aversion as a number or in words.

use std::fmt;

use scaleout_exits::{Objective, Utility};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, MapAccess, Visitor},
};

/// The section `[objective]`: the objective J, with the risk aversion as a number or in words.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveConfig {
    /// Shape of the utility.
    #[serde(default)]
    pub utility: Utility,
    /// γ per R, in words, or as what the user would give up for less risk; `moderate` by default. A report holds the number.
    #[serde(default)]
    pub risk_aversion: RiskAversion,
    /// The wording in the user's config; a run writes it for readers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_aversion_asked: Option<RiskWish>,
    /// The column that holds the variance of one unit over the coming bar, in R²; by default the squared
    /// gain of the bar itself.
    #[serde(default)]
    pub variance_column: Option<String>,
}

/// The price of risk.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum RiskAversion {
    /// γ, per R; 0 or more.
    Number(f64),
    /// In words; a run resolves it to a number.
    Wish(RiskWish),
}

impl Default for RiskAversion {
    fn default() -> Self {
        Self::Wish(RiskWish::Moderate)
    }
}

/// Risk aversion in plain words.
///
/// Words are multiples of the account's `risk_per_trade_frac`, f. Take a trader with logarithmic utility who risks the
/// share f of the equity on a trade. A trade that earns W R is worth ln(1 + f W) ≈ f (W − ½ f W²). In units of R this is
/// mean–variance with γ = f. [`risk_scale`](crate::risk_scale) shows what each number costs and saves.
/// Source: Kelly (1956), "A new interpretation of information rate", *Bell System Technical Journal* 35.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RiskWish {
    /// γ = 0: only the mean counts.
    None,
    /// ½ f: half as averse as logarithmic utility.
    Low,
    /// f: logarithmic utility at the account's risk per trade.
    Moderate,
    /// 4 f.
    High,
    /// The smallest γ at which the drawdown of the best fixed exit falls by this share, on the trades before every test.
    CutDrawdown(f64),
    /// The largest γ at which the best fixed exit gives up at most this share of the mean R. It needs an exit with a
    /// positive mean.
    GiveUp(f64),
}

const ACCEPTED: &str = "a number 0 or more, \"none\", \"low\", \"moderate\", \"high\", { cut_drawdown = SHARE } or \
                        { give_up = SHARE } with a share above 0 and below 1";

impl ObjectiveConfig {
    /// The objective if its risk aversion is a number, with γ = 0 in place of words.
    pub fn neutral_unless_number(&self) -> Objective {
        let risk_aversion = match self.risk_aversion {
            RiskAversion::Number(number) => number,
            RiskAversion::Wish(_) => 0.0,
        };
        Objective { utility: self.utility, risk_aversion, variance_column: self.variance_column.clone() }
    }
}

impl RiskWish {
    /// The word as a multiple of the account's risk per trade; `None` if it is measured on trades.
    pub fn times_risk_per_trade(self) -> Option<f64> {
        match self {
            Self::None => Some(0.0),
            Self::Low => Some(0.5),
            Self::Moderate => Some(1.0),
            Self::High => Some(4.0),
            Self::CutDrawdown(_) | Self::GiveUp(_) => None,
        }
    }

    fn with_share(key: &str, share: f64) -> Option<Self> {
        let wish = match key {
            "cut_drawdown" => Self::CutDrawdown(share),
            "give_up" => Self::GiveUp(share),
            _ => return None,
        };
        (0.0 < share && share < 1.0).then_some(wish)
    }

    fn in_a_word(word: &str) -> Option<Self> {
        [Self::None, Self::Low, Self::Moderate, Self::High].into_iter().find(|wish| wish.to_string() == word)
    }
}

impl fmt::Display for RiskWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Low => f.write_str("low"),
            Self::Moderate => f.write_str("moderate"),
            Self::High => f.write_str("high"),
            Self::CutDrawdown(share) => write!(f, "a drawdown smaller by {:.0} %", 100.0 * share),
            Self::GiveUp(share) => write!(f, "giving up at most {:.0} % of the mean R", 100.0 * share),
        }
    }
}

impl<'de> Deserialize<'de> for RiskAversion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RiskVisitor)
    }
}

impl<'de> Deserialize<'de> for RiskWish {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RiskAversion::deserialize(deserializer)? {
            RiskAversion::Wish(wish) => Ok(wish),
            RiskAversion::Number(number) => {
                Err(de::Error::custom(format!("risk_aversion_asked = {number} must be words")))
            }
        }
    }
}

struct RiskVisitor;

impl RiskVisitor {
    fn number<E: de::Error>(number: f64) -> Result<RiskAversion, E> {
        if number.is_finite() && 0.0 <= number {
            Ok(RiskAversion::Number(number))
        } else {
            Err(E::custom(format!("risk_aversion = {number} must be {ACCEPTED}")))
        }
    }
}

impl<'de> Visitor<'de> for RiskVisitor {
    type Value = RiskAversion;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "risk_aversion as {ACCEPTED}")
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<RiskAversion, E> {
        Self::number(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<RiskAversion, E> {
        Self::number(number as f64)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<RiskAversion, E> {
        Self::number(number as f64)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<RiskAversion, E> {
        RiskWish::in_a_word(word)
            .map(RiskAversion::Wish)
            .ok_or_else(|| E::custom(format!("risk_aversion = \"{word}\" must be {ACCEPTED}")))
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<RiskAversion, M::Error> {
        let mut found = None;
        while let Some((key, share)) = map.next_entry::<String, f64>()? {
            let wish = RiskWish::with_share(&key, share).filter(|_| found.is_none());
            let wrong = || de::Error::custom(format!("risk_aversion = {{ {key} = {share} }} must be {ACCEPTED}"));
            found = Some(wish.ok_or_else(wrong)?);
        }
        found.map(RiskAversion::Wish).ok_or_else(|| de::Error::custom(format!("risk_aversion must be {ACCEPTED}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<ObjectiveConfig, String> {
        toml::from_str(&format!("risk_aversion = {text}")).map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_words_and_shares_are_read_and_written() {
        for (text, expected) in [
            ("0.1", RiskAversion::Number(0.1)),
            ("2", RiskAversion::Number(2.0)),
            ("\"none\"", RiskAversion::Wish(RiskWish::None)),
            ("\"moderate\"", RiskAversion::Wish(RiskWish::Moderate)),
            ("{ cut_drawdown = 0.25 }", RiskAversion::Wish(RiskWish::CutDrawdown(0.25))),
            ("{ give_up = 0.1 }", RiskAversion::Wish(RiskWish::GiveUp(0.1))),
        ] {
            let config = read(text).unwrap();
            assert_eq!(config.risk_aversion, expected);
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<ObjectiveConfig>(&json).unwrap(), config, "{json}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_would_be_accepted() {
        for (text, named) in [
            ("-1", "-1"),
            ("\"brave\"", "brave"),
            ("{ give_up = 1.5 }", "1.5"),
            ("{ lose = 0.5 }", "lose"),
            ("{ give_up = 0.1, cut_drawdown = 0.1 }", "cut_drawdown"),
            ("true", "moderate"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(named) && error.contains("moderate"), "{text}: {error}");
        }
    }
}

//! How a config writes many markets.

use std::path::PathBuf;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// The key `markets` of `[data]`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(crate) enum WrittenMarkets {
    /// A pattern of file names: each file is one market, and its name is the symbol.
    Files(PathBuf),
    /// One table holds all markets, and a column says whose row it is.
    Column(MarketColumn),
    /// Each market states what differs from the keys that all share.
    Listed(Vec<Map<String, Value>>),
}

/// Markets in one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarketColumn {
    /// The column with the symbols.
    pub(crate) column: String,
    /// The symbols to take; without it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) only: Option<Vec<String>>,
}

const ACCEPTED: &str =
    "a pattern of files such as \"daily/*.csv\", { column = \"symbol\" }, or [[data.markets]] tables";

impl<'de> Deserialize<'de> for WrittenMarkets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(pattern) if !pattern.is_empty() => Ok(Self::Files(pattern.into())),
            column @ Value::Object(_) => match serde_json::from_value::<MarketColumn>(column) {
                Ok(MarketColumn { only: Some(only), .. }) if only.is_empty() => {
                    Err(D::Error::custom("markets.only is empty; accepted: symbols, or no `only` for all of them"))
                }
                Ok(column) => Ok(Self::Column(column)),
                Err(error) => Err(D::Error::custom(format!("markets: {error}; accepted: {ACCEPTED}"))),
            },
            Value::Array(markets) if !markets.is_empty() => {
                let table = |(place, market): (usize, Value)| match market {
                    Value::Object(keys) if !keys.contains_key("markets") => Ok(keys),
                    _ => Err(D::Error::custom(format!(
                        "markets: number {} is not one market; accepted: {ACCEPTED}",
                        place + 1
                    ))),
                };
                markets.into_iter().enumerate().map(table).collect::<Result<_, _>>().map(Self::Listed)
            }
            _ => Err(D::Error::custom(format!("markets: not understood; accepted: {ACCEPTED}"))),
        }
    }
}

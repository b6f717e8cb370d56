//! The part of the market that a model or a card learned from.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The span of the market that a model or a card learned from. Any price in it may have influenced the model, whatever the
/// costs, the entries or the horizon of a later replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedFrom {
    /// Digest of the data.
    pub data_sha256: String,
    /// Symbols traded.
    pub symbols: BTreeSet<String>,
    /// Fill of the first trade, in nanoseconds since 1970.
    pub from_ns: i64,
    /// When the last horizon had passed.
    pub to_ns: i64,
}

impl LearnedFrom {
    /// Whether prices of `symbol` from `start_ns` to `end_ns` were learned from. Data with the same digest are the same
    /// market under whatever symbol.
    pub(crate) fn has_seen(&self, symbol: &str, data_sha256: &str, start_ns: i64, end_ns: i64) -> bool {
        let same_market = self.symbols.contains(symbol) || self.data_sha256 == data_sha256;
        same_market && start_ns < self.to_ns && self.from_ns < end_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_prices_are_seen_under_any_name_and_others_are_not() {
        let learned =
            LearnedFrom { data_sha256: "ab".into(), symbols: BTreeSet::from(["BTC".into()]), from_ns: 100, to_ns: 200 };
        for (symbol, digest, start, end, expected) in [
            ("BTC", "cd", 150, 160, true),
            ("XBT", "ab", 150, 160, true),
            ("XBT", "cd", 150, 160, false),
            ("BTC", "cd", 200, 260, false),
            ("BTC", "cd", 40, 100, false),
            ("BTC", "cd", 40, 101, true),
        ] {
            assert_eq!(learned.has_seen(symbol, digest, start, end), expected, "{symbol} {digest} {start} {end}");
        }
    }
}

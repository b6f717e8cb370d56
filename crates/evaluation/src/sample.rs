use serde::{Deserialize, Serialize};

/// Whether the trades judged are new to a contestant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sample {
    /// No trade judged was learned from.
    #[default]
    OutOfSample,
    /// It learned from these trades, or from the prices behind them: nothing may be concluded.
    InSample,
    /// The stored model does not say what it learned from: nothing may be concluded.
    Unknown,
}

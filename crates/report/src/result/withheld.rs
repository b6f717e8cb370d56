//! Parts of a result that could not be made after learning: each is told in its place, and the rest stands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A part that is not in the result, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// The part.
    pub view: View,
    /// Why it could not be made.
    pub reason: String,
}

/// What is read in its place.
impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Not shown: {}. It could not be made: {}.", self.view.words(), self.reason)
    }
}

/// A part of a result that the verdict can do without; a condition that rests on it was not tested, and fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum View {
    /// A pair of contestants side by side.
    Pairs,
    /// What whole lots cost.
    Lots,
    /// The same trades on every path of combinatorial splits.
    Paths,
    /// What risk aversion costs and spares.
    RiskScale,
    /// What the models look at.
    Importance,
    /// Models that read as a rule.
    ReadableRules,
    /// The pictures of the policy.
    PolicyMaps,
    /// How much was attainable.
    Ceiling,
    /// What was left out.
    Dropped,
    /// The model in other formats.
    Exports,
    /// The best exit known afterwards.
    Hindsight,
    /// Features that know the next bar.
    Leaks,
    /// The model's own schedules dealt out at random.
    Permuted,
    /// The result under another assumption.
    Assumptions,
    /// The accounts that follow the contestants.
    Accounts,
    /// What the ledger of tries counts.
    Trials,
    /// The line of this run in the ledger of tries.
    Ledger,
    /// The contract of a stored model on new data, and with it which features drifted.
    Drift,
}

impl View {
    /// Name of the section in whose place it is told.
    pub(crate) const fn section(self) -> &'static str {
        match self {
            Self::Pairs => "pairs",
            Self::Lots => "lots",
            Self::Paths => "paths",
            Self::RiskScale => "risk",
            Self::Importance => "importance",
            Self::ReadableRules => "readable_rule",
            Self::PolicyMaps => "pictures",
            Self::Ceiling => "ceiling",
            Self::Dropped => "dropped",
            Self::Permuted | Self::Trials => "luck",
            Self::Assumptions => "assumptions",
            Self::Accounts => "account",
            Self::Drift => "new_data",
            Self::Exports | Self::Hindsight | Self::Leaks | Self::Ledger => "provenance",
        }
    }

    /// Its name in the report.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Pairs => "a pair of contestants side by side",
            Self::Lots => "what whole lots cost",
            Self::Paths => "the same trades on every path",
            Self::RiskScale => "what risk aversion costs and spares",
            Self::Importance => "what the models look at",
            Self::ReadableRules => "the model as a readable rule",
            Self::PolicyMaps => "the pictures of the policy",
            Self::Ceiling => "how much was attainable",
            Self::Dropped => "what was left out",
            Self::Exports => "the model in other formats",
            Self::Hindsight => "the best exit known afterwards",
            Self::Leaks => "features that know the next bar",
            Self::Permuted => "the model against its own permuted schedules",
            Self::Assumptions => "the result under another assumption",
            Self::Accounts => "the accounts that follow the contestants",
            Self::Trials => "the configurations judged on these trades",
            Self::Ledger => "the line of this run in the ledger of tries",
            Self::Drift => "which features drifted since the training",
        }
    }
}

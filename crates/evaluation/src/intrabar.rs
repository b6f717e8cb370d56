use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{EvaluationInput, SensitivityResult};

/// How results depend on the order of prices inside a bar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Intrabar {
    /// The rule of the main assumptions.
    pub rule: String,
    /// Share of trades, over all contestants that can be followed, in which the rule decided a fill.
    pub ambiguous_share: f64,
    /// Every rule tried, the main one first.
    pub by_rule: Vec<SensitivityResult>,
    /// Largest minus smallest mean J over the rules, by contestant, in the unit of J.
    pub spread: BTreeMap<String, f64>,
}

/// What the rules of `by_rule`, the main one first, say of the contestants of `input`.
pub(crate) fn intrabar(input: &EvaluationInput<'_>, by_rule: Vec<SensitivityResult>) -> Intrabar {
    let followed = input.contestants.iter().filter(|contestant| contestant.is_rival());
    let outcomes: Vec<_> = followed.flat_map(|contestant| &contestant.outcomes).collect();
    let ambiguous = outcomes.iter().filter(|outcome| outcome.is_ambiguous()).count();
    let names: BTreeSet<&String> = by_rule.iter().flat_map(|rule| rule.mean_objective.keys()).collect();
    let spread = names
        .into_iter()
        .map(|name| {
            let values = by_rule.iter().filter_map(|rule| rule.mean_objective.get(name));
            let (low, high) =
                values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &j| (low.min(j), high.max(j)));
            (name.clone(), high - low)
        })
        .collect();
    Intrabar {
        rule: input.intrabar_rule.to_owned(),
        ambiguous_share: if outcomes.is_empty() { 0.0 } else { ambiguous as f64 / outcomes.len() as f64 },
        by_rule,
        spread,
    }
}

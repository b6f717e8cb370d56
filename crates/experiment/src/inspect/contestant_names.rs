//! Whether every contestant has a name of its own, and every name that the config mentions is one of them.

use std::collections::BTreeSet;

use crate::{
    CANDIDATE, IN_SPAN_LADDER, IN_SPAN_RULE, PLAN, Prepared,
    config::training::names,
    stages::judge::{AS_TRADED, AT_ONCE, HINDSIGHT, IN_PARTS, PERMUTED},
};

/// Contestants that every run may have.
const OF_EVERY_RUN: [&str; 9] =
    [CANDIDATE, AS_TRADED, PLAN, IN_SPAN_RULE, IN_SPAN_LADDER, IN_PARTS, AT_ONCE, HINDSIGHT, PERMUTED];

/// What is wrong with the names of the contestants of `prepared`.
pub(crate) fn wrong_names(prepared: &Prepared) -> Vec<String> {
    let learners = names(&prepared.config.training.learners).into_iter();
    let learners = learners.flat_map(|(name, _)| [format!("{name} (resting)"), name]);
    let mut all: BTreeSet<String> = learners.chain(OF_EVERY_RUN.map(str::to_owned)).collect();
    let mut wrong = Vec::new();
    for baseline in &prepared.baselines {
        if !all.insert(baseline.name.clone()) {
            let name = &baseline.name;
            wrong.push(format!(
                "baselines.own: the name `{name}` belongs to another contestant; accepted: another name"
            ));
        }
    }
    for (candidate, baseline) in &prepared.config.evaluation.pairs {
        for name in [candidate, baseline].into_iter().filter(|name| !all.contains(*name)) {
            let known: Vec<String> = all.iter().map(|known| format!("`{known}`")).collect();
            wrong.push(format!("evaluation.pairs: `{name}` is no contestant; accepted: {}", known.join(", ")));
        }
    }
    wrong
}

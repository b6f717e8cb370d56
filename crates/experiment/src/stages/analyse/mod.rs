//! What a report says beside the judgement: importance, readable rules, policy maps, the price of risk aversion.

pub(crate) mod importance;
pub(crate) mod missing;
pub(crate) mod policy_maps;
pub(crate) mod readable_rule;
pub(crate) mod risk;
pub(crate) mod rules;

//! The learning problem: policies on rows, what following them earned, and the targets that learners are fitted to.

pub(crate) mod best_fraction;
pub(crate) mod hold_to_horizon;
pub(crate) mod marginals;
pub(crate) mod rewards;
pub(crate) mod score;
pub(crate) mod target_table;
pub(crate) mod targets;
pub(crate) mod task;

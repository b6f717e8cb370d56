//! Gradient-boosted trees.

pub(crate) mod bins;
pub(crate) mod boosting;
pub(crate) mod cells;
pub(crate) mod certainty;
pub(crate) mod config;
pub(crate) mod grow;
pub(crate) mod histogram;
pub(crate) mod nodes;
pub(crate) mod tree_rows;

//! The logistic learner.

pub(crate) mod draws;
pub(crate) mod fitting;

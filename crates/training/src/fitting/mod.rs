//! From trades to a model.

pub(crate) mod config;
pub(crate) mod fit;
pub(crate) mod progress;

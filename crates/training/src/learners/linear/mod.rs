//! The linear learner.

pub(crate) mod blocks;
pub(crate) mod columns;
pub(crate) mod config;
pub(crate) mod fitting;
pub(crate) mod screening;
pub(crate) mod solve;
pub(crate) mod terms;
pub(crate) mod time_basis;

//! The stages of a run, in order: each takes what the one before it made.

pub(crate) mod accounts;
pub(crate) mod analyse;
pub(crate) mod judge;
pub(crate) mod learn;
pub(crate) mod ledger;
pub(crate) mod prepare;
pub(crate) mod write;

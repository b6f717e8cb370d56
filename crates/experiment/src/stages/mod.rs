//! The stages of a run, in order: each takes what the one before it made.

pub(crate) mod accounts;
pub(crate) mod adds;
pub(crate) mod analyse;
pub(crate) mod bars_read;
pub(crate) mod entry_checks;
pub(crate) mod export;
pub(crate) mod feature_facts;
mod feature_values;
mod floor;
pub(crate) mod judge;
pub(crate) mod learn;
pub(crate) mod ledger;
mod located;
mod made_exits;
pub(crate) mod new_trades;
mod prepare;
pub(crate) mod prepared;
pub(crate) mod prepared_market;
pub(crate) mod rows;
mod splits;
pub(crate) mod views;
pub(crate) mod write;

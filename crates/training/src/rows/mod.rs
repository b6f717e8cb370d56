//! Trades as rows: what was known at each decision, and what one whole unit earned after it.

pub(crate) mod data;
pub(crate) mod lot_states;
pub(crate) mod recorded;
pub(crate) mod sample;

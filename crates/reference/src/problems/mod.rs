//! The problems, one file each: market, exact solver, tests against the table of known answers.

pub(crate) mod divisible;
pub(crate) mod max_call;
pub(crate) mod mean_reversion;
pub(crate) mod order_flow;
pub(crate) mod put;
pub(crate) mod swing;

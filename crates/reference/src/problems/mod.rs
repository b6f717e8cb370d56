//! The problems, one file each: market, exact solver, tests against the table of known answers.

pub(crate) mod order_flow;

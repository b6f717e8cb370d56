//! Judging exits.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod stats;

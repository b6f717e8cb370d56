//! The house as a whole, through its front door: the built binary, the README, bad input, the same bytes twice.
#![allow(clippy::unwrap_used)]

mod adds;
mod advise_http;
mod bad_input;
mod circles;
mod commands;
mod determinism;
mod faults;
mod feature_quality;
mod feature_tape;
mod hostile_entries;
mod hostile_files;
mod imports;
mod many_markets;
mod memory;
mod missing_values;
mod model_files;
mod new_data;
mod objectives;
mod own_files;
mod plan_card;
mod policy_page;
mod readme;
mod reference;
mod resume;
mod rooms;
mod scratch;
mod shipped_models;
mod verdicts;
mod written_problems;

//! Tests that fit whole models.

mod fits;
mod importance;
mod laws;
mod learners;
mod market;
mod market_laws;
mod model_file;
mod mutants;
mod rules;
mod surrogates;
mod threads;

//! A kind of problem as the catalogue lists it.

use crate::{Parameter, Problem, Settings};

/// A kind of problem: what it is called, what it can be set to, and how it is built.
#[derive(Clone, Copy)]
pub struct CatalogueEntry {
    /// Name in the table of known answers.
    pub id: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// What it can be set to.
    pub parameters: &'static [Parameter],
    pub(crate) build: fn(Settings) -> Box<dyn Problem>,
}

impl CatalogueEntry {
    pub(crate) const fn new(
        id: &'static str,
        title: &'static str,
        parameters: &'static [Parameter],
        build: fn(Settings) -> Box<dyn Problem>,
    ) -> Self {
        Self { id, title, parameters, build }
    }
}

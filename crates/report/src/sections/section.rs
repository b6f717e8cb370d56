//! What a section of the report is.

use scaleout_exits::ObjectiveUnit;

use crate::{RunResult, plots::Plot, render::document::Block};

/// The input of a section.
pub(super) struct Page<'a> {
    /// The result of the run.
    pub(super) result: &'a RunResult,
    /// Its pictures.
    pub(super) plots: &'a [Plot],
}

/// A part of the report.
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Its subject in a few words.
    pub about: &'static str,
    /// Its contents; empty if there is nothing to show.
    pub(super) contents: fn(&Page<'_>) -> Vec<Block>,
}

impl Section {
    /// The contents of the section on `page`.
    pub(super) fn blocks(&self, page: &Page<'_>) -> Vec<Block> {
        (self.contents)(page)
    }
}

/// What is shown beside J if J is utility.
pub(super) fn certain<T>(unit: ObjectiveUnit, shown: impl FnOnce() -> T) -> Option<T> {
    match unit {
        ObjectiveUnit::R => None,
        ObjectiveUnit::Utility => Some(shown()),
    }
}

//! What a section of the report is.

use scaleout_exits::ObjectiveUnit;

use crate::{RunResult, plots::Plot, render::document::Block};

/// What a section is made from.
pub(super) struct Page<'a> {
    /// What the run found out.
    pub(super) result: &'a RunResult,
    /// Its pictures.
    pub(super) plots: &'a [Plot],
}

/// A part of the report.
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What it says, in a few words.
    pub about: &'static str,
    /// Its contents; none where there is nothing to say.
    pub(super) contents: fn(&Page<'_>) -> Vec<Block>,
}

impl Section {
    /// The contents of the section on `page`.
    pub(super) fn blocks(&self, page: &Page<'_>) -> Vec<Block> {
        (self.contents)(page)
    }
}

/// What is shown beside J where that is utility.
pub(super) fn certain<T>(unit: ObjectiveUnit, shown: impl FnOnce() -> T) -> Option<T> {
    match unit {
        ObjectiveUnit::R => None,
        ObjectiveUnit::Utility => Some(shown()),
    }
}

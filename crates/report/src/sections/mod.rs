//! The report for people, section by section, in the order a sceptical trader asks: what should I use, how sure is that,
//! who took part, what hangs on assumptions, could luck have made it, what was left out, where does it come from.
//!
//! A new section is one file with a constant `SECTION` and its name in the list below.

use scaleout_exits::ObjectiveUnit;

use crate::{RunResult, plots::Plot, render::document::Block};

/// What a section is made from.
pub(crate) struct Page<'a> {
    /// What the run found out.
    pub(crate) result: &'a RunResult,
    /// Its pictures.
    pub(crate) plots: &'a [Plot],
}

/// A part of the report.
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// What it says, in a few words.
    pub about: &'static str,
    /// Its contents; none where there is nothing to say.
    blocks: fn(&Page<'_>) -> Vec<Block>,
}

macro_rules! sections {
    ($($file:ident,)+) => {
        $(mod $file;)+

        /// Every section, in the order of the report.
        pub const SECTIONS: &[Section] = &[$($file::SECTION),+];
    };
}

sections! {
    verdict,
    contestants,
    plan_card,
    readable_rule,
    account,
    differences,
    power,
    assumptions,
    lots,
    luck,
    paths,
    importance,
    risk,
    rules,
    pictures,
    dropped,
    splits,
    provenance,
    definitions,
}

/// The report of `result` with its pictures, as a document.
pub(crate) fn document(result: &RunResult, plots: &[Plot]) -> Vec<Block> {
    let page = Page { result, plots };
    SECTIONS.iter().flat_map(|section| (section.blocks)(&page)).collect()
}

/// What is shown beside J where that is utility.
fn certain<T>(unit: ObjectiveUnit, shown: impl FnOnce() -> T) -> Option<T> {
    match unit {
        ObjectiveUnit::R => None,
        ObjectiveUnit::Utility => Some(shown()),
    }
}

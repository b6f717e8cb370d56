//! The report for people, section by section, in the order of a sceptical trader's questions. What should I use? How sure
//! is that? What was compared? How does it depend on assumptions? Could it be luck? What was left out? Where does it come
//! from?
//!
//! A new section is one file with a constant `SECTION`, declared and listed below.

mod account;
mod assumptions;
mod by_market;
mod ceiling;
mod contestants;
mod definitions;
mod differences;
mod dropped;
mod floors;
mod importance;
mod lots;
mod luck;
mod new_data;
mod paired;
mod paths;
mod pictures;
mod plan_card;
mod power;
mod provenance;
mod readable_rule;
mod risk;
mod rules;
mod section;
mod splits;
mod traders_figures;
mod verdict;

pub use section::Section;

use crate::{RunResult, plots::Plot, render::document::Block, sections::section::Page};

/// Every section, in the order of the report.
pub const SECTIONS: &[Section] = &[
    verdict::SECTION,
    new_data::SECTION,
    contestants::SECTION,
    plan_card::SECTION,
    floors::SECTION,
    ceiling::SECTION,
    readable_rule::SECTION,
    account::SECTION,
    traders_figures::SECTION,
    paired::SCALING,
    paired::PAIRS,
    by_market::SECTION,
    differences::SECTION,
    power::SECTION,
    assumptions::SECTION,
    lots::SECTION,
    luck::SECTION,
    paths::SECTION,
    importance::SECTION,
    risk::SECTION,
    rules::SECTION,
    pictures::SECTION,
    dropped::SECTION,
    splits::SECTION,
    provenance::SECTION,
    definitions::SECTION,
];

/// The report of `result` with its pictures, as a document.
pub(crate) fn document(result: &RunResult, plots: &[Plot]) -> Vec<Block> {
    let page = Page { result, plots };
    SECTIONS.iter().flat_map(|section| [section.blocks(&page), withheld(result, section)].concat()).collect()
}

/// What belongs to `section` and could not be made.
fn withheld(result: &RunResult, section: &Section) -> Vec<Block> {
    let here = result.withheld.iter().filter(|withheld| withheld.view.section() == section.name);
    here.map(|withheld| Block::Lead(withheld.to_string())).collect()
}

//! The pictures with their captions.

use crate::{
    render::document::Block,
    sections::section::{Page, Section},
};

pub(super) const SECTION: Section =
    Section { name: "pictures", about: "the pictures with their captions", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    if page.plots.is_empty() {
        return Vec::new();
    }
    let picture = |plot: &crate::plots::Plot| Block::Picture {
        name: plot.name.clone(),
        caption: plot.caption.clone(),
        svg: plot.svg.clone(),
    };
    let heading = Block::Heading("Pictures".into());
    std::iter::once(heading).chain(page.plots.iter().map(picture)).collect()
}

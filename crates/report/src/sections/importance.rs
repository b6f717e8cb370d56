//! What the models look at.

use scaleout_evaluation::number::signed;

use crate::{
    FeatureImportance,
    render::document::Block,
    sections::section::{Page, Section},
};

/// Most features shown in a table.
const MOST: usize = 12;

pub(super) const SECTION: Section = Section { name: "importance", about: "what the models look at", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let models = &page.result.importance;
    if models.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading("What the models look at".into()),
        Block::Paragraph(
            "Gain: share of what the splits or terms of the refit explain on its own training rows: what it uses, not \
             what that is worth. Permutation: J lost on the test trades of the folds (which neither purge nor training \
             touched) when the feature's values are dealt out at random among rows with as many bars to go. A loss within \
             its deviation, or below 0, says that the feature brings nothing that can be measured here."
                .into(),
        ),
    ];
    for model in models {
        let used = model.features.iter().filter(|feature| feature.is_used());
        let shown: Vec<&FeatureImportance> = used.take(MOST).collect();
        let chosen = if model.is_chosen { ", chosen for the refit" } else { "" };
        blocks.push(Block::Paragraph(format!(
            "`{}`{chosen}, permuted on {} test trades; the {} of {} features that cost most.",
            model.model,
            model.trades,
            shown.len(),
            model.features.len()
        )));
        let rows = shown.into_iter().map(|feature| {
            vec![
                format!("`{}`", feature.feature),
                format!("{:.3}", feature.gain_share),
                signed(feature.permutation_lost_r),
                format!("{:.3}", feature.permutation_deviation_r),
            ]
        });
        let head = ["feature", "gain, share", "permutation, J lost in R a trade", "deviation"];
        blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows: rows.collect() });
    }
    blocks
}

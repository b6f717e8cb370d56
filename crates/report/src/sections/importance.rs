//! Feature importance of the models.

use scaleout_evaluation::number::signed;

use crate::{
    FeatureImportance,
    render::document::Block,
    sections::section::{Page, Section},
};

/// Most features shown in a table.
const MOST: usize = 12;

pub(super) const SECTION: Section =
    Section { name: "importance", about: "feature importance of the models", contents: blocks };

fn blocks(page: &Page<'_>) -> Vec<Block> {
    let models = &page.result.importance;
    if models.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::Heading("Feature importance".into()),
        Block::Paragraph(
            "Gain is the feature's share of the fit on the refit's own training rows. It shows what the model uses, not \
             what the feature is worth. Permutation is the J lost on the folds' test trades if the feature's values are \
             permuted among rows with the same number of bars left. If the loss is within its deviation or below 0, the \
             feature has no measurable value here."
                .into(),
        ),
    ];
    for model in models {
        let used = model.features.iter().filter(|feature| feature.is_used());
        let shown: Vec<&FeatureImportance> = used.take(MOST).collect();
        let chosen = if model.is_chosen { ", chosen for the refit" } else { "" };
        blocks.push(Block::Paragraph(format!(
            "`{}`{chosen}, permuted on {} test trades: the {} most important of {} features.",
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
        let head = ["feature", "gain, share", "permutation, J lost in R per trade", "deviation"];
        blocks.push(Block::Table { head: head.map(str::to_owned).to_vec(), rows: rows.collect() });
    }
    blocks
}

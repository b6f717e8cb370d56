use scaleout_evaluation::number::signed;
use serde::Serialize;

use crate::document::Block;

/// Which features a learner lives on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelImportance {
    /// Name of the learner.
    pub model: String,
    /// Whether it is the refit that was chosen.
    pub is_chosen: bool,
    /// Test trades that the permutations were measured on.
    pub trades: usize,
    /// Its features, the one whose loss hurts most first.
    pub features: Vec<FeatureImportance>,
}

/// One feature's worth to a learner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureImportance {
    /// The feature.
    pub feature: String,
    /// Share of what the refit's splits or terms explain on its own training rows.
    pub gain_share: f64,
    /// Mean J lost on purged test trades when its values are dealt out at random, in R a trade; negative where the
    /// model does better without it.
    pub permutation_lost_r: f64,
    /// Deviation of that over repeats.
    pub permutation_deviation_r: f64,
}

impl FeatureImportance {
    /// Whether the model hears it at all.
    pub fn is_used(&self) -> bool {
        self.gain_share != 0.0 || self.permutation_lost_r != 0.0
    }
}

/// Most features shown in a table.
const MOST: usize = 12;

pub(super) fn blocks(models: &[ModelImportance]) -> Vec<Block> {
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

//! What the values of each feature are like over all bars of all markets: how many there are, and whether they know the
//! next bar. Computed once, market after market, since whole tables of many markets need not fit in memory.

use std::sync::Arc;

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_features::FeatureSpec;

use crate::{ExperimentError, Prepared, inspect::next_bar::NextBar, stages::prepared::made_once};

/// What is known of one feature.
#[derive(Debug, Clone)]
pub(crate) struct FeatureFacts {
    /// The feature as its specification writes it.
    pub name: String,
    /// How many values each market has, in the order of the markets.
    pub values: Vec<ValueCount>,
    /// How its values go with the bar after them.
    pub next_bar: NextBar,
}

/// The values of one feature in one market.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueCount {
    /// Bars there are.
    pub bars: usize,
    /// Bars at whose close the feature has a value.
    pub known: usize,
    /// The first of them.
    pub first: Option<usize>,
}

impl Prepared {
    /// The facts of every feature that models see, in their order; found once in a run.
    ///
    /// # Errors
    /// If a feature does not exist.
    pub(crate) fn feature_facts(&self) -> Result<Arc<Vec<FeatureFacts>>, ExperimentError> {
        made_once(&self.facts, || facts(self, self.config.training.features.specs()))
    }
}

fn facts(prepared: &Prepared, specs: &[FeatureSpec]) -> Result<Vec<FeatureFacts>, ExperimentError> {
    let new = |spec: &FeatureSpec| FeatureFacts {
        name: spec.to_string(),
        values: Vec::with_capacity(prepared.markets.len()),
        next_bar: NextBar::default(),
    };
    let mut all: Vec<FeatureFacts> = specs.iter().map(new).collect();
    for market in &prepared.markets {
        let table = market.whole_table(specs)?;
        // Ranks need no ratio, and a difference is defined at any price.
        let changes: Vec<f64> = market.view().bars().windows(2).map(|pair| pair[1].close - pair[0].close).collect();
        let found: Vec<(ValueCount, NextBar)> = specs
            .par_iter()
            .map(|spec| {
                let column = table.position(spec).expect("Invariant: the table was made of these features");
                let values: Vec<Option<f64>> = table.column(column).collect();
                let known = values.iter().flatten().count();
                let first = values.iter().position(Option::is_some);
                (ValueCount { bars: values.len(), known, first }, NextBar::of(&values, &changes))
            })
            .collect();
        for (facts, (values, next_bar)) in all.iter_mut().zip(found) {
            facts.values.push(values);
            facts.next_bar.add(next_bar);
        }
    }
    Ok(all)
}

//! `out_of_range = "fallback"`: what a model does not know from its training is no reason to hold.
//!
//! At a decision whose row has a value outside the training's .1–99.9 % range, widened by a tenth of its width on either
//! side, everything left is sold at the next open. A missing value is in range. Selling at once needs no further rule and no
//! state, so a replay, an adviser and a generated program do the same.

use scaleout_exits::{Alternative, Decision, ExitOrders, ExitPolicy};
use scaleout_export::TrainingRange;
use scaleout_features::FeatureSpec;
use scaleout_model::{Model, RowLayout, RowMaker, inputs_before, row_source};
use scaleout_training::TrainingData;

/// The training ranges of the features of one bar, in the order of a row, over the trades at `train`.
pub(crate) fn bounds(data: &TrainingData, train: &[usize]) -> Vec<TrainingRange> {
    let (layout, paths) = (data.layout(), data.paths());
    let rows = || train.iter().flat_map(|&place| paths[place].features.chunks_exact(layout.width()));
    (0..present_features(layout)).map(|column| TrainingRange::of(rows().map(|row| row[column]))).collect()
}

/// Features of one bar's row: those of the market and of the position.
pub(crate) fn present_features(layout: &RowLayout) -> usize {
    layout.market.len() + layout.position.len()
}

/// A model's exit that sells everything where a row is out of range.
pub(crate) struct InRangeOnly {
    exit: Box<dyn ExitPolicy>,
    layout: RowLayout,
    rows: RowMaker,
    bounds: Vec<TrainingRange>,
}

impl InRangeOnly {
    /// `exit` of `model` within `bounds`, which has a range for each present feature.
    pub(crate) fn new(exit: Box<dyn ExitPolicy>, model: &Model, bounds: &[TrainingRange]) -> Self {
        let layout = model.layout.clone();
        let rows = layout.resolve().expect("Invariant: the layout of a model was checked when it came to be");
        Self { exit, layout, rows, bounds: bounds.to_vec() }
    }

    /// Names of the features that are out of range.
    fn out_of_range(&self, decision: &Decision<'_>) -> Vec<String> {
        let mut row = Vec::with_capacity(self.layout.width());
        let before = inputs_before(decision, &self.layout);
        self.rows.push_row(&row_source(decision, &before), &mut row);
        let is_out = |place: &usize| !self.bounds[*place].includes(row[*place]);
        let places: Vec<usize> = (0..self.bounds.len()).filter(is_out).collect();
        if places.is_empty() {
            return Vec::new();
        }
        let names = self.layout.names();
        places.into_iter().map(|place| names[place].clone()).collect()
    }
}

impl ExitPolicy for InRangeOnly {
    fn name(&self) -> String {
        format!("{}, all out when out of range", self.exit.name())
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        self.exit.inputs()
    }

    fn bars_back(&self) -> usize {
        self.exit.bars_back()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        if self.out_of_range(decision).is_empty() {
            return self.exit.decide(decision);
        }
        ExitOrders { stop: decision.stop, market: decision.remaining, ..ExitOrders::default() }
    }

    fn because(&self, decision: &Decision<'_>) -> Option<String> {
        match self.out_of_range(decision).as_slice() {
            [] => self.exit.because(decision),
            names => Some(format!("out of the training range, so all is sold: {}", names.join(", "))),
        }
    }

    fn weighed(&self, decision: &Decision<'_>) -> Vec<Alternative> {
        if self.out_of_range(decision).is_empty() { self.exit.weighed(decision) } else { Vec::new() }
    }
}

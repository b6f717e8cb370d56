//! Training rows of real trades: what a policy that holds on was shown at each decision of its replay.

use std::sync::Mutex;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{
    Decision, ExitOrders, ExitPolicy, Market, Objective, PlacedEntry, ReplayConfig, replay, unit_path,
};
use scaleout_features::{FeatureSpec, FeatureTable};
use scaleout_model::{RowLayout, RowMaker, inputs_before, row_source};
use scaleout_validation::Span;

use crate::{PathRows, TrainingData, TrainingError};

impl TrainingData {
    /// Data of real trades under the fills and costs of `config`.
    ///
    /// Rows are recorded in a replay that holds to the stop or the horizon, so a row of training is a row of the live
    /// decision. A trade's span runs from the close before the fill to the open at its horizon. Where there are longs
    /// and shorts, `layout` is taken [for both sides](RowLayout::for_both_sides).
    ///
    /// # Errors
    /// A feature that `table` lacks, an entry that cannot be replayed, and the errors of [`Self::new`].
    pub fn from_market(
        layout: RowLayout,
        entries: &[PlacedEntry<'_>],
        market: Market<'_>,
        table: &FeatureTable,
        objective: &Objective,
        config: &ReplayConfig,
    ) -> Result<Self, TrainingError> {
        let both_sides = entries.iter().any(|placed| placed.entry.side != entries[0].entry.side);
        let layout = if both_sides { layout.for_both_sides() } else { layout };
        let maker = layout.resolve()?;
        let paths: Vec<Result<PathRows, TrainingError>> = entries
            .par_iter()
            .map(|placed| {
                let unit = unit_path(placed.entry, placed.first_bar, market, objective, config)?;
                let recorder = Recorder { layout: &layout, maker: &maker, rows: Mutex::new(Vec::new()) };
                replay(placed.entry, placed.first_bar, market, table, &recorder, objective, config)?;
                let features = recorder.rows.into_inner().expect("Invariant: no replay panicked");
                let bars = market.bars();
                let end = &bars[placed.first_bar + config.horizon_bars as usize];
                let span = Span::new(bars[placed.first_bar - 1].ts, end.open_ts.max(bars[placed.first_bar].ts))?;
                Ok(PathRows { span, unit, features })
            })
            .collect();
        let paths = paths.into_iter().collect::<Result<Vec<_>, _>>()?;
        Self::new(layout, config.horizon_bars, paths)
    }
}

/// Holds on and writes down what it is shown.
struct Recorder<'a> {
    layout: &'a RowLayout,
    maker: &'a RowMaker,
    rows: Mutex<Vec<f32>>,
}

impl ExitPolicy for Recorder<'_> {
    fn name(&self) -> String {
        "training rows".to_owned()
    }

    fn inputs(&self) -> Vec<FeatureSpec> {
        self.layout.market.clone()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let mut rows = self.rows.lock().expect("Invariant: no decision panicked");
        let before = inputs_before(decision, self.layout);
        self.maker.push_row(&row_source(decision, &before), &mut rows);
        ExitOrders { stop: decision.stop, ..ExitOrders::default() }
    }
}

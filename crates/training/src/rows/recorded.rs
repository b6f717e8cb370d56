//! Training rows of real trades: what a policy that holds on was shown at each decision of its replay.

use std::sync::Mutex;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Decision, EntryOnMarket, ExitOrders, ExitPolicy, Objective, ReplayConfig, UnitPath, replay};
use scaleout_features::FeatureSpec;
use scaleout_model::{RowLayout, RowMaker, Sides, inputs_before, row_source};
use scaleout_validation::Span;

use crate::{
    error::TrainingError,
    rows::data::{PathRows, TrainingData},
};

/// A trade as its caller prepared it: what is to be learned from it, and what purging goes by.
#[derive(Clone, Copy)]
pub struct TradeToLearn<'a> {
    /// The entry on its market, with the features of the rows.
    pub entry: EntryOnMarket<'a>,
    /// Its [span](scaleout_validation::Span::of_trade).
    pub span: Span,
    /// What one whole unit earned step by step, under the fills and costs of the rows.
    pub unit: &'a UnitPath,
}

impl TrainingData {
    /// Data of real trades under the fills and costs of `config`.
    ///
    /// Rows are recorded in a replay that holds to the stop or the horizon, so a row of training is a row of the live
    /// decision. Where there are longs and shorts, `layout` is taken [for both sides](RowLayout::for_both_sides), which
    /// teach as `sides` says.
    ///
    /// # Errors
    /// A feature that a trade's inputs lack, an entry that cannot be replayed, and the errors of [`Self::new`].
    pub fn from_market(
        layout: RowLayout,
        sides: Sides,
        trades: &[TradeToLearn<'_>],
        objective: &Objective,
        config: &ReplayConfig,
    ) -> Result<Self, TrainingError> {
        let side = |trade: &TradeToLearn<'_>| trade.entry.placed.entry.side;
        let both_sides = trades.iter().any(|trade| side(trade) != side(&trades[0]));
        let layout = if both_sides { layout.for_both_sides(sides) } else { layout };
        let maker = layout.resolve()?;
        let paths: Vec<Result<PathRows, TrainingError>> = trades
            .par_iter()
            .map(|&TradeToLearn { entry, span, unit }| {
                let EntryOnMarket { placed, market, inputs } = entry;
                let recorder = Recorder { layout: &layout, maker: &maker, rows: Mutex::new(Vec::new()) };
                replay(placed.entry, placed.first_bar, market, inputs, &recorder, objective, config)?;
                let features = recorder.rows.into_inner().expect("Invariant: no replay panicked");
                Ok(PathRows { span, unit: unit.clone(), features })
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

    fn bars_back(&self) -> usize {
        self.layout.bars_before()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let mut rows = self.rows.lock().expect("Invariant: no decision panicked");
        let before = inputs_before(decision, self.layout);
        self.maker.push_row(&row_source(decision, &before), &mut rows);
        ExitOrders { stop: decision.stop, ..ExitOrders::default() }
    }
}

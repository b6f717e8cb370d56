//! What training sees of every trade: features at its decisions, and what one unit then earned.

use std::sync::Arc;

use scaleout_features::{FeatureSpec, definition};
use scaleout_model::RowLayout;
use scaleout_training::TrainingData;

use crate::{ExperimentError, Prepared, PreparedTrade, TrainingConfig, stages::prepared::made_once};

impl Prepared {
    /// What training sees of every trade, in the order of [`Self::trades`]; made once in a run.
    ///
    /// # Errors
    /// If a feature does not exist or an entry cannot be replayed.
    pub(crate) fn rows(&self) -> Result<Arc<TrainingData>, ExperimentError> {
        made_once(&self.rows, || training_rows(self))
    }
}

/// The rows of all trades of `prepared`, for the learner that looks at the most bars.
///
/// # Errors
/// If a feature does not exist or an entry cannot be replayed.
fn training_rows(prepared: &Prepared) -> Result<TrainingData, ExperimentError> {
    let config = &prepared.config;
    let specs = shown_features(&config.training, &prepared.trades);
    // Learners that read fewer bars are given the same rows without the others.
    let mut layout = RowLayout::standard(specs.to_vec(), volatility_of(&specs)).with_window(config.training.window());
    if let Some(position) = config.training.position.clone() {
        layout.position = position.into();
    }
    layout.columns = config.training.mirror.clone();
    let tables = prepared.tables(&specs, layout.bars_before())?;
    let trades = prepared.to_learn(0..prepared.trades.len(), &tables);
    Ok(TrainingData::from_market(layout, config.training.sides, &trades, &prepared.objective, &config.replay)?)
}

/// The market features of a row. Where there are longs and shorts, the partner joins a feature that becomes another one
/// on the mirrored market (Aroon up and down), so that a short sees what a long sees.
pub(super) fn shown_features(training: &TrainingConfig, trades: &[PreparedTrade]) -> Vec<FeatureSpec> {
    let mut specs = training.features.specs().to_vec();
    if trades.iter().any(|trade| trade.entry.side != trades[0].entry.side) {
        for partner in specs.clone().iter().filter_map(FeatureSpec::mirror_partner) {
            if !specs.contains(&partner) {
                specs.push(partner);
            }
        }
    }
    specs
}

/// The first feature that can serve as the volatility that is compared with that at the entry.
pub(crate) fn volatility_of(specs: &[FeatureSpec]) -> Option<&FeatureSpec> {
    let is_volatility = |spec: &&FeatureSpec| {
        definition(&spec.name)
            .is_some_and(|definition| definition.family == scaleout_features::FeatureFamily::Volatility)
    };
    specs.iter().find(is_volatility)
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use crate::{LoadedConfig, Prepared};

    /// Rows are made once, and inner purging goes by the spans and unit paths of the outer folds.
    #[test]
    fn a_trade_is_prepared_once_for_outer_and_inner_folds() {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/own-csv/config.toml");
        let prepared = Prepared::new(&LoadedConfig::read(&config).unwrap()).unwrap();
        let rows = prepared.rows().unwrap();
        assert!(Arc::ptr_eq(&rows, &prepared.rows().unwrap()));
        assert_eq!(rows.paths().len(), prepared.trades.len());
        let market = &prepared.markets[0];
        let bars = market.loaded.history.series.bars();
        let horizon = prepared.config.replay.horizon_bars as usize;
        for (path, trade) in rows.paths().iter().zip(&prepared.trades) {
            assert_eq!((path.span, &path.unit), (trade.span, &trade.unit));
            assert_eq!(
                (trade.span.start(), trade.span.end()),
                (trade.entry.ts, bars[trade.first_bar + horizon].open_ts)
            );
        }
        // Features of models and of baselines stand in one table.
        let specs = prepared.config.training.features.specs();
        let of_models = market.table(&specs[..1], 0).unwrap();
        let of_baselines = market.table(&prepared.baselines[0].grid[0].build().inputs(), 0).unwrap();
        assert!(Arc::ptr_eq(&of_models, &of_baselines));
    }
}

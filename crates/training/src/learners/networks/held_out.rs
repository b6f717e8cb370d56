//! Trades that a network is not fitted to but watched on, so that it stops before it learns its own noise.

use serde::{Deserialize, Serialize};

use crate::{error::TrainingError, learners::networks::thinning::thinned, rows::sample::RowSample};

/// Fewest trades that tell when to stop, and fewest that may be left to learn from.
const LEAST_TRADES: usize = 20;

/// Most rows that are looked at, evenly spread: their loss is compared with itself.
const MOST_WATCHED: usize = 4096;

/// When a fit stops before its last step, and whose parameters it keeps: those that miss least on the held-out trades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EarlyStopping {
    /// Share of the trades that is held out: the last in time, and those before them whose spans reach into theirs are
    /// dropped. 0, the default, holds out none, and every fit goes on to its end; so does one of too few trades.
    pub held_out_share: f64,
    /// Looks in a row, of twenty in a full fit, that may find no improvement.
    pub patience: usize,
}

impl Default for EarlyStopping {
    fn default() -> Self {
        // Decaying weights and a falling rate do as well where trades are many, and no trade is lost.
        Self { held_out_share: 0.0, patience: 6 }
    }
}

impl EarlyStopping {
    pub(crate) fn check(&self) -> Result<(), TrainingError> {
        let out_of_range = |key, value, allowed| Err(TrainingError::out_of_range(key, value, allowed));
        if !(0.0..=0.5).contains(&self.held_out_share) {
            return out_of_range("held_out_share", self.held_out_share, "0 to 0.5");
        }
        if self.patience == 0 {
            return out_of_range("patience", 0.0, "1 or more");
        }
        Ok(())
    }
}

/// Rows that weigh something, by what they are for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldOut {
    /// Those fitted to.
    pub trained: Vec<usize>,
    /// Those watched; empty where nothing is held out.
    pub watched: Vec<usize>,
}

impl HeldOut {
    pub(crate) fn of(sample: &RowSample, weights: &[f64], stopping: EarlyStopping) -> Self {
        let everything =
            || Self { trained: (0..weights.len()).filter(|&row| 0.0 < weights[row]).collect(), watched: vec![] };
        let mut trades: Vec<_> = sample.trades.iter().filter(|trade| 0.0 < weights[trade.first_row]).collect();
        let count = (stopping.held_out_share * trades.len() as f64).round() as usize;
        if count < LEAST_TRADES {
            return everything();
        }
        trades.sort_by_key(|trade| trade.span.start());
        let (before, held_out) = trades.split_at(trades.len() - count);
        let from = held_out[0].span.start();
        let before: Vec<_> = before.iter().filter(|trade| trade.span.end() <= from).collect();
        if before.len() < LEAST_TRADES {
            return everything();
        }
        let mut trained: Vec<usize> =
            before.iter().flat_map(|trade| trade.first_row..trade.first_row + trade.steps).collect();
        trained.sort_unstable();
        let watched: Vec<usize> =
            held_out.iter().flat_map(|trade| trade.first_row..trade.first_row + trade.steps).collect();
        let watched = thinned(watched.len(), MOST_WATCHED).map(|place| watched[place]).collect();
        Self { trained, watched }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::Timestamp;
    use scaleout_model::{FractionGrid, SaleConstraints};
    use scaleout_validation::Span;

    use super::*;
    use crate::{
        fixtures::order_flow_market::paths,
        rows::data::{PathRows, TrainingData},
    };

    const TENTH: EarlyStopping = EarlyStopping { held_out_share: 0.1, patience: 6 };

    fn sample(seconds: i64) -> RowSample {
        let (data, _) = paths(300, 0, 1);
        let spans = data.paths().iter().enumerate().map(|(trade, path)| {
            let start = trade as i64 * 100;
            let span = Span::new(Timestamp::from_secs(start), Timestamp::from_secs(start + seconds)).unwrap();
            PathRows { span, ..path.clone() }
        });
        let data = TrainingData::new(data.layout().clone(), data.horizon_bars(), spans.collect()).unwrap();
        data.sample(&(0..300).collect::<Vec<_>>(), FractionGrid::new(4, &SaleConstraints::default()))
    }

    #[test]
    fn the_last_trades_are_watched_and_those_that_reach_into_them_dropped() {
        // Each trade lasts 250 s, so those that start 200 s and 100 s before the first held out are still open in it.
        let sample = sample(250);
        let weights = vec![1.0; sample.rows()];
        let rows = HeldOut::of(&sample, &weights, TENTH);
        assert_eq!(rows.trained, (0..268 * 60).collect::<Vec<_>>());
        assert_eq!((rows.watched[0], rows.watched.len()), (270 * 60, 1_800));
    }

    #[test]
    fn rows_that_weigh_nothing_are_neither() {
        let sample = sample(100);
        let mut weights = vec![1.0; sample.rows()];
        weights[60..120].fill(0.0);
        weights[299 * 60..].fill(0.0);
        let rows = HeldOut::of(&sample, &weights, TENTH);
        assert!(rows.trained.iter().all(|row| !(60..120).contains(row)));
        assert_eq!(rows.watched.last(), Some(&(299 * 60 - 1)));
    }

    #[test]
    fn of_few_trades_none_is_held_out() {
        let sample = sample(100);
        let weights: Vec<f64> = (0..sample.rows()).map(|row| if row < 100 * 60 { 1.0 } else { 0.0 }).collect();
        let rows = HeldOut::of(&sample, &weights, TENTH);
        assert_eq!((rows.trained.len(), rows.watched.len()), (100 * 60, 0));
        let rows = HeldOut::of(&sample, &vec![1.0; sample.rows()], EarlyStopping::default());
        assert!(rows.watched.is_empty());
    }
}

use scaleout_market::OutOfRange;
use serde::{Deserialize, Serialize};

use crate::{
    Span, Split, ValidationError,
    groups::{contiguous_groups, in_time_order},
};

/// Which part of the past a fold trains on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrainingWindow {
    /// Everything before the fold.
    #[default]
    Expanding,
    /// The latest as many spans as the first fold trains on.
    Rolling,
}

/// How walk-forward folds are cut.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawConfig")]
pub struct WalkForwardConfig {
    /// Successive test blocks.
    pub folds: usize,
    /// Share of the spans before the first test block, above 0 and below 1.
    pub first_train_share: f64,
    /// Which part of the past a fold trains on.
    pub window: TrainingWindow,
    /// Least time between the end of a training span and the start of the test block.
    pub embargo_secs: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawConfig {
    folds: usize,
    first_train_share: f64,
    window: TrainingWindow,
    embargo_secs: u64,
}

impl Default for RawConfig {
    fn default() -> Self {
        let WalkForwardConfig { folds, first_train_share, window, embargo_secs } = WalkForwardConfig::default();
        Self { folds, first_train_share, window, embargo_secs }
    }
}

impl Default for WalkForwardConfig {
    fn default() -> Self {
        Self { folds: 5, first_train_share: 0.4, window: TrainingWindow::Expanding, embargo_secs: 0 }
    }
}

impl TryFrom<RawConfig> for WalkForwardConfig {
    type Error = ValidationError;

    fn try_from(raw: RawConfig) -> Result<Self, ValidationError> {
        let RawConfig { folds, first_train_share, window, embargo_secs } = raw;
        Self { folds, first_train_share, window, embargo_secs }.checked()
    }
}

impl WalkForwardConfig {
    /// The configuration itself, if there is a fold and the first training share lies between 0 and 1.
    pub fn checked(self) -> Result<Self, ValidationError> {
        if self.folds == 0 {
            return Err(OutOfRange::new("folds", 0, "1 or more").into());
        }
        if !(0.0 < self.first_train_share && self.first_train_share < 1.0) {
            return Err(OutOfRange::new("first_train_share", self.first_train_share, "above 0 and below 1").into());
        }
        Ok(self)
    }
}

/// Successive test blocks, each with what was known before it to train on.
///
/// The first block starts after `first_train_share` of the spans; the rest is cut into `folds` blocks of nearly
/// equal size, and spans that start together stay together. A training span must end `embargo_secs` or more before
/// its block starts; `purged` counts those that reach into the block, `embargoed` those that end within the embargo.
/// Errors when the configuration is out of range or there are fewer than `folds + 1` different starts.
pub fn walk_forward(spans: &[Span], config: &WalkForwardConfig) -> Result<Vec<Split>, ValidationError> {
    let config = config.checked()?;
    let what = "walk-forward validation";
    let order = in_time_order(spans);
    let moments = order.chunk_by(|&a, &b| spans[a].start() == spans[b].start()).count();
    if moments < config.folds + 1 {
        return Err(ValidationError::TooFewSpans { what, got: moments, needed: config.folds + 1 });
    }
    let first_test = first_test_place(spans, &order, &config);
    let blocks = contiguous_groups(spans, &order[first_test..], config.folds, what)?;
    let embargo_ns = config.embargo_secs as i64 * 1_000_000_000;

    let mut test_place = first_test;
    let mut splits = Vec::with_capacity(config.folds);
    for test in blocks {
        let past = match config.window {
            TrainingWindow::Expanding => &order[..test_place],
            TrainingWindow::Rolling => &order[test_place.saturating_sub(first_test)..test_place],
        };
        test_place += test.len();
        let test_start = spans[test[0]].start();
        let known: Vec<usize> = past.iter().copied().filter(|&index| spans[index].end() <= test_start).collect();
        let latest_end = test_start.plus_nanos(-embargo_ns);
        let train: Vec<usize> = known.iter().copied().filter(|&index| spans[index].end() <= latest_end).collect();
        splits.push(Split { purged: past.len() - known.len(), embargoed: known.len() - train.len(), train, test });
    }
    Ok(splits)
}

/// The place in `order` of the first tested span: at a change of start, with `folds` or more starts from there on.
fn first_test_place(spans: &[Span], order: &[usize], config: &WalkForwardConfig) -> usize {
    let wanted = (config.first_train_share * order.len() as f64).round() as usize;
    let changes: Vec<usize> =
        (1..order.len()).filter(|&place| spans[order[place - 1]].start() != spans[order[place]].start()).collect();
    let last_allowed = changes.len() - config.folds;
    let nearest = changes.partition_point(|&place| place < wanted).min(last_allowed);
    changes[nearest]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::tests::{daily, span};

    fn config(folds: usize, window: TrainingWindow) -> WalkForwardConfig {
        WalkForwardConfig { folds, first_train_share: 0.4, window, embargo_secs: 0 }
    }

    #[test]
    fn folds_follow_each_other_and_train_on_the_purged_past() {
        let splits = walk_forward(&daily(10, 2), &config(3, TrainingWindow::Expanding)).unwrap();
        let tests: Vec<Vec<usize>> = splits.iter().map(|split| split.test.clone()).collect();
        assert_eq!(tests, vec![vec![4, 5], vec![6, 7], vec![8, 9]]);
        assert_eq!(splits[0].train, vec![0, 1, 2]);
        assert_eq!(splits[2].train, vec![0, 1, 2, 3, 4, 5, 6]);
        assert_eq!((splits[0].purged, splits[0].embargoed), (1, 0));
    }

    #[test]
    fn a_rolling_window_forgets() {
        let splits = walk_forward(&daily(10, 1), &config(3, TrainingWindow::Rolling)).unwrap();
        assert_eq!(splits[2].train, vec![4, 5, 6, 7]);
    }

    #[test]
    fn the_embargo_keeps_a_distance() {
        let with_embargo = WalkForwardConfig { embargo_secs: 86_400, ..config(3, TrainingWindow::Expanding) };
        let split = walk_forward(&daily(10, 2), &with_embargo).unwrap().remove(0);
        assert_eq!((split.train, split.purged, split.embargoed), (vec![0, 1], 1, 1));
    }

    #[test]
    fn the_order_of_the_list_changes_nothing_but_indices() {
        let mut spans = daily(30, 3);
        let forward = walk_forward(&spans, &config(4, TrainingWindow::Expanding)).unwrap();
        spans.reverse();
        let backward = walk_forward(&spans, &config(4, TrainingWindow::Expanding)).unwrap();
        for (a, b) in forward.iter().zip(&backward) {
            assert_eq!(a.test, b.test.iter().map(|index| 29 - index).collect::<Vec<_>>());
            assert_eq!(a.train, b.train.iter().map(|index| 29 - index).collect::<Vec<_>>());
        }
    }

    #[test]
    fn simultaneous_entries_are_not_parted() {
        let spans: Vec<Span> = (0..8).flat_map(|day| [span(day, day + 1); 3]).collect();
        for split in walk_forward(&spans, &config(3, TrainingWindow::Expanding)).unwrap() {
            assert_eq!(split.test.len() % 3, 0);
        }
    }

    #[test]
    fn too_few_entries_and_bad_shares_are_refused() {
        assert!(walk_forward(&daily(3, 1), &config(3, TrainingWindow::Expanding)).is_err());
        assert!(walk_forward(&daily(4, 1), &config(3, TrainingWindow::Expanding)).is_ok());
        let bad = WalkForwardConfig { first_train_share: 1.0, ..config(3, TrainingWindow::Expanding) };
        assert!(walk_forward(&daily(10, 1), &bad).is_err());
    }
}

//! Trades as rows: what was known at each decision, and what one whole unit earned after it.

use std::borrow::Cow;

use scaleout_exits::UnitPath;
use scaleout_model::{FractionGrid, RowLayout};
use scaleout_validation::{Span, average_uniqueness};

use crate::{
    error::TrainingError,
    rows::{
        lot_states::LotStates,
        sample::{RowSample, TradeRows},
    },
};

/// One trade as training rows.
#[derive(Debug, Clone, PartialEq)]
pub struct PathRows {
    /// The [span](scaleout_validation::Span::of_trade) of the trade: what purging goes by.
    pub span: Span,
    /// What one whole unit earned step by step.
    pub unit: UnitPath,
    /// Feature values at each decision, shape (steps, F), row by row; missing is NaN.
    pub features: Vec<f32>,
}

/// Why a feature tells a learner nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// It has no value in any row.
    Missing,
    /// It has the same value wherever it has one.
    Constant,
}

/// Trades to learn from: one row for each trade and decision, shape (N, F).
///
/// Private fields hold the invariant that every path fits the horizon and has one finite reward a step.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingData {
    layout: RowLayout,
    horizon_bars: u32,
    paths: Vec<PathRows>,
    weights: Vec<f64>,
}

impl TrainingData {
    /// Data of `paths` whose rows are laid out as `layout`.
    ///
    /// Each trade weighs by the average uniqueness of its span, so that trades on one move count as one.
    ///
    /// # Errors
    /// A layout without the bars to the horizon, a path that does not fit the horizon or its rows, a reward that is
    /// not finite.
    pub fn new(layout: RowLayout, horizon_bars: u32, paths: Vec<PathRows>) -> Result<Self, TrainingError> {
        let layout = layout.checked()?;
        for (trade, path) in paths.iter().enumerate() {
            check(trade, path, layout.width(), horizon_bars)?;
        }
        let spans: Vec<Span> = paths.iter().map(|path| path.span).collect();
        let weights = average_uniqueness(&spans);
        Ok(Self { layout, horizon_bars, paths, weights })
    }

    /// What a row is made of.
    pub fn layout(&self) -> &RowLayout {
        &self.layout
    }

    /// Bars after which everything left is closed.
    pub fn horizon_bars(&self) -> u32 {
        self.horizon_bars
    }

    /// The trades.
    pub fn paths(&self) -> &[PathRows] {
        &self.paths
    }

    /// Average uniqueness of each trade, above 0 and at most 1.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The same trades with rows that show `window` bars.
    ///
    /// # Errors
    /// If the rows show fewer.
    pub fn with_window(&self, window: u32) -> Result<Cow<'_, Self>, TrainingError> {
        let window = window.max(1);
        if self.layout.window == window {
            return Ok(Cow::Borrowed(self));
        }
        if self.layout.window < window {
            return Err(TrainingError::Window { wanted: window, shown: self.layout.window });
        }
        let layout = self.layout.clone().with_window(window);
        let (width, kept) = (self.layout.width(), layout.width());
        let paths = self.paths.iter().map(|path| PathRows {
            span: path.span,
            unit: path.unit.clone(),
            features: path.features.chunks_exact(width).flat_map(|row| &row[..kept]).copied().collect(),
        });
        let paths = paths.collect();
        Ok(Cow::Owned(Self { layout, horizon_bars: self.horizon_bars, paths, weights: self.weights.clone() }))
    }

    /// The features that tell nothing because they never differ over all rows, with what is wrong; learners pass
    /// them over.
    ///
    /// O(N F).
    pub fn silent_features(&self) -> Vec<(String, Silence)> {
        let width = self.layout.width();
        let mut seen: Vec<Option<Silence>> = vec![Some(Silence::Missing); width];
        let mut first = vec![f32::NAN; width];
        let rows = self.paths.iter().flat_map(|path| path.features.chunks_exact(width));
        for row in rows {
            for ((value, first), seen) in row.iter().zip(&mut first).zip(&mut seen) {
                match seen {
                    Some(Silence::Missing) if value.is_finite() => (*first, *seen) = (*value, Some(Silence::Constant)),
                    Some(Silence::Constant) if value.is_finite() && value != first => *seen = None,
                    _ => {}
                }
            }
        }
        self.layout.names().into_iter().zip(seen).filter_map(|(name, seen)| Some((name, seen?))).collect()
    }

    /// The rows of the trades at `indices`, in that order, with the costs of selling tranches of `grid`.
    pub(crate) fn sample(&self, indices: &[usize], grid: FractionGrid) -> RowSample {
        let rows: usize = indices.iter().map(|&index| self.paths[index].unit.r.len()).sum();
        let mut sample = RowSample {
            width: self.layout.width(),
            time_feature: self.layout.time_feature(),
            market: self.layout.market.len(),
            bars_before: self.layout.bars_before(),
            features: Vec::with_capacity(rows * self.layout.width()),
            tree_rows: Default::default(),
            gain: Vec::with_capacity(rows),
            variance: Vec::with_capacity(rows),
            weights: Vec::with_capacity(rows),
            bars_to_horizon: Vec::with_capacity(rows),
            sale_cost: Vec::with_capacity(rows * grid.tranches),
            trades: Vec::with_capacity(indices.len()),
        };
        for &index in indices {
            let (path, weight) = (&self.paths[index], self.weights[index]);
            let steps = path.unit.r.len();
            let parts = || (1..=grid.tranches).map(|tranches| grid.share(tranches));
            let end_cost = parts().map(|part| {
                if path.unit.stopped { path.unit.stop_cost_r(part) } else { path.unit.sale_cost_r(steps, part) }
            });
            sample.trades.push(TradeRows {
                span: path.span,
                first_row: sample.gain.len(),
                steps,
                end_cost: end_cost.collect(),
                shown_cost: (0..=grid.tranches).map(|sold| path.unit.terms.cost_r(grid.share(sold))).collect(),
                lots: LotStates::of(&path.unit.terms, grid),
            });
            for step in 0..steps {
                sample.sale_cost.extend(parts().map(|part| path.unit.sale_cost_r(step, part)));
            }
            sample.features.extend_from_slice(&path.features);
            sample.gain.extend_from_slice(&path.unit.r);
            sample.variance.extend_from_slice(&path.unit.variance);
            sample.weights.extend(std::iter::repeat_n(weight, steps));
            let horizon = path.unit.horizon.unwrap_or(self.horizon_bars);
            sample.bars_to_horizon.extend((0..steps as u32).map(|step| horizon - step));
        }
        sample
    }
}

fn check(trade: usize, path: &PathRows, width: usize, horizon: u32) -> Result<(), TrainingError> {
    let (steps, stopped) = (path.unit.r.len(), path.unit.stopped);
    let own = path.unit.horizon.unwrap_or(horizon);
    if steps == 0 || horizon < own || own < steps as u32 || (steps < own as usize && !stopped) {
        return Err(TrainingError::PathLength { trade, steps, stopped, horizon });
    }
    if path.features.len() != steps * width || path.unit.variance.len() != steps {
        return Err(TrainingError::RowLength { trade, values: path.features.len(), steps, width });
    }
    let costs = [("stop_cost", path.unit.stop_cost), ("proportional_r", path.unit.terms.proportional_r)];
    let gains = path.unit.r.iter().enumerate().map(|(step, &value)| (step, "r", value));
    let variances = path.unit.variance.iter().enumerate().map(|(step, &value)| (step, "variance", value));
    let costs = costs.into_iter().map(|(field, value)| (0, field, value));
    let broken = gains.chain(variances).chain(costs).find(|(_, _, value)| !value.is_finite());
    match broken {
        Some((step, field, value)) => Err(TrainingError::NotFinite { trade, step, field, value }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::order_flow_market;

    #[test]
    fn features_that_never_differ_are_named() {
        let (data, _) = order_flow_market::paths(30, 2, 1);
        assert_eq!(data.silent_features(), []);
        let width = data.layout().width();
        let mut paths = data.paths().to_vec();
        for row in paths.iter_mut().flat_map(|path| path.features.chunks_exact_mut(width)) {
            row[0] = f32::NAN;
            row[1] = if row[1] < 0.0 { f32::NAN } else { 7.0 };
        }
        let names = data.layout().names();
        let changed = TrainingData::new(data.layout().clone(), data.horizon_bars(), paths).unwrap();
        let expected = [(names[0].clone(), Silence::Missing), (names[1].clone(), Silence::Constant)];
        assert_eq!(changed.silent_features(), expected);
    }
}

//! The learned policy as pictures: the part of a whole position it would hold, over what it looks at.

use scaleout_evaluation::plots::{CellWidths, MapAxis, MapPanel, PolicyMap};
use scaleout_features::{Family, FeatureSpec, definition};
use scaleout_training::{Model, TrainingData};

use crate::Fitted;

/// Columns and rows of a map.
const CELLS: usize = 12;

/// Fewest decisions behind a cell that is drawn.
const LEAST_DECISIONS: usize = 3;

/// Most panels of a picture.
const MOST_PANELS: u32 = 4;

/// The chosen refit's policy over time and R, and over the market feature that moves it most and the volatility that
/// does: a panel for each part that may be left.
pub fn policy_maps(fitted: &Fitted, data: &TrainingData) -> Vec<PolicyMap> {
    let Some(chosen) = fitted.refit.models.get(fitted.refit.chosen) else { return Vec::new() };
    let data = data.with_window(chosen.model.layout.window).expect("Invariant: the rows show what a learner reads");
    let decisions = Decisions::new(&chosen.model, &data);
    let names = chosen.model.layout.names();
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    let mut maps = Vec::new();
    if let Some(gain) = place("unrealised_r") {
        let steps = data.paths().iter().flat_map(|path| 0..path.unit.steps());
        let held = Axis::even("bars held", steps.map(|step| step as f64).collect());
        let gain = Axis::even("unrealised gain, R", decisions.column(gain).collect());
        let title = format!("`{}`: part to hold over time and R", chosen.name);
        maps.push(decisions.map(&chosen.model, "policy-time-r", &title, &held, &gain));
    }
    let is_volatility =
        |spec: &FeatureSpec| definition(&spec.name).is_some_and(|found| found.family == Family::Volatility);
    let market = &chosen.model.layout.market;
    let strongest = |wanted: bool| {
        let columns = (0..market.len()).filter(|&column| is_volatility(&market[column]) == wanted);
        let effects = columns.map(|column| (column, decisions.effect(column))).filter(|(_, effect)| 0.0 < *effect);
        effects.reduce(|best, next| if best.1 < next.1 { next } else { best }).map(|(column, _)| column)
    };
    let axis = |column: usize| Axis::quantiles(&names[column], decisions.column(column).collect());
    if let (Some(signal), Some(volatility)) = (strongest(false), strongest(true)) {
        let title = format!("`{}`: part to hold over the signal and the volatility that move it most", chosen.name);
        let (signal, volatility) = (axis(signal), axis(volatility));
        maps.push(decisions.map(&chosen.model, "policy-signal-volatility", &title, &signal, &volatility));
    }
    maps
}

/// The parts left that are drawn, the whole first: all of them, or four of many.
fn parts_left(tranches: u32) -> Vec<u32> {
    let panels = tranches.min(MOST_PANELS);
    (1..=panels).rev().map(|panel| (panel * tranches).div_ceil(panels)).collect()
}

/// Every decision that a position held to the end would have met, with the model's hold values there.
struct Decisions<'a> {
    data: &'a TrainingData,
    width: usize,
    rows: Vec<&'a [f32]>,
    hold: Vec<f64>,
    /// Part of a whole position held after each decision.
    target: Vec<f64>,
}

impl<'a> Decisions<'a> {
    fn new(model: &Model, data: &'a TrainingData) -> Self {
        let width = model.layout.width();
        let features: Vec<f32> = data.paths().iter().flat_map(|path| path.features.iter().copied()).collect();
        let rows = data.paths().iter().flat_map(|path| path.features.chunks_exact(width)).collect();
        let hold = model.hold_values(&features);
        let mut decisions = Self { data, width, rows, hold, target: Vec::new() };
        decisions.target = decisions.targets(model, 1.0);
        decisions
    }

    fn targets(&self, model: &Model, remaining: f64) -> Vec<f64> {
        let outputs = self.hold.len() / self.rows.len().max(1);
        let terms = self
            .data
            .paths()
            .iter()
            .flat_map(|path| std::iter::repeat_n(&path.unit.terms, path.features.len() / self.width));
        let hold = self.hold.chunks_exact(outputs.max(1));
        hold.zip(terms).map(|(hold, terms)| model.target(hold, remaining, true, terms)).collect()
    }

    fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        self.rows.iter().map(move |row| f64::from(row[column]))
    }

    /// How much of the policy's variation lies between the quantile cells of one feature.
    fn effect(&self, column: usize) -> f64 {
        let axis = Axis::quantiles("", self.column(column).collect());
        let mut cells = vec![(0.0, 0_usize); axis.cells()];
        for (value, target) in axis.values.iter().zip(&self.target) {
            if let Some(cell) = axis.cell(*value) {
                cells[cell].0 += target;
                cells[cell].1 += 1;
            }
        }
        let count: usize = cells.iter().map(|cell| cell.1).sum();
        let mean = cells.iter().map(|cell| cell.0).sum::<f64>() / count.max(1) as f64;
        let spread = |&(sum, count): &(f64, usize)| {
            if count == 0 { 0.0 } else { count as f64 * (sum / count as f64 - mean).powi(2) }
        };
        cells.iter().map(spread).sum::<f64>() / count.max(1) as f64
    }

    fn map(&self, model: &Model, name: &str, title: &str, x: &Axis, y: &Axis) -> PolicyMap {
        let panel = |left: u32| MapPanel {
            title: format!("{left}/{} left", model.tranches),
            fraction: self.cells(model, f64::from(left) / f64::from(model.tranches), x, y),
        };
        PolicyMap {
            name: name.to_owned(),
            title: title.replace('`', ""),
            subtitle: format!(
                "mean target of the refit over all its training decisions in a cell, {LEAST_DECISIONS} or more"
            ),
            x: x.drawn(),
            y: y.drawn(),
            panels: parts_left(model.tranches).into_iter().map(panel).collect(),
        }
    }

    fn cells(&self, model: &Model, remaining: f64, x: &Axis, y: &Axis) -> Vec<Vec<Option<f64>>> {
        let mut sums = vec![vec![(0.0, 0_usize); x.cells()]; y.cells()];
        for ((target, &across), &up) in self.targets(model, remaining).iter().zip(&x.values).zip(&y.values) {
            if let (Some(column), Some(row)) = (x.cell(across), y.cell(up)) {
                sums[row][column].0 += target;
                sums[row][column].1 += 1;
            }
        }
        let mean = |&(sum, count): &(f64, usize)| (LEAST_DECISIONS <= count).then(|| sum / count as f64);
        sums.iter().map(|row| row.iter().map(mean).collect()).collect()
    }
}

/// A quantity cut into cells.
struct Axis {
    title: String,
    values: Vec<f64>,
    edges: Vec<f64>,
    widths: CellWidths,
}

impl Axis {
    /// Cells of equal width over the middle 98 % of `values`; what lies beyond is drawn in none.
    fn even(title: &str, values: Vec<f64>) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted.get((share * sorted.len() as f64) as usize).or(sorted.last()).copied();
        let (low, high) = (at(0.01).unwrap_or(0.0), at(0.99).unwrap_or(1.0));
        let width = if low < high { (high - low) / CELLS as f64 } else { 1.0 };
        let edges = (0..=CELLS).map(|cell| low + cell as f64 * width).collect();
        Self { title: title.to_owned(), values, edges, widths: CellWidths::ToScale }
    }

    /// Cells that hold about equally many of `values`.
    fn quantiles(title: &str, values: Vec<f64>) -> Self {
        let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        sorted.sort_by(f64::total_cmp);
        let mut edges: Vec<f64> = Vec::with_capacity(CELLS + 1);
        for cell in 0..=CELLS {
            if let Some(&edge) = sorted.get((cell * sorted.len() / CELLS).min(sorted.len().saturating_sub(1)))
                && edges.last().is_none_or(|last| *last < edge)
            {
                edges.push(edge);
            }
        }
        if edges.len() < 2 {
            let only = edges.first().copied().unwrap_or(0.0);
            edges = vec![only, only + 1.0];
        }
        Self { title: title.to_owned(), values, edges, widths: CellWidths::Equal }
    }

    fn cells(&self) -> usize {
        self.edges.len() - 1
    }

    fn drawn(&self) -> MapAxis {
        MapAxis { title: self.title.clone(), edges: self.edges.clone(), widths: self.widths }
    }

    /// The cell that `value` lies in; the last one is closed on both sides.
    fn cell(&self, value: f64) -> Option<usize> {
        let (first, last) = (self.edges[0], self.edges[self.cells()]);
        if !(first <= value && value <= last) {
            return None;
        }
        Some(self.edges.partition_point(|edge| *edge <= value).saturating_sub(1).min(self.cells() - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::{Axis, parts_left};

    #[test]
    fn at_most_four_parts_are_drawn() {
        assert_eq!(parts_left(1), [1]);
        assert_eq!(parts_left(4), [4, 3, 2, 1]);
        assert_eq!(parts_left(10), [10, 8, 5, 3]);
    }

    #[test]
    fn cells_cover_the_range_once() {
        let axis = Axis::quantiles("x", (0..100).map(f64::from).collect());
        assert_eq!(axis.cell(0.0), Some(0));
        assert_eq!(axis.cell(99.0), Some(axis.cells() - 1));
        assert_eq!(axis.cell(f64::NAN), None);
        assert_eq!(axis.cell(100.0), None);
        assert_eq!(Axis::quantiles("constant", vec![3.0; 10]).cells(), 1);
        assert_eq!(Axis::even("time", vec![0.0, 12.0]).cell(5.5), Some(5));
        assert_eq!(Axis::even("time", vec![]).cells(), 12);
    }
}

//! The learned policy as pictures: the part of a whole position it would hold, over what it looks at.

use scaleout_evaluation::plots::PolicyMap;
use scaleout_training::{Model, TrainingData};

use crate::{ExperimentError, Fitted, Prepared, learn::training_data};

/// Columns and rows of a map.
const CELLS: usize = 12;

/// Fewest decisions behind a cell that is drawn.
const LEAST_DECISIONS: usize = 3;

/// The chosen refit's policy over time and R for each part that may be left, and over the two market features that
/// move it most.
pub fn policy_maps(prepared: &Prepared, fitted: &Fitted) -> Result<Vec<PolicyMap>, ExperimentError> {
    let Some(chosen) = fitted.refit.models.get(fitted.refit.chosen) else { return Ok(Vec::new()) };
    let data = training_data(prepared)?;
    let decisions = Decisions::new(&chosen.model, &data);
    let names = chosen.model.layout.names();
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    let mut maps = Vec::new();
    if let (Some(time), Some(gain)) = (place("bars_to_horizon"), place("unrealised_r")) {
        let horizon = f64::from(chosen.model.horizon_bars);
        let held = Axis::even("bars held", decisions.column(time).map(|left| horizon - left).collect());
        let gain = Axis::even("unrealised R", decisions.column(gain).collect());
        for left in (1..=chosen.model.tranches).rev() {
            let remaining = f64::from(left) / f64::from(chosen.model.tranches);
            let title = format!("{}: part held over time and R, {left}/{} left", chosen.name, chosen.model.tranches);
            let name = format!("policy-time-r-{left}");
            maps.push(decisions.map(&chosen.model, remaining, name, title, &held, &gain));
        }
    }
    let market = chosen.model.layout.market.len();
    let mut by_effect: Vec<(usize, f64)> =
        (0..market).map(|column| (column, decisions.effect(column))).filter(|(_, effect)| 0.0 < *effect).collect();
    by_effect.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    if let [(first, _), (second, _), ..] = by_effect[..] {
        let axis = |column: usize| Axis::quantiles(&names[column], decisions.column(column).collect());
        let title = format!("{}: part held over the two features that move it most", chosen.name);
        maps.push(decisions.map(&chosen.model, 1.0, "policy-features".to_owned(), title, &axis(first), &axis(second)));
    }
    Ok(maps)
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

    fn map(&self, model: &Model, remaining: f64, name: String, title: String, x: &Axis, y: &Axis) -> PolicyMap {
        let mut sums = vec![vec![(0.0, 0_usize); x.cells()]; y.cells()];
        for ((target, &across), &up) in self.targets(model, remaining).iter().zip(&x.values).zip(&y.values) {
            if let (Some(column), Some(row)) = (x.cell(across), y.cell(up)) {
                sums[row][column].0 += target;
                sums[row][column].1 += 1;
            }
        }
        let mean = |&(sum, count): &(f64, usize)| (LEAST_DECISIONS <= count).then(|| sum / count as f64);
        PolicyMap {
            name,
            title,
            subtitle: format!("mean over all decisions in a cell; empty below {LEAST_DECISIONS}"),
            x_title: x.title.clone(),
            y_title: y.title.clone(),
            x_edges: x.edges.clone(),
            y_edges: y.edges.clone(),
            fraction: sums.iter().map(|row| row.iter().map(mean).collect()).collect(),
        }
    }
}

/// A quantity cut into cells.
struct Axis {
    title: String,
    values: Vec<f64>,
    edges: Vec<f64>,
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
        Self { title: title.to_owned(), values, edges }
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
        Self { title: title.to_owned(), values, edges }
    }

    fn cells(&self) -> usize {
        self.edges.len() - 1
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
    use super::Axis;

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

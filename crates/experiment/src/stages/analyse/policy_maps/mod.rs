//! The learned policy as pictures: the part of what is left that it would hold, over what it looks at.

mod axis;

use axis::BinnedAxis;
use scaleout_features::{FeatureFamily, FeatureSpec, definition};
use scaleout_model::Model;
use scaleout_report::{MapPanel, PolicyMap};
use scaleout_training::TrainingData;

use crate::Fitted;

/// Fewest decisions behind a cell that is drawn.
const LEAST_DECISIONS: usize = 3;

/// Most panels of a picture.
const MOST_PANELS: u32 = 20;

/// Variation between the cells of a feature that is more than rounding.
const LEAST_EFFECT: f64 = 1e-12;

/// Words in the name of a column that make it a volatility.
const VOLATILITIES: [&str; 7] = ["variance", "var", "volatility", "vol", "sigma", "atr", "vix"];

/// Features that tell the time, which has an axis of its own.
const TIMES: [&str; 2] = ["bars_held", "bars_to_horizon"];

/// The chosen refit's policy, a panel for each part that may be left: over time and R, or over time and the feature
/// that moves it most where the model does not look at R, and over the signal and the volatility that move it most, or
/// the two features that do where none is a volatility. A model that looks at the time alone has its schedule drawn.
pub fn policy_maps(fitted: &Fitted, data: &TrainingData) -> Vec<PolicyMap> {
    let Some(chosen) = fitted.refit.models.get(fitted.refit.chosen) else { return Vec::new() };
    let data = data.with_window(chosen.model.layout.window).expect("Invariant: the rows show what a learner reads");
    let decisions = Decisions::new(&chosen.model, &data);
    let telling = decisions.telling();
    let title = |over: &str| format!("{}: part to hold over {over}", chosen.name);
    let mut maps = Vec::new();
    if let Some(gain) = decisions.place(GAIN) {
        let gain = BinnedAxis::even("unrealised gain, R", decisions.column(gain).collect(), decisions.cells());
        maps.push(decisions.map("policy-time-r", title("time and R"), &decisions.time(), &gain));
    } else if let Some(&feature) = telling.first() {
        let over = format!("time and {}", decisions.shown(feature));
        maps.push(decisions.map("policy-time-feature", title(&over), &decisions.time(), &decisions.axis(feature)));
    } else {
        maps.push(decisions.schedule(title("time and what is left")));
    }
    let of_volatility = telling.iter().copied().find(|&feature| decisions.is_volatility(feature));
    let of_market = telling.iter().copied().find(|&feature| decisions.is_signal(feature));
    let pair = match (of_market, of_volatility) {
        (Some(signal), Some(volatility)) => {
            Some((signal, volatility, "policy-signal-volatility", "the signal and the volatility that move it most"))
        }
        _ => match telling[..] {
            [first, second, ..] => Some((first, second, "policy-two-features", "the two features that move it most")),
            _ => None,
        },
    };
    if let Some((x, y, name, over)) = pair {
        maps.push(decisions.map(name, title(over), &decisions.axis(x), &decisions.axis(y)));
    }
    maps
}

/// Name of the position feature that says how a trade stands.
const GAIN: &str = "unrealised_r";

/// The parts left that are drawn, the whole first: all of them, or evenly spaced ones of many.
fn parts_left(tranches: u32) -> Vec<u32> {
    let panels = tranches.min(MOST_PANELS);
    (1..=panels).rev().map(|panel| (panel * tranches).div_ceil(panels)).collect()
}

/// Whether a feature measures how much the price moves: by its family, or a column by its name.
fn is_volatility(spec: &FeatureSpec) -> bool {
    match spec.name.strip_prefix("column:") {
        Some(column) => {
            let column = column.to_lowercase();
            column.split(|letter: char| !letter.is_alphabetic()).any(|word| VOLATILITIES.contains(&word))
        }
        None => definition(&spec.name).is_some_and(|found| found.family == FeatureFamily::Volatility),
    }
}

/// Every decision that a position held to the end would have met, and what the model does there.
struct Decisions<'a> {
    model: &'a Model,
    data: &'a TrainingData,
    names: Vec<String>,
    rows: Vec<&'a [f32]>,
    /// The tranches left that are drawn, the whole first.
    left: Vec<u32>,
    /// The part of what is left that is held after each decision, by tranches left.
    held: Vec<Vec<f64>>,
    /// What holding the whole is worth at each decision, in R.
    worth: Vec<f64>,
}

impl<'a> Decisions<'a> {
    fn new(model: &'a Model, data: &'a TrainingData) -> Self {
        let width = model.layout.width();
        let features: Vec<f32> = data.paths().iter().flat_map(|path| path.features.iter().copied()).collect();
        let rows: Vec<&[f32]> = data.paths().iter().flat_map(|path| path.features.chunks_exact(width)).collect();
        let hold = model.hold_values(&features);
        let outputs = (hold.len() / rows.len().max(1)).max(1);
        let left = parts_left(model.tranches);
        let held = |&left: &u32| {
            let remaining = f64::from(left) / f64::from(model.tranches);
            let terms =
                data.paths().iter().flat_map(|path| std::iter::repeat_n(&path.unit.terms, path.features.len() / width));
            let held = hold.chunks_exact(outputs).zip(terms);
            held.map(|(hold, terms)| model.target(hold, remaining, true, terms) / remaining).collect()
        };
        let held = left.iter().map(held).collect();
        let worth = hold.chunks_exact(outputs).map(|hold| hold[model.tranches as usize - 1]).collect();
        Self { model, data, names: model.layout.names(), rows, left, held, worth }
    }

    fn place(&self, wanted: &str) -> Option<usize> {
        self.names.iter().position(|name| name == wanted)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        self.rows.iter().map(move |row| f64::from(row[column]))
    }

    fn axis(&self, column: usize) -> BinnedAxis {
        BinnedAxis::quantiles(&self.shown(column), self.column(column).collect(), self.cells())
    }

    /// Most cells along an axis: more where panels are large and forty decisions come to each cell.
    fn cells(&self) -> usize {
        const FINE: usize = 20;
        if self.left.len() <= 4 && 40 * FINE * FINE <= self.rows.len() { FINE } else { 12 }
    }

    fn time(&self) -> BinnedAxis {
        let steps = self.data.paths().iter().flat_map(|path| 0..path.unit.steps());
        BinnedAxis::counted("bars held", steps.map(|step| step as f64).collect(), self.cells())
    }

    /// The name of a feature for readers.
    fn shown(&self, column: usize) -> String {
        match self.names[column].strip_prefix("side*") {
            Some(feature) => format!("{} × side", feature.trim_start_matches("column:")),
            None => self.names[column].trim_start_matches("column:").to_owned(),
        }
    }

    fn is_volatility(&self, column: usize) -> bool {
        self.model.layout.market.get(column).is_some_and(is_volatility)
    }

    /// Whether it is a feature of the market that points somewhere.
    fn is_signal(&self, column: usize) -> bool {
        let is_market = column < self.model.layout.market.len() || self.names[column].starts_with("side*");
        is_market && !self.is_volatility(column)
    }

    /// The features that move the policy, those that move it most first, the time left out; of equals, those that move
    /// the value of holding on most.
    fn telling(&self) -> Vec<usize> {
        let layout = &self.model.layout;
        let present = layout.market.len() + layout.position.len();
        let columns = (0..present).filter(|&column| !TIMES.contains(&self.names[column].as_str()));
        let mut effects: Vec<(usize, [f64; 2])> = columns
            .map(|column| {
                let axis = self.axis(column);
                let policy = self.held.iter().map(|held| between_cells(&axis, held)).sum::<f64>();
                (column, [policy, between_cells(&axis, &self.worth)])
            })
            .filter(|(_, effect)| effect.iter().any(|part| LEAST_EFFECT < *part))
            .collect();
        effects.sort_by(|(_, a), (_, b)| b[0].total_cmp(&a[0]).then(b[1].total_cmp(&a[1])));
        effects.into_iter().map(|(column, _)| column).collect()
    }

    fn map(&self, name: &str, title: String, x: &BinnedAxis, y: &BinnedAxis) -> PolicyMap {
        let tranches = self.model.tranches;
        let panel = |(left, held): (&u32, &Vec<f64>)| MapPanel {
            title: format!("{left}/{tranches} left"),
            held: means(held, x, y),
        };
        let panels: Vec<MapPanel> = self.left.iter().zip(&self.held).map(panel).collect();
        let shown = if panels.len() < tranches as usize {
            format!("; {} of {tranches} parts left", panels.len())
        } else {
            String::new()
        };
        PolicyMap {
            name: name.to_owned(),
            title,
            subtitle: format!(
                "mean over all training decisions of the refit in a cell, {LEAST_DECISIONS} or more{shown}"
            ),
            x: x.drawn(),
            y: y.drawn(),
            panels,
        }
    }

    /// One panel over time and the part left.
    fn schedule(&self, title: String) -> PolicyMap {
        let time = self.time();
        let shares = self.left.iter().rev().map(|&left| f64::from(left) / f64::from(self.model.tranches));
        let left = BinnedAxis::each("part left", shares.collect());
        let row = |held: &Vec<f64>| means(held, &time, &BinnedAxis::quantiles("", vec![0.0; held.len()], 1)).remove(0);
        PolicyMap {
            name: "policy-schedule".to_owned(),
            title,
            subtitle: "mean over all training decisions of the refit in a bar: it looks at nothing but the time".into(),
            x: time.drawn(),
            y: left.drawn(),
            panels: vec![MapPanel { title: String::new(), held: self.held.iter().rev().map(row).collect() }],
        }
    }
}

/// How much of the variation of `values` lies between the cells of one feature.
fn between_cells(axis: &BinnedAxis, values: &[f64]) -> f64 {
    let mut cells = vec![(0.0, 0_usize); axis.cells()];
    for (place, value) in axis.values.iter().zip(values) {
        if let Some(cell) = axis.cell(*place) {
            cells[cell].0 += value;
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

/// The mean of `values` in each cell, row by row; `None` where too few decisions lie.
fn means(values: &[f64], x: &BinnedAxis, y: &BinnedAxis) -> Vec<Vec<Option<f64>>> {
    let mut sums = vec![vec![(0.0, 0_usize); x.cells()]; y.cells()];
    for ((value, &across), &up) in values.iter().zip(&x.values).zip(&y.values) {
        if let (Some(column), Some(row)) = (x.cell(across), y.cell(up)) {
            sums[row][column].0 += value;
            sums[row][column].1 += 1;
        }
    }
    let mean = |&(sum, count): &(f64, usize)| (LEAST_DECISIONS <= count).then(|| sum / count as f64);
    sums.iter().map(|row| row.iter().map(mean).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_volatility, parts_left};

    #[test]
    fn every_part_is_drawn_up_to_twenty_and_an_even_choice_beyond() {
        assert_eq!(parts_left(1), [1]);
        assert_eq!(parts_left(4), [4, 3, 2, 1]);
        assert_eq!(parts_left(20), (1..=20).rev().collect::<Vec<u32>>());
        let fifty = parts_left(50);
        assert_eq!((fifty.len(), fifty[0], fifty[19]), (20, 50, 3));
    }

    #[test]
    fn a_column_is_a_volatility_by_its_name() {
        let is = |text: &str| is_volatility(&text.parse().unwrap());
        assert!(is("column:variance") && is("column:realised_vol") && is("column:VIX.close") && is("atr"));
        assert!(!is("column:volume") && !is("column:signal") && !is("rsi"));
    }
}

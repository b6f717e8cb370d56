//! A model of one tree as a rule to read.

use std::fmt::Write;

use crate::{
    hold_values::to_hold_values,
    model::Model,
    regressors::{regressor::Regressor, tree::Tree},
};

/// What the questions on the way to a leaf leave of one feature.
#[derive(Debug, Clone, Copy)]
struct Interval {
    feature: usize,
    from: f32,
    below: f32,
    missing: bool,
}

impl Model {
    /// The model as one rule to read, a line for each leaf; `None` of a model that is more than one tree.
    ///
    /// Each line says which part of the initial size is to be held where everything is still held, the costs of
    /// selling left aside: a proportional cost that stays the same moves nothing, the others hold longer.
    pub fn readable_rule(&self) -> Option<String> {
        let Regressor::Trees(regressor) = &self.regressor else { return None };
        let [tree] = regressor.trees.as_slice() else { return None };
        let names = self.layout.names();
        let outputs = regressor.base.len();
        let mut rule = String::new();
        for (intervals, leaf) in leaves(tree) {
            let steps = &tree.steps[leaf * outputs..][..outputs];
            let numbers = steps.iter().zip(&regressor.scale).zip(&regressor.base);
            let mut hold: Vec<f64> = numbers.map(|((step, scale), base)| f64::from(*step) * scale + base).collect();
            to_hold_values(&mut hold, self.tranches as usize, self.shape);
            let free = scaleout_exits::TradeTerms {
                proportional_r: 0.0,
                per_order_r: 0.0,
                impact_r: 0.0,
                impact_power: 1.0,
                lots: None,
                min_lots: 0,
            };
            let target = self.target(&hold, 1.0, true, &free);
            let conditions: Vec<String> = intervals.iter().map(|interval| interval.text(&names)).collect();
            let condition = if conditions.is_empty() { "always".to_owned() } else { conditions.join(" and ") };
            let prefix = if conditions.is_empty() { "" } else { "if " };
            writeln!(rule, "{prefix}{condition}: {}", part(target, self.tranches)).expect("Invariant: text takes text");
        }
        Some(rule)
    }
}

/// Every leaf with the intervals that lead to it, from left to right.
fn leaves(tree: &Tree) -> Vec<(Vec<Interval>, usize)> {
    let mut open = vec![(0_usize, Vec::new())];
    let mut found = Vec::new();
    while let Some((node, intervals)) = open.pop() {
        let Ok(feature) = usize::try_from(tree.feature[node]) else {
            found.push((intervals, tree.left[node] as usize));
            continue;
        };
        let missing_left = tree.missing[node] == tree.left[node];
        let cut = tree.threshold[node];
        open.push((tree.right[node] as usize, narrowed(&intervals, feature, cut, f32::INFINITY, !missing_left)));
        open.push((tree.left[node] as usize, narrowed(&intervals, feature, f32::NEG_INFINITY, cut, missing_left)));
    }
    found
}

fn narrowed(intervals: &[Interval], feature: usize, from: f32, below: f32, missing: bool) -> Vec<Interval> {
    let mut intervals = intervals.to_vec();
    match intervals.iter_mut().find(|interval| interval.feature == feature) {
        Some(interval) => {
            interval.from = interval.from.max(from);
            interval.below = interval.below.min(below);
            interval.missing &= missing;
        }
        None => intervals.push(Interval { feature, from, below, missing }),
    }
    intervals
}

impl Interval {
    fn text(&self, names: &[String]) -> String {
        let name = &names[self.feature];
        let text = match (self.from.is_finite(), self.below.is_finite()) {
            (true, true) => format!("{} <= {name} < {}", self.from, self.below),
            (true, false) => format!("{name} >= {}", self.from),
            (false, true) => format!("{name} < {}", self.below),
            (false, false) => return format!("{name} is missing"),
        };
        // Missing values take the upper side unless the data said otherwise, so only the other case is told.
        if self.missing && self.below.is_finite() { format!("({text} or missing)") } else { text }
    }
}

/// A fraction of the grid in words.
fn part(target: f64, tranches: u32) -> String {
    match (target * f64::from(tranches)).round() as u32 {
        0 => "sell all".to_owned(),
        held if held == tranches => "hold all".to_owned(),
        held => format!("hold {held}/{tranches}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_narrow_and_read_as_written() {
        let tree = Tree {
            feature: vec![0, -1, 0, -1, -1],
            threshold: vec![1.0, 0.0, 2.5, 0.0, 0.0],
            left: vec![1, 0, 3, 1, 2],
            right: vec![2, 0, 4, 0, 0],
            missing: vec![2, 0, 3, 0, 0],
            gain: vec![0.0; 5],
            steps: vec![0.0; 3],
        };
        let names = ["x".to_owned()];
        let texts: Vec<String> = leaves(&tree).iter().map(|(intervals, _)| intervals[0].text(&names)).collect();
        assert_eq!(texts, ["x < 1", "(1 <= x < 2.5 or missing)", "x >= 2.5"]);
    }
}

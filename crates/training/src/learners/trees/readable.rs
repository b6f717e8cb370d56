//! One shallow tree as a learner, and as a rule to read.

use std::{fmt::Write, num::NonZeroUsize};

use serde::{Deserialize, Serialize};

use super::{Tree, TreesConfig};
use crate::{Model, Regressor, TrainingError};

/// Settings of the readable tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadableTreeConfig {
    /// Most questions from the top to a leaf, 2 to 4.
    pub depth: usize,
    /// Least share of all rows in a leaf: a rule that holds for few rows is no rule.
    pub min_leaf_share: f64,
}

impl Default for ReadableTreeConfig {
    fn default() -> Self {
        Self { depth: 3, min_leaf_share: 0.05 }
    }
}

impl ReadableTreeConfig {
    /// These settings, and one question fewer.
    pub(crate) fn variations(&self) -> Vec<Self> {
        let shorter = Self { depth: self.depth - 1, ..self.clone() };
        if self.depth <= 2 { vec![self.clone()] } else { vec![self.clone(), shorter] }
    }

    /// The one tree of the grower that boosted trees are made by.
    pub(crate) fn trees(&self) -> Result<TreesConfig, TrainingError> {
        if !(2..=4).contains(&self.depth) {
            let value = self.depth as f64;
            return Err(TrainingError::out_of_range("depth", value, "2 to 4"));
        }
        let leaves = NonZeroUsize::new(1 << self.depth).expect("Invariant: a power of two is not 0");
        Ok(TreesConfig {
            trees: 1,
            learning_rate: 1.0,
            leaves,
            depth: NonZeroUsize::new(self.depth),
            min_leaf_share: self.min_leaf_share,
            bins: 63,
            ..TreesConfig::default()
        })
    }
}

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
            crate::compose::to_hold_values(&mut hold, self.tranches as usize, self.shape);
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
    use crate::{
        FitConfig, LearnerConfig, Search, Unwatched, fit,
        order_flow_market::{objective, paths},
    };

    use super::*;

    #[test]
    fn the_rule_names_the_signal_and_says_what_to_do() {
        let (data, _) = paths(300, 1, 1);
        let train: Vec<usize> = (0..300).collect();
        let config = FitConfig { folds: 2, search: Search::None, ..FitConfig::default() };
        let learner = LearnerConfig::ReadableTree(ReadableTreeConfig { depth: 2, ..ReadableTreeConfig::default() });
        let model = fit(&data, &train, &objective(), &learner, &config, 1, &Unwatched).unwrap();
        let rule = model.readable_rule().unwrap();
        assert_eq!(rule.lines().count(), 4, "{rule}");
        assert!(rule.contains("column:signal") && rule.contains("hold "), "{rule}");
        assert!(rule.lines().all(|line| line.starts_with("if ")), "{rule}");
        assert_eq!(Model::from_json(&model.to_json()).unwrap().readable_rule(), Some(rule));
    }

    #[test]
    fn intervals_narrow_and_read_as_written() {
        let mut tree = Tree::default();
        tree.push_open();
        let (low, high) = tree.split(0, 0, 1.0, false, 1.0);
        let (left, right) = tree.split(high, 0, 2.5, true, 1.0);
        for node in [low, left, right] {
            tree.close(node, &[0.0]);
        }
        let names = ["x".to_owned()];
        let texts: Vec<String> = leaves(&tree).iter().map(|(intervals, _)| intervals[0].text(&names)).collect();
        assert_eq!(texts, ["x < 1", "(1 <= x < 2.5 or missing)", "x >= 2.5"]);
    }

    #[test]
    fn a_deep_tree_is_refused() {
        let error = ReadableTreeConfig { depth: 9, ..ReadableTreeConfig::default() }.trees().unwrap_err();
        assert_eq!(error.to_string(), "depth = 9 is out of range: 2 to 4");
    }
}

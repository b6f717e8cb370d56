//! Tree ensembles: as one operator of `ai.onnx.ml`, or walked down with ordinary operators.

use scaleout_model::{Tree, TreeRegressor};

use super::graph::{Graph, Value, floats, int, ints, text, texts};
use crate::ExportError;

/// How trees are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trees {
    /// As one `TreeEnsembleRegressor` of `ai.onnx.ml`.
    Operator,
    /// As ordinary operators that walk down all trees side by side, a level a step.
    Unrolled,
}

/// The operator set of [`Trees::Operator`].
pub const TREE_DOMAIN: &str = "ai.onnx.ml";

/// What `regressor` predicts for rows (N, F), shape (N, outputs).
///
/// # Errors
/// A split that sends missing values to a third child: no operator can say that.
pub fn trees(graph: &mut Graph, regressor: &TreeRegressor, rows: &Value, how: Trees) -> Result<Value, ExportError> {
    for (tree, nodes) in regressor.trees.iter().enumerate() {
        let inner = (0..nodes.feature.len()).filter(|&node| 0 <= nodes.feature[node]);
        for node in inner {
            if ![nodes.left[node], nodes.right[node]].contains(&nodes.missing[node]) {
                return Err(ExportError::Tree { tree, node });
            }
        }
    }
    let outputs = regressor.base.len();
    let row = |numbers: &[f64]| numbers.iter().map(|&number| number as f32).collect::<Vec<_>>();
    let base = graph.floats(&row(&regressor.base), &[1, outputs]);
    if regressor.trees.is_empty() {
        let first = graph.slice(rows, 1, 0, 1);
        let is_missing = graph.of("IsNaN", &first);
        let zero = graph.number(0.0);
        let none = graph.choose(&is_missing, &zero, &zero);
        return Ok(graph.add(&none, &base));
    }
    let steps = match how {
        Trees::Operator => by_operator(graph, regressor, rows),
        Trees::Unrolled => unrolled(graph, regressor, rows),
    };
    let scale = graph.floats(&row(&regressor.scale), &[1, outputs]);
    let steps = graph.mul(&steps, &scale);
    Ok(graph.add(&steps, &base))
}

fn by_operator(graph: &mut Graph, regressor: &TreeRegressor, rows: &Value) -> Value {
    let outputs = regressor.base.len();
    let [mut trees, mut nodes, mut features, mut yes, mut no, mut missing] = [const { Vec::new() }; 6];
    let [mut target_trees, mut target_nodes, mut targets] = [const { Vec::new() }; 3];
    let (mut values, mut weights, mut modes) = (Vec::new(), Vec::new(), Vec::new());
    for (place, tree) in regressor.trees.iter().enumerate() {
        for node in 0..tree.feature.len() {
            let is_leaf = tree.feature[node] < 0;
            trees.push(place as i64);
            nodes.push(node as i64);
            features.push(if is_leaf { 0 } else { i64::from(tree.feature[node]) });
            values.push(tree.threshold[node]);
            modes.push(if is_leaf { "LEAF" } else { "BRANCH_LT" });
            yes.push(if is_leaf { 0 } else { i64::from(tree.left[node]) });
            no.push(if is_leaf { 0 } else { i64::from(tree.right[node]) });
            missing.push(i64::from(!is_leaf && tree.missing[node] == tree.left[node]));
            if is_leaf {
                for (target, step) in leaf(tree, node, outputs).iter().enumerate() {
                    target_trees.push(place as i64);
                    target_nodes.push(node as i64);
                    targets.push(target as i64);
                    weights.push(*step);
                }
            }
        }
    }
    let attributes = vec![
        text("aggregate_function", "SUM"),
        int("n_targets", outputs as i64),
        ints("nodes_treeids", &trees),
        ints("nodes_nodeids", &nodes),
        ints("nodes_featureids", &features),
        floats("nodes_values", &values),
        texts("nodes_modes", modes.into_iter()),
        ints("nodes_truenodeids", &yes),
        ints("nodes_falsenodeids", &no),
        ints("nodes_missing_value_tracks_true", &missing),
        text("post_transform", "NONE"),
        ints("target_treeids", &target_trees),
        ints("target_nodeids", &target_nodes),
        ints("target_ids", &targets),
        floats("target_weights", &weights),
    ];
    graph.node_of(TREE_DOMAIN, "TreeEnsembleRegressor", &[rows], attributes)
}

fn leaf(tree: &Tree, node: usize, outputs: usize) -> &[f32] {
    &tree.steps[tree.left[node] as usize * outputs..][..outputs]
}

/// All trees side by side: the node of each is looked up in one list of nodes, as many times as the deepest has levels. A
/// leaf leads to itself.
fn unrolled(graph: &mut Graph, regressor: &TreeRegressor, rows: &Value) -> Value {
    let outputs = regressor.base.len();
    let [mut features, mut below, mut above, mut absent] = [const { Vec::new() }; 4];
    let (mut thresholds, mut steps, mut roots) = (Vec::new(), Vec::new(), Vec::new());
    for tree in &regressor.trees {
        let first = features.len() as i64;
        roots.push(first);
        for node in 0..tree.feature.len() {
            let is_leaf = tree.feature[node] < 0;
            let to = |child: u32| first + if is_leaf { node as i64 } else { i64::from(child) };
            features.push(i64::from(tree.feature[node].max(0)));
            thresholds.push(tree.threshold[node]);
            below.push(to(tree.left[node]));
            above.push(to(tree.right[node]));
            absent.push(to(tree.missing[node]));
            if is_leaf {
                steps.extend_from_slice(leaf(tree, node, outputs));
            } else {
                steps.extend(std::iter::repeat_n(0.0, outputs));
            }
        }
    }
    let count = features.len();
    let [features, below, above, absent] = [&features, &below, &above, &absent].map(|list| graph.whole(list));
    let thresholds = graph.floats(&thresholds, &[count]);
    let steps = graph.floats(&steps, &[count, outputs]);
    // The roots, once for every row.
    let rows_count = graph.of("Shape", rows);
    let rows_count = graph.gather(&rows_count, &[0], 0);
    let trees_count = graph.whole(&[roots.len() as i64]);
    let shape = graph.concat(&[&rows_count, &trees_count], 0);
    let roots = graph.whole(&roots);
    let mut node = graph.node("Expand", &[&roots, &shape], Vec::new());
    for _ in 0..regressor.trees.iter().map(depth).max().unwrap_or(0) {
        let at = |graph: &mut Graph, list: &Value| graph.node("Gather", &[list, &node], vec![int("axis", 0)]);
        let feature = at(graph, &features);
        let value = graph.node("GatherElements", &[rows, &feature], vec![int("axis", 1)]);
        let threshold = at(graph, &thresholds);
        let is_below = graph.less(&value, &threshold);
        let is_missing = graph.of("IsNaN", &value);
        let (low, high, gone) = (at(graph, &below), at(graph, &above), at(graph, &absent));
        let next = graph.choose(&is_below, &low, &high);
        node = graph.choose(&is_missing, &gone, &next);
    }
    let steps = graph.node("Gather", &[&steps, &node], vec![int("axis", 0)]);
    graph.sum(&steps, 1)
}

/// Splits from the root to the deepest leaf.
fn depth(tree: &Tree) -> usize {
    let mut open = vec![(0_usize, 0_usize)];
    let mut deepest = 0;
    while let Some((node, level)) = open.pop() {
        deepest = deepest.max(level);
        if 0 <= tree.feature[node] {
            open.push((tree.left[node] as usize, level + 1));
            open.push((tree.right[node] as usize, level + 1));
        }
    }
    deepest
}

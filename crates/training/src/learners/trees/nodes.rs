//! Growing a tree in arrays, node by node.

use std::ops::Range;

use scaleout_model::Tree;

/// Adds a node that is neither split nor closed yet.
pub(crate) fn open_node(tree: &mut Tree) -> usize {
    tree.feature.push(-1);
    tree.threshold.push(0.0);
    tree.left.push(0);
    tree.right.push(0);
    tree.missing.push(0);
    tree.gain.push(0.0);
    tree.feature.len() - 1
}

/// Splits `node` and returns its two children.
pub(crate) fn split_node(
    tree: &mut Tree,
    node: usize,
    feature: usize,
    threshold: f32,
    missing_left: bool,
    gain: f64,
) -> (usize, usize) {
    let (left, right) = (open_node(tree), open_node(tree));
    tree.feature[node] = feature as i32;
    tree.threshold[node] = threshold;
    tree.left[node] = left as u32;
    tree.right[node] = right as u32;
    tree.missing[node] = if missing_left { left } else { right } as u32;
    tree.gain[node] = gain as f32;
    (left, right)
}

/// Makes `node` the next leaf, with these steps.
pub(crate) fn close_node(tree: &mut Tree, node: usize, steps: &[f32]) {
    tree.left[node] = (tree.steps.len() / steps.len()) as u32;
    tree.steps.extend_from_slice(steps);
}

/// The same tree with `outputs` numbers in a leaf: its own at the places `own`, zeros elsewhere.
pub(crate) fn widened(tree: Tree, own: Range<usize>, outputs: usize) -> Tree {
    if own.len() == outputs {
        return tree;
    }
    let mut steps = Vec::with_capacity(tree.steps.len() / own.len() * outputs);
    for leaf in tree.steps.chunks_exact(own.len()) {
        steps.extend((0..outputs).map(|output| if own.contains(&output) { leaf[output - own.start] } else { 0.0 }));
    }
    Tree { steps, ..tree }
}

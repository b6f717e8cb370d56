//! One tree for all outputs, grown leaf by leaf on binned rows.
//!
//! The K marginal hold values of a row have much the same shape, so a split that helps one helps all: one tree with
//! a vector in each leaf takes little longer than a tree for one of them.

use std::{cmp::Reverse, ops::Range};

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};
use scaleout_model::Tree;

use crate::learners::trees::{
    bins::BinnedRows,
    histogram::{BinSums, Histograms, ResidualRow},
    nodes::{close_node, open_node, split_node},
};

/// What bounds a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub leaves: usize,
    /// Most splits from the root to a leaf.
    pub depth: usize,
    /// Least weight of the rows in a leaf.
    pub min_leaf_weight: f64,
    /// Ridge on leaf values, in weight.
    pub l2: f64,
    /// Share of each leaf's step that is taken.
    pub learning_rate: f64,
}

/// Rows that one thread splits or updates at a time.
const PART_ROWS: usize = 32 * 1024;

struct Leaf<const M: usize, const B: usize> {
    node: usize,
    depth: usize,
    /// Its rows' places in the index.
    places: Range<usize>,
    total: BinSums<M>,
    histograms: Histograms<M, B>,
    split: Option<NodeSplit<M>>,
}

#[derive(Debug, Clone, Copy)]
struct NodeSplit<const M: usize> {
    gain: f64,
    column: usize,
    /// Rows with a bin up to this one go left.
    bin: usize,
    missing_left: bool,
    left: BinSums<M>,
}

/// Grows one tree on the residuals in `rows` and takes its steps from them; also tells the leaf of each row.
pub(crate) fn grow<const M: usize, const B: usize>(
    data: &BinnedRows,
    rows: &mut [ResidualRow<M>],
    bounds: Bounds,
) -> (Tree, Vec<u32>) {
    let mut index: Vec<u32> = (0..rows.len() as u32).collect();
    let mut tree = Tree::default();
    let mut leaves = vec![root::<M, B>(data, &index, rows, bounds)];
    open_node(&mut tree);
    while leaves.len() < bounds.leaves {
        let Some(best) = best_leaf(&leaves) else { break };
        let leaf = leaves.swap_remove(best);
        let split = leaf.split.expect("Invariant: the best leaf has a split");
        let middle = leaf.places.start + partition(data, &split, &mut index[leaf.places.clone()]);
        let column = &data.columns[split.column];
        let (left, right) =
            split_node(&mut tree, leaf.node, column.feature, column.cuts[split.bin], split.missing_left, split.gain);
        let (left_places, right_places) = (leaf.places.start..middle, middle..leaf.places.end);
        let is_last = leaves.len() + 2 == bounds.leaves;
        let left_is_smaller = left_places.len() <= right_places.len();
        let smaller_places = if left_is_smaller { &left_places } else { &right_places };
        let (left_histograms, right_histograms) = if is_last {
            // Nothing is split any more, so nobody looks at them.
            (Histograms { sums: Vec::new() }, Histograms { sums: Vec::new() })
        } else {
            let smaller = Histograms::of(data, &index[smaller_places.clone()], rows);
            let larger = leaf.histograms.less(&smaller);
            if left_is_smaller { (smaller, larger) } else { (larger, smaller) }
        };
        let right_total = leaf.total.minus(&split.left);
        let depth = leaf.depth + 1;
        let children =
            [(left, left_places, split.left, left_histograms), (right, right_places, right_total, right_histograms)];
        for (node, places, total, histograms) in children {
            let may_split = depth < bounds.depth && !is_last;
            let split = if may_split { best_split(data, &histograms, &total, bounds) } else { None };
            leaves.push(Leaf { node, depth, places, total, histograms, split });
        }
    }
    // In the order of nodes, so that leaf numbers do not depend on the order of growth.
    leaves.sort_by_key(|leaf| leaf.node);
    let steps: Vec<[f32; M]> = leaves
        .iter()
        .map(|leaf| {
            let scale = bounds.learning_rate / (leaf.total.weight + bounds.l2);
            leaf.total.residual.map(|residual| (residual * scale) as f32)
        })
        .collect();
    for (leaf, step) in leaves.iter().zip(&steps) {
        close_node(&mut tree, leaf.node, step);
    }
    let mut leaf_of_row = vec![0_u32; rows.len()];
    for (number, leaf) in leaves.iter().enumerate() {
        for &row in &index[leaf.places.clone()] {
            leaf_of_row[row as usize] = number as u32;
        }
    }
    take_steps(&steps, &leaf_of_row, rows);
    (tree, leaf_of_row)
}

/// Subtracts each leaf's step from the residuals of its rows.
fn take_steps<const M: usize>(steps: &[[f32; M]], leaf_of_row: &[u32], rows: &mut [ResidualRow<M>]) {
    rows.par_chunks_mut(PART_ROWS).zip(leaf_of_row.par_chunks(PART_ROWS)).for_each(|(rows, leaves)| {
        for (row, &leaf) in rows.iter_mut().zip(leaves) {
            let step = &steps[leaf as usize];
            for (residual, step) in row.residual.iter_mut().zip(step) {
                *residual -= row.weight * step;
            }
        }
    });
}

fn root<const M: usize, const B: usize>(
    data: &BinnedRows,
    index: &[u32],
    rows: &[ResidualRow<M>],
    bounds: Bounds,
) -> Leaf<M, B> {
    let mut total = BinSums::ZERO;
    rows.iter().for_each(|row| total.add_row(row));
    let histograms = Histograms::of(data, index, rows);
    let split = if 0 < bounds.depth { best_split(data, &histograms, &total, bounds) } else { None };
    Leaf { node: 0, depth: 0, places: 0..index.len(), total, histograms, split }
}

fn best_leaf<const M: usize, const B: usize>(leaves: &[Leaf<M, B>]) -> Option<usize> {
    let gain = |place: usize| leaves[place].split.map_or(0.0, |split| split.gain);
    let splittable = (0..leaves.len()).filter(|&place| leaves[place].split.is_some());
    splittable.reduce(|best, next| {
        let later = (gain(best), Reverse(leaves[best].node));
        if (gain(next), Reverse(leaves[next].node)) > later { next } else { best }
    })
}

fn best_split<const M: usize, const B: usize>(
    data: &BinnedRows,
    histograms: &Histograms<M, B>,
    total: &BinSums<M>,
    bounds: Bounds,
) -> Option<NodeSplit<M>> {
    let mut best: Option<NodeSplit<M>> = None;
    let unsplit = total.saved(bounds.l2);
    if total.weight < 2.0 * bounds.min_leaf_weight {
        return None;
    }
    for (place, (column, sums)) in data.columns.iter().zip(&histograms.sums).enumerate() {
        let missing = &sums[column.missing_bin()];
        // Without missing rows they would go either way: to the right, as a large value.
        let sides: &[bool] = if 0.0 < missing.weight { &[false, true] } else { &[false] };
        for &missing_left in sides {
            let mut left = if missing_left { *missing } else { BinSums::ZERO };
            for (bin, sums) in sums[..column.cuts.len()].iter().enumerate() {
                left.add(sums);
                let right = total.minus(&left);
                if left.weight < bounds.min_leaf_weight {
                    continue;
                }
                if right.weight < bounds.min_leaf_weight {
                    break;
                }
                let gain = left.saved(bounds.l2) + right.saved(bounds.l2) - unsplit;
                let least = best.map_or(unsplit.abs() * 1e-9 + f64::MIN_POSITIVE, |best| best.gain);
                if least < gain {
                    best = Some(NodeSplit { gain, column: place, bin, missing_left, left });
                }
            }
        }
    }
    best
}

/// Puts the rows that go left first, keeping their order; returns how many they are.
fn partition<const M: usize>(data: &BinnedRows, split: &NodeSplit<M>, index: &mut [u32]) -> usize {
    let column = &data.columns[split.column];
    let missing = column.missing_bin();
    let goes_left: [bool; 256] =
        std::array::from_fn(|bin| if bin == missing { split.missing_left } else { bin <= split.bin });
    let parts: Vec<(Vec<u32>, usize)> = index
        .par_chunks(PART_ROWS)
        .map(|rows| {
            // Both ends of one buffer are written and one of them kept: no branch to guess.
            let mut parted = vec![0; rows.len()];
            let (mut left, mut right) = (0, rows.len());
            for &row in rows {
                let is_left = goes_left[usize::from(column.bins[row as usize])];
                parted[if is_left { left } else { right - 1 }] = row;
                left += usize::from(is_left);
                right -= usize::from(!is_left);
            }
            parted[left..].reverse();
            (parted, left)
        })
        .collect();
    let middle = parts.iter().map(|(_, left)| left).sum();
    let (mut left_place, mut right_place) = (0, middle);
    for (parted, left) in &parts {
        let (lefts, rights) = parted.split_at(*left);
        index[left_place..left_place + lefts.len()].copy_from_slice(lefts);
        index[right_place..right_place + rights.len()].copy_from_slice(rights);
        left_place += lefts.len();
        right_place += rights.len();
    }
    middle
}

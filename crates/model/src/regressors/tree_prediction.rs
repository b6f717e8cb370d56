//! Predictions of many rows at once.

use rayon::{
    iter::{IndexedParallelIterator, ParallelIterator},
    slice::{ParallelSlice, ParallelSliceMut},
};

use crate::regressors::tree::{Tree, TreeRegressor};

/// Rows whose outputs stay in the cache while the trees pass.
const BLOCK_ROWS: usize = 512;

/// Rows that walk down a tree side by side, so that none waits for the other's memory.
const SIDE_BY_SIDE: usize = 8;

/// A node of a tree, packed for walking. A leaf leads to itself.
#[derive(Debug, Clone, Copy)]
struct Node {
    threshold: f32,
    feature: u32,
    /// Where a lower, another and a missing value lead.
    next: [u32; 3],
    /// Number of the leaf; of an inner node [`INNER`].
    leaf: u32,
}

const INNER: u32 = u32::MAX;

impl TreeRegressor {
    /// Predictions for rows of `width` features, shape (N, outputs).
    pub fn predict(&self, features: &[f32], width: usize) -> Vec<f64> {
        let outputs = self.base.len();
        let mut out = vec![0.0; features.len() / width * outputs];
        match CellTable::of(&self.trees, features.len() / width) {
            Some(table) => self.predict_by_table(&table, features, width, &mut out),
            None => self.predict_each(features, width, &mut out),
        }
        out
    }

    fn predict_each(&self, features: &[f32], width: usize, out: &mut [f64]) {
        let outputs = self.base.len();
        let walks: Vec<TreeWalk> = if features.len() / width < SIDE_BY_SIDE {
            Vec::new()
        } else {
            self.trees.iter().map(TreeWalk::of).collect()
        };
        out.par_chunks_mut(BLOCK_ROWS * outputs).zip(features.par_chunks(BLOCK_ROWS * width)).for_each(
            |(out, rows)| {
                let by_eight = out.len() / outputs / SIDE_BY_SIDE * SIDE_BY_SIDE;
                let (out_eights, out_rest) = out.split_at_mut(by_eight * outputs);
                let (row_eights, row_rest) = rows.split_at(by_eight * width);
                for (tree, walk) in self.trees.iter().zip(&walks) {
                    let eights = row_eights.chunks_exact(width * SIDE_BY_SIDE);
                    for (rows, out) in eights.zip(out_eights.chunks_exact_mut(outputs * SIDE_BY_SIDE)) {
                        let leaves = walk.leaves(rows, width);
                        for (out, leaf) in out.chunks_exact_mut(outputs).zip(leaves) {
                            add_steps(out, &tree.steps[leaf as usize * outputs..][..outputs]);
                        }
                    }
                }
                for (row, out) in row_rest.chunks_exact(width).zip(out_rest.chunks_exact_mut(outputs)) {
                    for tree in &self.trees {
                        add_steps(out, &tree.steps[tree.leaf(row) * outputs..][..outputs]);
                    }
                }
                for out in out.chunks_exact_mut(outputs) {
                    scale_steps(out, &self.base, &self.scale);
                }
            },
        );
    }

    /// Predicts one row of each cell of the table and copies it to the others.
    fn predict_by_table(&self, table: &CellTable, features: &[f32], width: usize, out: &mut [f64]) {
        const NONE: u32 = u32::MAX;
        let outputs = self.base.len();
        let cells: Vec<u32> = features
            .par_chunks(BLOCK_ROWS * width)
            .flat_map_iter(|rows| rows.chunks_exact(width).map(|row| table.cell(row)))
            .collect();
        let mut place = vec![NONE; table.cells];
        let mut met = Vec::new();
        for (&cell, row) in cells.iter().zip(features.chunks_exact(width)) {
            if place[cell as usize] == NONE {
                place[cell as usize] = (met.len() / width) as u32;
                met.extend_from_slice(row);
            }
        }
        let mut values = vec![0.0; met.len() / width * outputs];
        self.predict_each(&met, width, &mut values);
        out.par_chunks_mut(BLOCK_ROWS * outputs).zip(cells.par_chunks(BLOCK_ROWS)).for_each(|(out, cells)| {
            for (out, &cell) in out.chunks_exact_mut(outputs).zip(cells) {
                out.copy_from_slice(&values[place[cell as usize] as usize * outputs..][..outputs]);
            }
        });
    }
}

/// Adds the steps of one leaf to a row of sums.
#[inline]
pub fn add_steps(out: &mut [f64], steps: &[f32]) {
    for (out, step) in out.iter_mut().zip(steps) {
        *out += f64::from(*step);
    }
}

/// Turns sums of steps into predictions.
#[inline]
pub fn scale_steps(sums: &mut [f64], base: &[f64], scale: &[f64]) {
    for ((sum, scale), base) in sums.iter_mut().zip(scale).zip(base) {
        *sum = *sum * scale + base;
    }
}

/// A tree packed for walking.
#[derive(Debug, Clone)]
struct TreeWalk {
    nodes: Vec<Node>,
}

impl TreeWalk {
    fn of(tree: &Tree) -> Self {
        let node = |place: usize| match u32::try_from(tree.feature[place]) {
            Ok(feature) => Node {
                threshold: tree.threshold[place],
                feature,
                next: [tree.left[place], tree.right[place], tree.missing[place]],
                leaf: INNER,
            },
            Err(_) => Node { threshold: 0.0, feature: 0, next: [place as u32; 3], leaf: tree.left[place] },
        };
        Self { nodes: (0..tree.feature.len()).map(node).collect() }
    }

    /// The leaves of eight rows.
    fn leaves(&self, rows: &[f32], width: usize) -> [u32; SIDE_BY_SIDE] {
        let mut at = [0_u32; SIDE_BY_SIDE];
        let mut leaves = [INNER; SIDE_BY_SIDE];
        loop {
            let mut is_inner = false;
            for lane in 0..SIDE_BY_SIDE {
                let node = &self.nodes[at[lane] as usize];
                let value = rows[lane * width + node.feature as usize];
                let side = usize::from(value >= node.threshold) + 2 * usize::from(value.is_nan());
                at[lane] = node.next[side];
                leaves[lane] = node.leaf;
                is_inner |= node.leaf == INNER;
            }
            if !is_inner {
                return leaves;
            }
        }
    }
}

/// All cells that the thresholds of some trees cut the space of features into, where these are few.
#[derive(Debug, Clone)]
struct CellTable {
    /// Feature, sorted thresholds and stride of each feature that is read.
    features: Vec<(usize, Vec<f32>, usize)>,
    cells: usize,
}

impl CellTable {
    /// The table; `None` where it has more cells than `rows` make worth it.
    fn of(trees: &[Tree], rows: usize) -> Option<Self> {
        // Below, the walk is over before the table is made.
        const LEAST_ROWS: usize = 4096;
        if rows < LEAST_ROWS {
            return None;
        }
        let mut splits: Vec<(i32, f32)> = Vec::new();
        for tree in trees {
            splits
                .extend(tree.feature.iter().copied().zip(tree.threshold.iter().copied()).filter(|split| split.0 >= 0));
        }
        splits.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        splits.dedup();
        let mut features = Vec::new();
        let mut cells = 1_usize;
        for splits in splits.chunk_by(|a, b| a.0 == b.0) {
            let thresholds: Vec<f32> = splits.iter().map(|split| split.1).collect();
            let stride = cells;
            cells = cells.checked_mul(thresholds.len() + 2)?;
            features.push((splits[0].0 as usize, thresholds, stride));
        }
        (cells <= rows / 2).then_some(Self { features, cells })
    }

    fn cell(&self, row: &[f32]) -> u32 {
        let bin = |feature: usize, thresholds: &[f32]| {
            let value = row[feature];
            if value.is_nan() { thresholds.len() + 1 } else { thresholds.partition_point(|cut| *cut <= value) }
        };
        self.features.iter().map(|(feature, thresholds, stride)| bin(*feature, thresholds) * stride).sum::<usize>()
            as u32
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Two features, three leaves: x0 < 0 → 1; else x1 < 0.5 or missing → 2, else 3.
    fn tree(outputs: usize) -> Tree {
        Tree {
            feature: vec![0, -1, 1, -1, -1],
            threshold: vec![0.0, 0.0, 0.5, 0.0, 0.0],
            left: vec![1, 0, 3, 1, 2],
            right: vec![2, 0, 4, 0, 0],
            missing: vec![2, 0, 3, 0, 0],
            gain: vec![1.0, 0.0, 1.0, 0.0, 0.0],
            steps: [1.0, 2.0, 3.0].into_iter().flat_map(|step| vec![step; outputs]).collect(),
        }
    }

    #[test]
    fn the_table_and_the_walk_agree_with_the_tree() {
        let regressor = TreeRegressor { base: vec![1.0, 0.0], scale: vec![2.0, 1.0], trees: vec![tree(2), tree(2)] };
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let value = |_| if rng.random_bool(0.1) { f32::NAN } else { rng.random_range(-1.0..1.0) };
        let features: Vec<f32> = (0..2 * 5_003).map(value).collect();
        let by_table = regressor.predict(&features, 2);
        let mut walked = vec![0.0; by_table.len()];
        regressor.predict_each(&features, 2, &mut walked);
        assert_eq!(by_table, walked);
        for (row, out) in features.chunks_exact(2).zip(walked.chunks_exact(2)) {
            let step = if row[0] < 0.0 {
                1.0
            } else if row[1] < 0.5 || row[1].is_nan() {
                2.0
            } else {
                3.0
            };
            assert_eq!(out, [1.0 + 4.0 * step, 2.0 * step], "{row:?}");
            assert_eq!(regressor.predict(row, 2), out);
        }
    }
}

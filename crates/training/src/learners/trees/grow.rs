//! One tree for all outputs, grown leaf by leaf on binned rows.
//!
//! The K marginal hold values of a row have much the same shape, so a split that helps one helps all: one tree with
//! a vector in each leaf takes little longer than a tree for one of them.

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::{Tree, bins::BinnedRows};

/// What bounds a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub leaves: usize,
    /// Least weight of the rows in a leaf.
    pub min_leaf_weight: f64,
    /// Ridge on leaf values, in weight.
    pub l2: f64,
    /// Share of each leaf's step that is taken.
    pub learning_rate: f64,
}

/// Work below which threads cost more than they bring: rows × features.
const PARALLEL_WORK: usize = 200_000;

/// Sums over some rows: of weight × residual for each of M outputs, and of weight.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Sums<const M: usize> {
    residual: [f64; M],
    weight: f64,
}

impl<const M: usize> Sums<M> {
    const ZERO: Self = Self { residual: [0.0; M], weight: 0.0 };

    fn add(&mut self, other: &Self) {
        for (sum, value) in self.residual.iter_mut().zip(&other.residual) {
            *sum += value;
        }
        self.weight += other.weight;
    }

    fn minus(&self, other: &Self) -> Self {
        let mut rest = *self;
        for (sum, value) in rest.residual.iter_mut().zip(&other.residual) {
            *sum -= value;
        }
        rest.weight -= other.weight;
        rest
    }

    /// The squared loss that the best constant saves, up to a factor.
    fn saved(&self, l2: f64) -> f64 {
        self.residual.iter().map(|residual| residual * residual).sum::<f64>() / (self.weight + l2)
    }
}

/// A histogram for each feature, one sum for each bin, the missing one last.
type Histograms<const M: usize> = Vec<Vec<Sums<M>>>;

struct Leaf<const M: usize> {
    node: usize,
    /// Its rows' places in the index.
    from: usize,
    to: usize,
    total: Sums<M>,
    histograms: Histograms<M>,
    split: Option<Split<M>>,
}

#[derive(Debug, Clone, Copy)]
struct Split<const M: usize> {
    gain: f64,
    feature: usize,
    /// Rows with a bin up to this one go left.
    bin: usize,
    missing_left: bool,
    left: Sums<M>,
}

/// Grows one tree on `residuals` (N × M, weighted) and adds its steps to `fitted` (N × M).
pub(crate) fn grow<const M: usize>(
    data: &BinnedRows,
    residuals: &[[f64; M]],
    weights: &[f64],
    bounds: Bounds,
    fitted: &mut [[f64; M]],
) -> Tree {
    let mut index: Vec<u32> = (0..data.rows as u32).collect();
    let mut spare = Vec::with_capacity(data.rows);
    let mut tree = Tree::default();
    let mut leaves = vec![root(data, &index, residuals, weights, bounds)];
    tree.push_open();
    while leaves.len() < bounds.leaves {
        let Some(best) = best_leaf(&leaves) else { break };
        let leaf = leaves.swap_remove(best);
        let split = leaf.split.expect("Invariant: the best leaf has a split");
        let middle = partition(data, &split, &mut index[leaf.from..leaf.to], &mut spare) + leaf.from;
        let cut = data.columns[split.feature].cuts[split.bin];
        let (left, right) = tree.split(leaf.node, split.feature, cut, split.missing_left, split.gain);
        let (left_rows, right_rows) = (leaf.from..middle, middle..leaf.to);
        let left_is_smaller = left_rows.len() <= right_rows.len();
        let smaller_rows = if left_is_smaller { left_rows } else { right_rows };
        let smaller = histograms(data, &index[smaller_rows], residuals, weights);
        let larger = subtract(leaf.histograms, &smaller);
        let (left_histograms, right_histograms) = if left_is_smaller { (smaller, larger) } else { (larger, smaller) };
        let right_total = leaf.total.minus(&split.left);
        let children = [
            (left, leaf.from, middle, split.left, left_histograms),
            (right, middle, leaf.to, right_total, right_histograms),
        ];
        for (node, from, to, total, histograms) in children {
            let split = best_split(&histograms, &total, bounds);
            leaves.push(Leaf { node, from, to, total, histograms, split });
        }
    }
    // In the order of nodes, so that leaf numbers do not depend on the order of growth.
    leaves.sort_by_key(|leaf| leaf.node);
    for leaf in &leaves {
        let scale = bounds.learning_rate / (leaf.total.weight + bounds.l2);
        let step = leaf.total.residual.map(|residual| (residual * scale) as f32);
        tree.close(leaf.node, &step);
        for &row in &index[leaf.from..leaf.to] {
            for (fitted, step) in fitted[row as usize].iter_mut().zip(step) {
                *fitted += f64::from(step);
            }
        }
    }
    tree
}

fn root<const M: usize>(
    data: &BinnedRows,
    index: &[u32],
    residuals: &[[f64; M]],
    weights: &[f64],
    bounds: Bounds,
) -> Leaf<M> {
    let mut total = Sums::ZERO;
    for (residual, &weight) in residuals.iter().zip(weights) {
        total.add(&Sums { residual: *residual, weight });
    }
    let histograms = histograms(data, index, residuals, weights);
    let split = best_split(&histograms, &total, bounds);
    Leaf { node: 0, from: 0, to: index.len(), total, histograms, split }
}

fn best_leaf<const M: usize>(leaves: &[Leaf<M>]) -> Option<usize> {
    let gain = |place: usize| leaves[place].split.map_or(0.0, |split| split.gain);
    let splittable = (0..leaves.len()).filter(|&place| leaves[place].split.is_some());
    splittable.reduce(|best, next| {
        let later = (gain(best), std::cmp::Reverse(leaves[best].node));
        if (gain(next), std::cmp::Reverse(leaves[next].node)) > later { next } else { best }
    })
}

/// Sums by feature and bin over the rows of `index`; each feature is summed by one thread in the order of the rows.
fn histograms<const M: usize>(
    data: &BinnedRows,
    index: &[u32],
    residuals: &[[f64; M]],
    weights: &[f64],
) -> Histograms<M> {
    let rows: Vec<Sums<M>> =
        index.iter().map(|&row| Sums { residual: residuals[row as usize], weight: weights[row as usize] }).collect();
    let of_column = |column: &super::bins::BinnedColumn| {
        let mut bins = vec![Sums::ZERO; column.missing_bin() + 1];
        if column.cuts.is_empty() {
            return bins;
        }
        for (&row, sums) in index.iter().zip(&rows) {
            bins[usize::from(column.bins[row as usize])].add(sums);
        }
        bins
    };
    if index.len() * data.columns.len() < PARALLEL_WORK {
        data.columns.iter().map(of_column).collect()
    } else {
        data.columns.par_iter().map(of_column).collect()
    }
}

fn subtract<const M: usize>(mut whole: Histograms<M>, part: &Histograms<M>) -> Histograms<M> {
    for (whole, part) in whole.iter_mut().zip(part) {
        for (whole, part) in whole.iter_mut().zip(part) {
            *whole = whole.minus(part);
        }
    }
    whole
}

fn best_split<const M: usize>(histograms: &Histograms<M>, total: &Sums<M>, bounds: Bounds) -> Option<Split<M>> {
    let mut best: Option<Split<M>> = None;
    let unsplit = total.saved(bounds.l2);
    for (feature, bins) in histograms.iter().enumerate() {
        let (values, missing) = bins.split_at(bins.len() - 1);
        let missing = &missing[0];
        // Without missing rows they would go either way: to the right, as a large value.
        let sides: &[bool] = if 0.0 < missing.weight { &[false, true] } else { &[false] };
        for &missing_left in sides {
            let mut left = if missing_left { *missing } else { Sums::ZERO };
            for (bin, sums) in values[..values.len() - 1].iter().enumerate() {
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
                    best = Some(Split { gain, feature, bin, missing_left, left });
                }
            }
        }
    }
    best
}

/// Puts the rows that go left first, keeping their order; returns how many they are.
fn partition<const M: usize>(data: &BinnedRows, split: &Split<M>, index: &mut [u32], spare: &mut Vec<u32>) -> usize {
    let column = &data.columns[split.feature];
    let missing = column.missing_bin();
    spare.clear();
    let mut left = 0;
    for place in 0..index.len() {
        let row = index[place];
        let bin = usize::from(column.bins[row as usize]);
        if bin <= split.bin || (bin == missing && split.missing_left) {
            index[left] = row;
            left += 1;
        } else {
            spare.push(row);
        }
    }
    index[left..].copy_from_slice(spare);
    left
}

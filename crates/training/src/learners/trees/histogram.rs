//! BinSums by feature and bin.

use rayon::{iter::ParallelIterator, slice::ParallelSlice};

use crate::learners::trees::bins::BinnedRows;

/// Rows summed in f32 before the sum goes into f64: few enough that rounding stays far below the noise.
const CHUNK_ROWS: usize = 8 * 1024;

/// Rows copied together before they are summed. The rows of a leaf lie apart, and copies wait for memory side by side.
const GATHERED_ROWS: usize = 64;

/// Rows summed by one thread where there are many, so that few sums are to be added up.
const TASK_ROWS: usize = 4 * CHUNK_ROWS;

/// What a row brings: weight × residual of each of M outputs, and weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ResidualRow<const M: usize> {
    pub residual: [f32; M],
    pub weight: f32,
}

/// BinSums over some rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BinSums<const M: usize> {
    pub residual: [f64; M],
    pub weight: f64,
}

impl<const M: usize> ResidualRow<M> {
    pub(crate) const ZERO: Self = Self { residual: [0.0; M], weight: 0.0 };

    #[inline(always)]
    fn add(&mut self, other: &Self) {
        for place in 0..M {
            self.residual[place] += other.residual[place];
        }
        self.weight += other.weight;
    }
}

impl<const M: usize> BinSums<M> {
    pub(crate) const ZERO: Self = Self { residual: [0.0; M], weight: 0.0 };

    #[inline(always)]
    pub(crate) fn add(&mut self, other: &Self) {
        for place in 0..M {
            self.residual[place] += other.residual[place];
        }
        self.weight += other.weight;
    }

    #[inline(always)]
    pub(crate) fn add_row(&mut self, row: &ResidualRow<M>) {
        for place in 0..M {
            self.residual[place] += f64::from(row.residual[place]);
        }
        self.weight += f64::from(row.weight);
    }

    #[inline(always)]
    pub(crate) fn minus(&self, other: &Self) -> Self {
        let mut rest = *self;
        for place in 0..M {
            rest.residual[place] -= other.residual[place];
        }
        rest.weight -= other.weight;
        rest
    }

    /// The squared loss that the best constant saves, up to a factor.
    #[inline(always)]
    pub(crate) fn saved(&self, l2: f64) -> f64 {
        self.residual.iter().map(|residual| residual * residual).sum::<f64>() / (self.weight + l2)
    }
}

/// A histogram of B bins for each feature.
#[derive(Debug, Clone)]
pub(crate) struct Histograms<const M: usize, const B: usize> {
    pub sums: Vec<[BinSums<M>; B]>,
}

impl<const M: usize, const B: usize> Histograms<M, B> {
    /// BinSums over the rows of `index`. B is a power of 2 and at least the bins of every column.
    pub(crate) fn of(data: &BinnedRows, index: &[u32], rows: &[ResidualRow<M>]) -> Self {
        // The parts depend on the rows alone, so that the order of sums does not depend on the number of threads.
        let task_rows = if index.len() <= 2 * TASK_ROWS { CHUNK_ROWS } else { TASK_ROWS };
        if index.len() <= task_rows {
            return Self::of_task(data, index, rows);
        }
        let parts: Vec<Self> = index.par_chunks(task_rows).map(|index| Self::of_task(data, index, rows)).collect();
        let mut parts = parts.into_iter();
        let mut whole = parts.next().expect("Invariant: there are rows");
        for part in parts {
            for (whole, part) in whole.sums.as_flattened_mut().iter_mut().zip(part.sums.as_flattened()) {
                whole.add(part);
            }
        }
        whole
    }

    fn of_task(data: &BinnedRows, index: &[u32], rows: &[ResidualRow<M>]) -> Self {
        let width = data.columns.len();
        let mut sums = vec![[BinSums::ZERO; B]; width];
        let mut chunk_sums = vec![[ResidualRow::ZERO; B]; width];
        let mut gathered_rows = [ResidualRow::ZERO; GATHERED_ROWS];
        let mut gathered_bins = vec![0_u8; GATHERED_ROWS * width];
        for (number, chunk) in index.chunks(CHUNK_ROWS).enumerate() {
            if 0 < number {
                chunk_sums.fill([ResidualRow::ZERO; B]);
            }
            for block in chunk.chunks(GATHERED_ROWS) {
                for ((&row, gathered), bins) in
                    block.iter().zip(&mut gathered_rows).zip(gathered_bins.chunks_exact_mut(width))
                {
                    *gathered = rows[row as usize];
                    bins.copy_from_slice(&data.by_row[row as usize * width..][..width]);
                }
                let gathered = gathered_rows.iter().zip(gathered_bins.chunks_exact(width));
                for (row, bins) in gathered.take(block.len()) {
                    for (bin, sums) in bins.iter().zip(&mut chunk_sums) {
                        sums[usize::from(*bin) & (B - 1)].add(row);
                    }
                }
            }
            for (sums, chunk_sums) in sums.as_flattened_mut().iter_mut().zip(chunk_sums.as_flattened()) {
                sums.add_row(chunk_sums);
            }
        }
        Self { sums }
    }

    /// What is left of these sums without those of `part`.
    pub(crate) fn less(mut self, part: &Self) -> Self {
        for (whole, part) in self.sums.as_flattened_mut().iter_mut().zip(part.sums.as_flattened()) {
            *whole = whole.minus(part);
        }
        self
    }
}

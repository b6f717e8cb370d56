//! Whether choosing the best in one part of time says anything about another.

/// The probability that the contestant that is best in one half of the time is below the median in the other.
///
/// `rows` are successive periods, one value per contestant. Time is cut into `blocks` (even) successive blocks; every
/// choice of half of them is once the sample and once the test, and the contestant with the best mean ÷ deviation in
/// the sample is ranked in the test. `None` for an odd or small number of blocks, fewer than two rows a block or
/// fewer than two contestants. Cost O(C(blocks, blocks/2) · contestants).
/// Source: Bailey, Borwein, López de Prado & Zhu (2017), "The probability of backtest overfitting", *Journal of
/// Computational Finance* 20(4): combinatorially symmetric cross-validation.
pub fn probability_of_overfitting(rows: &[Vec<f64>], blocks: usize) -> Option<f64> {
    let contestants = rows.first()?.len();
    if blocks < 2 || !blocks.is_multiple_of(2) || blocks > 20 || rows.len() < 2 * blocks || contestants < 2 {
        return None;
    }
    let sums = block_sums(rows, blocks, contestants);
    let mut whole = vec![Sums::default(); contestants];
    for block in &sums {
        add(&mut whole, block);
    }
    let (mut below_median, mut choices) = (0_u32, 0_u32);
    let mut sample = vec![Sums::default(); contestants];
    for chosen in 0_u32..1 << blocks {
        if chosen.count_ones() as usize != blocks / 2 {
            continue;
        }
        sample.fill(Sums::default());
        for (block, of_block) in sums.iter().enumerate() {
            if chosen >> block & 1 == 1 {
                add(&mut sample, of_block);
            }
        }
        let best = best_of(&sample);
        let in_test: Vec<f64> = whole.iter().zip(&sample).map(|(all, part)| all.less(*part).sharpe()).collect();
        let rank = in_test.iter().filter(|&&other| other <= in_test[best]).count();
        below_median += u32::from(2 * rank < contestants + 1);
        choices += 1;
    }
    Some(f64::from(below_median) / f64::from(choices))
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: f64,
    sum: f64,
    squares: f64,
}

impl Sums {
    fn less(self, part: Self) -> Self {
        Self { count: self.count - part.count, sum: self.sum - part.sum, squares: self.squares - part.squares }
    }

    /// Mean ÷ deviation; 0 for a series that does nothing, so that it ranks between gainers and losers.
    fn sharpe(self) -> f64 {
        let mean = self.sum / self.count;
        let variance = (self.squares / self.count - mean * mean) * self.count / (self.count - 1.0);
        if variance > 0.0 { mean / variance.sqrt() } else { 0.0 }
    }
}

fn add(total: &mut [Sums], part: &[Sums]) {
    for (total, part) in total.iter_mut().zip(part) {
        total.count += part.count;
        total.sum += part.sum;
        total.squares += part.squares;
    }
}

fn best_of(sample: &[Sums]) -> usize {
    let ratios: Vec<f64> = sample.iter().map(|sums| sums.sharpe()).collect();
    (0..ratios.len())
        .rev()
        .max_by(|&a, &b| ratios[a].total_cmp(&ratios[b]))
        .expect("Invariant: two contestants or more")
}

/// Successive blocks whose sizes differ by at most one, the longer first.
fn block_sums(rows: &[Vec<f64>], blocks: usize, contestants: usize) -> Vec<Vec<Sums>> {
    let (size, longer) = (rows.len() / blocks, rows.len() % blocks);
    let mut start = 0;
    (0..blocks)
        .map(|block| {
            let end = start + size + usize::from(block < longer);
            let mut sums = vec![Sums::default(); contestants];
            for row in &rows[start..end] {
                for (sums, value) in sums.iter_mut().zip(row) {
                    sums.count += 1.0;
                    sums.sum += value;
                    sums.squares += value * value;
                }
            }
            start = end;
            sums
        })
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// 1,000 rows of 20 independent standard normals.
    pub(crate) fn noise() -> Vec<Vec<f64>> {
        let text = include_str!("../../testdata/noise_1000x20.csv");
        text.lines().map(|line| line.split(',').map(|field| field.parse().unwrap()).collect()).collect()
    }

    /// The same with .10 added to column 7.
    pub(crate) fn noise_with_an_edge() -> Vec<Vec<f64>> {
        let mut rows = noise();
        rows.iter_mut().for_each(|row| row[7] += 0.10);
        rows
    }

    #[test]
    fn golden_noise_and_golden_edge() {
        let check = |rows: &[Vec<f64>], blocks, expected: f64| {
            assert!((probability_of_overfitting(rows, blocks).unwrap() - expected).abs() < 1e-6);
        };
        check(&noise(), 8, 0.685714);
        check(&noise(), 16, 0.671251);
        check(&noise_with_an_edge(), 8, 0.042857);
    }

    #[test]
    fn too_little_to_cut_is_none() {
        assert_eq!(probability_of_overfitting(&noise()[..15], 8), None);
        assert_eq!(probability_of_overfitting(&noise(), 7), None);
        assert_eq!(probability_of_overfitting(&[], 8), None);
    }
}

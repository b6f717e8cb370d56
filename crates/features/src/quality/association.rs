use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

/// What a feature says about the target: the rank correlation between them (Spearman 1904).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InformationCoefficient {
    /// Rank correlation over all rows that have both, from −1 to 1.
    pub value: f64,
    /// Number of those rows. They overlap where targets do, so it is no number of independent cases.
    pub count: usize,
    /// Rank correlation in each of ten consecutive stretches of those rows, where it is defined: a feature that keeps
    /// its sign is worth more than one with a large value from one stretch.
    pub by_tenth: Vec<Option<f64>>,
}

const STRETCHES: usize = 10;

/// The most rows compared for clusters.
const MOST_ROWS: usize = 20_000;

impl InformationCoefficient {
    /// The information coefficient of `feature` about `target`; `None` where either does not vary.
    pub fn of(feature: &[Option<f64>], target: &[Option<f64>]) -> Option<Self> {
        let (x, y): (Vec<f64>, Vec<f64>) =
            feature.iter().zip(target).filter_map(|(feature, target)| feature.zip(*target)).unzip();
        let value = correlation(&ranks(&x), &ranks(&y))?;
        let by_tenth = (0..STRETCHES)
            .map(|stretch| {
                let (start, end) = (stretch * x.len() / STRETCHES, (stretch + 1) * x.len() / STRETCHES);
                correlation(&ranks(&x[start..end]), &ranks(&y[start..end]))
            })
            .collect();
        Some(Self { value, count: x.len(), by_tenth })
    }
}

/// Groups of two and more columns that are linked by absolute rank correlations of at least `least`.
pub(super) fn clusters(columns: &[Vec<Option<f64>>], least: f64) -> Vec<Vec<usize>> {
    let rows = columns.first().map_or(0, Vec::len);
    let step = rows.div_ceil(MOST_ROWS).max(1);
    let ranked: Vec<Vec<Option<f64>>> = columns.into_par_iter().map(|column| thinned_ranks(column, step)).collect();
    let linked: Vec<Vec<usize>> = (0..columns.len())
        .into_par_iter()
        .map(|a| (0..a).filter(|&b| alike(&ranked[a], &ranked[b], least)).collect())
        .collect();
    // The smallest column that a column is linked to, directly or through others.
    let mut root: Vec<usize> = (0..columns.len()).collect();
    for (a, links) in linked.iter().enumerate() {
        for &b in links {
            let (from, to) = (root[a].max(root[b]), root[a].min(root[b]));
            root.iter_mut().filter(|root| **root == from).for_each(|root| *root = to);
        }
    }
    (0..columns.len())
        .map(|leader| (0..columns.len()).filter(|&column| root[column] == leader).collect::<Vec<_>>())
        .filter(|cluster| 2 <= cluster.len())
        .collect()
}

fn alike(x: &[Option<f64>], y: &[Option<f64>], least: f64) -> bool {
    let (x, y): (Vec<f64>, Vec<f64>) = x.iter().zip(y).filter_map(|(x, y)| x.zip(*y)).unzip();
    // With fewer rows than this two unrelated features look alike by chance.
    30 <= x.len() && correlation(&x, &y).is_some_and(|correlation| least <= correlation.abs())
}

fn thinned_ranks(column: &[Option<f64>], step: usize) -> Vec<Option<f64>> {
    let thinned: Vec<Option<f64>> = column.iter().step_by(step).copied().collect();
    let defined: Vec<f64> = thinned.iter().flatten().copied().collect();
    let mut ranked = ranks(&defined).into_iter();
    thinned.iter().map(|value| value.and_then(|_| ranked.next())).collect()
}

/// Ranks from 0 on; equal values share their mean rank.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = first as f64 + 0.5 * (group.len() - 1) as f64;
        group.iter().for_each(|&index| ranks[index] = mean);
        first += group.len();
    }
    ranks
}

fn correlation(x: &[f64], y: &[f64]) -> Option<f64> {
    let n = x.len() as f64;
    let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let (x, y) = (x - mean_x, y - mean_y);
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    (xx > 0.0 && yy > 0.0).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::{InformationCoefficient, clusters, ranks};

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 9.0]), [1.5, 0.0, 1.5, 3.0]);
    }

    #[test]
    fn the_information_coefficient_sees_order_and_not_size() {
        let feature: Vec<Option<f64>> = (0..100).map(|t| Some(f64::from(t))).collect();
        let target: Vec<Option<f64>> = (0..100).map(|t| (t != 50).then(|| f64::from(t).exp())).collect();
        let information = InformationCoefficient::of(&feature, &target).unwrap();
        assert_eq!((information.value, information.count), (1.0, 99));
        assert!(information.by_tenth.iter().all(|tenth| *tenth == Some(1.0)));
        assert_eq!(InformationCoefficient::of(&feature, &[Some(1.0); 100]), None);
    }

    #[test]
    fn clusters_chain() {
        let column = |value: fn(u32) -> f64| (0..60).map(|t| Some(value(t))).collect::<Vec<_>>();
        let columns = [
            column(f64::from),
            column(|t| f64::from(t * 7919 % 61)),
            column(|t| -f64::from(t * t)),
            column(|t| f64::from(t / 2)),
        ];
        assert_eq!(clusters(&columns, 0.9), [vec![0, 2, 3]]);
    }
}

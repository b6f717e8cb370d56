//! Axes of policy maps: how the values of a feature are cut into cells.

use scaleout_report::{CellWidths, MapAxis};

/// A quantity cut into cells.
pub(super) struct BinnedAxis {
    title: String,
    pub values: Vec<f64>,
    edges: Vec<f64>,
    widths: CellWidths,
}

impl BinnedAxis {
    /// `cells` cells of equal width over the middle 98 % of `values`; what lies beyond is drawn in none.
    pub fn even(title: &str, values: Vec<f64>, cells: usize) -> Self {
        let sorted = sorted(&values);
        let at = |share: f64| sorted.get((share * sorted.len() as f64) as usize).or(sorted.last()).copied();
        let (low, high) = (at(0.01).unwrap_or(0.0), at(0.99).unwrap_or(1.0));
        let width = if low < high { (high - low) / cells as f64 } else { 1.0 };
        let edges = (0..=cells).map(|cell| low + cell as f64 * width).collect();
        Self { title: title.to_owned(), values, edges, widths: CellWidths::ToScale }
    }

    /// At most `cells` cells of equally many whole numbers from 0 to the largest of `values`.
    pub fn counted(title: &str, values: Vec<f64>, cells: usize) -> Self {
        let numbers = values.iter().copied().fold(0.0, f64::max) as usize + 1;
        let each = numbers.div_ceil(cells);
        let edges = (0..=numbers.div_ceil(each)).map(|cell| (cell * each) as f64 - 0.5).collect();
        Self { title: title.to_owned(), values, edges, widths: CellWidths::ToScale }
    }

    /// At most `cells` cells that hold about equally many of `values`; where no more values occur than that, a cell for
    /// each of them.
    pub fn quantiles(title: &str, values: Vec<f64>, cells: usize) -> Self {
        let sorted = sorted(&values);
        let mut distinct = sorted.clone();
        distinct.dedup();
        if distinct.len() <= cells {
            return Self::of_few(title, values, &distinct);
        }
        let mut edges: Vec<f64> =
            (0..=cells).map(|cell| sorted[(cell * sorted.len() / cells).min(sorted.len() - 1)]).collect();
        edges.dedup();
        Self { title: title.to_owned(), values, edges, widths: CellWidths::Equal }
    }

    /// A cell around each of `values`, which rise.
    pub fn each(title: &str, values: Vec<f64>) -> Self {
        let distinct = values.clone();
        Self::of_few(title, values, &distinct)
    }

    fn of_few(title: &str, values: Vec<f64>, distinct: &[f64]) -> Self {
        let gaps = || distinct.windows(2).map(|pair| pair[1] - pair[0]);
        let (Some(&first), Some(&last)) = (distinct.first(), distinct.last()) else {
            return Self { title: title.to_owned(), values, edges: vec![0.0, 1.0], widths: CellWidths::Equal };
        };
        let outer = |gap: Option<f64>| gap.unwrap_or(1.0) / 2.0;
        let mut edges = vec![first - outer(gaps().next())];
        edges.extend(distinct.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0));
        edges.push(last + outer(gaps().next_back()));
        let widths = CellWidths::Values(distinct.to_vec());
        Self { title: title.to_owned(), values, edges, widths }
    }

    pub fn cells(&self) -> usize {
        self.edges.len() - 1
    }

    pub fn drawn(&self) -> MapAxis {
        MapAxis { title: self.title.clone(), edges: self.edges.clone(), widths: self.widths.clone() }
    }

    /// The cell that `value` lies in; the last one is closed on both sides.
    pub fn cell(&self, value: f64) -> Option<usize> {
        let (first, last) = (self.edges[0], self.edges[self.cells()]);
        if !(first <= value && value <= last) {
            return None;
        }
        Some(self.edges.partition_point(|edge| *edge <= value).saturating_sub(1).min(self.cells() - 1))
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::BinnedAxis;

    #[test]
    fn cells_cover_the_range_once() {
        let axis = BinnedAxis::quantiles("x", (0..100).map(f64::from).collect(), 12);
        assert_eq!(axis.cell(0.0), Some(0));
        assert_eq!(axis.cell(99.0), Some(axis.cells() - 1));
        assert_eq!(axis.cell(f64::NAN), None);
        assert_eq!(axis.cell(100.0), None);
        assert_eq!(BinnedAxis::quantiles("constant", vec![3.0; 10], 12).cells(), 1);
        assert_eq!(BinnedAxis::quantiles("missing", vec![f64::NAN; 10], 12).cells(), 1);
        assert_eq!(BinnedAxis::even("gain", vec![0.0, 12.0], 12).cell(5.5), Some(5));
        assert_eq!(BinnedAxis::even("gain", vec![], 12).cells(), 12);
    }

    #[test]
    fn every_value_of_a_few_has_a_cell_of_its_own() {
        let axis = BinnedAxis::quantiles("signal", vec![-1.0, 0.0, 1.0, 0.0, f64::NAN], 12);
        assert_eq!([-1.0, 0.0, 1.0].map(|value| axis.cell(value)), [Some(0), Some(1), Some(2)]);
        assert_eq!(axis.cells(), 3);
    }

    #[test]
    fn a_cell_of_time_holds_whole_bars_and_as_many_as_the_next() {
        let bars = |steps: usize| BinnedAxis::counted("bars", (0..steps).map(|step| step as f64).collect(), 12);
        assert_eq!((bars(9).cells(), bars(9).cell(8.0)), (9, Some(8)));
        assert_eq!((bars(60).cells(), bars(60).cell(4.0), bars(60).cell(5.0)), (12, Some(0), Some(1)));
        assert_eq!((bars(25).cells(), bars(25).cell(24.0)), (9, Some(8)));
        assert_eq!(bars(0).cells(), 1);
    }
}

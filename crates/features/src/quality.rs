//! The quality sheet of a feature table: how much of it is there, how it is distributed, whether it is stationary,
//! which features say the same, and what each says about a target.
//!
//! Assumes rows in order of time. It looks at the rows it is given and at nothing else, so a caller that passes the
//! rows of a training span learns nothing of the test span. Drawing it is another room's work.

mod association;
mod distribution;
mod stationarity;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::{FeatureSpec, FeatureTable};

pub use association::InformationCoefficient;
pub use distribution::Distribution;
pub use stationarity::{StationarityTest, augmented_dickey_fuller};

/// Features whose rank correlation is at least this large, whatever its sign, share a cluster.
pub const CLUSTER_CORRELATION: f64 = 0.9;

/// What is to be known of a feature table before a model sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QualitySheet {
    /// Rows looked at.
    pub rows: usize,
    /// One entry a feature, in column order.
    pub features: Vec<FeatureQuality>,
    /// Names of features that say nearly the same (absolute rank correlation ≥ 0.9, directly or through others);
    /// only clusters of two and more, in column order.
    pub clusters: Vec<Vec<String>>,
}

/// What is to be known of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureQuality {
    /// The column's name.
    pub name: String,
    /// Unit of its values, if the name is in the registry.
    pub unit: Option<String>,
    /// Share of the rows with a value, from 0 to 1.
    pub coverage: f64,
    /// First row with a value, counted from 0.
    pub first_row: Option<usize>,
    /// How its values are distributed; `None` without any.
    pub distribution: Option<Distribution>,
    /// Whether it is stationary; `None` where its longest stretch without holes is too short or constant.
    pub stationarity: Option<StationarityTest>,
    /// What it says about the target; `None` without a target or where either does not vary.
    pub information: Option<InformationCoefficient>,
}

/// The quality sheet of rows `rows` of `table`, against `target` (one value a row of the table) if there is one.
///
/// Cost: O(rows · log rows) a feature, and O(features² · 20,000) for the clusters, for which longer tables are thinned
/// evenly.
///
/// ```
/// use scaleout_features::{FeatureTable, quality::quality_sheet};
/// let values = vec![None, Some(1.0), Some(2.0), Some(3.0)];
/// let target = [Some(9.0), Some(-1.0), Some(-2.0), Some(-4.0)];
/// let sheet = quality_sheet(&FeatureTable::new(vec!["streak".into()], values), 0..4, Some(&target));
/// assert_eq!(sheet.features[0].coverage, 0.75);
/// assert_eq!(sheet.features[0].information.as_ref().unwrap().value, -1.0);
/// ```
pub fn quality_sheet(
    table: &FeatureTable,
    rows: std::ops::Range<usize>,
    target: Option<&[Option<f64>]>,
) -> QualitySheet {
    assert!(rows.end <= table.len(), "Invariant: the rows looked at are rows of the table");
    assert!(target.is_none_or(|target| target.len() == table.len()), "Invariant: one target a row of the table");
    let target = target.map(|target| &target[rows.clone()]);
    let columns: Vec<Vec<Option<f64>>> = (0..table.names().len())
        .into_par_iter()
        .map(|position| table.column(position).skip(rows.start).take(rows.len()).collect())
        .collect();
    let features = (0..columns.len())
        .into_par_iter()
        .map(|position| quality_of(&table.names()[position], &columns[position], target))
        .collect();
    let clusters = association::clusters(&columns, CLUSTER_CORRELATION)
        .into_iter()
        .map(|cluster| cluster.into_iter().map(|position| table.names()[position].clone()).collect())
        .collect();
    QualitySheet { rows: rows.len(), features, clusters }
}

fn quality_of(name: &str, column: &[Option<f64>], target: Option<&[Option<f64>]>) -> FeatureQuality {
    let defined: Vec<f64> = column.iter().flatten().copied().collect();
    FeatureQuality {
        name: name.to_owned(),
        unit: name.parse::<FeatureSpec>().ok().and_then(|spec| spec.unit().ok()).map(str::to_owned),
        coverage: if column.is_empty() { 0.0 } else { defined.len() as f64 / column.len() as f64 },
        first_row: column.iter().position(Option::is_some),
        stationarity: augmented_dickey_fuller(longest_run(column)),
        information: target.and_then(|target| InformationCoefficient::of(column, target)),
        distribution: Distribution::of(defined),
    }
}

/// The longest stretch without holes, the first of equals.
fn longest_run(column: &[Option<f64>]) -> Vec<f64> {
    column
        .split(Option::is_none)
        .reduce(|longest, run| if longest.len() < run.len() { run } else { longest })
        .map(|run| run.iter().flatten().copied().collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{longest_run, quality_sheet};
    use crate::{FeatureSet, FeatureTable, examples};

    #[test]
    fn a_sheet_says_what_is_there() {
        let values = [None, Some(2.0), Some(4.0), None, Some(6.0), Some(8.0), Some(10.0), None];
        let sheet = quality_sheet(&FeatureTable::new(vec!["atr".into()], values.to_vec()), 0..8, None);
        let atr = &sheet.features[0];
        assert_eq!((atr.coverage, atr.first_row, atr.unit.as_deref()), (0.625, Some(1), Some("price")));
        assert_eq!(atr.distribution.as_ref().unwrap().mean, 6.0);
        assert_eq!(longest_run(&values), [6.0, 8.0, 10.0]);
        assert!(atr.information.is_none() && atr.stationarity.is_none());
    }

    #[test]
    fn rows_outside_the_span_change_nothing() {
        let names = vec!["streak".to_owned()];
        let column = |last: f64| (0..50).map(|t| Some(f64::from(t % 7))).chain([Some(last)]).collect::<Vec<_>>();
        let target: Vec<Option<f64>> = (0..51).map(|t| Some(f64::from(t % 5))).collect();
        let sheet = |last| quality_sheet(&FeatureTable::new(names.clone(), column(last)), 0..50, Some(&target));
        assert_eq!(sheet(0.0), sheet(1e9));
    }

    #[test]
    fn features_that_say_the_same_share_a_cluster() {
        let closes: Vec<f64> = (0..300).map(|t| 100.0 + f64::from((t * t) % 37)).collect();
        let specs = ["donchian_position(window=5)", "stochastic_k(window=5,smooth=1)", "time_of_day_sine"];
        let columns = specs.map(|spec| examples::closes(spec, &closes).unwrap());
        let values = (0..300).flat_map(|t| columns.each_ref().map(|column| column[t])).collect();
        let names = FeatureSet::parse(&specs).unwrap().names();
        let sheet = quality_sheet(&FeatureTable::new(names.clone(), values), 0..300, None);
        assert_eq!(sheet.clusters, [names[..2].to_vec()]);
    }
}

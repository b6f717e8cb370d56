//! What formats of trades and quotes ask of the cells of a sample.

use super::shape::{Fact, FileSample};
use crate::time::{TimeConfig, TimeUnit};

/// Whether there are rows, and each fits.
pub(crate) fn all_rows(sample: &FileSample, fits: impl Fn(&[String]) -> bool) -> bool {
    !sample.data().is_empty() && sample.data().iter().all(|row| fits(row))
}

pub(crate) fn is_whole(cell: &str) -> bool {
    cell.parse::<u64>().is_ok()
}

pub(crate) fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok_and(f64::is_finite)
}

pub(crate) fn is_flag(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false")
}

/// Times that count a unit told by the size of the first, and the facts that follow.
pub(crate) fn counted(unit: TimeUnit) -> (TimeConfig, Vec<Fact>) {
    let fact = Fact::new("unit", unit.word(), "told by the size of the first number");
    (TimeConfig { unit: Some(unit), ..TimeConfig::default() }, vec![fact])
}

/// The names of a header with those in `own` replaced.
pub(crate) fn renamed(header: &[&str], own: &[(&str, &str)]) -> Vec<String> {
    let name = |name: &&str| own.iter().find(|(theirs, _)| theirs == name).map_or(*name, |(_, ours)| *ours).to_owned();
    header.iter().map(name).collect()
}

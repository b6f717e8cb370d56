//! Missing feature values, counted for the report. Models see them as missing, and no other place reports them.

use scaleout_report::Dropped;

use crate::{ExperimentError, Prepared};

/// Bars without a value of a market feature: those before a feature's first value together, those after it by feature.
///
/// # Errors
/// If a feature does not exist.
pub(crate) fn missing_values(prepared: &Prepared) -> Result<Vec<Dropped>, ExperimentError> {
    let specs = prepared.config.training.features.specs();
    let tables = prepared.tables(specs)?;
    let bars = prepared.bar_count();
    let (mut warming, mut longest, mut later) = (0, 0, Vec::new());
    for spec in specs {
        let (mut warms, mut count, mut name) = (false, 0, "");
        for (table, market) in tables.iter().zip(&prepared.markets) {
            let Some(column) = table.position(spec) else { continue };
            name = &table.names()[column];
            let bars = market.loaded.history.series.len();
            let is_known = |t: &usize| table.row(*t)[column].is_some();
            let Some(first) = (0..bars).find(is_known) else { continue };
            (warms, longest) = (warms || 0 < first, longest.max(first));
            count += (first..bars).filter(|t| !is_known(t)).count();
        }
        warming += usize::from(warms);
        if 0 < count {
            let reason = format!("`{name}` has no value there, so models see it as missing; {bars} bars in all");
            later.push(Dropped { what: "values of a feature".to_owned(), count, reason });
        }
    }
    let before = (0 < warming).then(|| Dropped {
        what: "features before their first value".to_owned(),
        count: warming,
        reason: format!("models see them as missing for up to {longest} bars at the start of the data"),
    });
    Ok(before.into_iter().chain(later).collect())
}

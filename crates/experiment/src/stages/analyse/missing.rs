//! Missing feature values, counted for the report. Models see them as missing, and no other place reports them.

use scaleout_report::Dropped;

use crate::{ExperimentError, Prepared, stages::feature_facts::ValueCount};

/// Bars without a value of a market feature: those before a feature's first value together, those after it by feature.
///
/// # Errors
/// If a feature does not exist.
pub(crate) fn missing_values(prepared: &Prepared) -> Result<Vec<Dropped>, ExperimentError> {
    let bars = prepared.bar_count();
    let (mut warming, mut longest, mut later) = (0, 0, Vec::new());
    for facts in prepared.feature_facts()?.iter() {
        let (mut warms, mut count) = (false, 0);
        for ValueCount { bars, known, first } in &facts.values {
            let Some(first) = *first else { continue };
            (warms, longest) = (warms || 0 < first, longest.max(first));
            count += bars - first - known;
        }
        warming += usize::from(warms);
        if 0 < count {
            let name = &facts.name;
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

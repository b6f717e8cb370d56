//! Every file that is a function of the stored result.

use crate::{ReportError, RunResult, TABLES, plots::plots};

/// Names of what [`each_file`] makes of `result`, the most useful first; `plots` is a folder.
pub fn file_names(result: &RunResult) -> impl Iterator<Item = &'static str> {
    let tables = TABLES.iter().filter(|table| (table.is_made)(result)).map(|table| table.file);
    ["report.html", "report.md", "report.json", "plots"].into_iter().chain(tables)
}

/// Passes every report file of `result` to `sink`, one after the other: its name below the run folder and its contents.
/// The same result gives the same bytes.
///
/// # Errors
/// If a file cannot be made, or what `sink` says.
pub fn each_file<E: From<ReportError>>(
    result: &RunResult,
    mut sink: impl FnMut(&str, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let pictures = plots(result);
    sink("report.md", result.markdown(&pictures).as_bytes())?;
    sink("report.html", result.html(&pictures).as_bytes())?;
    sink("report.json", result.report_json()?.as_bytes())?;
    for plot in &pictures {
        sink(&format!("plots/{}.svg", plot.name), plot.svg.as_bytes())?;
        sink(&format!("plots/{}.png", plot.name), &plot.png)?;
    }
    let mut bytes = Vec::new();
    for table in TABLES.iter().filter(|table| (table.is_made)(result)) {
        bytes.clear();
        table.write(result, &mut bytes)?;
        sink(table.file, &bytes)?;
    }
    Ok(())
}

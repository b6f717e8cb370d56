//! A run folder of 0.1.0 has no marker; adopting it writes one for what a run of 0.1.0 wrote.

use std::{collections::BTreeMap, path::Path};

use scaleout_data::{Limit, read_text};
use serde::Deserialize;

use super::marker::{MARKER, digest_of, mark_finished, sorted};
use crate::ExperimentError;

/// Files that 0.1.0 wrote below a run folder, and folders all of whose SVG and PNG files it wrote.
const FILES: [&str; 11] = [
    "report.json",
    "report.md",
    "report.html",
    "trades.csv",
    "legs.csv",
    "book.csv",
    "equity.csv",
    "returns.csv",
    "run.log",
    "model/model.json",
    "model/ladder.json",
];

#[derive(Deserialize)]
struct OldReport {
    provenance: OldProvenance,
}

#[derive(Deserialize)]
struct OldProvenance {
    version: String,
}

/// Marks the run that 0.1.0 left in `folder` as one that later runs may replace, and says how many files it lists.
///
/// Only files that 0.1.0 wrote by these names are listed, as they are now: anything else in the folder stays in the
/// way of a run that would replace it.
///
/// # Errors
/// If the folder has a marker already, or no `report.json` of scaleout 0.1.0.
pub fn adopt(folder: &Path) -> Result<usize, ExperimentError> {
    let refused = |message: &str| ExperimentError::Stored { path: folder.to_owned(), message: message.to_owned() };
    if folder.join(MARKER).exists() {
        return Err(refused("has a marker already: nothing to adopt"));
    }
    let path = folder.join("report.json");
    let text = read_text(&path, Limit::Model)?;
    let report: OldReport = serde_json::from_str(&text).map_err(|error| ExperimentError::Stored {
        path: path.clone(),
        message: format!("no report of a run: {error}"),
    })?;
    if !report.provenance.version.starts_with("0.1.") {
        return Err(refused("its report.json is not of scaleout 0.1.x: only those runs have no marker"));
    }
    let mut files = BTreeMap::new();
    for name in FILES.iter().map(|name| (*name).to_owned()).chain(pictures(folder)?) {
        let path = folder.join(&name);
        if path.is_file() {
            files.insert(name, digest_of(&path)?);
        }
    }
    let count = files.len();
    mark_finished(folder, files)?;
    Ok(count)
}

fn pictures(folder: &Path) -> Result<Vec<String>, ExperimentError> {
    let plots = folder.join("plots");
    if !plots.is_dir() {
        return Ok(Vec::new());
    }
    let names = sorted(&plots)?.into_iter().filter_map(|name| name.into_string().ok());
    let drawn = names.filter(|name| name.ends_with(".svg") || name.ends_with(".png"));
    Ok(drawn.map(|name| format!("plots/{name}")).collect())
}

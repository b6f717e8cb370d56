//! A run folder of 0.1.0 has no marker; adopting it writes one for what a run of 0.1.0 wrote.

use std::{collections::BTreeMap, fs, path::Path};

use scaleout_data::{Limit, read_text};
use serde::Deserialize;

use super::marker::{MARKER, digest_of, mark_finished};
use crate::ExperimentError;

/// Files that 0.1.0 wrote below a run folder.
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

/// Pictures that 0.1.0 drew in `plots/`, each as SVG and PNG.
const PICTURES: [&str; 10] = [
    "equity",
    "differences",
    "net_r",
    "holding",
    "intrabar",
    "policy-time-r",
    "policy-time-feature",
    "policy-signal-volatility",
    "policy-two-features",
    "policy-schedule",
];

#[derive(Deserialize)]
pub(crate) struct OldReport {
    pub(crate) provenance: OldProvenance,
    #[serde(default)]
    importance: Vec<OldImportance>,
}

/// A model whose picture is `plots/importance-MODEL`.
#[derive(Deserialize)]
struct OldImportance {
    model: String,
}

#[derive(Deserialize)]
pub(crate) struct OldProvenance {
    pub(crate) version: String,
}

/// Marks the run that 0.1.0 left in `folder` as one that later runs may replace, and returns the files that it lists.
///
/// Only files by names that 0.1.0 wrote are listed, as they are now: anything else in the folder stays in the way of a
/// run that would replace it. Whether one of them was edited since cannot be told, since 0.1.0 kept no digests.
///
/// # Errors
/// If the folder has a marker already, or no `report.json` of scaleout 0.1.0.
pub fn adopt(folder: &Path) -> Result<Vec<String>, ExperimentError> {
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
    for name in FILES.iter().map(|name| (*name).to_owned()).chain(pictures(&report)) {
        let path = folder.join(&name);
        if fs::symlink_metadata(&path).is_ok_and(|kind| kind.is_file()) {
            files.insert(name, digest_of(&path)?);
        }
    }
    let names = files.keys().cloned().collect();
    mark_finished(folder, files)?;
    Ok(names)
}

/// The names of the pictures of `report`.
fn pictures(report: &OldReport) -> impl Iterator<Item = String> {
    let of_models = report.importance.iter().map(|found| format!("importance-{}", found.model.replace(' ', "-")));
    let drawn = PICTURES.iter().map(|name| (*name).to_owned()).chain(of_models.filter(|name| !name.contains('/')));
    drawn.flat_map(|name| [format!("plots/{name}.svg"), format!("plots/{name}.png")])
}

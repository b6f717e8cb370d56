//! The user's own entries, or a list of trades that were made.

use std::{
    fs,
    path::{Path, PathBuf},
};

use scaleout_data::{
    Adds, DataError, OneR, TimeConfig, TradeListFormat, TradeListReport, TradeListRequest, import_trades,
    read_entries_csv,
};

use crate::ExperimentError;

/// Entries as a config names them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    pub(super) entries: PathBuf,
    pub(super) exits: Option<PathBuf>,
    pub(super) adds: Option<PathBuf>,
    pub(super) time: TimeConfig,
    /// What is said of them.
    pub(super) lines: Vec<String>,
    /// Files that were made of a list of trades.
    made: Vec<PathBuf>,
}

/// Reads `path` as entries; a list of trades becomes entries and exits in `folder`. Relative paths start at `base`.
pub(super) fn read_list(path: &Path, base: &Path, folder: &Path, symbol: &str) -> Result<Listed, ExperimentError> {
    let whole = base.join(path);
    let utc = || TimeConfig { zone: Some("UTC".to_owned()), ..TimeConfig::default() };
    let mut time = TimeConfig::default();
    let mut read = read_entries_csv(&whole, &time, &[symbol]);
    if read.as_ref().is_err_and(DataError::is_undeclared_zone) {
        time = utc();
        read = read_entries_csv(&whole, &time, &[symbol]);
    }
    match read {
        Ok(entries) => {
            let mut lines = vec![format!("entries: {} in {}", entries.len(), path.display())];
            if time.zone.is_some() {
                lines.push("entries: zone UTC (assumed: times carry no offset)".to_owned());
            }
            // What `import-trades` wrote side by side belongs together.
            let beside = path.with_file_name("exits.csv");
            let is_pair = path.file_name().is_some_and(|name| name == "entries.csv") && base.join(&beside).is_file();
            if is_pair {
                lines.push(format!("exits as traded: {}", beside.display()));
            }
            let adds = path.with_file_name("adds.csv");
            let has_adds = path.file_name().is_some_and(|name| name == "entries.csv") && base.join(&adds).is_file();
            if has_adds {
                lines.push(format!(
                    "adds: {}; no learners, since models value positions that fill at once",
                    adds.display()
                ));
            }
            let (exits, adds) = (is_pair.then_some(beside), has_adds.then_some(adds));
            Ok(Listed { entries: path.to_owned(), exits, adds, time, lines, made: Vec::new() })
        }
        Err(DataError::MissingColumn { .. } | DataError::NotReadable { .. }) => imported(&whole, folder, base, symbol),
        Err(error) => Err(error.into()),
    }
}

fn imported(whole: &Path, folder: &Path, base: &Path, symbol: &str) -> Result<Listed, ExperimentError> {
    let request = TradeListRequest {
        source: whole.to_owned(),
        format: TradeListFormat::default(),
        out: folder.to_owned(),
        symbol: None,
        symbol_as: Some(symbol.to_owned()),
        zone: None,
        one_r: OneR::InTheList,
        risk_column: None,
        adds: Adds::Refuse,
        qty_times: 1.0,
    };
    let report = import_trades(&request).map_err(|error| match error {
        DataError::NotReadable { path, expected: "list of trades", message } => ExperimentError::Obstacle {
            path,
            message: format!(
                "holds neither entries (id, ts, side, price, qty, and stop or risk) nor a list of trades: {message}"
            ),
        },
        other => other.into(),
    })?;
    let TradeListReport { entries_file, exits_file, .. } = &report;
    let seen = |path: &Path| path.strip_prefix(base).unwrap_or(path).to_owned();
    Ok(Listed {
        entries: seen(entries_file),
        exits: Some(seen(exits_file)),
        adds: None,
        time: TimeConfig::default(),
        lines: report.to_string().lines().map(str::to_owned).collect(),
        made: vec![entries_file.clone(), exits_file.clone()],
    })
}

impl Listed {
    /// Takes back what was made where no config came of it.
    pub(super) fn withdraw(&self) {
        for path in &self.made {
            // What cannot be deleted stays and is refused by name the next time.
            let _ = fs::remove_file(path);
        }
        if let Some(folder) = self.made.first().and_then(|path| path.parent()) {
            let _ = fs::remove_dir(folder);
        }
    }
}

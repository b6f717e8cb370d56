//! What is asked, and what files and experiments are called.

use std::path::{Path, PathBuf};

use scaleout_data::{BarTime, Length};

use crate::{ExperimentError, error::io_error};

/// What [`init`](crate::init()) is given.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InitRequest {
    /// Files, folders or patterns with bars or trades of one market, each beginning where the one before ends.
    pub sources: Vec<PathBuf>,
    /// The user's own entries, or a list of trades that were made; without it a rule makes entries.
    pub entries: Option<PathBuf>,
    /// Name of a known instrument; without it the name of the file tells.
    pub instrument: Option<String>,
    /// Zone of times without an offset.
    pub zone: Option<String>,
    /// Which end of a bar its time names.
    pub bar_time: Option<BarTime>,
    /// Length of a bar.
    pub bar_length: Option<Length>,
    /// The config to write; without it `<name of the first file>.toml`.
    pub out: Option<PathBuf>,
}

/// How a config in `base` names a file that the user named from the folder at hand.
pub(super) fn seen_from(base: &Path, path: &Path) -> Result<PathBuf, ExperimentError> {
    if base.as_os_str().is_empty() {
        Ok(path.to_owned())
    } else {
        std::path::absolute(path).map_err(|error| io_error(path, error))
    }
}

/// The name of the experiment: that of the first file, or of the folder of a pattern, as a plain name.
pub(super) fn name_of(request: &InitRequest) -> String {
    let name = plain_name(&stem_of(request));
    let from_out = request.out.as_ref().and_then(|out| out.file_stem()).map(|stem| plain_name(&stem.to_string_lossy()));
    let own = if name.is_empty() { "experiment".to_owned() } else { name };
    from_out.filter(|name| !name.is_empty()).unwrap_or(own)
}

/// The name of the first file without its endings; of a pattern the name of its folder.
pub(super) fn stem_of(request: &InitRequest) -> String {
    let Some(first) = request.sources.first() else { return String::new() };
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut stem = name(first);
    if stem.contains(['*', '?']) {
        stem = first.parent().map(name).unwrap_or_default();
    }
    const ENDINGS: [&str; 14] = [
        ".gz", ".zst", ".bz2", ".zip", ".csv", ".tsv", ".txt", ".json", ".parquet", ".pq", ".feather", ".arrow",
        ".ipc", ".xls",
    ];
    while let Some(ending) = ENDINGS.iter().find(|ending| stem.to_ascii_lowercase().ends_with(**ending)) {
        stem.truncate(stem.len() - ending.len());
    }
    stem
}

/// Lower-case letters, digits and single dashes.
fn plain_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.truncate(60);
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_experiment_bears_the_name_of_its_file() {
        for (source, expected) in [
            ("BTCUSDT-1h-2024-01.csv", "btcusdt-1h-2024-01"),
            ("data/NASDAQ_AAPL, 60.csv.gz", "nasdaq-aapl-60"),
            ("daily/*.csv", "daily"),
            ("*.csv", "experiment"),
            ("^GSPC.csv", "gspc"),
            ("Données.txt", "donn-es"),
        ] {
            let request = InitRequest { sources: vec![source.into()], ..InitRequest::default() };
            assert_eq!(name_of(&request), expected, "{source}");
        }
        let request =
            InitRequest { sources: vec!["a.csv".into()], out: Some("x/My Test.toml".into()), ..InitRequest::default() };
        assert_eq!(name_of(&request), "my-test");
    }
}

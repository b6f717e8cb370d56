//! The zips of a folder and the texts inside them.

use std::fs::{self, File};
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use zip::ZipArchive;

use super::LeanConfig;
use crate::error::{DataError, one_line, shown_path};
use crate::input::{FileDigest, Identity, Opened, Watched};

/// What a zip holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Quote,
    Trade,
}

/// The files of one day, quotes first.
pub(crate) struct DayFiles {
    pub(crate) date: Date,
    pub(crate) files: Vec<(Kind, PathBuf)>,
}

/// The wanted days of a folder in order, each with at least one file.
pub(crate) fn days(folder: &Path, config: &LeanConfig) -> Result<Vec<DayFiles>, DataError> {
    let entries = fs::read_dir(folder).map_err(|error| DataError::io(folder, &error))?;
    let mut found: Vec<(Date, Kind, PathBuf)> = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| DataError::io(folder, &error))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some((date, kind)) = dated(&name) else { continue };
        if config.from.is_none_or(|from| from.0 <= date) && config.to.is_none_or(|to| date <= to.0) {
            found.push((date, kind, path));
        }
    }
    found.sort();
    let mut days: Vec<DayFiles> = Vec::new();
    for (date, kind, path) in found {
        match days.last_mut() {
            Some(day) if day.date == date => day.files.push((kind, path)),
            _ => days.push(DayFiles { date, files: vec![(kind, path)] }),
        }
    }
    if days.is_empty() {
        return Err(DataError::Empty {
            path: folder.to_path_buf(),
            what: "YYYYMMDD_quote.zip or YYYYMMDD_trade.zip of the wanted days",
        });
    }
    Ok(days)
}

/// `20131007_quote.zip`, `20151223_trade_american.zip`.
fn dated(name: &str) -> Option<(Date, Kind)> {
    let (date, rest) = name.strip_suffix(".zip")?.split_once('_')?;
    let kind = match rest.split('_').next()? {
        "quote" => Kind::Quote,
        "trade" => Kind::Trade,
        _ => return None,
    };
    let part = |range| date.get(range).and_then(|digits: &str| digits.parse().ok());
    let month = part(4..6).and_then(|month: i16| i8::try_from(month).ok())?;
    let day = part(6..8).and_then(|day: i16| i8::try_from(day).ok())?;
    Some((Date::new(part(0..4)?, month, day).ok()?, kind))
}

/// An open zip, whose texts are unpacked while they are read.
pub(crate) struct Archive {
    path: PathBuf,
    digest: FileDigest,
    file: File,
    identity: Option<Identity>,
    zip: ZipArchive<BufReader<File>>,
}

impl Archive {
    /// Opens a zip; its digest is named as in `folder`.
    pub(crate) fn open(path: &Path, folder: &Path) -> Result<Self, DataError> {
        let io = |error: std::io::Error| DataError::io(path, &error);
        let opened = Opened::at(path)?;
        let mut file = opened.file.try_clone().map_err(io)?;
        let identity = opened.identity.clone();
        let sha256 = Watched::file(opened).finish()?;
        file.rewind().map_err(io)?;
        let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
        let reader = BufReader::new(file.try_clone().map_err(io)?);
        let zip = ZipArchive::new(reader).map_err(|error| not_zip(path, &error.to_string()))?;
        Ok(Self { path: path.to_path_buf(), digest: FileDigest { name, sha256 }, file, identity, zip })
    }

    /// The only text inside, or the one whose name contains `_contract`, with its name.
    pub(crate) fn member(&mut self, contract: Option<&str>) -> Result<(String, Box<dyn Read + Send + '_>), DataError> {
        let names: Vec<String> =
            self.zip.file_names().filter_map(|name| name.ok().map(std::borrow::Cow::into_owned)).collect();
        let wanted = contract.map(|contract| format!("_{contract}"));
        let fits = |name: &&String| wanted.as_ref().is_none_or(|wanted| name.contains(wanted));
        let fitting: Vec<&String> = names.iter().filter(fits).collect();
        let [name] = fitting.as_slice() else {
            let example =
                fitting.first().copied().or(names.first()).map_or_else(|| "none".into(), |name| one_line(name));
            let problem = format!(
                "{}: {} of the {} files inside fit, for example {example}",
                shown_path(&self.path),
                fitting.len(),
                names.len()
            );
            return Err(DataError::config(
                "lean.contract",
                problem,
                "part of a name that fits exactly one file inside each zip, for example `201312`",
            ));
        };
        let text = self.zip.by_name(name).map_err(|error| not_zip(&self.path, &error.to_string()))?;
        Ok(((*name).clone(), Box::new(text)))
    }

    /// The digest, if the zip is still the one that was opened.
    pub(crate) fn finish(self) -> Result<FileDigest, DataError> {
        if let Some(identity) = &self.identity {
            identity.check(&self.path, &self.file)?;
        }
        Ok(self.digest)
    }
}

fn not_zip(path: &Path, message: &str) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "zip", message: one_line(message) }
}

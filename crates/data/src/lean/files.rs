use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use zip::ZipArchive;

use super::LeanConfig;
use crate::error::one_line;
use crate::{DataError, FileDigest, sha256_of_file};

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

/// A text out of a zip; the path names both.
pub(crate) struct Member {
    pub(crate) path: PathBuf,
    pub(crate) text: Vec<u8>,
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

/// The only text of a zip, or the one whose name contains `_contract`.
pub(crate) fn member(path: &Path, contract: Option<&str>) -> Result<Member, DataError> {
    let not_zip = |message: String| DataError::NotReadable {
        path: path.to_path_buf(),
        expected: "zip",
        message: one_line(&message),
    };
    let file = File::open(path).map_err(|error| DataError::io(path, &error))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| not_zip(error.to_string()))?;
    let names: Vec<String> =
        archive.file_names().filter_map(|name| name.ok().map(std::borrow::Cow::into_owned)).collect();
    let wanted = contract.map(|contract| format!("_{contract}"));
    let fits = |name: &&String| wanted.as_ref().is_none_or(|wanted| name.contains(wanted));
    let fitting: Vec<&String> = names.iter().filter(fits).collect();
    let [name] = fitting.as_slice() else {
        let problem = format!(
            "{} of the {} files inside fit, for example {}",
            fitting.len(),
            names.len(),
            example(&fitting, &names)
        );
        return Err(DataError::config(
            "lean.contract",
            format!("{}: {problem}", path.display()),
            "part of a name that fits exactly one file inside each zip, for example `201312`",
        ));
    };
    let mut text = Vec::new();
    archive
        .by_name(name)
        .map_err(|error| not_zip(error.to_string()))?
        .read_to_end(&mut text)
        .map_err(|error| not_zip(error.to_string()))?;
    Ok(Member { path: path.join(name), text })
}

fn example(fitting: &[&String], names: &[String]) -> String {
    fitting.first().copied().or(names.first()).map_or_else(|| "none".into(), |name| one_line(name))
}

/// The digest of a zip, named as in its folder.
pub(crate) fn digest(path: &Path, folder: &Path) -> Result<FileDigest, DataError> {
    let name = path.strip_prefix(folder).unwrap_or(path).display().to_string();
    Ok(FileDigest { name, sha256: sha256_of_file(path)? })
}

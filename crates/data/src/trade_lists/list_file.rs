//! A list of trades in memory: lines of cells, or JSON.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::error::{DataError, one_line};
use crate::input::{Limit, Opened, read_text};
use crate::table::{Bytes, Records, unpacked};

/// A list of trades.
#[derive(Debug)]
pub(crate) struct ListFile {
    /// The file; of an archive with the name of what is read in it.
    pub(crate) path: PathBuf,
    pub(crate) content: ListContent,
}

#[derive(Debug)]
pub(crate) enum ListContent {
    /// Lines that are not empty, the header among them.
    Lines(Vec<Line>),
    Json(serde_json::Value),
}

/// One line of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// As an editor shows it.
    pub(crate) row: u64,
    pub(crate) cells: Vec<String>,
}

impl ListFile {
    /// Reads the list at `path`: JSON, a zip with one JSON of trades in it, or a text with separators.
    pub(crate) fn read(path: &Path) -> Result<Self, DataError> {
        let limit = Limit::TradeList;
        if Opened::at(path)?.bytes().is_some_and(|bytes| limit.most() < bytes) {
            return Err(DataError::too_large(limit, path, None));
        }
        let ends_in = |ending: &str| path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
        if ends_in("json") {
            return Self::of_json(path.to_path_buf(), &read_text(path, limit)?);
        }
        if ends_in("zip") {
            let (name, text) = json_in_zip(path)?;
            return Self::of_json(path.join(name), &text);
        }
        let (source, mut watched) = unpacked(&Bytes::File(path.to_path_buf()))?;
        let mut records = Records::new(path, source)?;
        let mut lines = Vec::new();
        while let Some(row) = records.advance(Limit::Line)? {
            let record = records.record();
            let cells = (0..record.len()).filter_map(|position| record.get(position));
            lines
                .push(Line { row, cells: cells.map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect() });
        }
        watched.finish()?;
        Ok(Self { path: path.to_path_buf(), content: ListContent::Lines(lines) })
    }

    fn of_json(path: PathBuf, text: &str) -> Result<Self, DataError> {
        match serde_json::from_str(text) {
            Ok(value) => Ok(Self { path, content: ListContent::Json(value) }),
            Err(error) => Err(not_json(path, &error.to_string())),
        }
    }

    /// The lines of a text; none of JSON.
    pub(crate) fn lines(&self) -> &[Line] {
        match &self.content {
            ListContent::Lines(lines) => lines,
            ListContent::Json(_) => &[],
        }
    }

    /// The names of the columns: the first line.
    pub(crate) fn header(&self) -> &[String] {
        self.lines().first().map_or(&[], |line| &line.cells)
    }

    /// The lines under the header, each with one value a column.
    pub(crate) fn rows(&self) -> Result<&[Line], DataError> {
        let rows = self.lines().get(1..).unwrap_or_default();
        match rows.iter().find(|line| line.cells.len() != self.header().len()) {
            None => Ok(rows),
            Some(line) => Err(DataError::BadRow {
                path: self.path.clone(),
                row: line.row,
                problem: format!("{} values under {} columns", line.cells.len(), self.header().len()),
                accepted: "one value a column",
            }),
        }
    }
}

/// The JSON of results in an archive of freqtrade: the config and other files stand beside it.
fn json_in_zip(path: &Path) -> Result<(String, String), DataError> {
    let not_zip = |message: String| DataError::NotReadable {
        path: path.to_path_buf(),
        expected: "zip",
        message: one_line(&message),
    };
    let mut opened = Opened::at(path)?;
    let mut bytes = Vec::new();
    opened.file.read_to_end(&mut bytes).map_err(|error| DataError::io(path, &error))?;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| not_zip(error.to_string()))?;
    let is_result = |name: &str| name.ends_with(".json") && !name.ends_with("_config.json") && !name.contains(".meta");
    let names = archive.file_names().map(|name| name.map(|name| name.into_owned()));
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(|error| not_zip(error.to_string()))?;
    let names: Vec<String> = names.into_iter().filter(|name| is_result(name)).collect();
    let [name] = names.as_slice() else {
        let count = names.len();
        return Err(not_zip(format!("{count} files of results are in it; accepted: one `backtest-result-….json`")));
    };
    let most = Limit::TradeList.most();
    let mut text = Vec::new();
    let entry = archive.by_name(name).map_err(|error| not_zip(error.to_string()))?;
    entry.take(most + 1).read_to_end(&mut text).map_err(|error| not_zip(error.to_string()))?;
    if most < text.len() as u64 {
        return Err(DataError::too_large(Limit::TradeList, path, None));
    }
    let text = String::from_utf8(text).map_err(|_| not_json(path.join(name), "it is not UTF-8"))?;
    Ok((name.clone(), text))
}

fn not_json(path: PathBuf, message: &str) -> DataError {
    DataError::NotReadable { path, expected: "JSON", message: one_line(message) }
}

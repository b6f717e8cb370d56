//! Tables of a dataset or of the user, whatever the config's way of saying where they are.

use std::collections::BTreeMap;
use std::path::PathBuf;

use scaleout_market::{BarSeries, Instrument, MarketHistory};

use crate::bars::{BarFile, read_bars, read_bars_by_symbol};
use crate::content::{Content, check_bars};
use crate::error::DataError;
use crate::formats::Detected;
use crate::history::{history_of_ticks, one_series};
use crate::input::FileDigest;
use crate::load_report::LoadReport;
use crate::quotes::read_quotes;
use crate::rows::RowConfig;
use crate::source::{Read, Request};
use crate::table::Bytes;
use crate::ticks::Ticks;
use crate::trades::TradeBatches;

/// Where the bytes are and how to read them.
pub(crate) struct Tables {
    pub(crate) name: String,
    /// Named in errors about the whole.
    pub(crate) path: PathBuf,
    pub(crate) content: Content,
    pub(crate) parts: Vec<Part>,
    pub(crate) rows: RowConfig,
    pub(crate) instrument: Instrument,
}

/// One market of tables that hold several.
pub(crate) struct MarketOfTables {
    pub(crate) symbol: String,
    pub(crate) series: BarSeries,
    pub(crate) digests: Vec<FileDigest>,
    pub(crate) report: LoadReport,
}

/// One file.
pub(crate) struct Part {
    /// Its name in the provenance of a result.
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
    /// The digest that metadata states; it is checked in the pass that reads the rows.
    pub(crate) stated_sha256: Option<String>,
}

impl Tables {
    pub(crate) fn read(self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        check_bars(self.content, request.bars)?;
        let mut digests = Vec::new();
        let history = match self.content {
            Content::Bars => MarketHistory::from_series(self.read_bars(report, &mut digests)?),
            Content::Trades => self.read_trades(request, report, &mut digests)?,
        };
        let Self { name, path, instrument, .. } = self;
        Ok(Read { name, path, history, instrument, digests })
    }

    pub(crate) fn of_bars(self) -> Option<Self> {
        (self.content == Content::Bars).then_some(self)
    }

    fn read_bars(&self, report: &mut LoadReport, digests: &mut Vec<FileDigest>) -> Result<BarSeries, DataError> {
        let mut files = Vec::new();
        for part in &self.parts {
            let file = read_bars(&part.bytes, &self.rows).map_err(|error| part.explained(error))?;
            digests.push(part.checked(file.sha256.clone())?);
            files.push(noted(file, report));
        }
        one_series(files, &self.parts.iter().map(|part| part.bytes.clone()).collect::<Vec<_>>())
    }

    /// The bars of every market in the tables, in order of their symbols. A market may be missing in some of the files.
    pub(crate) fn read_by_symbol(&self, column: &str) -> Result<Vec<MarketOfTables>, DataError> {
        let mut markets: BTreeMap<String, (Vec<BarSeries>, Vec<Bytes>, LoadReport)> = BTreeMap::new();
        let mut digests = Vec::new();
        for part in &self.parts {
            let files = read_bars_by_symbol(&part.bytes, &self.rows, column).map_err(|error| part.explained(error))?;
            for (symbol, file) in files {
                if digests.last().is_none_or(|last: &FileDigest| last.name != part.name) {
                    digests.push(part.checked(file.sha256.clone())?);
                }
                let (series, parts, report) = markets.entry(symbol).or_default();
                series.push(noted(file, report));
                parts.push(part.bytes.clone());
            }
        }
        let market = |(symbol, (files, parts, report)): (String, (Vec<BarSeries>, Vec<Bytes>, LoadReport))| {
            Ok(MarketOfTables { symbol, series: one_series(files, &parts)?, digests: digests.clone(), report })
        };
        markets.into_iter().map(market).collect()
    }

    fn read_trades(
        &self,
        request: &Request<'_>,
        report: &mut LoadReport,
        digests: &mut Vec<FileDigest>,
    ) -> Result<MarketHistory, DataError> {
        let mut ticks = Ticks { has_sides: true, ..Ticks::default() };
        for part in &self.parts {
            let read = self.read_trade_file(part, &mut ticks, &mut report.detected);
            let sha256 = read.map_err(|error| part.explained(error))?;
            digests.push(part.checked(sha256)?);
        }
        if let Some(quotes) = request.quotes {
            let sha256 = read_quotes(quotes, request.base_dir, &self.rows, &mut ticks, &mut report.detected)?;
            digests.push(FileDigest { name: quotes.path.display().to_string(), sha256 });
        }
        history_of_ticks(ticks, request.own_bars()?, request.sides, &self.instrument, &self.path, report)
    }

    fn read_trade_file(
        &self,
        part: &Part,
        ticks: &mut Ticks,
        detected: &mut Vec<Detected>,
    ) -> Result<String, DataError> {
        let mut batches = TradeBatches::open(&part.bytes, &self.rows)?;
        detected.extend(batches.detected().cloned());
        batches.continue_after(ticks.trades.last().map(|trade| trade.ts));
        ticks.has_sides &= batches.has_sides();
        for batch in batches.by_ref() {
            ticks.trades.extend(batch?);
        }
        ticks.skipped.merge(batches.skipped());
        Ok(batches.sha256())
    }
}

/// The bars of a file, after what was noticed in it went into the report.
fn noted(file: BarFile, report: &mut LoadReport) -> BarSeries {
    let BarFile { series, skipped, ignored, bar_length, sha256: _, detected, bar_time } = file;
    report.bar_time.get_or_insert(bar_time);
    report.detected.extend(detected);
    report.skipped.merge(&skipped);
    report.ignored_columns.extend(ignored);
    report.bar_length = report.bar_length.or(bar_length);
    series
}

impl Part {
    /// The digest of the bytes that were read, if it is the stated one.
    fn checked(&self, sha256: String) -> Result<FileDigest, DataError> {
        match &self.stated_sha256 {
            Some(expected) if *expected != sha256 => Err(self.changed(expected.clone(), sha256)),
            _ => Ok(FileDigest { name: self.name.clone(), sha256 }),
        }
    }

    /// Why the rows cannot be read: if the file is not the stated one, that is the reason.
    fn explained(&self, error: DataError) -> DataError {
        match (&self.stated_sha256, self.bytes.sha256()) {
            (Some(expected), Ok(found)) if *expected != found => self.changed(expected.clone(), found),
            _ => error,
        }
    }

    fn changed(&self, expected: String, found: String) -> DataError {
        DataError::Sha256Mismatch { path: self.bytes.path().to_path_buf(), expected, found }
    }
}

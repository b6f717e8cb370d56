//! What the user's files hold: bars or trades, read as a run would read them.

use std::path::{Path, PathBuf};

use scaleout_data::{
    BarSpec, Content, DataConfig, DataError, DataSource, Fact, FilesSource, Length, LoadedMarket, TableFormat,
    TimeConfig, load,
};
use scaleout_market::Instrument;

use crate::{
    ExperimentError,
    init::request::{InitRequest, seen_from},
};

/// The files as they were read, and the words of the config that read them so.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadMarket {
    /// As the config names them.
    pub(super) paths: Vec<PathBuf>,
    pub(super) content: Content,
    /// What is written as `format`, if anything has to be.
    pub(super) format: Option<TableFormat>,
    pub(super) time: TimeConfig,
    /// Whether the zone is nobody's word.
    pub(super) zone_assumed: bool,
    /// The bars to make of trades.
    pub(super) bars: Option<BarSpec>,
    pub(super) market: LoadedMarket,
}

/// Bars that trades become if they have no better length: few enough to learn from in minutes.
const MOST_BARS: i64 = 20_000;
const LENGTHS: [&str; 10] = ["1s", "5s", "10s", "30s", "1m", "5m", "15m", "1h", "4h", "1d"];

/// Reads the files as bars, and as trades if they have no columns of bars.
pub(super) fn read_market(request: &InitRequest, base: &Path) -> Result<ReadMarket, ExperimentError> {
    let paths = request.sources.iter().map(|path| seen_from(base, path)).collect::<Result<Vec<_>, _>>()?;
    let time = TimeConfig {
        zone: request.zone.clone(),
        stamped: request.bar_time,
        bar_length: request.bar_length,
        ..TimeConfig::default()
    };
    let asked = Asked { paths, base: base.to_owned() };
    let no_bars = match asked.read(Content::Bars, Some(TableFormat::Auto), &time, None) {
        Ok(read) => return Ok(read),
        Err(error @ DataError::MissingColumn { .. }) => error,
        Err(error) => return Err(error.into()),
    };
    let time = TimeConfig { bar_length: None, ..time };
    let second = length("1s").map(BarSpec::Time);
    let first = match asked.read(Content::Trades, Some(TableFormat::Auto), &time, second) {
        Ok(read) => read,
        Err(DataError::MissingColumn { path, found, .. }) => {
            let message = format!(
                "holds neither bars nor trades; columns found: {found}; accepted: ts, open, high, low, close, volume of \
                 bars; ts, price, qty of trades; or an export that `scaleout import` reads"
            );
            return Err(ExperimentError::Obstacle { path, message });
        }
        Err(DataError::Empty { .. }) => return Err(no_bars.into()),
        Err(error) => return Err(error.into()),
    };
    let bars = first.market.history.series.bars();
    let span =
        bars.first().zip(bars.last()).map_or(0, |(first, last)| last.ts.nanos().saturating_sub(first.ts.nanos()));
    let fits = |length: &Length| span / length.nanos() <= MOST_BARS;
    let best = LENGTHS.iter().filter_map(|text| length(text)).find(fits).or_else(|| length("1d"));
    Ok(asked.read(Content::Trades, Some(TableFormat::Auto), &first.time, best.map(BarSpec::Time))?)
}

fn length(text: &str) -> Option<Length> {
    text.parse().ok()
}

struct Asked {
    paths: Vec<PathBuf>,
    base: PathBuf,
}

impl Asked {
    /// Reads the files; local times in an undeclared zone are taken for UTC.
    fn read(
        &self,
        content: Content,
        format: Option<TableFormat>,
        time: &TimeConfig,
        bars: Option<BarSpec>,
    ) -> Result<ReadMarket, DataError> {
        match self.read_as(content, format, time, bars) {
            Err(error) if error.is_undeclared_zone() => {
                let time = TimeConfig { zone: Some("UTC".to_owned()), ..time.clone() };
                Ok(ReadMarket { zone_assumed: true, ..self.read_as(content, format, &time, bars)? })
            }
            other => other,
        }
    }

    fn read_as(
        &self,
        content: Content,
        format: Option<TableFormat>,
        time: &TimeConfig,
        bars: Option<BarSpec>,
    ) -> Result<ReadMarket, DataError> {
        let config = DataConfig {
            source: DataSource::Files(FilesSource { content, paths: self.paths.clone() }),
            format,
            time: time.clone(),
            bars,
            ..DataConfig::of_bars(Vec::new(), Instrument::frictionless("X", "USD"))
        };
        let market = load(&config, &self.base)?;
        let mut names: Vec<&'static str> = market.report.detected.iter().map(|detected| detected.format).collect();
        names.dedup();
        let format = match names[..] {
            // A plain table, whose ending says how it is stored.
            [] => None,
            [name] if market.report.detected.len() == market.files.len() => Some(TableFormat::Export(name)),
            _ => Some(TableFormat::Auto),
        };
        let (paths, time) = (self.paths.clone(), time.clone());
        Ok(ReadMarket { paths, content, format, time, zone_assumed: false, bars, market })
    }
}

impl ReadMarket {
    /// The first file, for messages.
    pub(super) fn first_file(&self) -> PathBuf {
        self.paths.first().cloned().unwrap_or_default()
    }

    /// The name of the format, if the files are exports of one program.
    pub(super) fn export(&self) -> Option<&'static str> {
        match self.format {
            Some(TableFormat::Export(name)) => Some(name),
            Some(TableFormat::Auto | TableFormat::Plain(_)) | None => None,
        }
    }

    /// What the files are, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        const MOST: usize = 12;
        let report = &self.market.report;
        let detected = report.detected.iter().take(MOST).map(|detected| format!("format: {detected}"));
        let mut lines: Vec<String> = detected.collect();
        if MOST < report.detected.len() {
            lines.push(format!("format: {} more files", report.detected.len() - MOST));
        }
        if self.zone_assumed {
            lines.push("zone: UTC (assumed: times carry no offset; --zone says otherwise)".to_owned());
        }
        lines.push(self.bars_line());
        if let Some(fact) = self.told_bar_time() {
            lines.push(format!("{fact}; --bar-time says otherwise"));
        }
        lines
    }

    /// Which end of a bar the times of plain tables name; exports say it among their facts.
    pub(super) fn told_bar_time(&self) -> Option<&Fact> {
        self.market.report.bar_time.as_ref().filter(|_| self.market.report.detected.is_empty())
    }

    /// `bars: 720 of 1h, closes 2024-01-01T01:00:00Z to …`
    pub(super) fn bars_line(&self) -> String {
        let report = &self.market.report;
        let bars = self.market.history.series.bars();
        let span = bars
            .first()
            .zip(bars.last())
            .map_or_else(String::new, |(first, last)| format!(", closes {} to {}", first.ts, last.ts));
        let length = report.bar_length.map_or_else(String::new, |length| format!(" of {length}"));
        let made =
            if self.content == Content::Trades { format!(", made of {} trades", report.trades) } else { String::new() };
        format!("bars: {}{length}{span}{made}", bars.len())
    }
}

//! Files of QuantConnect LEAN: one zip a day and kind, times in milliseconds since local midnight.
//!
//! Assumed: a row of a tick quote states one side of the national best, so the latest bid and the latest ask
//! together are the quote (a book per exchange comes out crossed all day); equity and option prices are in
//! ten-thousandths; rows marked suspicious are left out and counted; a minute's numbers are known at its end.

mod clock;
mod config;
mod files;
mod minute;
mod rows;
mod tick;

pub use config::{Day, LeanConfig, Resolution, Security, Session};

use std::path::{Path, PathBuf};

use scaleout_market::{Bar, PriceDomain};

use crate::bad_rows::{BadRows, OnBadRows};
use crate::content::{Content, check_bars};
use crate::error::{DataError, one_line};
use crate::history::{history_of_ticks, series, with_quotes_and_books};
use crate::input::FileDigest;
use crate::length::Length;
use crate::load_report::LoadReport;
use crate::source::{Read, Request, Source};
use crate::ticks::Ticks;

use clock::DayClock;
use files::{Archive, Kind, days};

impl Source for LeanConfig {
    fn content(&self) -> Option<Content> {
        Some(match self.resolution {
            Resolution::Tick => Content::Trades,
            Resolution::Minute => Content::Bars,
        })
    }

    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        let instrument = request.own_instrument()?;
        if let Some(content) = self.content() {
            check_bars(content, request.bars)?;
        }
        let data = read(self, request.base_dir, instrument.price, request.rows.on_bad_rows)?;
        let path = request.base_dir.join(&self.folder);
        let history = match self.resolution {
            Resolution::Tick => {
                history_of_ticks(data.ticks, request.own_bars()?, request.sides, &instrument, &path, report)?
            }
            Resolution::Minute => {
                report.bar_length = Length::from_nanos(60_000_000_000);
                let series = series(data.bars, Vec::new(), &path)?;
                if series.is_empty() {
                    return Err(DataError::Empty { path, what: "bars" });
                }
                with_quotes_and_books(series, Vec::new(), Vec::new(), data.ticks, report)
            }
        };
        let name = self.folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Read { name, path, history, instrument, digests: data.digests })
    }
}

/// What a folder of LEAN files holds.
#[derive(Debug, Default)]
struct LeanData {
    /// Quotes, and for ticks the trades.
    ticks: Ticks,
    /// For minutes the bars.
    bars: Vec<Bar>,
    digests: Vec<FileDigest>,
}

/// Reads the days of a folder in order.
fn read(
    config: &LeanConfig,
    base_dir: &Path,
    price: PriceDomain,
    on_bad_rows: OnBadRows,
) -> Result<LeanData, DataError> {
    let folder = base_dir.join(&config.folder);
    let mut data = LeanData::default();
    let mut bad_rows = BadRows::new(on_bad_rows);
    for day in days(&folder, config)? {
        let clock = DayClock::new(day.date, config)?;
        for (kind, path) in &day.files {
            let mut archive = Archive::open(path, &folder)?;
            let (name, text) = archive.member(config.contract.as_deref())?;
            let scale = config.security.price_scale();
            // A name inside a zip is foreign text: it may be absolute, very long or hold line ends.
            let shown = PathBuf::from(format!("{}/{}", path.display(), one_line(&name)));
            let mut reader = rows::LeanRows::new(&shown, text, &clock, price, scale)?;
            match (kind, config.resolution) {
                (Kind::Quote, Resolution::Tick) => tick::quotes(&mut reader, &mut bad_rows, &mut data.ticks)?,
                (Kind::Trade, Resolution::Tick) => tick::trades(&mut reader, &mut bad_rows, &mut data.ticks)?,
                (Kind::Quote, Resolution::Minute) => minute::quotes(&mut reader, &mut bad_rows, &mut data.ticks)?,
                (Kind::Trade, Resolution::Minute) => minute::bars(&mut reader, &mut bad_rows, &mut data.bars)?,
            }
            drop(reader);
            data.digests.push(archive.finish()?);
        }
    }
    data.ticks.skipped.merge(bad_rows.skipped());
    Ok(data)
}

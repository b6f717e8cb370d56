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

use std::path::Path;

pub use config::{Day, LeanConfig, Resolution, Security, Session};

use crate::bad_rows::BadRows;
use crate::ticks::Ticks;
use crate::{DataError, FileDigest, OnBadRows};
use scaleout_market::{Bar, PriceDomain};

use clock::DayClock;
use files::{Kind, days};

/// What a folder of LEAN files holds.
#[derive(Debug, Default)]
pub(crate) struct LeanData {
    /// Quotes, and for ticks the trades.
    pub(crate) ticks: Ticks,
    /// For minutes the bars.
    pub(crate) bars: Vec<Bar>,
    pub(crate) digests: Vec<FileDigest>,
}

/// Reads the days of a folder in order.
pub(crate) fn read(
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
            let member = files::member(path, config.contract.as_deref())?;
            data.digests.push(files::digest(path, &folder)?);
            let mut reader = rows::LeanRows::new(member, &clock, price, config.security.price_scale());
            match (kind, config.resolution) {
                (Kind::Quote, Resolution::Tick) => tick::quotes(&mut reader, &mut bad_rows, &mut data.ticks)?,
                (Kind::Trade, Resolution::Tick) => tick::trades(&mut reader, &mut bad_rows, &mut data.ticks)?,
                (Kind::Quote, Resolution::Minute) => minute::quotes(&mut reader, &mut bad_rows, &mut data.ticks)?,
                (Kind::Trade, Resolution::Minute) => minute::bars(&mut reader, &mut bad_rows, &mut data.bars)?,
            }
        }
    }
    data.ticks.skipped.merge(bad_rows.skipped());
    Ok(data)
}

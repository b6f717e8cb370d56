//! Kraken's downloadable OHLCVT files: seven columns without a header, seconds of the open, open, high, low, close,
//! volume, trades. A minute without a trade has no row.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, FileSample, Header, TableShape, TickCells, unit_of};
use crate::time::TimeUnit;

pub(super) struct Kraken;

impl ExportFormat for Kraken {
    fn name(&self) -> &'static str {
        "kraken"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let rows = sample.numbers().filter(|_| sample.header().is_none())?;
        let unit = unit_of(sample, 0).filter(|unit| *unit == TimeUnit::S)?;
        let is_bar = |row: &Vec<f64>| {
            let [_, open, high, low, close, _, trades] = row[..] else { return false };
            open.max(close).max(low) <= high && low <= open.min(close) && trades.fract() == 0.0
        };
        if !rows.iter().all(is_bar) {
            return None;
        }
        let (time, facts) = opens(sample, 0, Clock::OneCell, Some(unit), None);
        Some(TableShape {
            text: sample.text,
            header: Header::Absent,
            names: ["ts", "open", "high", "low", "close", "volume", "trades"].map(str::to_owned).to_vec(),
            further: vec!["trades".to_owned()],
            clock: Clock::OneCell,
            price_divisor: 1.0,
            time,
            facts,
            ticks: TickCells::default(),
        })
    }
}

//! Candles of freqtrade (`BTC_USDT-1h.json`) and others that come from ccxt: rows of six numbers without a header,
//! time of the open, open, high, low, close, volume.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, FileSample, Header, TableShape, TickCells, unit_of};

pub(super) struct Freqtrade;

impl ExportFormat for Freqtrade {
    fn name(&self) -> &'static str {
        "freqtrade"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let rows = sample.numbers().filter(|_| sample.header().is_none())?;
        let is_bar = |row: &Vec<f64>| {
            let [_, open, high, low, close, _] = row[..] else { return false };
            open.max(close).max(low) <= high && low <= open.min(close)
        };
        if !rows.iter().all(is_bar) {
            return None;
        }
        let unit = unit_of(sample, 0)?;
        let (time, facts) = opens(sample, 0, Clock::OneCell, Some(unit), None);
        Some(TableShape {
            text: sample.text,
            header: Header::Absent,
            names: ["ts", "open", "high", "low", "close", "volume"].map(str::to_owned).to_vec(),
            further: Vec::new(),
            clock: Clock::OneCell,
            price_divisor: 1.0,
            time,
            facts,
            ticks: TickCells::default(),
        })
    }
}

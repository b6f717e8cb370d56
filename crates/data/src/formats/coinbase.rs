//! Candles of Coinbase, as its interface returns them: rows of six numbers without a header, seconds of the open, **low**,
//! high, open, close, volume, the newest row first.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells, unit_of};
use crate::time::TimeUnit;

pub(super) struct Coinbase;

impl ExportFormat for Coinbase {
    fn name(&self) -> &'static str {
        "coinbase"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let rows = sample.numbers().filter(|_| sample.header().is_none())?;
        let is_bar = |row: &Vec<f64>| {
            let [_, low, high, open, close, _] = row[..] else { return false };
            open.max(close).max(low) <= high && low <= open.min(close)
        };
        if !rows.iter().all(is_bar) {
            return None;
        }
        let unit = unit_of(sample, 0).filter(|unit| *unit == TimeUnit::S)?;
        let (time, mut facts) = opens(sample, 0, Clock::OneCell, Some(unit), None);
        facts.push(Fact::new(
            "columns",
            "low before high",
            "proved by the first rows: low and high enclose the others",
        ));
        Some(TableShape {
            text: sample.text,
            header: Header::Absent,
            names: ["ts", "low", "high", "open", "close", "volume"].map(str::to_owned).to_vec(),
            further: Vec::new(),
            clock: Clock::OneCell,
            price_divisor: 1.0,
            ticks: TickCells::default(),
            time,
            facts,
        })
    }
}

//! Candles of jesse: rows of six numbers without a header, time of the open, open, **close**, high, low, volume.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells, unit_of};

pub(super) struct Jesse;

impl ExportFormat for Jesse {
    fn name(&self) -> &'static str {
        "jesse"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let rows = sample.numbers().filter(|_| sample.header().is_none())?;
        let is_bar = |row: &Vec<f64>| {
            let [_, open, close, high, low, _] = row[..] else { return false };
            open.max(close).max(low) <= high && low <= open.min(close)
        };
        if !rows.iter().all(is_bar) {
            return None;
        }
        let unit = unit_of(sample, 0)?;
        let (time, mut facts) = opens(sample, 0, Clock::OneCell, Some(unit), None);
        facts.push(Fact::new(
            "columns",
            "close before high",
            "proved by the first rows: high and low enclose the others",
        ));
        Some(TableShape {
            text: sample.text,
            header: Header::Absent,
            names: ["ts", "open", "close", "high", "low", "volume"].map(str::to_owned).to_vec(),
            further: Vec::new(),
            clock: Clock::OneCell,
            price_divisor: 1.0,
            time,
            facts,
            ticks: TickCells::default(),
        })
    }
}

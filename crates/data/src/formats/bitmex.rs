//! Daily trades of BitMEX (`public.bitmex.com`): every market of a day in one file, times as `2024-01-31D09:30:00.5`.
//! A file must hold one market, so a dump is filtered first.

use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, SideWords, TableShape, TickCells};
use super::tick_cells::{all_rows, renamed};
use crate::time::TimeConfig;

pub(super) struct Bitmex;

impl ExportFormat for Bitmex {
    fn name(&self) -> &'static str {
        "bitmex"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        let is_ours = header.starts_with(&["timestamp", "symbol", "side", "size", "price"]);
        let has_letter = |row: &[String]| row.first().is_some_and(|time| time.as_bytes().get(10) == Some(&b'D'));
        if !is_ours || !all_rows(sample, has_letter) {
            return None;
        }
        let zone = Fact::new("zone", "UTC", "assumed: the convention of the format");
        Some(TableShape {
            text: sample.text,
            header: Header::Present,
            names: renamed(&header, &[("timestamp", "ts"), ("size", "qty")]),
            further: Vec::new(),
            clock: Clock::LetterD,
            price_divisor: 1.0,
            ticks: TickCells { side: SideWords::Taker, market: Some(1) },
            time: TimeConfig::default(),
            facts: vec![zone, Fact::new("side", "of the taker", "assumed: the convention of the format")],
        })
    }
}

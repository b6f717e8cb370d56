//! Binance klines, as the REST interface and `data.binance.vision` give them: twelve columns, with a header (futures)
//! or without (spot), in milliseconds or, from 2025 on, microseconds.

use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells, unit_of};
use crate::length::Length;
use crate::time::{BarTime, TimeConfig};

pub(super) struct BinanceKlines;

const NAMES: [&str; 12] = [
    "ts",
    "open",
    "high",
    "low",
    "close",
    "volume",
    "close_time",
    "quote_volume",
    "trades",
    "taker_buy_volume",
    "taker_buy_quote_volume",
    "ignore",
];

impl ExportFormat for BinanceKlines {
    fn name(&self) -> &'static str {
        "binance-klines"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let rows = sample.numbers()?;
        let header = sample.header();
        if header.as_ref().is_some_and(|names| names.first() != Some(&"open_time")) {
            return None;
        }
        if rows.iter().any(|row| row.len() != NAMES.len() || row[6] <= row[0]) {
            return None;
        }
        let unit = unit_of(sample, 0)?;
        // A bar closes in the last unit before the next one opens.
        let whole = |place: usize| sample.data()[0][place].trim().parse::<i64>().ok();
        let units = whole(6)?.checked_sub(whole(0)?)?.checked_add(1)?;
        let length = Length::from_nanos(units.checked_mul(unit.nanos())?)?;
        Some(TableShape {
            text: sample.text,
            header: if header.is_some() { Header::Present } else { Header::Absent },
            names: NAMES.map(str::to_owned).to_vec(),
            further: NAMES[7..11].iter().map(|name| (*name).to_owned()).collect(),
            clock: Clock::OneCell,
            price_divisor: 1.0,
            time: TimeConfig {
                unit: Some(unit),
                bar_time: BarTime::Open,
                bar_length: Some(length),
                ..TimeConfig::default()
            },
            facts: vec![
                Fact::new("unit", unit.word(), "told by the size of the first number"),
                Fact::new("bar time", "open", "proved by column `close_time`"),
                Fact::new("bar length", length.to_string(), "proved by column `close_time`"),
            ],
            ticks: TickCells::default(),
        })
    }
}

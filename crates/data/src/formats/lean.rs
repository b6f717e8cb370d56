//! Daily and hourly bars of QuantConnect LEAN: `20240131 09:00,open,high,low,close,volume` without a header, times of New
//! York, prices of shares in ten-thousandths. A daily bar is known when its day is over.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells};

pub(super) struct Lean;

const ZONE: &str = "America/New_York";

/// Prices of shares and options are written in these parts.
const PARTS: f64 = 10_000.0;

impl ExportFormat for Lean {
    fn name(&self) -> &'static str {
        "lean"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let rows = &sample.rows;
        let is_compact = |text: &str| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            matches!(text.split_once(' '), Some((date, time)) if date.len() == 8 && digits(date) && time.len() == 5)
        };
        if rows.is_empty() || !rows.iter().all(|row| row.len() == 6 && is_compact(row[0].trim())) {
            return None;
        }
        let numbers: Option<Vec<f64>> =
            rows.iter().flat_map(|row| &row[1..5]).map(|cell| cell.trim().parse().ok()).collect();
        let is_whole = numbers?.iter().all(|number| number.fract() == 0.0);
        let is_daily = rows.iter().all(|row| row[0].trim().ends_with(" 00:00"));
        let clock = if is_daily { Clock::CompactDay } else { Clock::Compact };
        let why = "LEAN writes the time of the exchange, and shares trade in New York";
        let (mut time, mut facts) = opens(sample, 0, clock, None, Some((ZONE, why)));
        if is_daily {
            // A date is its whole day, whatever the zone's clock does in it.
            time.bar_length = None;
            facts.retain(|fact| fact.what != "bar length" && fact.what != "bar time");
        }
        let (divisor, known) = match is_whole {
            true => (PARTS, "assumed: all prices of the first rows are whole numbers, as those of shares are"),
            false => (1.0, "proved by prices that are no whole numbers"),
        };
        facts.push(Fact::new("price divisor", divisor.to_string(), known));
        Some(TableShape {
            text: sample.text,
            header: Header::Absent,
            names: ["ts", "open", "high", "low", "close", "volume"].map(str::to_owned).to_vec(),
            further: Vec::new(),
            clock,
            price_divisor: divisor,
            ticks: TickCells::default(),
            time,
            facts,
        })
    }
}

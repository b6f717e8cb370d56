//! Bars from Stooq: daily `Date,Open,High,Low,Close,Volume`, and the files of its database, `<TICKER>,<PER>,<DATE>,
//! <TIME>,…`, whose `<PER>` is the length of a bar in minutes, or `D`.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells};
use crate::length::Length;

pub(super) struct Stooq;

impl ExportFormat for Stooq {
    fn name(&self) -> &'static str {
        "stooq"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        if header == ["Date", "Open", "High", "Low", "Close", "Volume"] {
            let names = ["ts", "open", "high", "low", "close", "volume"].map(str::to_owned).to_vec();
            let why = "days of an exchange that the file does not name";
            let (time, facts) = opens(sample, 0, Clock::OneCell, None, Some(("UTC", why)));
            let (clock, further) = (Clock::OneCell, Vec::new());
            return Some(TableShape {
                text: sample.text,
                header: Header::Present,
                names,
                further,
                clock,
                price_divisor: 1.0,
                time,
                facts,
                ticks: TickCells::default(),
            });
        }
        if !header.starts_with(&["<TICKER>", "<PER>", "<DATE>", "<TIME>"]) {
            return None;
        }
        let own = |name: &&str| match *name {
            "<DATE>" => "ts".to_owned(),
            "<VOL>" => "volume".to_owned(),
            name => name.trim_matches(['<', '>']).to_lowercase(),
        };
        let period = sample.data().first()?.get(1)?.trim();
        let minutes = period.parse::<i64>().ok();
        let clock = Clock::Date { time_of_day: minutes.map(|_| 3) };
        let why = "Stooq writes the time of Warsaw";
        let (mut time, mut facts) = opens(sample, 2, clock, None, Some(("Europe/Warsaw", why)));
        if let Some(length) = minutes.and_then(|minutes| Length::from_nanos(minutes.checked_mul(60_000_000_000)?)) {
            time.bar_length = Some(length);
            facts.retain(|fact| fact.what != "bar length");
            facts.push(Fact::new("bar length", length.to_string(), "proved by column `<PER>`"));
        }
        let names = header.iter().map(own).collect();
        let further = Vec::new();
        Some(TableShape {
            text: sample.text,
            header: Header::Present,
            names,
            further,
            clock,
            price_divisor: 1.0,
            time,
            facts,
            ticks: TickCells::default(),
        })
    }
}

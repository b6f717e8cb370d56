//! Charts exported from TradingView: `time,open,high,low,close`, `Volume` with a capital if the chart shows it, and a
//! column for every line of every indicator. A row bears the time at which its bar opened.

use std::collections::HashMap;

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells, unit_of};

pub(super) struct TradingView;

impl ExportFormat for TradingView {
    fn name(&self) -> &'static str {
        "tradingview"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        let has_volume = header.contains(&"Volume");
        // Of lower-case letters it is a table of somebody else.
        let has_another = header.iter().any(|name| *name != "Volume" && name.eq_ignore_ascii_case("volume"));
        if !header.starts_with(&["time", "open", "high", "low", "close"]) || has_another {
            return None;
        }
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let mut names: Vec<String> = Vec::with_capacity(header.len());
        for name in &header {
            let count = seen.entry(name).or_default();
            *count += 1;
            names.push(match (*name, *count) {
                ("time", 1) => "ts".to_owned(),
                ("Volume", 1) => "volume".to_owned(),
                (name, 1) => name.to_owned(),
                // Two indicators whose lines have one name.
                (name, count) => format!("{name}.{count}"),
            });
        }
        let further = names.iter().skip(5).filter(|name| *name != "volume").cloned().collect();
        let why = "dates without a time of day name no zone";
        let (time, mut facts) = opens(sample, 0, Clock::OneCell, unit_of(sample, 0), Some(("UTC", why)));
        if !has_volume {
            facts.push(Fact::new("volume", "0 in every bar", "proved by the header: the chart showed none"));
        }
        Some(TableShape {
            text: sample.text,
            header: Header::Present,
            names,
            further,
            clock: Clock::OneCell,
            price_divisor: 1.0,
            time,
            facts,
            ticks: TickCells::default(),
        })
    }
}

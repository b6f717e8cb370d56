//! Daily history from Yahoo Finance: `Date,Open,High,Low,Close,Adj Close,Volume`. Prices are adjusted for splits;
//! dividends are in `Adj Close` alone, which becomes a column.

use super::facts::opens;
use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells};

pub(super) struct Yahoo;

impl ExportFormat for Yahoo {
    fn name(&self) -> &'static str {
        "yahoo"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        let first = *header.first()?;
        if !header.contains(&"Adj Close") || !["Date", "Datetime"].contains(&first) {
            return None;
        }
        let own = |name: &&str| match *name {
            "Date" | "Datetime" => "ts".to_owned(),
            name => name.to_lowercase().replace(' ', "_"),
        };
        let names = header.iter().map(own).collect();
        let why = "days of an exchange in New York";
        let (time, mut facts) = opens(sample, 0, Clock::OneCell, None, Some(("America/New_York", why)));
        facts.push(Fact::new(
            "prices",
            "adjusted for splits, not for dividends",
            "assumed: the convention of the format",
        ));
        let further = vec!["adj_close".to_owned()];
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

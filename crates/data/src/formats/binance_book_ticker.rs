//! Best bids and offers of Binance futures (`bookTicker` of `data.binance.vision`), with a header, in milliseconds.

use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, TableShape, TickCells, unit_of};
use super::tick_cells::{counted, renamed};

pub(super) struct BinanceBookTicker;

const COLUMNS: [&str; 7] =
    ["update_id", "best_bid_price", "best_bid_qty", "best_ask_price", "best_ask_qty", "transaction_time", "event_time"];

impl ExportFormat for BinanceBookTicker {
    fn name(&self) -> &'static str {
        "binance-book-ticker"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        if header != COLUMNS {
            return None;
        }
        let (time, mut facts) = counted(unit_of(sample, 6)?);
        facts.push(Fact::new("time", "event_time", "assumed: a fact is known when Binance sent it"));
        let own = [
            ("best_bid_price", "bid"),
            ("best_bid_qty", "bid_qty"),
            ("best_ask_price", "ask"),
            ("best_ask_qty", "ask_qty"),
            ("event_time", "ts"),
        ];
        Some(TableShape {
            text: sample.text,
            header: Header::Present,
            names: renamed(&header, &own),
            further: Vec::new(),
            clock: Clock::OneCell,
            price_divisor: 1.0,
            ticks: TickCells::default(),
            time,
            facts,
        })
    }
}

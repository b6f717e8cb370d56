//! Trades and quotes of Tardis: microseconds, ordered by the time at which a message arrived.

use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, SideWords, TableShape, TickCells, unit_of};
use super::tick_cells::{counted, renamed};

/// `exchange, symbol, timestamp, local_timestamp, id, side, price, amount`.
pub(crate) struct TardisTrades;

/// `exchange, symbol, timestamp, local_timestamp, ask_amount, ask_price, bid_price, bid_amount`.
pub(crate) struct TardisQuotes;

impl ExportFormat for TardisTrades {
    fn name(&self) -> &'static str {
        "tardis-trades"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        shape(sample, &["id", "side", "price", "amount"], &[("amount", "qty")])
    }
}

impl ExportFormat for TardisQuotes {
    fn name(&self) -> &'static str {
        "tardis-quotes"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let own = [("ask_amount", "ask_qty"), ("ask_price", "ask"), ("bid_price", "bid"), ("bid_amount", "bid_qty")];
        shape(sample, &["ask_amount", "ask_price", "bid_price", "bid_amount"], &own)
    }
}

fn shape(sample: &FileSample, columns: &[&str], own: &[(&str, &str)]) -> Option<TableShape> {
    const HEAD: [&str; 4] = ["exchange", "symbol", "timestamp", "local_timestamp"];
    let header = sample.header()?;
    if header != [&HEAD, columns].concat() {
        return None;
    }
    let (time, mut facts) = counted(unit_of(sample, 3)?);
    facts.push(Fact::new("time", "local_timestamp", "assumed: a fact is known when its message arrived"));
    let own = [&[("local_timestamp", "ts"), ("timestamp", "exchange time")], own].concat();
    Some(TableShape {
        text: sample.text,
        header: Header::Present,
        names: renamed(&header, &own),
        further: Vec::new(),
        clock: Clock::OneCell,
        price_divisor: 1.0,
        ticks: TickCells { side: SideWords::Taker, market: Some(1) },
        time,
        facts,
    })
}

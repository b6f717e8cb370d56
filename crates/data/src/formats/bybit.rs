//! Daily trades of Bybit (`public.bybit.com`): derivatives with `timestamp` in seconds and `size`, spot with
//! milliseconds and `volume`.

use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, SideWords, TableShape, TickCells, unit_of};
use super::tick_cells::{counted, renamed};

pub(super) struct Bybit;

impl ExportFormat for Bybit {
    fn name(&self) -> &'static str {
        "bybit"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let header = sample.header()?;
        let is_derivative = header.starts_with(&["timestamp", "symbol", "side", "size", "price", "tickDirection"]);
        let is_spot = header.starts_with(&["id", "timestamp", "price", "volume", "side"]);
        if !is_derivative && !is_spot {
            return None;
        }
        // BitMEX has the same columns and writes dates.
        let (time, mut facts) = counted(unit_of(sample, usize::from(is_spot))?);
        facts.push(Fact::new("side", "of the taker", "assumed: the convention of the format"));
        Some(TableShape {
            text: sample.text,
            header: Header::Present,
            names: renamed(&header, &[("timestamp", "ts"), ("size", "qty"), ("volume", "qty")]),
            further: Vec::new(),
            clock: Clock::OneCell,
            price_divisor: 1.0,
            ticks: TickCells { side: SideWords::Taker, market: is_derivative.then_some(1) },
            time,
            facts,
        })
    }
}

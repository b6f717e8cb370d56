//! Trades of Binance as `data.binance.vision` gives them: `trades` and `aggTrades`, spot without a header, futures with
//! one or without, in milliseconds or, from 2025 on, microseconds.

use super::shape::{Clock, ExportFormat, Fact, FileSample, Header, SideWords, TableShape, TickCells, unit_of};
use super::tick_cells::{all_rows, counted, is_flag, is_number, is_whole};

/// Single trades: `id, price, qty, quote_qty, time, is_buyer_maker`, of the spot market `is_best_match` as well.
pub(crate) struct BinanceTrades;

/// Trades of one order at one price in one row: `agg_trade_id, price, quantity, first_trade_id, last_trade_id,
/// transact_time, is_buyer_maker`, of the spot market `is_best_match` as well.
pub(crate) struct BinanceAggregateTrades;

impl ExportFormat for BinanceTrades {
    fn name(&self) -> &'static str {
        "binance-trades"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let is_ours =
            |header: &[&str]| header.starts_with(&["id", "price", "qty", "quote_qty", "time", "is_buyer_maker"]);
        let fits = |row: &[String]| match row {
            [id, price, qty, worth, time, flags @ ..] => {
                let numbers = is_whole(id) && is_number(price) && is_number(qty) && is_number(worth) && is_whole(time);
                numbers && (1..=2).contains(&flags.len()) && flags.iter().all(|flag| is_flag(flag))
            }
            _ => false,
        };
        shape(sample, is_ours, fits, &["id", "price", "qty", "quote_qty", "ts", "side", "is_best_match"], 4)
    }
}

impl ExportFormat for BinanceAggregateTrades {
    fn name(&self) -> &'static str {
        "binance-agg-trades"
    }

    fn recognise(&self, sample: &FileSample) -> Option<TableShape> {
        let is_ours =
            |header: &[&str]| header.first() == Some(&"agg_trade_id") && header.get(5) == Some(&"transact_time");
        let fits = |row: &[String]| match row {
            [id, price, qty, first, last, time, flags @ ..] => {
                let numbers =
                    [id, first, last, time].iter().all(|cell| is_whole(cell)) && is_number(price) && is_number(qty);
                numbers && (1..=2).contains(&flags.len()) && flags.iter().all(|flag| is_flag(flag))
            }
            _ => false,
        };
        shape(sample, is_ours, fits, &["id", "price", "qty", "first_id", "last_id", "ts", "side", "is_best_match"], 5)
    }
}

fn shape(
    sample: &FileSample,
    is_ours: impl Fn(&[&str]) -> bool,
    fits: impl Fn(&[String]) -> bool,
    names: &[&str],
    time_column: usize,
) -> Option<TableShape> {
    let header = sample.header();
    if header.as_ref().is_some_and(|header| !is_ours(header)) || !all_rows(sample, fits) {
        return None;
    }
    let width = sample.data().first()?.len();
    let (time, mut facts) = counted(unit_of(sample, time_column)?);
    facts.push(Fact::new("side", "of the taker", "proved by the column that says whether the buyer was the maker"));
    Some(TableShape {
        text: sample.text,
        header: if header.is_some() { Header::Present } else { Header::Absent },
        names: names.iter().take(width).map(|name| (*name).to_owned()).collect(),
        further: Vec::new(),
        clock: Clock::OneCell,
        price_divisor: 1.0,
        ticks: TickCells { side: SideWords::BuyerIsMaker, market: None },
        time,
        facts,
    })
}

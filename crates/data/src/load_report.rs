//! What was noticed while a market was read.

use serde::Serialize;

use crate::bad_rows::SkippedRows;
use crate::formats::{Detected, Fact};
use crate::length::Length;
use crate::sides::{QuotePlaces, SideRule};

/// What was noticed while reading: nothing is left out without being counted here.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct LoadReport {
    /// Bars in the history.
    pub bars: usize,
    /// Trades read.
    pub trades: usize,
    /// Trades after the last complete bar; they are not in the history.
    pub trades_after_last_bar: usize,
    /// Bars left out because another company had the ticker before the security was listed.
    pub before_listing: usize,
    /// Finer bars in the history.
    pub finer_bars: usize,
    /// Quotes read.
    pub quotes: usize,
    /// Order-book states read.
    pub books: usize,
    /// Rows left out because the vendor marked them as suspicious.
    pub suspicious: u64,
    /// Quotes and books left out because one side was not known.
    pub one_sided_quotes: u64,
    /// Trades left out because they were made outside the wanted hours.
    pub outside_session: u64,
    /// Messages of the order book left out because the book had their changes already.
    pub repeated_messages: u64,
    /// Where the trades lay in the quotes before them, if that told the sides.
    pub quote_places: Option<QuotePlaces>,
    /// Rows left out because they could not be used.
    pub skipped: SkippedRows,
    /// Columns left out because they hold no numbers.
    pub ignored_columns: Vec<String>,
    /// The rule that told who crossed the spread.
    pub sides: Option<SideRule>,
    /// What was told of files that are exports of other programs.
    pub detected: Vec<Detected>,
    /// Which end of a bar its time names in the user's own bars, and how that is known.
    pub bar_time: Option<Fact>,
    /// The nominal length of a bar, as declared or found.
    pub bar_length: Option<Length>,
}

impl LoadReport {
    /// What was noticed in all of several markets: counts are added up. What is said of a whole market, as the length of
    /// its bars, is that of the first.
    pub fn of_all<'a>(reports: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all: Option<Self> = None;
        for report in reports {
            let Some(all) = &mut all else {
                all = Some(report.clone());
                continue;
            };
            all.bars += report.bars;
            all.trades += report.trades;
            all.trades_after_last_bar += report.trades_after_last_bar;
            all.before_listing += report.before_listing;
            all.finer_bars += report.finer_bars;
            all.quotes += report.quotes;
            all.books += report.books;
            all.suspicious += report.suspicious;
            all.one_sided_quotes += report.one_sided_quotes;
            all.outside_session += report.outside_session;
            all.repeated_messages += report.repeated_messages;
            all.skipped.merge(&report.skipped);
            all.quote_places = match (all.quote_places, report.quote_places) {
                (Some(a), Some(b)) => Some(QuotePlaces {
                    at_ask: a.at_ask + b.at_ask,
                    at_bid: a.at_bid + b.at_bid,
                    inside: a.inside + b.inside,
                }),
                (a, b) => a.or(b),
            };
            let ignored = report.ignored_columns.iter().filter(|column| !all.ignored_columns.contains(column));
            let ignored: Vec<String> = ignored.cloned().collect();
            all.ignored_columns.extend(ignored);
            all.detected.extend(report.detected.iter().cloned());
        }
        all.unwrap_or_default()
    }
}

//! A recording of Binance futures streams: each line is the recorder's clock in nanoseconds and a JSON message.
//!
//! Assumed: the recorder's clock says when a message became known (it may differ from the exchange's); a book exists
//! from the first snapshot on. A difference message must continue the one before it (`pu` is its `u`), as the
//! exchange documents; where it does not, messages were lost and the book is not known until the next snapshot. A
//! message whose changes the book has already (one sent twice, a snapshot that came late) is counted and left out.

mod book;

use std::path::{Path, PathBuf};

use scaleout_market::{Aggressor, Quote, Timestamp, Trade};
use serde::{Deserialize, Serialize};

use book::{DepthBook, Difference, Known, Snapshot};

use crate::bad_rows::{BadRows, OnBadRows};
use crate::content::{Content, check_bars};
use crate::error::{DataError, one_line};
use crate::history::history_of_ticks;
use crate::input::{FileDigest, Lines};
use crate::load_report::LoadReport;
use crate::source::{Read, Request, Source};
use crate::table::{Bytes, unpacked};
use crate::ticks::Ticks;

/// A recording of depth, best bid and offer, and trades.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Keys")]
pub struct BinanceConfig {
    /// The recording, packed if its name ends in `.gz`, `.zst`, `.bz2` or `.zip`.
    path: PathBuf,
    /// Levels of the book to keep on each side; above 0.
    levels: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    path: PathBuf,
    #[serde(default = "ten")]
    levels: usize,
}

impl TryFrom<Keys> for BinanceConfig {
    type Error = String;

    fn try_from(Keys { path, levels }: Keys) -> Result<Self, String> {
        if levels == 0 {
            return Err("data.binance.levels = 0 is out of range; accepted: a whole number above 0".into());
        }
        Ok(Self { path, levels })
    }
}

impl Source for BinanceConfig {
    fn content(&self) -> Option<Content> {
        Some(Content::Trades)
    }

    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        let instrument = request.own_instrument()?;
        check_bars(Content::Trades, request.bars)?;
        let path = request.base_dir.join(&self.path);
        let (ticks, sha256) = read(&path, self.levels, request.rows.on_bad_rows)?;
        let history = history_of_ticks(ticks, request.own_bars()?, request.sides, &instrument, &path, report)?;
        let name = self.path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let digests = vec![FileDigest { name: self.path.display().to_string(), sha256 }];
        Ok(Read { name, path, history, instrument, digests })
    }
}

const fn ten() -> usize {
    10
}

/// Reads a recording: quotes and trades as they stand, a book after every depth message. Returns its digest too.
fn read(path: &Path, levels: usize, on_bad_rows: OnBadRows) -> Result<(Ticks, String), DataError> {
    let (bytes, mut watched) = unpacked(&Bytes::File(path.to_path_buf()))?;
    let mut lines = Lines::new(path, bytes);
    let mut bad_rows = BadRows::new(on_bad_rows);
    let mut stream = Stream {
        path: path.to_path_buf(),
        levels,
        row: 0,
        previous: None,
        book: DepthBook::default(),
        ticks: Ticks::default(),
    };
    while let Some((row, line)) = lines.next()? {
        stream.row = row;
        let text = String::from_utf8_lossy(line);
        if !text.trim().is_empty()
            && let Err(error) = stream.line(text.trim())
        {
            bad_rows.meet(error)?;
        }
    }
    let mut ticks = stream.ticks;
    ticks.repeated_messages = stream.book.repeated();
    ticks.has_sides = true;
    ticks.skipped.merge(bad_rows.skipped());
    Ok((ticks, watched.finish()?))
}

/// A message of the combined stream.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: DepthEvent<'a>,
}

#[derive(Deserialize)]
#[serde(tag = "e")]
enum DepthEvent<'a> {
    #[serde(rename = "depthUpdate")]
    Depth(#[serde(borrow)] Difference<'a>),
    #[serde(rename = "bookTicker")]
    Best {
        b: &'a str,
        #[serde(rename = "B")]
        bid_qty: &'a str,
        a: &'a str,
        #[serde(rename = "A")]
        ask_qty: &'a str,
    },
    #[serde(rename = "trade")]
    Trade { p: &'a str, q: &'a str, m: bool },
}

struct Stream {
    path: PathBuf,
    levels: usize,
    row: u64,
    previous: Option<Timestamp>,
    book: DepthBook,
    ticks: Ticks,
}

impl Stream {
    fn line(&mut self, line: &str) -> Result<(), DataError> {
        let split = line.split_once(' ').and_then(|(clock, message)| Some((clock.parse().ok()?, message)));
        let (nanos, message) = split.ok_or_else(|| self.bad(format!("`{}` has no clock", one_line(line))))?;
        let ts = Timestamp::from_nanos(nanos);
        if let Some(previous) = self.previous.filter(|previous| ts < *previous) {
            let (path, row) = (self.path.clone(), self.row);
            return Err(DataError::TimeGoesBack {
                path,
                row,
                column: "clock".into(),
                ts,
                relation: "before",
                previous,
            });
        }
        self.previous = Some(ts);
        if message.contains("\"lastUpdateId\"") {
            let snapshot: Snapshot<'_> = serde_json::from_str(message).map_err(|error| self.bad(error.to_string()))?;
            let result = self.book.restart(&snapshot);
            if result.map_err(|problem| self.bad(problem))? == Known::Yes {
                self.keep_book(ts);
            }
            return Ok(());
        }
        let envelope: Envelope<'_> = serde_json::from_str(message).map_err(|error| self.bad(error.to_string()))?;
        match envelope.data {
            DepthEvent::Depth(difference) => {
                let result = self.book.change(&difference);
                if result.map_err(|problem| self.bad(problem))? == Known::Yes {
                    self.keep_book(ts);
                }
            }
            DepthEvent::Best { b, bid_qty, a, ask_qty } => {
                let [bid, bid_qty, ask, ask_qty] = [b, bid_qty, a, ask_qty].map(|text| self.number(text));
                let quote = Quote { ts, bid: bid?, bid_qty: bid_qty?, ask: ask?, ask_qty: ask_qty? };
                self.ticks.quotes.push(quote);
            }
            DepthEvent::Trade { p, q, m } => {
                let (price, qty) = (self.number(p)?, self.number(q)?);
                if !(0.0 < price && 0.0 < qty) {
                    return Err(self.bad(format!("a trade of {q} at {p}")));
                }
                // `m`: the buyer was the maker, so the seller crossed the spread.
                let aggressor = Some(if m { Aggressor::Sell } else { Aggressor::Buy });
                self.ticks.trades.push(Trade { ts, price, qty, aggressor });
            }
        }
        Ok(())
    }

    fn keep_book(&mut self, ts: Timestamp) {
        let snapshot = self.book.top(ts, self.levels);
        if snapshot.bids.is_empty() || snapshot.asks.is_empty() {
            self.ticks.one_sided_quotes += 1;
        } else {
            self.ticks.books.push(snapshot);
        }
    }

    fn number(&self, text: &str) -> Result<f64, DataError> {
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite() && 0.0 <= *value);
        value.ok_or_else(|| self.bad(format!("`{}` is not a number, 0 or more", one_line(text))))
    }

    fn bad(&self, problem: String) -> DataError {
        DataError::BadRow {
            path: self.path.clone(),
            row: self.row,
            problem: one_line(&problem),
            accepted: "nanoseconds, a blank, and a depthUpdate, bookTicker, trade or snapshot message that continues the ones before",
        }
    }
}

#[cfg(test)]
mod tests {
    use scaleout_market::Level;

    use super::*;
    use crate::scratch::Scratch;

    fn depth(first: u64, last: u64, before: u64, bids: &str, asks: &str) -> String {
        format!(
            r#"{{"stream":"x@depth","data":{{"e":"depthUpdate","U":{first},"u":{last},"pu":{before},"b":[{bids}],"a":[{asks}]}}}}"#
        )
    }

    fn snapshot(last: u64) -> String {
        format!(r#"{{"lastUpdateId":{last},"bids":[["10.0","1"],["9.5","2"]],"asks":[["10.5","3"]]}}"#)
    }

    /// Reads messages one nanosecond apart; the books as text, or the error without its path.
    fn check(messages: &[String], on_bad_rows: OnBadRows, expected: &str) {
        let scratch = Scratch::new();
        let lines: String = messages.iter().enumerate().map(|(i, message)| format!("{} {message}\n", i + 1)).collect();
        let path = scratch.file("x.txt", &lines);
        let shown = match read(&path, 2, on_bad_rows) {
            Ok((ticks, _)) => {
                let side = |levels: &[Level]| {
                    levels.iter().map(|level| format!("{}x{}", level.qty, level.price)).collect::<Vec<_>>().join(" ")
                };
                let books = ticks
                    .books
                    .iter()
                    .map(|book| format!("{}: {} | {}", book.ts.nanos(), side(&book.bids), side(&book.asks)));
                books.collect::<Vec<_>>().join("; ")
            }
            Err(error) => {
                error.to_string().rsplit("x.txt: ").next().unwrap().split("; accepted").next().unwrap().to_string()
            }
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_book_follows_its_snapshot() {
        let messages = [
            depth(1, 4, 0, r#"["9.0","7"]"#, ""),
            depth(5, 8, 4, r#"["10.0","4"]"#, r#"["10.6","1"]"#),
            snapshot(6),
            depth(9, 9, 8, r#"["10.0","0"]"#, r#"["10.4","5"]"#),
        ];
        check(&messages, OnBadRows::Refuse, "3: 4x10 2x9.5 | 3x10.5 1x10.6; 4: 2x9.5 | 5x10.4 3x10.5");
    }

    #[test]
    fn a_lost_message_is_named_and_ends_the_book_until_the_next_snapshot() {
        let messages = [
            snapshot(6),
            depth(6, 7, 5, "", ""),
            depth(9, 9, 8, r#"["10.0","0"]"#, ""),
            depth(10, 12, 9, "", r#"["10.4","5"]"#),
            snapshot(11),
        ];
        check(&messages, OnBadRows::Refuse, "row 3: changes after 8 follow changes up to 7: messages are missing");
        check(
            &messages,
            OnBadRows::Skip,
            "1: 1x10 2x9.5 | 3x10.5; 2: 1x10 2x9.5 | 3x10.5; 5: 1x10 2x9.5 | 5x10.4 3x10.5",
        );
    }

    #[test]
    fn a_repeated_message_is_counted_and_no_gap() {
        let messages = [
            snapshot(6),
            depth(6, 7, 5, r#"["10.0","4"]"#, ""),
            depth(6, 7, 5, r#"["10.0","4"]"#, ""),
            depth(8, 9, 7, r#"["10.0","5"]"#, ""),
            depth(6, 7, 5, r#"["10.0","4"]"#, ""),
            snapshot(8),
            depth(10, 10, 9, r#"["10.0","6"]"#, ""),
        ];
        let books = "1: 1x10 2x9.5 | 3x10.5; 2: 4x10 2x9.5 | 3x10.5; 4: 5x10 2x9.5 | 3x10.5; 7: 6x10 2x9.5 | 3x10.5";
        check(&messages, OnBadRows::Refuse, books);
        let (scratch, clocked) = (Scratch::new(), |(i, message): (usize, &String)| format!("{} {message}\n", i + 1));
        let path = scratch.file("x.txt", &messages.iter().enumerate().map(clocked).collect::<String>());
        assert_eq!(read(&path, 2, OnBadRows::Refuse).unwrap().0.repeated_messages, 3);
        // Only a part of it is known: something between is missing.
        let gap = [snapshot(6), depth(6, 7, 5, "", ""), depth(7, 9, 6, "", "")];
        check(&gap, OnBadRows::Refuse, "row 3: changes after 6 follow changes up to 7: messages are missing");
    }

    #[test]
    fn what_is_no_message_is_named() {
        check(&["{".into()], OnBadRows::Refuse, "row 1: EOF while parsing an object at line 1 column 1");
        check(
            &[depth(1, 1, 0, r#"["ten","1"]"#, "")],
            OnBadRows::Refuse,
            "row 1: level ten 1 is not a price and a quantity",
        );
        let trade = r#"{"data":{"e":"trade","p":"1","q":"0","m":true}}"#.to_string();
        check(&[trade], OnBadRows::Refuse, "row 1: a trade of 0 at 1");
    }
}

//! LOBSTER's reconstruction of NASDAQ's book: a file of messages, and beside it one with the book after each of them.
//!
//! `AAPL_2012-06-21_34200000_57600000_message_10.csv` has time (seconds after midnight), type, order, size, price and
//! direction; `…_orderbook_10.csv` has, for each level, ask price, ask size, bid price and bid size. Prices are in
//! ten-thousandths of a dollar. Neither has a header, and the date stands in the name alone.
//!
//! Assumed: the clock is New York's. An executed buy order was hit by a seller, and the other way round; an auction
//! (type 6) has no aggressor. A book with one side empty, or crossed, is left out and counted as a one-sided quote.

use std::path::{Path, PathBuf};

use jiff::civil;
use jiff::tz::TimeZone;
use scaleout_market::{Aggressor, BookSnapshot, Level, Quote, Timestamp, Trade};
use serde::{Deserialize, Serialize};

use crate::bad_rows::BadRows;
use crate::content::{Content, check_bars};
use crate::error::{DataError, shown_path};
use crate::history::history_of_ticks;
use crate::input::{FileDigest, Limit, Watched, files_of_pattern};
use crate::load_report::LoadReport;
use crate::source::{Read, Request, Source};
use crate::table::{Bytes, Record, Records, unpacked};
use crate::ticks::Ticks;

/// Messages of LOBSTER, with the books beside them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Keys")]
pub struct LobsterConfig {
    /// The file of messages, or a pattern or folder with those of several days.
    messages: PathBuf,
    /// Levels of the book to keep on each side; above 0.
    levels: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    messages: PathBuf,
    #[serde(default = "ten")]
    levels: usize,
}

const fn ten() -> usize {
    10
}

impl TryFrom<Keys> for LobsterConfig {
    type Error = String;

    fn try_from(Keys { messages, levels }: Keys) -> Result<Self, String> {
        if levels == 0 {
            return Err("data.lobster.levels = 0 is out of range; accepted: a whole number above 0".into());
        }
        Ok(Self { messages, levels })
    }
}

impl Source for LobsterConfig {
    fn content(&self) -> Option<Content> {
        Some(Content::Trades)
    }

    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError> {
        let instrument = request.own_instrument()?;
        check_bars(Content::Trades, request.bars)?;
        let mut ticks = Ticks { has_sides: true, ..Ticks::default() };
        let mut bad_rows = BadRows::new(request.rows.on_bad_rows);
        let mut digests = Vec::new();
        let files = files_of_pattern(request.base_dir, &self.messages)?;
        // A folder holds both kinds of files.
        let messages: Vec<PathBuf> = match &files[..] {
            [one] => vec![one.clone()],
            many => many.iter().filter(|file| books_of(file).is_some()).cloned().collect(),
        };
        for file in &messages {
            let books = books_of(file).ok_or_else(|| bad_name(file))?;
            let day = LobsterDay { levels: self.levels, midnight: midnight_of(file)?, base: request.base_dir };
            digests.extend(day.read(file, &books, &mut ticks, &mut bad_rows)?);
        }
        ticks.skipped.merge(bad_rows.skipped());
        let path = request.base_dir.join(&self.messages);
        let history = history_of_ticks(ticks, request.own_bars()?, request.sides, &instrument, &path, report)?;
        let stem = messages.first().and_then(|file| file.file_stem());
        let name = stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Ok(Read { name, path, history, instrument, digests })
    }
}

/// The file of books beside a file of messages.
fn books_of(messages: &Path) -> Option<PathBuf> {
    let name = messages.file_name()?.to_str()?;
    name.contains("_message_").then(|| messages.with_file_name(name.replacen("_message_", "_orderbook_", 1)))
}

/// The first moment of the day in the name of a file.
fn midnight_of(file: &Path) -> Result<Timestamp, DataError> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let date = name.split('_').find_map(|part| part.parse::<civil::Date>().ok().filter(|_| part.len() == 10));
    let zone = TimeZone::get("America/New_York").map_err(|_| bad_name(file))?;
    let moment = date.and_then(|date| zone.to_timestamp(date.to_datetime(civil::Time::midnight())).ok());
    let nanos = moment.and_then(|moment| i64::try_from(moment.as_nanosecond()).ok());
    nanos.map(Timestamp::from_nanos).ok_or_else(|| bad_name(file))
}

fn bad_name(file: &Path) -> DataError {
    let problem = format!("`{}` is no name of LOBSTER", shown_path(file));
    DataError::config("lobster.messages", problem, "names as AAPL_2012-06-21_34200000_57600000_message_10.csv")
}

/// One day.
struct LobsterDay<'a> {
    levels: usize,
    midnight: Timestamp,
    base: &'a Path,
}

const MESSAGE_COLUMNS: [&str; 6] = ["time", "type", "order", "size", "price", "direction"];

impl LobsterDay<'_> {
    fn read(
        &self,
        messages: &Path,
        books: &Path,
        ticks: &mut Ticks,
        bad_rows: &mut BadRows,
    ) -> Result<[FileDigest; 2], DataError> {
        let (mut of_messages, mut watched) = self.open(messages)?;
        let (mut of_books, mut watched_books) = self.open(books)?;
        let mut last = None;
        while let Some(row) = of_messages.advance(Limit::Line)? {
            let Some(book_row) = of_books.advance(Limit::Line)? else {
                return Err(of_another_length(&of_books, "fewer"));
            };
            let message = Message::of(of_messages.path(), row, of_messages.record(), self.midnight, last);
            let book = self.book(of_books.path(), book_row, of_books.record());
            match message.and_then(|message| Ok((message, book?))) {
                Ok((message, book)) => {
                    last = Some(message.ts);
                    ticks.trades.extend(message.trade);
                    self.take(message.ts, book, ticks);
                }
                Err(error) => bad_rows.meet(error)?,
            }
        }
        if of_books.advance(Limit::Line)?.is_some() {
            return Err(of_another_length(&of_books, "more"));
        }
        let digest = |path: &Path, sha256| FileDigest { name: path.display().to_string(), sha256 };
        Ok([digest(messages, watched.finish()?), digest(books, watched_books.finish()?)])
    }

    fn open(&self, path: &Path) -> Result<(Records<'static>, Watched), DataError> {
        let bytes = Bytes::File(self.base.join(path));
        let (source, watched) = unpacked(&bytes)?;
        Ok((Records::new(bytes.path(), source)?, watched))
    }

    /// Adds a state of the book; the best prices only if they are others than before.
    fn take(&self, ts: Timestamp, (asks, bids): (Vec<Level>, Vec<Level>), ticks: &mut Ticks) {
        let (Some(ask), Some(bid)) = (asks.first(), bids.first()) else {
            ticks.one_sided_quotes += 1;
            return;
        };
        if ask.price <= bid.price {
            ticks.one_sided_quotes += 1;
            return;
        }
        let quote = Quote { ts, bid: bid.price, bid_qty: bid.qty, ask: ask.price, ask_qty: ask.qty };
        let is_same = |last: &Quote| Quote { ts, ..*last } == quote;
        if !ticks.quotes.last().is_some_and(is_same) {
            ticks.quotes.push(quote);
        }
        ticks.books.push(BookSnapshot { ts, bids, asks });
    }

    /// Asks and bids of a row, best first; a level without orders ends its side.
    fn book(&self, path: &Path, row: u64, record: &Record) -> Result<(Vec<Level>, Vec<Level>), DataError> {
        if record.len() == 0 || !record.len().is_multiple_of(4) {
            let problem = format!("{} values", record.len());
            let accepted = "four values a level: ask price, ask size, bid price, bid size";
            return Err(DataError::BadRow { path: path.to_path_buf(), row, problem, accepted });
        }
        let side = |first: usize| {
            let levels = (0..record.len() / 4).take(self.levels).map(|level| {
                let column = |what: usize| {
                    format!("level {} {}", level + 1, ["ask price", "ask size", "bid price", "bid size"][what])
                };
                let cell =
                    |what: usize| LobsterCell { path, row, column: column(what), record, place: 4 * level + what };
                Ok((cell(first).whole()?, cell(first + 1).whole()?))
            });
            let levels = levels.collect::<Result<Vec<(i64, i64)>, DataError>>()?;
            let filled = levels.into_iter().take_while(|(price, qty)| 0 < *qty && 0 < *price && *price < NO_PRICE);
            Ok(filled.map(|(price, qty)| Level { price: dollars(price), qty: qty as f64 }).collect())
        };
        Ok((side(0)?, side(2)?))
    }
}

/// What stands where a side of the book has no order.
const NO_PRICE: i64 = 9_999_999_999;

fn dollars(price: i64) -> f64 {
    price as f64 / 10_000.0
}

fn of_another_length(books: &Records<'_>, relation: &str) -> DataError {
    DataError::NotReadable {
        path: books.path().to_path_buf(),
        expected: "LOBSTER orderbook",
        message: format!("it has {relation} rows than there are messages; accepted: one a message"),
    }
}

struct Message {
    ts: Timestamp,
    trade: Option<Trade>,
}

impl Message {
    fn of(
        path: &Path,
        row: u64,
        record: &Record,
        midnight: Timestamp,
        last: Option<Timestamp>,
    ) -> Result<Self, DataError> {
        if record.len() < MESSAGE_COLUMNS.len() {
            let problem = format!("{} values", record.len());
            let accepted = "time, type, order, size, price and direction";
            return Err(DataError::BadRow { path: path.to_path_buf(), row, problem, accepted });
        }
        let cell = |place: usize| LobsterCell { path, row, column: MESSAGE_COLUMNS[place].to_owned(), record, place };
        let ts = midnight.plus_nanos(cell(0).seconds()?);
        if let Some(previous) = last.filter(|last| ts < *last) {
            let (path, column) = (path.to_path_buf(), MESSAGE_COLUMNS[0].to_owned());
            return Err(DataError::TimeGoesBack { path, row, column, ts, relation: "before", previous });
        }
        let trade = match cell(1).whole()? {
            // Submission, partial cancellation, deletion, halt.
            1 | 2 | 3 | 7 => None,
            kind @ 4..=6 => {
                let aggressor = match (kind, cell(5).whole()?) {
                    (6, _) => None,
                    (_, 1) => Some(Aggressor::Sell),
                    (_, -1) => Some(Aggressor::Buy),
                    _ => return Err(cell(5).bad("no direction", "1 for an order to buy, -1 for one to sell")),
                };
                let above_zero = |place: usize| match cell(place).whole()? {
                    number @ 1.. => Ok(number),
                    _ => Err(cell(place).bad("out of range", "a whole number above 0")),
                };
                let (qty, price) = (above_zero(3)? as f64, dollars(above_zero(4)?));
                Some(Trade { ts, price, qty, aggressor })
            }
            _ => return Err(cell(1).bad("no type of message", "1 to 7")),
        };
        Ok(Self { ts, trade })
    }
}

/// A value of a row, for what it says and for what is wrong with it.
struct LobsterCell<'a> {
    path: &'a Path,
    row: u64,
    column: String,
    record: &'a Record,
    place: usize,
}

impl LobsterCell<'_> {
    fn text(&self) -> String {
        String::from_utf8_lossy(self.record.get(self.place).unwrap_or_default()).trim().to_owned()
    }

    fn whole(&self) -> Result<i64, DataError> {
        self.text().parse().map_err(|_| self.bad("not a number", "a whole number"))
    }

    /// Seconds after midnight with up to nine decimals, in nanoseconds.
    fn seconds(&self) -> Result<i64, DataError> {
        const DAY: i64 = 86_400;
        let text = self.text();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let is_digits = decimals.len() <= 9 && decimals.bytes().all(|byte| byte.is_ascii_digit());
        let nanos = format!("{decimals:0<9}").parse::<i64>().ok().filter(|_| is_digits);
        let seconds = whole.parse::<i64>().ok().filter(|seconds| (0..=DAY).contains(seconds));
        let (seconds, nanos) = seconds
            .zip(nanos)
            .ok_or_else(|| self.bad("not a time of day", "seconds after midnight: 34200.004241176"))?;
        Ok(seconds * 1_000_000_000 + nanos)
    }

    fn bad(&self, problem: &'static str, accepted: &str) -> DataError {
        DataError::BadValue {
            path: self.path.to_path_buf(),
            row: self.row,
            column: self.column.clone(),
            value: self.text(),
            problem,
            accepted: accepted.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::scratch::Scratch;
    use crate::{DataConfig, LoadedMarket, load};

    const NAME: &str = "AAPL_2012-06-21_34200000_57600000_message_2.csv";

    fn sample(name: &str) -> String {
        fs::read_to_string(format!("{}/testdata/lobster/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
    }

    /// Reads the sample after both files were damaged; the error without its folder.
    fn read(messages: impl Fn(&str) -> String, books: impl Fn(&str) -> String) -> Result<LoadedMarket, String> {
        let scratch = Scratch::new();
        let of_books = NAME.replace("message", "orderbook");
        scratch.file(NAME, &messages(&sample(NAME)));
        scratch.file(&of_books, &books(&sample(&of_books)));
        let json = format!(
            r#"{{"lobster": {{"messages": "{NAME}"}}, "bars": {{"trades": 1}}, "instrument": {{"name": "US-SHARE", "symbol": "AAPL"}}}}"#
        );
        let config: DataConfig = serde_json::from_str(&json).unwrap();
        load(&config, scratch.path())
            .map_err(|error| error.to_string().replace(&format!("{}/", scratch.path().display()), ""))
    }

    #[test]
    fn messages_and_books_are_one_history() {
        let market = read(str::to_owned, str::to_owned).unwrap();
        let trades: Vec<String> = market
            .history
            .trades
            .iter()
            .map(|trade| {
                format!("{} {} {} {:?}", trade.ts, trade.price, trade.qty, trade.aggressor.map(|side| side.sign()))
            })
            .collect();
        assert_eq!(
            trades,
            ["2012-06-21T13:30:00.275Z 585.33 18 Some(1.0)", "2012-06-21T13:30:00.4Z 585.3 100 Some(-1.0)"]
        );
        let quote = market.history.quotes[0];
        assert_eq!((quote.bid, quote.bid_qty, quote.ask, quote.ask_qty), (585.33, 18.0, 585.94, 200.0));
        assert_eq!(quote.ts.to_string(), "2012-06-21T13:30:00.004241176Z");
        let book = &market.history.books[0];
        assert_eq!(
            (book.asks[1].price, book.asks[1].qty, book.bids.len()),
            (586.1, 100.0, 1),
            "an empty level ends a side"
        );
        assert_eq!((market.report.one_sided_quotes, market.files.len()), (1, 2));
    }

    fn check(messages: impl Fn(&str) -> String, books: impl Fn(&str) -> String, expected: &str) {
        assert_eq!(read(messages, books).unwrap_err(), expected);
    }

    #[test]
    fn damaged_messages_and_books_are_named() {
        let as_it_is = str::to_owned;
        let books = NAME.replace("message", "orderbook");
        let first = |text: &str, row: usize| text.lines().take(row).map(|line| format!("{line}\n")).collect::<String>();
        check(
            |text| text.replacen("34200.275", "34199", 1),
            as_it_is,
            &format!(
                "{NAME}: row 3, column `time`: 2012-06-21T13:29:59Z comes before the row before it (2012-06-21T13:30:00.025551909Z); accepted: rows in order of time"
            ),
        );
        check(
            |text| text.replacen("34200.275,4", "34200.275,9", 1),
            as_it_is,
            &format!("{NAME}: row 3, column `type`: `9` is no type of message; accepted: 1 to 7"),
        );
        check(
            |text| text.replace(',', ";").replacen(';', ":", 1),
            as_it_is,
            &format!("{NAME}: row 1: 5 values; accepted: time, type, order, size, price and direction"),
        );
        check(
            as_it_is,
            |text| first(text, 2),
            &format!(
                "{books}: not a readable LOBSTER orderbook file: it has fewer rows than there are messages; accepted: one a message"
            ),
        );
        check(
            |text| first(text, 2),
            as_it_is,
            &format!(
                "{books}: not a readable LOBSTER orderbook file: it has more rows than there are messages; accepted: one a message"
            ),
        );
        check(
            as_it_is,
            |text| text.replacen("5859400", "58594.5", 1),
            &format!("{books}: row 1, column `level 1 ask price`: `58594.5` is not a number; accepted: a whole number"),
        );
        let named: Result<DataConfig, _> =
            serde_json::from_str(r#"{"lobster": {"messages": "a.csv"}, "bars": {"trades": 1}, "instrument": "ES"}"#);
        let scratch = Scratch::new();
        scratch.file("a.csv", "");
        let error = load(&named.unwrap(), scratch.path()).unwrap_err().to_string();
        assert!(
            error.starts_with("data.lobster.messages: `a.csv` is no name of LOBSTER; accepted: names as AAPL_"),
            "{error}"
        );
    }
}

//! Splits and dividends taken out of bars, so that prices before and after them can be compared.
//!
//! Prices before a split are divided by its ratio, and volumes multiplied. Prices before a dividend are multiplied by
//! 1 − dividend ÷ the close before it, so that returns contain it. Prices after the last event stay what they were. Money
//! in a report is then that of a position in the adjusted shares: R and returns are right, cents a share are not. Extra
//! columns stay as they are, prices among them.

use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use scaleout_market::{Bar, Column, MarketHistory};
use serde::{Deserialize, Serialize};

use crate::error::{DataError, shown};
use crate::history::series;
use crate::input::{FileDigest, Limit, read_text, sha256_of};

/// Splits and dividends of a market.
///
/// Two kinds of tables are known by their first row. A table with the header `date,split,dividend` names the ex-date, the
/// new shares for an old one (4 in a split of four for one; empty is 1) and the cash for a share (empty is 0). A factor
/// file of LEAN has no header and the columns date, price factor, split factor and reference price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdjustConfig {
    /// The table; `{symbol}` in it stands for the market's symbol.
    pub path: PathBuf,
}

/// The events of one market, oldest first.
#[derive(Debug)]
pub(crate) struct Factors {
    rows: Rows,
    path: PathBuf,
    pub(crate) digest: FileDigest,
}

#[derive(Debug, PartialEq)]
enum Rows {
    Events(Vec<CorporateAction>),
    /// Factors of all bars up to a day, and after that of the row before.
    Lean(Vec<Factor>),
}

/// What happened at the open of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
struct CorporateAction {
    ex_date: Date,
    split: f64,
    dividend: f64,
}

/// What prices of bars up to a day are multiplied by, and volumes divided by.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Factor {
    until: Date,
    price: f64,
    volume: f64,
}

const HEADER: [&str; 3] = ["date", "split", "dividend"];

impl Factors {
    /// The table of the market `symbol`.
    pub(crate) fn read(config: &AdjustConfig, base_dir: &Path, symbol: &str) -> Result<Self, DataError> {
        let pattern = config.path.to_string_lossy();
        if pattern.contains("{symbol}") && symbol.contains(['/', '\\']) {
            let problem = format!("the symbol `{}` is no file name", shown(symbol));
            return Err(DataError::config("adjust.path", problem, "a path without {symbol} for this market"));
        }
        let name = pattern.replace("{symbol}", symbol);
        let path = base_dir.join(&name);
        let text = read_text(&path, Limit::Job)?;
        let digest = FileDigest { name, sha256: sha256_of(text.as_bytes()) };
        Ok(Self { rows: rows(&text, &path)?, path, digest })
    }

    /// `history` without splits and dividends; days are those of `zone`, or of UTC. A factor file of LEAN begins when the
    /// security was listed: bars before that are another company's, which had the ticker earlier. They are left out, and
    /// their number is the second value.
    pub(crate) fn applied(
        &self,
        history: MarketHistory,
        zone: Option<&str>,
        bars_path: &Path,
    ) -> Result<(MarketHistory, usize), DataError> {
        let has_ticks = !(history.trades.is_empty() && history.quotes.is_empty() && history.books.is_empty());
        if has_ticks || !history.finer.is_empty() {
            return Err(DataError::config(
                "adjust",
                "the data hold more than bars",
                "bars without ticks or finer bars",
            ));
        }
        let zone = match zone {
            None => TimeZone::UTC,
            Some(name) => TimeZone::get(name)
                .map_err(|_| DataError::config("time.zone", format!("`{name}` is not a known zone"), "an IANA name"))?,
        };
        let bars = history.series.bars();
        let factors = match &self.rows {
            Rows::Lean(factors) => factors.clone(),
            Rows::Events(events) => self.factors_of(events, bars, &zone)?,
        };
        let listed = match &self.rows {
            Rows::Lean(factors) => factors.first().map_or(Date::MIN, |factor| factor.until),
            Rows::Events(_) => Date::MIN,
        };
        let before = bars.partition_point(|bar| day_of(bar, &zone) < listed);
        let adjusted = bars[before..].iter().map(|bar| {
            let day = day_of(bar, &zone);
            let next = factors.partition_point(|factor| factor.until < day);
            let Some(Factor { price, volume, .. }) = factors.get(next) else { return *bar };
            Bar {
                open: bar.open * price,
                high: bar.high * price,
                low: bar.low * price,
                close: bar.close * price,
                volume: bar.volume / volume,
                ..*bar
            }
        });
        let columns = history.series.columns().iter();
        let columns =
            columns.map(|column| Column { name: column.name.clone(), values: column.values[before..].to_vec() });
        let series = series(adjusted.collect(), columns.collect(), bars_path)?;
        if series.is_empty() {
            return Err(not_readable(&self.path, format!("it begins after the last bar of {}", bars_path.display())));
        }
        Ok((MarketHistory { series, ..history }, before))
    }

    /// The factors of the bars before each event: those of all later events together.
    fn factors_of(&self, events: &[CorporateAction], bars: &[Bar], zone: &TimeZone) -> Result<Vec<Factor>, DataError> {
        let days: Vec<Date> = bars.iter().map(|bar| day_of(bar, zone)).collect();
        let (mut price, mut volume) = (1.0, 1.0);
        let mut factors = Vec::with_capacity(events.len());
        for event in events.iter().rev() {
            let before = days.partition_point(|day| *day < event.ex_date);
            let Some(close) = before.checked_sub(1).map(|last| bars[last].close) else { continue };
            let left = 1.0 - event.dividend / close;
            if left <= 0.0 {
                let message = format!(
                    "the dividend of {} on {} is not below the close before it, {close}; accepted: cash for a share in \
                     the prices of that day",
                    event.dividend, event.ex_date
                );
                return Err(not_readable(&self.path, message));
            }
            price *= left / event.split;
            volume /= event.split;
            check_factor(&self.path, price, volume)?;
            let until = event.ex_date.yesterday().unwrap_or(event.ex_date);
            factors.push(Factor { until, price, volume });
        }
        factors.reverse();
        Ok(factors)
    }
}

/// Refuses factors under which prices or volumes would be none.
fn check_factor(path: &Path, price: f64, volume: f64) -> Result<(), DataError> {
    let fits = |factor: f64| (1e-9..=1e9).contains(&factor);
    if fits(price) && fits(volume) {
        return Ok(());
    }
    let message =
        format!("prices would be multiplied by {price:e} and volumes divided by {volume:e}; accepted: 1e-9 to 1e9");
    Err(not_readable(path, message))
}

fn not_readable(path: &Path, message: String) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "splits and dividends", message }
}

/// The day that most of `bar` lies in.
fn day_of(bar: &Bar, zone: &TimeZone) -> Date {
    let middle = bar.open_ts.nanos() / 2 + bar.ts.nanos() / 2;
    let ts = jiff::Timestamp::from_nanosecond(i128::from(middle));
    ts.map_or(Date::ZERO, |ts| zone.to_datetime(ts).date())
}

fn rows(text: &str, path: &Path) -> Result<Rows, DataError> {
    let bad = |row: usize, column: &str, value: &str, accepted: &str| DataError::BadValue {
        path: path.to_path_buf(),
        row: row as u64,
        column: column.to_owned(),
        value: shown(value).to_string(),
        problem: "unreadable",
        accepted: accepted.to_owned(),
    };
    let lines = text.lines().enumerate().map(|(place, line)| (place + 1, line.trim()));
    let mut lines = lines.filter(|(_, line)| !line.is_empty());
    let first = lines.clone().next().map_or("", |(_, line)| line);
    let cells = |line: &str| -> Vec<String> { line.split(',').map(|cell| cell.trim().to_owned()).collect() };
    let head: Vec<String> = cells(first).iter().map(|cell| cell.to_ascii_lowercase()).collect();
    let is_lean = head.len() == 4 && head[0].len() == 8 && head[0].bytes().all(|byte| byte.is_ascii_digit());
    if !is_lean && head != HEADER {
        let message = format!(
            "its first row is `{}`; accepted: the header date,split,dividend or a factor file of LEAN",
            shown(first)
        );
        return Err(not_readable(path, message));
    }
    if !is_lean {
        lines.next();
    }
    let above_zero = |row: usize, column: &str, cell: &str, empty: Option<f64>| {
        let value = if cell.is_empty() { empty } else { cell.parse().ok() };
        let value = value.filter(|value: &f64| value.is_finite() && 0.0 < *value);
        value.ok_or_else(|| bad(row, column, cell, "a number above 0"))
    };
    let (mut events, mut factors) = (Vec::new(), Vec::new());
    let mut previous: Option<Date> = None;
    for (row, line) in lines {
        let cells = cells(line);
        let date = date(&cells[0]).ok_or_else(|| bad(row, "date", &cells[0], "a date as 2024-01-31 or 20240131"))?;
        if previous.is_some_and(|previous| date <= previous) {
            return Err(bad(row, "date", &cells[0], "a later date than in the row before"));
        }
        previous = Some(date);
        let cell = |column: usize| cells.get(column).map_or("", String::as_str);
        if is_lean {
            let price = above_zero(row, "price factor", cell(1), None)?;
            let volume = above_zero(row, "split factor", cell(2), None)?;
            check_factor(path, price * volume, volume)?;
            factors.push(Factor { until: date, price: price * volume, volume });
        } else {
            let split = above_zero(row, "split", cell(1), Some(1.0))?;
            let dividend = if cell(2).is_empty() { Some(0.0) } else { cell(2).parse().ok() };
            let dividend = dividend.filter(|value: &f64| value.is_finite() && 0.0 <= *value);
            let dividend = dividend.ok_or_else(|| bad(row, "dividend", cell(2), "a number, 0 or more"))?;
            events.push(CorporateAction { ex_date: date, split, dividend });
        }
    }
    Ok(if is_lean { Rows::Lean(factors) } else { Rows::Events(events) })
}

fn date(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text).or_else(|_| Date::strptime("%Y%m%d", text)).ok()
}

#[cfg(test)]
mod tests {
    use scaleout_market::{BarSeries, Timestamp};

    use super::*;

    const DAY: i64 = 86_400_000_000_000;

    fn history(closes: &[f64]) -> MarketHistory {
        let bar = |(day, &close): (usize, &f64)| {
            let open_ts = Timestamp::from_nanos(day as i64 * DAY);
            let ts = open_ts.plus_nanos(DAY);
            Bar { open_ts, ts, open: close, high: close, low: close, close, volume: 100.0 }
        };
        MarketHistory::from_series(BarSeries::new(closes.iter().enumerate().map(bar).collect(), Vec::new()).unwrap())
    }

    fn adjusted(text: &str, closes: &[f64]) -> Result<Vec<(f64, f64)>, DataError> {
        let path = Path::new("s.csv");
        let digest = FileDigest { name: String::new(), sha256: String::new() };
        let factors = Factors { rows: rows(text, path)?, path: path.to_path_buf(), digest };
        let (history, _) = factors.applied(history(closes), None, path)?;
        Ok(history.series.bars().iter().map(|bar| (bar.close, bar.volume)).collect())
    }

    /// 1970-01-01 to 01-04. A split of two for one on the third day, and 1 of cash on the fourth.
    #[test]
    fn prices_before_a_split_or_a_dividend_are_those_of_the_shares_of_today() {
        let text = "date,split,dividend\n1970-01-03,2,\n1970-01-04,,1\n";
        let bars = adjusted(text, &[100.0, 102.0, 50.0, 49.0]).unwrap();
        // Half of .98, and .98 itself.
        assert_eq!(bars, [(100.0 * 0.49, 200.0), (102.0 * 0.49, 200.0), (50.0 * 0.98, 100.0), (49.0, 100.0)]);
        assert_eq!(adjusted("date,split,dividend\n1960-01-01,2,\n", &[7.0]).unwrap(), [(7.0, 100.0)]);
    }

    #[test]
    fn a_factor_of_lean_holds_up_to_its_day_and_begins_with_the_listing() {
        let text = "19700102,0.9,0.5,100\n20501231,1,1,0\n";
        assert_eq!(adjusted(text, &[7.0, 100.0, 50.0]).unwrap(), [(45.0, 200.0), (50.0, 100.0)]);
        let error = adjusted("20501231,1,1,0\n", &[7.0]).unwrap_err().to_string();
        assert!(error.contains("it begins after the last bar"), "{error}");
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_row() {
        for (text, expected) in [
            ("day,split\n", "its first row is `day,split`; accepted: the header date,split,dividend"),
            ("date,split,dividend\n1970-01-03,0,\n", "row 2, column `split`"),
            ("date,split,dividend\n03.01.1970,2,\n", "row 2, column `date`"),
            ("date,split,dividend\n1970-01-03,2,\n1970-01-03,2,\n", "row 3, column `date`"),
            ("date,split,dividend\n1970-01-02,,100\n", "the dividend of 100 on 1970-01-02 is not below the close"),
            ("date,split,dividend\n1970-01-02,1e10,\n", "prices would be multiplied by 1e-10"),
            ("19700102,0.9,x,100\n", "row 1, column `split factor`"),
        ] {
            let error = adjusted(text, &[100.0, 100.0]).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}

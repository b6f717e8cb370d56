//! Cells of a list as numbers, times and sides, each refused with its place.

use std::path::Path;

use scaleout_market::Timestamp;

use super::list_file::{Line, ListFile};
use crate::error::{DataError, listed};
use crate::formats::Fact;
use crate::time::{NoTime, Stamp, TimeConfig, TimeReader, stamp_text};

/// Reads the cells of one list.
pub(crate) struct ListReader<'a> {
    path: &'a Path,
    time: TimeReader,
    /// What quantities of the list are multiplied by.
    qty_times: f64,
    risk_column: Option<&'a str>,
    between_groups: &'static [char],
    /// What was found out about the list.
    pub(crate) facts: Vec<Fact>,
}

/// How a format writes what a list does not say itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// The zone of times without an offset, where the user declares none.
    pub(crate) zone: &'static str,
    /// Why it is assumed.
    pub(crate) why: &'static str,
    /// What stands between groups of three digits. Elsewhere such a number is refused: it may be a decimal comma.
    pub(crate) between_groups: &'static [char],
}

impl Habits {
    /// Where nothing speaks for another zone.
    pub(crate) const USUAL: Self = Self { zone: "UTC", why: "the list does not say", between_groups: &[] };
}

/// A column of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListColumn {
    place: usize,
    name: String,
}

impl ListColumn {
    /// The first column that has one of `names`, whatever their case.
    pub(crate) fn find(header: &[String], names: &[&str]) -> Option<Self> {
        let found = names.iter().find_map(|name| header.iter().position(|column| column.eq_ignore_ascii_case(name)));
        found.map(|place| Self { place, name: header[place].clone() })
    }

    /// The first column whose name begins with one of `names`: `Price USD`.
    pub(crate) fn beginning(header: &[String], names: &[&str]) -> Option<Self> {
        let begins = |column: &String, name: &&str| {
            column.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)) && !column.ends_with('%')
        };
        let found = names.iter().find_map(|name| header.iter().position(|column| begins(column, name)));
        found.map(|place| Self { place, name: header[place].clone() })
    }

    /// The cell in this column.
    pub(crate) fn of<'l>(&self, line: &'l Line) -> &'l str {
        line.cells.get(self.place).map_or("", |cell| cell.trim())
    }
}

impl<'a> ListReader<'a> {
    pub(crate) fn new(
        path: &'a Path,
        zone: Option<&str>,
        habits: Habits,
        qty_times: f64,
        risk_column: Option<&'a str>,
    ) -> Result<Self, DataError> {
        let known = zone.map_or_else(|| format!("assumed: {}", habits.why), |_| "declared".to_owned());
        let zone = zone.unwrap_or(habits.zone).to_owned();
        let facts = vec![Fact::new("zone", zone.clone(), known)];
        let time = TimeReader::new(&TimeConfig { zone: Some(zone), ..TimeConfig::default() }, path)?;
        Ok(Self { path, time, qty_times, risk_column, between_groups: habits.between_groups, facts })
    }

    /// Notes how many `rows` of the list were left out and why, if any were.
    pub(crate) fn left_out(&mut self, rows: usize, why: &'static str) {
        if 0 < rows {
            self.facts.push(Fact::new("left out", format!("{rows} rows"), why));
        }
    }

    /// The column called `--risk-column`, where the user named one.
    pub(crate) fn risk_column(&self, file: &ListFile, header: &[String]) -> Result<Option<ListColumn>, DataError> {
        let Some(name) = self.risk_column else { return Ok(None) };
        Self::required(file, header, "risk", &[name]).map(Some)
    }

    /// The name of the column with the price distance of 1 R.
    pub(crate) fn risk_name(&self) -> Option<&'a str> {
        self.risk_column
    }

    /// The first column that has one of `names`.
    pub(crate) fn required(
        file: &ListFile,
        header: &[String],
        what: &str,
        names: &[&str],
    ) -> Result<ListColumn, DataError> {
        ListColumn::find(header, names).ok_or_else(|| Self::missing(file, header, what, names))
    }

    pub(crate) fn missing(file: &ListFile, header: &[String], what: &str, names: &[&str]) -> DataError {
        DataError::MissingColumn {
            path: file.path.clone(),
            column: what.to_owned(),
            accepted: names.join(", "),
            found: listed(header),
        }
    }

    /// A moment; a date alone is the start of its day.
    pub(crate) fn ts(&self, line: &Line, column: &ListColumn) -> Result<Timestamp, DataError> {
        let text = column.of(line);
        self.time_of(text).map_err(|no_time| self.bad(line, column, no_time.problem, no_time.accepted))
    }

    /// The moment that `text` writes.
    pub(crate) fn time_of(&self, text: &str) -> Result<Timestamp, NoTime> {
        let stamp = self.time.text(text).or_else(|no_time| self.time.text(&usual_form(text)).map_err(|_| no_time))?;
        Ok(match stamp {
            Stamp::Moment(ts) | Stamp::Day(ts, _) => ts,
        })
    }

    /// A finite number.
    pub(crate) fn number(&self, line: &Line, column: &ListColumn) -> Result<f64, DataError> {
        self.optional(line, column)?.ok_or_else(|| self.bad(line, column, "missing", "a number"))
    }

    /// A price.
    pub(crate) fn price(&self, line: &Line, column: &ListColumn) -> Result<f64, DataError> {
        let price = self.number(line, column)?;
        if 0.0 < price { Ok(price) } else { Err(self.bad(line, column, "no price", "a number above 0")) }
    }

    /// A quantity without its sign, in the instrument's units.
    pub(crate) fn qty(&self, line: &Line, column: &ListColumn) -> Result<f64, DataError> {
        let qty = self.signed_qty(line, column)?;
        if 0.0 < qty { Ok(qty) } else { Err(self.bad(line, column, "no quantity", "a number above 0")) }
    }

    /// A quantity that is sold if it is below 0.
    pub(crate) fn signed_qty(&self, line: &Line, column: &ListColumn) -> Result<f64, DataError> {
        let qty = self.number(line, column)?;
        if qty == 0.0 {
            return Err(self.bad(line, column, "no quantity", "a number other than 0"));
        }
        Ok(self.units(qty))
    }

    /// A quantity of the list in the instrument's units.
    pub(crate) fn units(&self, qty: f64) -> f64 {
        if self.qty_times.to_bits() == 1_f64.to_bits() {
            return qty;
        }
        let [qty, times] = [qty, self.qty_times].map(scaleout_market::Decimal::of);
        qty.times(times).to_f64()
    }

    /// A number, where the cell holds one.
    pub(crate) fn optional(&self, line: &Line, column: &ListColumn) -> Result<Option<f64>, DataError> {
        let text = column.of(line);
        if text.is_empty() || ["nan", "na", "none", "null", "-", "--"].iter().any(|no| text.eq_ignore_ascii_case(no)) {
            return Ok(None);
        }
        match without_groups(text, self.between_groups).parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Some(value)),
            Ok(_) => Err(self.bad(line, column, "not finite", "a finite number")),
            Err(_) => Err(self.bad(line, column, "not a number", "a number with a decimal point")),
        }
    }

    /// A number in a column that the list may lack.
    pub(crate) fn maybe(&self, line: &Line, column: Option<&ListColumn>) -> Result<Option<f64>, DataError> {
        column.map_or(Ok(None), |column| self.optional(line, column))
    }

    /// 1 for a purchase or a long, −1 for a sale or a short.
    pub(crate) fn sign(&self, line: &Line, column: &ListColumn) -> Result<f64, DataError> {
        let text = column.of(line).to_ascii_lowercase();
        match text.as_str() {
            "buy" | "b" | "bot" | "bought" | "long" | "l" | "1" | "+1" => Ok(1.0),
            "sell" | "s" | "sld" | "sold" | "short" | "-1" => Ok(-1.0),
            _ => Err(self.bad(line, column, "not a side", "buy, sell, long or short")),
        }
    }

    /// The text of a column that the list may lack, unless it is empty.
    pub(crate) fn text(line: &Line, column: Option<&ListColumn>) -> Option<String> {
        column.map(|column| column.of(line)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The refusal of a cell.
    pub(crate) fn bad(&self, line: &Line, column: &ListColumn, problem: &'static str, accepted: &str) -> DataError {
        DataError::BadValue {
            path: self.path.to_path_buf(),
            row: line.row,
            column: column.name.clone(),
            value: column.of(line).to_owned(),
            problem,
            accepted: accepted.to_owned(),
        }
    }
}

/// `2024.01.02 09:30:00`, `2024-01-02, 09:30:00` and `20240102;093000` as one form that every reader knows; what is of
/// another form stays as it is.
fn usual_form(text: &str) -> String {
    let cut = text.find([',', ';', ' ', 'T']);
    let (date, time) =
        cut.map_or((text, None), |cut| (&text[..cut], Some(text[cut..].trim_matches([',', ';', ' ', 'T']))));
    stamp_text(date, time)
}

/// `1,234.5` without what stands `between` groups of three digits; any other text as it is.
fn without_groups(text: &str, between: &[char]) -> String {
    if !text.contains(between) {
        return text.to_owned();
    }
    let unsigned = text.trim_start_matches(['-', '+']);
    let whole = unsigned.split('.').next().unwrap_or_default();
    let is_digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(between);
    let starts_well = groups.next().is_some_and(|first| is_digits(first) && first.len() <= 3);
    let goes_on_well = groups.all(|group| group.len() == 3 && is_digits(group));
    if starts_well && goes_on_well { text.replace(between, "") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_digits_are_read_where_the_format_writes_them() {
        for (between, text, expected) in [
            (&[','][..], "1,000", "1000"),
            (&[','], "-12,345.67", "-12345.67"),
            (&[','], "1,5", "1,5"),
            (&[','], "1,23,456", "1,23,456"),
            (&[' ', '\u{a0}'], "1 234.5", "1234.5"),
            (&[' ', '\u{a0}'], "1\u{a0}234", "1234"),
            (&[], "1,000", "1,000"),
        ] {
            assert_eq!(without_groups(text, between), expected);
        }
    }

    #[test]
    fn times_of_many_programs_are_one_form() {
        for text in
            ["2024.01.02 09:30:00", "2024-01-02, 09:30:00", "20240102;093000", "2024/01/02 09:30", "20240102 0930"]
        {
            let reader = ListReader::new(Path::new("x"), None, Habits::USUAL, 1.0, None).unwrap();
            assert_eq!(reader.time_of(text).unwrap().to_string(), "2024-01-02T09:30:00Z", "{text}");
        }
        let reader = ListReader::new(Path::new("x"), Some("America/New_York"), Habits::USUAL, 1.0, None).unwrap();
        assert_eq!(reader.time_of("2024-01-02").unwrap().to_string(), "2024-01-02T05:00:00Z");
        assert!(reader.time_of("02.01.2024 09:30").is_err());
    }
}

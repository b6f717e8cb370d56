//! Everything that can be wrong with a file, and the one line that says so.

use std::path::Path;

use crate::scratch::Scratch;
use crate::{DataConfig, DataError, TimeConfig, load, read_entries_csv};

/// Loads a config in a folder that has the files, and compares the error, the folder left out.
fn check(files: &[(&str, &str)], config: &str, expected: &str) {
    let scratch = Scratch::new();
    for (name, text) in files {
        scratch.file(name, text);
    }
    let result = serde_json::from_str::<DataConfig>(config)
        .map_err(|error| error.to_string())
        .and_then(|config| load(&config, scratch.path()).map_err(|error| shown(&error, scratch.path())));
    let message = result.map(|market| market.report).unwrap_err();
    // JSON adds where in itself a value was refused.
    let message = message.split(" at line 1 column").next().unwrap();
    assert_eq!(message, expected, "{config}");
    assert!(!message.contains('\n'));
}

fn shown(error: &DataError, folder: &Path) -> String {
    error.to_string().replace(&format!("{}/", folder.display()), "")
}

fn bars(more: &str) -> String {
    format!(r#"{{"path": "b.csv", "content": "bars", "instrument": {{"symbol": "X", "currency": "USD"}}{more}}}"#)
}

fn trades(more: &str) -> String {
    format!(
        r#"{{"path": "t.csv", "content": "trades", "bars": {{"trades": 1}}, "instrument": {{"symbol": "X", "currency": "USD"}}{more}}}"#
    )
}

const HEAD: &str = "ts,open,high,low,close,volume\n";
const GOOD: &str = "2024-01-01T00:01:00Z,10,12,9,11,5\n";

fn check_bars(rows: &str, expected: &str) {
    check(&[("b.csv", &format!("{HEAD}{GOOD}{rows}"))], &bars(""), expected);
}

fn check_trades(text: &str, expected: &str) {
    check(&[("t.csv", text)], &trades(""), expected);
}

#[test]
fn texts_without_a_header() {
    let columns = r#", "columns": {"header": ["ts", "open", "high", "low", "close", "volume"]}"#;
    let row = "1704067260000,10,12,9,11,5\n";
    check(
        &[("b.csv", &format!("{row}1704067320000,10,12,9,11\n"))],
        &bars(columns),
        "b.csv: row 2: 5 values under 6 columns; accepted: one value a column",
    );
    check(
        &[("b.csv", &format!("{HEAD}{GOOD}"))],
        &bars(columns),
        "b.csv: row 1, column `ts`: `ts` is not a time; accepted: an integer (s, ms, us or ns since 1970), \
         2024-01-31T09:30:00Z, or 2024-01-31[ 09:30:00[.123]] with a declared zone",
    );
    check(
        &[("b.csv", HEAD)],
        &bars(r#", "columns": {"time_of_day": "hour"}"#),
        "b.csv: no column `time_of_day` (accepted names: hour); columns found: ts, open, high, low, close, volume",
    );
    check(
        &[("b.parquet", "")],
        &bars(columns).replace("b.csv", "b.parquet"),
        "data.columns.header: given, though b.parquet is no text; accepted: a text file",
    );
}

#[test]
fn files_and_columns() {
    check(&[], &bars(""), "b.csv: no such file or folder");
    check(
        &[("b.csv", "")],
        &bars(""),
        "b.csv: no column `ts` (accepted names: ts, timestamp, time, datetime, date); columns found: none",
    );
    check(
        &[("b.csv", "ts,open,high,low,volume\n")],
        &bars(""),
        "b.csv: no column `close` (accepted names: close, c); columns found: ts, open, high, low, volume",
    );
    check(
        &[("b.csv", "ts,open,high,low,close,volume,x,x\n")],
        &bars(""),
        "b.csv: column `x` appears twice; every column needs its own name",
    );
    check(
        &[("b.csv", HEAD)],
        &bars(r#", "columns": {"close": "last"}"#),
        "b.csv: no column `close` (accepted names: last); columns found: ts, open, high, low, close, volume",
    );
    check(
        &[("b.csv", HEAD)],
        &bars(r#", "columns": {"further": ["vix"]}"#),
        "b.csv: no column `further` (accepted names: vix); columns found: ts, open, high, low, close, volume",
    );
    check(&[("b.csv", HEAD)], &bars(""), "b.csv: no bars in the file");
    check(
        &[("b.dat", "")],
        &bars("").replace("b.csv", "b.dat"),
        "b.dat: unknown file format; accepted endings: .csv, .tsv, .txt (also with .gz, .zst, .bz2), .zip, .parquet, .pq, .feather, .arrow, .ipc",
    );
    check(
        &[("b.parquet", "PAR1 not")],
        &bars("").replace("b.csv", "b.parquet"),
        "b.parquet: not a readable Parquet file: it is shorter than the shortest Parquet file",
    );
}

#[test]
fn values_of_bars() {
    const PRICE: &str = "a price above 0 (declare `price = \"real\"` for spreads and simulated processes)";
    check_bars(
        "2024-01-01T00:02:00Z,10,12,9,abc,5\n",
        "b.csv: row 3, column `close`: `abc` is not a number; accepted: a finite number",
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,inf,9,11,5\n",
        "b.csv: row 3, column `high`: `inf` is not finite; accepted: a finite number",
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,12,9,,5\n",
        &format!("b.csv: row 3, column `close`: `` is missing; accepted: {PRICE}"),
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,12,9,NaN,5\n",
        &format!("b.csv: row 3, column `close`: `` is missing; accepted: {PRICE}"),
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,12,-9,11,5\n",
        &format!("b.csv: row 3, column `low`: `-9` is out of range; accepted: {PRICE}"),
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,12,9,11,-5\n",
        "b.csv: row 3, column `volume`: `-5` is out of range; accepted: a number, 0 or more",
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,9.5,9,11,5\n",
        "b.csv: row 3: high = 9.5 lies inside the bar (open 10, close 11): a high must be the highest, a low the lowest price",
    );
    check_bars(
        "2024-01-01T00:02:00Z,10,12,9,11\n",
        "b.csv: row 3: 5 values under 6 columns; accepted: one value a column",
    );
    check_bars(
        "2024-01-01T00:00:00Z,10,12,9,11,5\n",
        "b.csv: row 3, column `ts`: 2024-01-01T00:00:00Z comes before the row before it (2024-01-01T00:01:00Z); accepted: rows in order of time",
    );
    check_bars(
        GOOD,
        "b.csv: row 3, column `ts`: 2024-01-01T00:01:00Z comes at the same time as the row before it (2024-01-01T00:01:00Z); accepted: rows in order of time",
    );
    check_bars(
        "2024-01-01 00:02:00,10,12,9,11,5\n",
        "b.csv: row 3, column `ts`: `2024-01-01 00:02:00` is a local time in an undeclared zone; accepted: a declared `zone`, for example zone = \"UTC\" or zone = \"America/New_York\"",
    );
}

#[test]
fn a_file_has_one_unit_of_time() {
    check_trades(
        "ts,price,qty\n1735689600000,1,1\n1735689600000000,1,1\n",
        "t.csv: row 3, column `ts`: `1735689600000000` is out of range; accepted: a time between 1678 and 2262",
    );
    check_trades(
        "ts,price,qty\n1735689600000,1,1\n1735689601,1,1\n",
        "t.csv: row 3, column `ts`: 1970-01-21T02:08:09.601Z comes before the row before it (2025-01-01T00:00:00Z); accepted: rows in order of time",
    );
}

#[test]
fn rows_are_counted_as_an_editor_counts_lines() {
    let text = format!("{HEAD}{GOOD}\n\n2024-01-01T00:02:00Z,10,12,9,x,5\n");
    check(
        &[("b.csv", &text)],
        &bars(""),
        "b.csv: row 5, column `close`: `x` is not a number; accepted: a finite number",
    );
}

#[test]
fn the_first_bad_row_is_named_whatever_is_wrong_with_it() {
    check_bars(
        "2024-01-01T00:02:00Z,10,12,9,-1,5\n2024-01-01T00:03:00Z,10,12,9,x,5\n",
        "b.csv: row 3, column `close`: `-1` is out of range; accepted: a price above 0 (declare `price = \"real\"` for spreads and simulated processes)",
    );
}

#[test]
fn further_columns() {
    let text = |value: &str| {
        format!(
            "ts,open,high,low,close,volume,mood\n2024-01-01T00:01:00Z,1,1,1,1,1,0.5\n2024-01-01T00:02:00Z,1,1,1,1,1,{value}\n"
        )
    };
    check(
        &[("b.csv", &text("0,3x"))],
        &bars(""),
        "b.csv: row 3: 8 values under 7 columns; accepted: one value a column",
    );
    check(
        &[("b.csv", &text("high"))],
        &bars(""),
        "b.csv: row 3, column `mood`: `high` is not a number; accepted: a finite number",
    );
}

#[test]
fn values_of_trades() {
    check_trades(
        "ts,price,qty\n1700000000,0,1\n",
        "t.csv: row 2, column `price`: `0` is out of range; accepted: a price above 0 (declare `price = \"real\"` for spreads and simulated processes)",
    );
    check_trades(
        "ts,price,qty\n1700000000,1,-2\n",
        "t.csv: row 2, column `qty`: `-2` is out of range; accepted: a number above 0",
    );
    check_trades(
        "ts,price,qty\n1700000000,1,0\n",
        "t.csv: row 2, column `qty`: `0` is out of range; accepted: a number above 0",
    );
    check_trades(
        "ts,price,qty,side\n1700000000,1,1,up\n",
        "t.csv: row 2, column `side`: `up` is not a side; accepted: buy, sell, b, s, 1, -1, unknown or nothing",
    );
    check_trades("ts,price,qty\n1700000000,1,1\n", "t.csv: no complete bars in the file");
    check_trades(
        "ts,price\n",
        "t.csv: no column `qty` (accepted names: qty, quantity, size, volume, amount); columns found: ts, price",
    );
}

#[test]
fn configs() {
    check(
        &[],
        &bars("").replace(r#""content": "bars", "#, ""),
        "data.content is missing; accepted: content = \"bars\" or content = \"trades\"",
    );
    check(
        &[],
        &bars(r#", "bars": {"trades": 5}"#),
        "data.bars: given, though the file holds bars already; accepted: no bars",
    );
    check(
        &[],
        r#"{"path": "t.csv", "content": "trades", "instrument": {"symbol": "X", "currency": "USD"}}"#,
        "data.bars: missing, though trades need bars; accepted: bars = { time = \"60s\" }, { volume = 500 }, { trades = 200 }, { dollar = 1e6 }, { range = 2.5 }, { tick_imbalance = 200 } or { volume_imbalance = 200 }",
    );
    check(
        &[],
        r#"{"path": "b.csv", "content": "bars"}"#,
        "data.instrument: missing; accepted: the name of a known instrument, or [data.instrument] with symbol and currency",
    );
    check(
        &[],
        r#"{"embedded": "x", "bars": {"trades": 5}}"#,
        "data.embedded: `x` is not part of the program; accepted: es-ticks",
    );
    check(
        &[],
        r#"{"binance": {"path": "x.gz", "levels": 0}}"#,
        "data.binance.levels = 0 is out of range; accepted: a whole number above 0",
    );
    check(&[], r#"{"dataset": "nowhere"}"#, "nowhere/metadata.json: no such file or folder");
    check(
        &[("b.csv", "ts,open,high,low,close,volume\n1700000000,1,1,1,1,1\n")],
        &bars(r#", "time": {"bar_time": "open"}"#),
        "data.time.bar_length: missing, though times name the open of a bar; accepted: the length of a bar, for example bar_length = \"1m\"",
    );
    check(
        &[],
        &bars("").replace(r#""currency": "USD""#, r#""currency": "USD", "tick_size": -1"#),
        "instrument `X`: tick_size = -1 must be a finite number, 0 or more",
    );
    check(
        &[("t.csv", "ts,price,qty\n")],
        &trades(r#", "sides": "file""#),
        "data.sides: `file`, but the trades carry no side; accepted: tick-rule, or columns.side",
    );
}

#[test]
fn datasets() {
    let scratch = Scratch::new();
    scratch.file("metadata.json", r#"{"name": "x", "colour": "red"}"#);
    let config: DataConfig = serde_json::from_str(r#"{"dataset": "."}"#).unwrap();
    let message = shown(&load(&config, scratch.path()).unwrap_err(), scratch.path());
    assert_eq!(
        message,
        "./metadata.json: unknown field `colour`, expected one of `name`, `title`, `file`, `content`, `rows`, `sha256`, `source`, `licence`, `made_by`, `columns`, `symbol_column`, `original`, `reading`, `lean`, `binance`, `lobster`, `not_known`, `notes`, `instrument` at line 1 column 22"
    );
}

/// Reads entries of a text, and compares the error.
fn check_entries(text: &str, expected: &str) {
    let scratch = Scratch::new();
    let path = scratch.file("e.csv", text);
    let error = read_entries_csv(&path, &TimeConfig::default(), &["X"]).unwrap_err();
    assert_eq!(shown(&error, scratch.path()), expected, "{text}");
}

#[test]
fn entries() {
    let row = |row: &str| format!("id,ts,side,price,stop,qty\n{row}\n");
    check_entries(
        "",
        "e.csv: no column `id` (accepted names: id, ts, side, price, qty, and stop or risk; optional: symbol, tags); columns found: none",
    );
    check_entries(
        "id,ts,side,price,qty\n",
        "e.csv: no column `stop or risk` (accepted names: id, ts, side, price, qty, and stop or risk; optional: symbol, tags); columns found: id, ts, side, price, qty",
    );
    check_entries("id,ts,side,price,stop,qty\n", "e.csv: no entries in the file");
    check_entries(
        &row("a,1700000000,up,10,9,1"),
        "e.csv: row 2, column `side`: `up` is not a side; accepted: long, short, buy or sell",
    );
    check_entries(
        &row("a,noon,long,10,9,1"),
        "e.csv: row 2, column `ts`: `noon` is not a time; accepted: an integer (s, ms, us or ns since 1970), 2024-01-31T09:30:00Z, or 2024-01-31[ 09:30:00[.123]] with a declared zone",
    );
    check_entries(
        &row("a,1700000000,long,ten,9,1"),
        "e.csv: row 2, column `price`: `ten` is not a number; accepted: a number",
    );
    check_entries(
        &row("a,1700000000,long,inf,9,1"),
        "e.csv: row 2, column `price`: `inf` is not finite; accepted: a finite number",
    );
    check_entries(&row("a,1700000000,long,,9,1"), "e.csv: row 2, column `price`: `` is missing; accepted: a number");
    check_entries(
        &row("a,1700000000,long,10,,1"),
        "e.csv: row 2, column `stop`: `` is missing, as is risk; accepted: a number in stop or risk",
    );
    check_entries(
        &row("a,1700000000,long,10,11,1"),
        "e.csv: row 2: entry `a`: the stop 11 of a Long at 10 must lie on the losing side",
    );
    check_entries(
        &row("a,1700000000,long,10,9,-1"),
        "e.csv: row 2: entry `a`: qty = -1 must be a finite number above 0",
    );
    check_entries(&row(",1700000000,long,10,9,1"), "e.csv: row 2, column `id`: `` is missing; accepted: a unique name");
    check_entries(
        &row("a,1700000000,long,10,9,1\na,1700000000,long,10,9,1"),
        "e.csv: row 3, column `id`: `a` is not unique; accepted: an id that no row before it has",
    );
    check_entries(
        &row("a,1700000000,long,10,9"),
        "e.csv: row 2: 5 values under 6 columns; accepted: one value a column",
    );
}

//! From an untouched file of another program to a finished report: `init`, then `run`.

use std::fs;

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// The file in a folder of its own; `change` damages its text.
fn copied(file: &str, change: impl Fn(&str) -> String) -> Scratch {
    let scratch = Scratch::new();
    let text = fs::read_to_string(root().join("tests/testdata/own-files").join(file)).unwrap();
    fs::write(scratch.path().join(file), change(&text)).unwrap();
    scratch
}

/// Two commands and no edit; `told` is what `init` says.
fn check(file: &str, name: &str, told: &[&str]) {
    let scratch = copied(file, str::to_owned);
    let config = format!("{name}.toml");
    let said = stdout(scratch.path(), &["init", file]);
    for part in told.iter().chain(&[format!("next: scaleout run {config}").as_str()]) {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
    let sheet: serde_json::Value =
        serde_json::from_str(&stdout(scratch.path(), &["check", &config, "--json"])).unwrap();
    assert_eq!(sheet["can_run"], true, "{sheet}");
    assert!(2 <= sheet["folds"].as_array().unwrap().len() && 40 <= sheet["entries"].as_u64().unwrap(), "{sheet}");
    stdout(scratch.path(), &["run", &config]);
    let report = fs::read_to_string(scratch.path().join("runs").join(name).join("report.md")).unwrap();
    assert!(report.contains("ladder"), "{file}: a report names what it compares");
    // A config is never written over.
    let before = fs::read(scratch.path().join(&config)).unwrap();
    let output = scaleout(scratch.path(), &["init", file]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains(&format!("{config}: exists already and is left as it is")), "{stderr}");
    assert_eq!(fs::read(scratch.path().join(&config)).unwrap(), before);
}

/// A file with a bad row ends in one line and leaves nothing.
fn check_bad(file: &str, change: impl Fn(&str) -> String, expected: &str) {
    let scratch = copied(file, change);
    let output = scaleout(scratch.path(), &["init", file]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.starts_with(&format!("scaleout: {file}: {expected}")) && stderr.lines().count() == 1, "{stderr}");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1, "a refusal leaves nothing");
}

/// The text with `from` of its line `row` replaced.
fn in_row(text: &str, row: usize, from: &str, to: &str) -> String {
    let line = |(place, line): (usize, &str)| {
        if place + 1 == row { line.replacen(from, to, 1) } else { line.to_owned() }
    };
    text.split_inclusive('\n').enumerate().map(line).collect()
}

#[test]
fn binance() {
    let file = "BTCUSDT-1h-2024-01.csv";
    let told = ["binance-klines; unit = ms", "instrument: BTCUSDT, bitcoin in USDT, spot", "bars: 360 of 1h"];
    check(file, "btcusdt-1h-2024-01", &told);
}

#[test]
fn yahoo() {
    let file = "AAPL.csv";
    check(file, "aapl", &["yahoo; zone = America/New_York (assumed", "instrument: AAPL, US share", "bars: 400 of 1d"]);
}

#[test]
fn metatrader() {
    let file = "EURUSD_M15.csv";
    check(
        file,
        "eurusd-m15",
        &["metatrader-5; zone = UTC (assumed", "instrument: EURUSD, euro in US dollars", "of 15m"],
    );
}

#[test]
fn tradingview() {
    let file = "NASDAQ_MSFT, 60.csv";
    check(file, "nasdaq-msft-60", &["tradingview; unit = s", "instrument: MSFT, US share", "bars: 360 of 1h"]);
}

#[test]
fn a_bad_row_of_each_program_is_named() {
    check_bad("BTCUSDT-1h-2024-01.csv", |text| in_row(text, 100, ",", ",x"), "row 100, column `open`: `x");
    check_bad("AAPL.csv", |text| in_row(text, 101, "-", "/"), "row 101, column `ts`: ");
    check_bad("EURUSD_M15.csv", |text| in_row(text, 200, "\t1.", "\t-1."), "row 200, column `open`: `-1.");
    let values = "row 300: 8 values under 9 columns; accepted: one value a column";
    check_bad("NASDAQ_MSFT, 60.csv", |text| in_row(text, 300, ",", ";"), values);
}

#[test]
fn what_is_no_market_is_named() {
    let named = |name: &str, text: &str, expected: &str| {
        let scratch = Scratch::new();
        fs::write(scratch.path().join(name), text).unwrap();
        let output = scaleout(scratch.path(), &["init", name]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr.starts_with(&format!("scaleout: {expected}")) && stderr.lines().count() == 1, "{stderr}");
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1, "a refusal leaves nothing");
    };
    named(
        "notes.txt",
        "buy low\nsell high\n",
        "notes.txt: holds neither bars nor trades; columns found: buy low; accepted: ",
    );
    let rows: String = (1..20).map(|minute| format!("2024-01-01T00:{minute:02}:00Z,10,12,9,11,5\n")).collect();
    let few = format!("ts,open,high,low,close,volume\n{rows}");
    named("few.csv", &few, "few.csv: 19 bars are too few to learn exits from; accepted: some hundred bars or more");
    named("empty.csv", "", "empty.csv: ");
    let output = scaleout(Scratch::new().path(), &["init", "gone/*.csv"]);
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("scaleout: gone: no such file or folder"));
}

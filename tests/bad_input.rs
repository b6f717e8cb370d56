//! Bad input: one line on stderr that names the place and what would be accepted, exit code 2, nothing written.

use std::{fs, path::Path};

use crate::{
    commands::{root, scaleout},
    scratch::Scratch,
};

const BARS: &str = "\
ts,open,high,low,close,volume,sentiment
2024-01-02T00:01:00Z,10,11,9,10,5,0
2024-01-02T00:02:00Z,10,11,9,10,5,0
2024-01-02T00:03:00Z,10,11,9,10,5,0
";
const ENTRIES: &str = "id,ts,side,price,stop,qty\na,2024-01-02T00:01:00Z,long,10,9,1\n";

/// A change to the own-csv experiment that makes it wrong.
enum Change<'a> {
    Bars(&'a str, &'a str),
    Entries(&'a str, &'a str),
    Config(&'a str, &'a str),
    Remove(&'a str),
}

/// Runs the experiment after `change`; stderr must be one line that holds each of `expected`.
fn check(change: Change<'_>, expected: &[&str]) {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let config = fs::read_to_string(root().join("experiments/own-csv/config.toml")).unwrap();
    let (mut bars, mut entries, mut config) = (BARS.to_owned(), ENTRIES.to_owned(), config);
    let replace = |text: &mut String, from: &str, to: &str| {
        assert!(text.contains(from), "`{from}` is in the file that the case changes");
        *text = text.replacen(from, to, 1);
    };
    match change {
        Change::Bars(from, to) => replace(&mut bars, from, to),
        Change::Entries(from, to) => replace(&mut entries, from, to),
        Change::Config(from, to) => replace(&mut config, from, to),
        Change::Remove(_) => {}
    }
    for (name, text) in [("bars.csv", &bars), ("entries.csv", &entries), ("config.toml", &config)] {
        if !matches!(change, Change::Remove(gone) if gone == name) {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let before = listing(folder);
    let output = scaleout(folder, &["run", "config.toml"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty());
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    for part in expected {
        assert!(stderr.contains(part), "`{part}` is missing in: {stderr}");
    }
    assert_eq!(listing(folder), before, "nothing is written");
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_missing_file_is_named() {
    check(Change::Remove("config.toml"), &["config.toml", "No such file"]);
    check(Change::Remove("bars.csv"), &["bars.csv"]);
    check(Change::Remove("entries.csv"), &["entries.csv"]);
}

#[test]
fn a_bad_row_is_named_with_column_and_value() {
    check(Change::Bars("volume", "size"), &["bars.csv", "volume"]);
    check(
        Change::Bars("10,11,9,10,5,0\n2024-01-02T00:03", "10,11,low,10,5,0\n2024-01-02T00:03"),
        &["bars.csv", "3", "low"],
    );
    check(
        Change::Bars("10,11,9,10,5,0\n2024-01-02T00:02", "10,11,9,10,-5,0\n2024-01-02T00:02"),
        &["bars.csv", "volume", "-5"],
    );
    check(Change::Bars("00:03:00Z", "00:01:30Z"), &["bars.csv", "2024-01-02T00:01:30Z"]);
    check(Change::Entries("long", "up"), &["entries.csv", "side", "up", "long"]);
    check(Change::Entries("10,9,1", "10,11,1"), &["entries.csv", "stop", "11"]);
    check(Change::Entries("stop", "level"), &["entries.csv", "stop", "risk"]);
}

#[test]
fn a_config_names_line_and_column() {
    check(Change::Config("horizon_bars", "horizon"), &["config.toml:", "horizon_bars"]);
    check(Change::Config("horizon_bars = 40", "horizon_bars = 0"), &["config.toml:", "horizon_bars", "1 or more"]);
    check(Change::Config("horizon_bars = 40", "horizon_bars = \"long\""), &["config.toml:", "long"]);
    check(Change::Config("rsi(window=14)", "rsi(window=0)"), &["config.toml:", "rsi", "window"]);
    check(Change::Config("rsi(window=14)", "rzi"), &["config.toml:", "rzi"]);
    check(Change::Config("column:sentiment", "column:mood"), &["mood", "sentiment"]);
    check(Change::Config("risk_aversion = 0.1", "risk_aversion = -1"), &["config.toml:", "risk_aversion"]);
    check(Change::Config("risk_aversion = 0.1", "risk_aversion = \"brave\""), &["config.toml:", "brave", "moderate"]);
    check(Change::Config("seed = 7", "seed = 7\nsead = 8"), &["config.toml:", "sead"]);
    let position = "[training]\nposition = [\"bars_to_horizon\", \"mood\"]";
    check(Change::Config("[training]", position), &["config.toml:", "mood", "unrealised_r"]);
}

#[test]
fn an_output_folder_that_is_no_run_is_left_alone() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path().join("precious")).unwrap();
    fs::write(scratch.path().join("precious/thesis.txt"), "years of work").unwrap();
    let config = root().join("experiments/own-csv/config.toml");
    let output = scaleout(scratch.path(), &["run", config.to_str().unwrap(), "--out", "precious"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("is not a finished run"));
    assert_eq!(listing(&scratch.path().join("precious")), ["thesis.txt"]);
}

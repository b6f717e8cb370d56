//! Exports of other programs become datasets in one command, which says what it took them for.

use std::fs;

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

fn sample(name: &str) -> String {
    root().join("crates/data/testdata/exports").join(name).display().to_string()
}

#[test]
fn an_export_is_recognised_and_what_was_told_is_printed() {
    let scratch = Scratch::new();
    let said = stdout(scratch.path(), &["import", &sample("metatrader-5-m15.csv"), "--into", "eurusd"]);
    for part in ["metatrader-5; zone = UTC (assumed", "bar time = open (assumed", "3 rows: eurusd/bars.parquet"] {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
    let override_zone = ["--zone", "Europe/Athens", "--bar-time", "close"];
    let sample_file = sample("metatrader-5-m15.csv");
    let arguments = [&["import", &sample_file, "--into", "athens"][..], &override_zone].concat();
    let said = stdout(scratch.path(), &arguments);
    assert!(said.contains("zone = Europe/Athens (declared)") && said.contains("bar time = close (declared)"), "{said}");
    // The same import again needs no word: the metadata say how the original was read.
    let again = stdout(scratch.path(), &["import", &sample("metatrader-5-m15.csv"), "--into", "athens"]);
    assert_eq!(again, said);
}

#[test]
fn an_export_of_another_kind_is_refused_and_leaves_nothing() {
    let scratch = Scratch::new();
    let output = scaleout(scratch.path(), &["import", &sample("yahoo.csv"), "--format", "kraken", "--into", "made"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("yahoo.csv: not a readable kraken file: its first rows are of another format"), "{stderr}");
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0);
}

#[test]
fn an_export_is_read_from_a_config_as_it_is() {
    let scratch = Scratch::new();
    let config = fs::read_to_string(root().join("experiments/own-csv/config.toml")).unwrap();
    let config = config.replacen("path = \"bars.csv\"", "path = \"klines.csv\"\nformat = \"auto\"", 1);
    fs::write(scratch.path().join("config.toml"), config).unwrap();
    fs::copy(sample("binance-klines-spot.csv"), scratch.path().join("klines.csv")).unwrap();
    stdout(scratch.path(), &["features", "config.toml", "--set", "column:taker_buy_volume", "--out", "o.csv"]);
    let table = fs::read_to_string(scratch.path().join("o.csv")).unwrap();
    assert_eq!(table.lines().nth(1).unwrap(), "1704070800000000000,682.57581");
}

#[test]
fn a_list_of_trades_becomes_entries_and_exits() {
    let scratch = Scratch::new();
    let list = root().join("crates/data/testdata/trades/ib-activity.csv").display().to_string();
    let said = stdout(scratch.path(), &["import-trades", &list, "--risk", "2.5", "--out", "mine"]);
    let told = "ib-activity; zone = America/New_York (assumed";
    for part in [told, "1 R = 2.5 points of price (1 trade)", "1 trade: mine/entries.csv", "2 exits: mine/exits.csv"] {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
    let output = scaleout(scratch.path(), &["import-trades", &list, "--out", "other"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr.contains("row 6: the trade has no stop") && stderr.contains("--risk-percent P"), "{stderr}");
    assert!(!scratch.path().join("other").exists());
}

#[test]
fn trades_of_an_exchange_are_recognised_and_imported() {
    let scratch = Scratch::new();
    let said = stdout(scratch.path(), &["import", &sample("binance-agg-trades-futures.csv"), "--into", "btc"]);
    for part in ["binance-agg-trades; unit = ms", "side = of the taker (proved", "2 rows: btc/trades.parquet"] {
        assert!(said.contains(part), "`{part}` is missing in: {said}");
    }
    let said = stdout(scratch.path(), &["import", &sample("freqtrade.feather"), "--into", "candles"]);
    assert!(
        said.contains("freqtrade; bar time = open (assumed") && said.contains("3 rows: candles/bars.parquet"),
        "{said}"
    );
}

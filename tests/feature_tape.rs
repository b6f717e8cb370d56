//! Features of tapes that stream: the same values as of the same bars in memory, the same bytes on any number of threads.

use std::{fmt::Write as _, fs};

use crate::{
    commands::{root, stdout},
    scratch::Scratch,
};

/// A tape of `trades` trades, some in one second.
fn tape(trades: u64, seed: u64) -> String {
    let mut text = "ts,price,qty,side\n".to_owned();
    let mut state = seed;
    for place in 0..trades {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (step, side) = (state >> 33, if state >> 63 == 0 { "buy" } else { "sell" });
        let (minute, second) = ((place / 20) % 60, 3 * (place % 20));
        let _ = writeln!(
            text,
            "2024-01-02T{:02}:{minute:02}:{second:02}Z,{}.{:02},{},{side}",
            place / 1_200,
            100 + step % 3,
            step % 100,
            1 + step % 7
        );
    }
    text
}

#[test]
fn tapes_stream_to_the_same_tables_on_any_number_of_threads() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    for (name, seed) in [("monday", 1), ("tuesday", 2)] {
        fs::write(folder.join(format!("{name}.csv")), tape(20_000, seed)).unwrap();
    }
    let arguments = ["features", "--every", "1m", "--trades", "monday.csv", "tuesday.csv"];
    for threads in ["1", "2"] {
        stdout(folder, &[&arguments[..], &["--out", &format!("on-{threads}"), "--threads", threads]].concat());
    }
    for name in ["monday.parquet", "tuesday.parquet"] {
        let read = |threads: &str| fs::read(folder.join(threads).join(name)).unwrap();
        assert!(read("on-1") == read("on-2"), "{name}");
        assert!(read("on-1").len() > 10_000);
    }
    assert!(
        fs::read(folder.join("on-1/monday.parquet")).unwrap() != fs::read(folder.join("on-1/tuesday.parquet")).unwrap()
    );

    // One tape to one table, whose rows are the minutes that were completed.
    let set = "signed_volume_imbalance(window=2);rsi(window=2)";
    stdout(folder, &["features", "--every", "1m", "--trades", "monday.csv", "--set", set, "--out", "monday-table.csv"]);
    let table = fs::read_to_string(folder.join("monday-table.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 999);
}

#[test]
fn bars_of_a_stream_are_of_time_trades_volume_or_value() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    fs::write(folder.join("day.csv"), tape(2_000, 3)).unwrap();
    // Every trade has a moment of its own and a quantity of 4 on average, at a price of about 101.
    for (every, least, most) in
        [("1m", 99, 99), ("trades=50", 39, 39), ("volume=400", 19, 20), ("dollar=40400", 18, 21)]
    {
        let out = format!("{}.csv", every.replace('=', "-"));
        stdout(folder, &["features", "--every", every, "--trades", "day.csv", "--set", "rsi(window=2)", "--out", &out]);
        let rows = fs::read_to_string(folder.join(&out)).unwrap().lines().count() - 1;
        assert!((least..=most).contains(&rows), "{every}: {rows} bars");
    }
}

#[test]
fn check_counts_what_the_quotes_say_of_the_trades() {
    let scratch = Scratch::new();
    let config = root().join("experiments/lean-ibm/excerpt.toml");
    let lines = stdout(scratch.path(), &["check", config.to_str().unwrap()]);
    let sides = "sides by the quote before: 1172 trades at the ask, 1131 at the bid, 1747 inside";
    assert!(lines.contains(sides), "{lines}");
}

#[test]
fn the_excerpt_of_an_order_book_feeds_every_feature_of_its_experiment() {
    let scratch = Scratch::new();
    let config = root().join("experiments/binance-l2/excerpt.toml");
    let lines = stdout(scratch.path(), &["check", config.to_str().unwrap()]);
    assert!(lines.contains("events: 3547 quotes, 378 books") && lines.ends_with("it can be run\n"), "{lines}");
}

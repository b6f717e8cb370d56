//! Entries that no market could have filled, or out of all proportion: `check` and `run` refuse them before anything is
//! learned, in one line with file, row, column and value.

use std::fs;

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// A row of own-csv's entries, with 1 R instead of the stop.
#[derive(Clone)]
struct Row {
    head: String,
    price: f64,
    risk: String,
    qty: String,
    symbol: String,
}

/// The own-csv experiment, its entries as `change` leaves them.
fn experiment(change: impl Fn(&mut [Row])) -> Scratch {
    let scratch = Scratch::new();
    let own = root().join("experiments/own-csv");
    for name in ["bars.csv", "config.toml"] {
        fs::copy(own.join(name), scratch.path().join(name)).unwrap();
    }
    let text = fs::read_to_string(own.join("entries.csv")).unwrap();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let [price, stop] = [cells[3], cells[4]].map(|cell| cell.parse::<f64>().unwrap());
        let risk = format!("{:.2}", (price - stop).abs());
        Row { head: cells[..3].join(","), price, risk, qty: cells[5].to_owned(), symbol: "DEMO".to_owned() }
    };
    let mut rows: Vec<Row> = text.lines().skip(1).map(row).collect();
    change(&mut rows);
    let lines =
        rows.iter().map(|Row { head, price, risk, qty, symbol }| format!("{head},{price},{risk},{qty},{symbol}\n"));
    let text = format!("id,ts,side,price,risk,qty,symbol\n{}", lines.collect::<String>());
    fs::write(scratch.path().join("entries.csv"), text).unwrap();
    scratch
}

/// Both commands end in exit 2 and the same line, which holds each of `expected`, and nothing is written.
fn check_refused(change: impl Fn(&mut [Row]), expected: &[&str]) {
    let scratch = experiment(change);
    let before = fs::read_dir(scratch.path()).unwrap().count();
    let lines = ["check", "run"].map(|command| {
        let output = scaleout(scratch.path(), &[command, "config.toml"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command}: {stderr}");
        assert!(output.stdout.is_empty() && stderr.lines().count() == 1, "{command}: {stderr}");
        stderr
    });
    assert_eq!(lines[0], lines[1]);
    for part in expected {
        assert!(lines[0].contains(part), "`{part}` is missing in: {}", lines[0]);
    }
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), before, "nothing is written");
}

#[test]
fn an_entry_that_the_market_never_showed_is_refused_or_counted() {
    // A typo: ten times the price.
    let typo = |rows: &mut [Row]| rows[2].price *= 10.0;
    check_refused(
        typo,
        &["entries.csv: row 4, entry `e003`: column price: ", "lies outside the bar", "; accepted: ", "1 of 180"],
    );
    let scratch = experiment(typo);
    let config = fs::read_to_string(scratch.path().join("config.toml")).unwrap();
    let config = config.replacen("source = \"file\"", "source = \"file\"\noutside_bar = \"skip\"", 1);
    fs::write(scratch.path().join("config.toml"), config).unwrap();
    assert!(stdout(scratch.path(), &["check", "config.toml"]).contains(", 1 outside their bars"));
}

#[test]
fn many_entries_outside_their_bars_put_the_time_of_the_bars_in_doubt() {
    let late = |rows: &mut [Row]| rows.iter_mut().step_by(10).for_each(|row| row.price *= 1.5);
    check_refused(late, &["18 of 180 entries lie outside their bars", "bar_time = \"open\""]);
}

#[test]
fn a_risk_or_quantity_out_of_all_proportion_is_refused_before_learning() {
    let risk = |rows: &mut [Row]| rows[1].risk = "1e-300".to_owned();
    check_refused(risk, &["entries.csv: row 3, entry `e002`: column", "risk", "1e-300", "; accepted: "]);
    let qty = |rows: &mut [Row]| rows[1].qty = "1e-300".to_owned();
    check_refused(qty, &["entries.csv: row 3, entry `e002`: qty = 1e-300 must be a whole number of lots of 1, "]);
}

#[test]
fn an_entry_of_another_market_is_named_with_its_row() {
    let other = |rows: &mut [Row]| rows[4].symbol = "DEM0".to_owned();
    check_refused(
        other,
        &["entries.csv: row 6, column `symbol`: `DEM0` is not a market of this experiment; accepted: DEMO"],
    );
}

/// What tells whether the times were read as they are meant.
#[test]
fn check_and_report_say_when_the_bars_begin_and_end_and_how_that_is_known() {
    let scratch = experiment(|_| {});
    let config = fs::read_to_string(scratch.path().join("config.toml")).unwrap();
    let learners = "learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }, { kind = \"readable-tree\" }]";
    let few = config.replace(learners, "learners = [{ kind = \"readable-tree\" }]");
    let few = few + "\n[baselines]\nfamilies = [\"time\", \"ladder-2\"]\n";
    fs::write(scratch.path().join("config.toml"), few).unwrap();
    let checked = stdout(scratch.path(), &["check", "config.toml"]);
    stdout(scratch.path(), &["run", "config.toml", "--out", "run"]);
    let report = fs::read_to_string(scratch.path().join("run/report.md")).unwrap();
    for part in ["2024-01-01T01:00:00Z", "2024-05-05T00:00:00Z", "1h", "close (assumed)"] {
        assert!(checked.contains(part), "`{part}` is missing in: {checked}");
        assert!(report.contains(part), "`{part}` is missing in the report");
    }
}

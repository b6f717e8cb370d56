//! What a verdict must not be fooled by: trades that the model has seen, a column that knows the next bar, tries that
//! were not counted.

use std::fs;

use serde_json::Value;

use crate::{
    commands::{root, stdout},
    scratch::Scratch,
};

/// The own-csv experiment in `scratch`, cut down to what is quick, with every pair of `changes` replaced in its config.
fn experiment(scratch: &Scratch, changes: &[(&str, &str)]) {
    let source = root().join("experiments/own-csv");
    for name in ["bars.csv", "entries.csv"] {
        fs::copy(source.join(name), scratch.path().join(name)).unwrap();
    }
    let mut config = fs::read_to_string(source.join("config.toml")).unwrap();
    let learners = "learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }, { kind = \"readable-tree\" }]";
    let quick = [
        (learners, "learners = [{ kind = \"linear\" }]"),
        ("[training.fit]\n", "[training.fit]\nsearch = \"none\"\n"),
        (
            "[validation]\n",
            "[baselines]\nfamilies = [\"hold\", \"time\", \"ladder-2\"]\n[evaluation]\ndraws = 400\nmetric_draws = 200\n[validation]\n",
        ),
    ];
    for (from, to) in quick.iter().chain(changes) {
        assert!(config.contains(from), "{from} is not in {config}");
        config = config.replacen(from, to, 1);
    }
    fs::write(scratch.path().join("config.toml"), config).unwrap();
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_backtest_on_trades_that_taught_the_model_concludes_nothing() {
    let scratch = Scratch::new();
    experiment(&scratch, &[]);
    let run = json(&stdout(scratch.path(), &["run", "config.toml", "--out", "run", "--json"]));
    assert!(run["contestants"].as_array().unwrap().iter().all(|contestant| contestant["sample"] == "out-of-sample"));
    // Dearer trades at the same prices are no new trades.
    experiment(&scratch, &[("spread_ticks = 1", "spread_ticks = 2")]);
    let backtest = ["backtest", "config.toml", "--model", "run/model/model.json", "--out", "again", "--json"];
    let report = json(&stdout(scratch.path(), &backtest));
    let verdict = &report["verdict"];
    assert_eq!((&verdict["better_than_rule"], &verdict["beats_all"]), (&Value::Bool(false), &Value::Bool(false)));
    assert!(verdict["sentence"].as_str().unwrap().starts_with("The model learned from these trades"), "{verdict}");
    assert!(report["contestants"].as_array().unwrap().iter().all(|contestant| contestant["sample"] == "in-sample"));
    assert!(fs::read_to_string(scratch.path().join("again/report.md")).unwrap().contains("IN SAMPLE"));

    // A model that does not say what it learned from is judged no better.
    let text = fs::read_to_string(scratch.path().join("run/model/model.json")).unwrap();
    assert!(text.contains("\"learned_from\""));
}

#[test]
fn tries_on_the_same_trades_are_counted_once_each() {
    let scratch = Scratch::new();
    let ledger = ("[evaluation]\n", "[evaluation]\nledger = \"tries.jsonl\"\n");
    let trials = |changes: &[(&str, &str)], out: &str| {
        experiment(&scratch, &[&[ledger], changes].concat());
        let report = json(&stdout(scratch.path(), &["run", "config.toml", "--out", out, "--json"]));
        assert_eq!(report["overfitting"]["trials_on_test"], report["provenance"]["ledger"]["trials"]);
        report["overfitting"]["trials_on_test"].as_u64().unwrap()
    };
    assert_eq!(trials(&[], "first"), 1);
    assert_eq!(trials(&[], "again"), 1, "a rerun is the same try");
    let bytes = |out: &str| fs::read(scratch.path().join(out).join("report.json")).unwrap();
    assert!(bytes("first") == bytes("again"), "the digest is that of the ledger with the run in it");
    assert_eq!(trials(&[("seed = 7", "seed = 8")], "other"), 2, "another seed is another try");
    assert_eq!(trials(&[("name = \"own-csv\"", "name = \"renamed\"")], "renamed"), 2, "another name is not");
    assert_eq!(fs::read_to_string(scratch.path().join("tries.jsonl")).unwrap().lines().count(), 2);
}

/// The column holds the return of the bar that comes next.
#[test]
fn a_column_that_knows_the_next_bar_is_named() {
    let scratch = Scratch::new();
    experiment(&scratch, &[]);
    let honest = stdout(scratch.path(), &["check", "config.toml"]);
    assert!(!honest.contains("LEAK"), "{honest}");

    let text = fs::read_to_string(scratch.path().join("bars.csv")).unwrap();
    let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
    let close = |row: usize| rows.get(row).map_or(0.0, |row| row[4].parse::<f64>().unwrap());
    let mut leaking = format!("{}\n", rows[0].join(","));
    for place in 1..rows.len() {
        let next = if place + 1 < rows.len() { close(place + 1) - close(place) } else { 0.0 };
        let mut row: Vec<String> = rows[place].iter().map(|&cell| cell.to_owned()).collect();
        let sentiment = row.len() - 1;
        row[sentiment] = format!("{next:.4}");
        leaking.push_str(&(row.join(",") + "\n"));
    }
    fs::write(scratch.path().join("bars.csv"), leaking).unwrap();
    let checked = stdout(scratch.path(), &["check", "config.toml"]);
    assert!(checked.contains("LEAK: feature column:sentiment looks ahead to the next bar"), "{checked}");
    let report = json(&stdout(scratch.path(), &["run", "config.toml", "--out", "run", "--json"]));
    assert_eq!(report["verdict"]["better_than_rule"], false);
    let sentence = report["verdict"]["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("Remove the feature `column:sentiment`: it looks ahead to the next bar."),
        "{sentence}"
    );
}

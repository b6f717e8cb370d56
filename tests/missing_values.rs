//! Values that are not there or no numbers to work with: counted in the report, or named with file and row.

use std::fs;

use serde_json::Value;

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// The own-csv experiment, small, with `change` made to its bars and `objective` added to its objective.
fn experiment(change: impl Fn(usize, &str) -> Option<String>, objective: &str) -> Scratch {
    let scratch = Scratch::new();
    let source = root().join("experiments/own-csv");
    let text = |name: &str| fs::read_to_string(source.join(name)).unwrap();
    fs::write(scratch.path().join("entries.csv"), text("entries.csv")).unwrap();
    let bars: Vec<String> = text("bars.csv")
        .lines()
        .enumerate()
        .map(|(place, line)| change(place + 1, line).unwrap_or_else(|| line.to_owned()) + "\n")
        .collect();
    fs::write(scratch.path().join("bars.csv"), bars.concat()).unwrap();
    let config = text("config.toml")
        .replacen("risk_aversion = \"moderate\"\n", &format!("risk_aversion = \"moderate\"\n{objective}\n"), 1)
        .replacen(
            "{ kind = \"linear\" }, { kind = \"boosted-trees\" }, { kind = \"readable-tree\" }",
            "{ kind = \"linear\" }",
            1,
        )
        .replacen("[training.fit]\n", "[training.fit]\nsearch = \"none\"\n", 1);
    let rest = "[baselines]\nfamilies = [\"ladder-3\"]\n[evaluation]\ndraws = 200\nmetric_draws = 400\n";
    fs::write(scratch.path().join("config.toml"), format!("{config}\n{rest}")).unwrap();
    scratch
}

/// The line with `value` as its last cell, the sentiment.
fn with_sentiment(line: &str, value: &str) -> String {
    let (before, _) = line.rsplit_once(',').unwrap();
    format!("{before},{value}")
}

#[test]
fn missing_values_of_a_feature_are_counted() {
    let scratch = experiment(
        |row, line| match row {
            700 => Some(with_sentiment(line, "NaN")),
            800 => Some(with_sentiment(line, "")),
            _ => None,
        },
        "",
    );
    let report: Value =
        serde_json::from_str(&stdout(scratch.path(), &["run", "config.toml", "--out", "out", "--json"])).unwrap();
    let dropped = report["dropped"].as_array().unwrap();
    let named = |what: &str| dropped.iter().find(|drop| drop["what"] == what).unwrap();
    let missing = named("values of a feature");
    assert_eq!(missing["count"], 2, "{missing}");
    assert!(missing["reason"].as_str().unwrap().contains("`column:sentiment`"), "{missing}");
    let warming = named("features before their first value");
    assert_eq!(warming["count"], 5, "{warming}");
    assert!(warming["reason"].as_str().unwrap().contains("20 bars"), "{warming}");
    let page = fs::read_to_string(scratch.path().join("out/report.md")).unwrap();
    assert!(page.contains("`column:sentiment` has no value there"));
}

#[test]
fn a_bad_variance_is_named_with_file_row_and_value() {
    for (value, named) in [("-0.5", "`-0.5`"), ("NaN", "missing"), ("", "missing")] {
        let change = |row: usize, line: &str| match row {
            1 => None,
            700 => Some(with_sentiment(line, value)),
            _ => Some(with_sentiment(line, "0.01")),
        };
        let scratch = experiment(change, "variance_column = \"sentiment\"");
        let output = scaleout(scratch.path(), &["run", "config.toml", "--out", "out"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        for part in ["bars.csv: row 700, column `sentiment`", named, "0 or more"] {
            assert!(stderr.contains(part), "`{part}` is missing in: {stderr}");
        }
        assert!(!scratch.path().join("out.partial").exists());
    }
}

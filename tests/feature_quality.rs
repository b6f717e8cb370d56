//! The quality sheet of an experiment's features: what it writes, and what it must not have looked at.

use std::{fs, path::Path};

use crate::{
    commands::{root, stdout},
    scratch::Scratch,
};

fn copy_of_own_csv(into: &Path) {
    fs::create_dir_all(into).unwrap();
    for name in ["config.toml", "bars.csv", "entries.csv"] {
        fs::copy(root().join("experiments/own-csv").join(name), into.join(name)).unwrap();
    }
}

#[test]
fn the_sheet_sees_the_first_training_span_and_nothing_after_it() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    copy_of_own_csv(&folder.join("own-csv"));
    stdout(folder, &["features", "own-csv/config.toml", "--quality", "before"]);
    let sheet: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.join("before/quality.json")).unwrap()).unwrap();
    let rows = sheet["bars"].as_u64().unwrap() as usize;
    let known = |feature: &serde_json::Value| {
        feature["coverage"].as_f64().unwrap() > 0.9
            && feature["stationarity"]["statistic"].is_f64()
            && feature["information"]["value"].is_f64()
    };
    assert!(sheet["features"].as_array().unwrap().iter().all(known), "{sheet}");

    // Everything after the last bar that was looked at becomes another market, wide enough for the prices of the entries.
    let bars = fs::read_to_string(folder.join("own-csv/bars.csv")).unwrap();
    let changed: Vec<String> = bars
        .lines()
        .enumerate()
        .map(|(line, text)| match text.split_once(',') {
            Some((ts, _)) if rows + 1 < line => format!("{ts},7,900,0.5,{},1,{}", 5 + line % 4, line % 3),
            _ => text.to_owned(),
        })
        .collect();
    fs::write(folder.join("own-csv/bars.csv"), changed.join("\n") + "\n").unwrap();
    stdout(folder, &["features", "own-csv/config.toml", "--quality", "after"]);
    for name in ["quality.md", "quality.csv", "quality.json", "quality.svg", "quality.png"] {
        let read = |folder_name: &str| fs::read(folder.join(folder_name).join(name)).unwrap();
        assert!(read("before") == read("after"), "{name} changes with what came after the training span");
    }
}

#[test]
fn a_file_of_bars_has_a_sheet_without_information() {
    let scratch = Scratch::new();
    let bars = root().join("experiments/own-csv/bars.csv");
    stdout(
        scratch.path(),
        &["features", "--bars", bars.to_str().unwrap(), "--set", "rsi;streak", "--quality", "sheet"],
    );
    let sheet: serde_json::Value =
        serde_json::from_slice(&fs::read(scratch.path().join("sheet/quality.json")).unwrap()).unwrap();
    assert_eq!(sheet["bars"], 3_000);
    assert!(sheet["features"][0]["information"].is_null());
}

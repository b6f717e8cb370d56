//! The models of the folder `models/` still load, and say what they are.

use std::fs;

use serde_json::Value;

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

const SHIPPED: [&str; 2] = ["es-ticks", "own-csv"];

#[test]
fn every_shipped_model_verifies_and_says_what_it_is() {
    for name in SHIPPED {
        let folder = format!("models/{name}");
        assert!(stdout(root(), &["verify", &folder]).contains("the model folder verifies"), "{name}");
        for file in ["", "/model.json", "/model.onnx", "/contract.json"] {
            let path = format!("{folder}{file}");
            let sheet = stdout(root(), &["inspect", &path]);
            assert!(sheet.contains(name) && sheet.contains("linear"), "{path}: {sheet}");
            let json: Value = serde_json::from_str(&stdout(root(), &["inspect", &path, "--json"])).unwrap();
            assert!(3 < json["features"].as_array().unwrap().len(), "{path}");
        }
        let sheet = stdout(root(), &["inspect", &folder]);
        for fact in ["trained on", "typical costs", "departs from", "valid until", "verdict", "expect mean_objective"] {
            assert!(sheet.contains(fact), "{name} does not say `{fact}`: {sheet}");
        }
    }
}

/// One file of each version of the format is kept, and is read and replayed as long as builds say that they read it.
#[test]
fn every_version_of_the_format_still_loads() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let own = root().join("experiments/own-csv");
    for name in ["bars.csv", "entries.csv"] {
        fs::copy(own.join(name), folder.join(name)).unwrap();
    }
    let config = fs::read_to_string(own.join("config.toml")).unwrap();
    fs::write(folder.join("config.toml"), config.replace("risk_aversion = \"moderate\"", "risk_aversion = 0.1"))
        .unwrap();
    let old = root().join("models/version-1/model.json");
    let text = fs::read_to_string(&old).unwrap();
    assert!(text.starts_with("{\"version\":1,") && !text.contains("sha256\":\"\"") && !text.contains("\"frame\""));
    let sheet = stdout(folder, &["inspect", old.to_str().unwrap()]);
    assert!(sheet.contains("trained on") && sheet.contains("linear"), "{sheet}");
    let table = stdout(folder, &["backtest", "config.toml", "--model", old.to_str().unwrap(), "--out", "replayed"]);
    assert!(table.contains("linear"), "{table}");
    let report = fs::read_to_string(folder.join("replayed/report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    // It does not say what it learned from, so nothing is concluded.
    let sample =
        &report["contestants"].as_array().unwrap().iter().find(|one| one["name"] == "model").unwrap()["sample"];
    assert_eq!(sample, "unknown");
    fs::write(folder.join("newer.json"), text.replacen("\"version\":1", "\"version\":3", 1)).unwrap();
    let output = scaleout(folder, &["backtest", "config.toml", "--model", "newer.json"]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && error.contains("version 3; accepted: 1 to 2"), "{error}");
}

#[test]
fn what_is_no_model_is_refused_with_its_path() {
    let scratch = Scratch::new();
    let text = fs::read(root().join("models/own-csv/model.onnx")).unwrap();
    fs::write(scratch.path().join("cut.onnx"), &text[..text.len() / 2]).unwrap();
    fs::write(scratch.path().join("empty.json"), "{}").unwrap();
    for name in ["cut.onnx", "empty.json", "gone.json", "."] {
        let output = scaleout(scratch.path(), &["inspect", name]);
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(error.lines().count() == 1 && (name == "." || error.contains(name)), "{error}");
    }
}

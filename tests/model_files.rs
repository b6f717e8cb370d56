//! A model file that is damaged, made up or old, through the binary. Every field of every learner's file is changed in
//! process, by the tests of `training`.

use std::fs;

use serde_json::{Value, json};

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// Own bars and entries with one learner and few ladders: a run of seconds.
fn config(scratch: &Scratch) {
    let source = root().join("experiments/own-csv");
    for name in ["bars.csv", "entries.csv"] {
        fs::copy(source.join(name), scratch.path().join(name)).unwrap();
    }
    let text = fs::read_to_string(source.join("config.toml")).unwrap();
    let learners = "learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }, { kind = \"readable-tree\" }]";
    assert!(text.contains(learners));
    let few = text.replace(learners, "learners = [{ kind = \"readable-tree\" }]");
    let few = few + "\n[baselines]\nfamilies = [\"time\", \"ladder-2\"]\n";
    fs::write(scratch.path().join("config.toml"), few).unwrap();
}

#[test]
fn a_damaged_or_made_up_model_file_is_refused_with_the_reason_and_an_old_one_is_read() {
    let scratch = Scratch::new();
    config(&scratch);
    stdout(scratch.path(), &["run", "config.toml", "--out", "run"]);
    let file = scratch.path().join("run/model/model.json");
    let text = fs::read_to_string(&file).unwrap();
    let (content, seal) = text.split_at(text.rfind(",\"sha256\":").unwrap());
    assert_eq!(seal.len(), 78, "the digest is the last key: {seal}");
    let content = format!("{content}}}");
    let edited = scratch.path().join("edited.json");
    let refused = |text: &str, says: &str| {
        fs::write(&edited, text).unwrap();
        let output = scaleout(scratch.path(), &["backtest", "config.toml", "--model", "edited.json", "--out", "again"]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{says}: {stderr}");
        assert!(stderr.contains("edited.json") && stderr.contains(says), "{says}: {stderr}");
        assert!(!stderr.contains("panicked") && stderr.len() < 4_000, "{stderr}");
        assert!(!scratch.path().join("again").exists());
    };
    refused(&text.replacen("\"tranches\":4", "\"tranches\":5", 1), "damaged");
    refused(&text[..text.len() / 2], "at line 1 column");
    refused(&content, "ends with the sha256");
    refused("", "EOF");
    refused("{\"version\":99}", "version 99; accepted: 1 to 2");

    // What nobody sealed is read with the checks alone.
    let old: Value = serde_json::from_str(&content).unwrap();
    let unsealed = |change: &dyn Fn(&mut Value)| {
        let mut changed = old.clone();
        changed["version"] = json!(1);
        change(&mut changed);
        changed.to_string()
    };
    let tree = |changed: &mut Value, key: &str, value: Value| {
        changed["refit"]["models"][0]["model"]["regressor"]["trees"][0][key] = value;
    };
    // One of each kind: removed, doubled, negated, huge, wrong length, wrong type, endless.
    refused(&unsealed(&|v| drop(v["refit"].as_object_mut().unwrap().remove("models"))), "missing field `models`");
    refused(&unsealed(&|v| tree(v, "steps", json!([0.5, 0.5]))), "steps");
    refused(&unsealed(&|v| v["folds"][0]["lesson"]["models"][0]["model"]["tranches"] = json!(-4)), "invalid value");
    refused(&unsealed(&|v| v["refit"]["models"][0]["model"]["layout"]["window"] = json!(4_000_000_000_u32)), "window");
    refused(&unsealed(&|v| tree(v, "left", json!([]))), "left");
    refused(&unsealed(&|v| tree(v, "gain", json!("much"))), "invalid type");
    let endless = |v: &mut Value| v["refit"]["models"][0]["model"]["regressor"]["trees"][0]["left"][0] = json!(0);
    refused(&unsealed(&endless), "left[0]");
    refused(&unsealed(&|v| v["refit"]["chosen"] = json!(1)), "chosen = 1");
    refused(&unsealed(&|v| v["folds"][0]["test"][0] = json!(1_000_000)), "trade 1000000");

    fs::write(&edited, unsealed(&|_| {})).unwrap();
    stdout(scratch.path(), &["backtest", "config.toml", "--model", "edited.json", "--out", "again"]);
    let report = |folder: &str| fs::read_to_string(scratch.path().join(folder).join("report.json")).unwrap();
    assert_eq!(report("again"), report("run"), "an old file gives the same answer");
}

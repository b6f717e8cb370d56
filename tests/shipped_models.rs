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

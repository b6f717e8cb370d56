//! What every format and the check of a folder promise, on small models.

use std::{collections::BTreeMap, fs, path::PathBuf};

use scaleout_model::{DepartureRegressor, Model, Regressor, sealed, unsealed};

use crate::{
    CONTRACT_SCHEMA, Export, ExportError, FORMATS, GoldenRow, answers, export_files, feature_code,
    fixtures::{contract, departing, linear, model, observed, perceptron, trees},
    formats_named, formats_of_runs, golden_csv, golden_rows, onnx_metadata, read_golden, verify,
};

fn golden(model: &Model, count: usize) -> Vec<GoldenRow> {
    golden_rows(model, &contract(model).features, &observed(), count)
}

/// The folder of a run's formats, written below a fresh folder.
fn written(name: &str, model: &Model) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("scaleout-export-{}-{name}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let contract = contract(model);
    let rows = golden(model, 60);
    let export = Export { model, model_json: &model.to_json(), ladder_json: None, contract: &contract, golden: &rows };
    for file in export_files(&export, &formats_of_runs(), &BTreeMap::new()).unwrap() {
        fs::write(folder.join(file.name), file.bytes).unwrap();
    }
    folder
}

#[test]
fn a_written_folder_is_what_it_says_it_is_and_a_changed_one_is_not() {
    let folder = written("verify", &model("linear", linear()));
    let verified = verify(&folder).unwrap();
    assert_eq!(verified.faults, Vec::<String>::new(), "{:?}", verified.lines);
    let golden = folder.join("golden.csv");
    let text = fs::read_to_string(&golden).unwrap();
    let line = text.lines().nth(1).unwrap();
    let (before, target) = line.rsplit_once(',').unwrap();
    let other = if target == "0" { "1" } else { "0" };
    fs::write(&golden, text.replacen(line, &format!("{before},{other}"), 1)).unwrap();
    let faults = verify(&folder).unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("golden.csv was changed")), "{faults:?}");
    assert!(faults.iter().any(|fault| fault.contains("line 2: target_fraction")), "{faults:?}");
    fs::write(&golden, text.replacen(line, &line.replacen(',', ",x", 1), 1)).unwrap();
    let faults = verify(&folder).unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("golden.csv, line 2, column `rsi`")), "{faults:?}");
    let contract = folder.join("contract.json");
    let text = fs::read_to_string(&contract).unwrap();
    let json = unsealed(&text).unwrap().json;
    let changed = |from: &str, to: &str| fs::write(&contract, sealed(&json.replacen(from, to, 1))).unwrap();
    changed("\"golden.csv\"", "\"../golden.csv\"");
    let faults = verify(&folder).unwrap().faults;
    assert!(faults.iter().any(|fault| fault.contains("`../golden.csv`, which leaves its folder")), "{faults:?}");
    changed("\"version\": 1", "\"version\": 9");
    assert!(verify(&folder).unwrap_err().to_string().contains("version 9; accepted: 1"));
    fs::write(&contract, text.replacen("\"horizon_bars\": ", "\"horizon_bars\": 1", 1)).unwrap();
    assert!(verify(&folder).unwrap_err().to_string().contains("damaged"));
    fs::write(&contract, &text[..text.len() / 2]).unwrap();
    assert!(matches!(verify(&folder), Err(ExportError::File { .. })));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_model_that_departs_from_a_rule_is_written_and_verified_like_any_other() {
    let model = model("linear", departing()).checked().unwrap();
    let folder = written("departing", &model);
    let verified = verify(&folder).unwrap();
    assert_eq!(verified.faults, Vec::<String>::new(), "{:?}", verified.lines);
    let contract = contract(&model);
    let export = Export { model: &model, model_json: "", ladder_json: None, contract: &contract, golden: &[] };
    let weights = formats_named(&["weights".to_owned()]).unwrap()[0].files(&export).unwrap();
    assert!(String::from_utf8_lossy(&weights[0].bytes).contains("kind departure: tranche k"));
    // The rule decides alone where no standard error is small enough.
    let Regressor::Departure(departure) = &model.regressor else { panic!("it departs") };
    let alone = DepartureRegressor { caution: None, members: vec![], ..departure.clone() };
    let alone = Model { regressor: Regressor::Departure(alone), ..model.clone() }.checked().unwrap();
    let held = |model: &Model, row: &[f32]| {
        let terms = scaleout_exits::TradeTerms {
            proportional_r: 0.1,
            per_order_r: 0.0,
            impact_r: 0.0,
            impact_power: 1.0,
            lots: None,
            min_lots: 0,
        };
        model.target(&model.hold_values(row), 1.0, true, &terms)
    };
    let rows = [[0.0, 50.0, 9.0, 0.0], [0.0, 50.0, 3.0, 0.0], [0.0, 50.0, 9.0, 1.5]];
    assert_eq!(rows.map(|row| held(&alone, &row)), [1.0, 0.5, 0.0]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn golden_rows_are_read_back_as_they_were_written_and_are_the_same_every_time() {
    let model = model("trees", trees());
    let rows = golden(&model, 200);
    let text = golden_csv(&model, &rows);
    assert_eq!(text, golden_csv(&model, &golden(&model, 200)));
    let read = read_golden(&model, &text, "golden.csv".as_ref()).unwrap();
    let given = answers(&model, &rows);
    for ((read, answer), (row, given)) in read.iter().zip(rows.iter().zip(&given)) {
        let bits = |values: &[f32]| {
            values.iter().map(|value| if value.is_nan() { 0 } else { value.to_bits() }).collect::<Vec<_>>()
        };
        assert_eq!((bits(&read.features), read.remaining), (bits(&row.features), row.remaining));
        assert_eq!((bits(&read.trade), answer), (bits(&row.trade), given));
    }
    let targets: std::collections::BTreeSet<u32> =
        given.iter().map(|answer| answer.target_fraction.to_bits()).collect();
    assert!(5 < targets.len(), "decisions of many kinds: {targets:?}");
    assert!(rows.iter().any(|row| row.features.iter().any(|value| value.is_nan())));
}

#[test]
fn an_onnx_file_says_what_it_is() {
    for (kind, regressor) in [("linear", linear()), ("boosted-trees", trees()), ("mlp", perceptron())] {
        let model = model(kind, regressor);
        let contract = contract(&model);
        let export = Export { model: &model, model_json: "", ladder_json: None, contract: &contract, golden: &[] };
        let files = formats_named(&["onnx".to_owned()]).unwrap()[0].files(&export).unwrap();
        assert_eq!(files.len(), if kind == "boosted-trees" { 2 } else { 1 });
        for file in files {
            let metadata = onnx_metadata(&file.bytes).unwrap();
            assert_eq!(metadata["learner"], kind);
            assert_eq!(metadata["features"], "[\"column:flow\",\"rsi\",\"bars_to_horizon\",\"unrealised_r\"]");
            assert_eq!(metadata["valid_until"], "1970-01-02T01:00:00Z");
        }
    }
    assert_eq!(onnx_metadata(b"no such file"), None);
}

/// Every key of a contract is in its schema, and required where the schema lists keys.
#[test]
fn the_schema_has_every_key_of_a_contract() {
    fn check(value: &serde_json::Value, schema: &serde_json::Value, path: &str) {
        match value {
            serde_json::Value::Object(map) => {
                let Some(properties) = schema.get("properties") else { return };
                for (key, value) in map {
                    let inner = properties.get(key).unwrap_or_else(|| panic!("{path}.{key} is not in the schema"));
                    let required = schema["required"].as_array().unwrap();
                    assert!(required.iter().any(|name| name == key), "{path}.{key} is not required");
                    check(value, inner, &format!("{path}.{key}"));
                }
            }
            serde_json::Value::Array(items) => {
                items.iter().for_each(|item| check(item, &schema["items"], path));
            }
            _ => {}
        }
    }
    let contract = contract(&model("linear", linear()));
    let schema = serde_json::from_str(CONTRACT_SCHEMA).unwrap();
    check(&serde_json::from_str(&contract.to_json()).unwrap(), &schema, "contract");
    assert_eq!(contract.feature_code, feature_code(&model("linear", linear())));
    assert!(contract.feature_code.is_available);
}

#[test]
fn a_format_says_what_it_cannot_write() {
    let check = |name: &str, regressor: Regressor, said: &str| {
        let model = model("any", regressor);
        let contract = contract(&model);
        let export = Export { model: &model, model_json: "", ladder_json: None, contract: &contract, golden: &[] };
        let error = formats_named(&[name.to_owned()]).unwrap()[0].files(&export).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    };
    check("safetensors", linear(), "no neural weights; accepted: mlp, gru, direct");
    check("weights", perceptron(), "accepted: linear models, trees");
    check("pine", linear(), "no plan card");
    let mut other = model("linear", linear());
    other.layout.market[1] = "hurst".parse().unwrap();
    let contract = contract(&other);
    assert_eq!(contract.feature_code.missing, ["hurst"]);
    let export = Export { model: &other, model_json: "", ladder_json: None, contract: &contract, golden: &[] };
    let error = formats_named(&["features-py".to_owned()]).unwrap()[0].files(&export).unwrap_err().to_string();
    assert!(error.contains("no code for hurst") && error.contains("rate_of_change"), "{error}");
    let error = formats_named(&["onyx".to_owned()]).err().unwrap().to_string();
    assert!(error.contains("no format `onyx`") && error.contains("onnx, golden"), "{error}");
    let names: std::collections::BTreeSet<&str> = FORMATS.iter().map(|format| format.name()).collect();
    assert_eq!(names.len(), FORMATS.len());
}

/// safetensors: the length of the header, a header that JSON reads, and the numbers behind it.
#[test]
fn tensors_lie_where_the_header_says() {
    let model = model("mlp", perceptron());
    let contract = contract(&model);
    let export = Export { model: &model, model_json: "", ladder_json: None, contract: &contract, golden: &[] };
    let bytes = formats_named(&["safetensors".to_owned()]).unwrap()[0].files(&export).unwrap().remove(0).bytes;
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let weight = &header["layers.0.weight"];
    assert_eq!(weight["shape"], serde_json::json!([5, 2]));
    let from = 8 + length + weight["data_offsets"][0].as_u64().unwrap() as usize;
    let second = f32::from_le_bytes(bytes[from + 4..from + 8].try_into().unwrap());
    assert_eq!(second, 0.1);
    let end =
        header.as_object().unwrap().values().filter_map(|tensor| tensor["data_offsets"][1].as_u64()).max().unwrap();
    assert_eq!(bytes.len(), 8 + length + end as usize);
}

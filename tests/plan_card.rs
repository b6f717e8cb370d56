//! The card of a run is a ladder that another run takes as a contestant; risk aversion may be asked for in words.

use std::fs;

use crate::{
    commands::{root, scaleout, stdout},
    scratch::Scratch,
};

/// The own-csv experiment in `scratch`, with `from` replaced by `to`.
fn experiment(scratch: &Scratch, from: &str, to: &str) {
    let source = root().join("experiments/own-csv");
    for name in ["bars.csv", "entries.csv"] {
        fs::copy(source.join(name), scratch.path().join(name)).unwrap();
    }
    let config = fs::read_to_string(source.join("config.toml")).unwrap();
    assert!(config.contains(from) && config.contains("[training.fit]\n"));
    // One setting of each learner is enough here.
    let config = config.replacen("[training.fit]\n", "[training.fit]\nsearch = \"none\"\n", 1);
    fs::write(scratch.path().join("config.toml"), config.replacen(from, to, 1)).unwrap();
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_card_comes_back_as_a_contestant_and_words_become_a_number() {
    let scratch = Scratch::new();
    experiment(&scratch, "risk_aversion = \"moderate\"\n", "");
    let first = json(&stdout(scratch.path(), &["run", "config.toml", "--out", "first", "--json"]));
    let gamma = first["config"]["objective"]["risk_aversion"].as_f64().unwrap();
    assert_eq!(Some(gamma), first["config"]["account"]["risk_per_trade_frac"].as_f64(), "moderate is the default");
    assert!(0.0 < gamma && first["config"]["objective"]["risk_aversion_asked"] == "moderate");
    let scale = json(&stdout(scratch.path(), &["inspect", "risk", "config.toml", "--json"]));
    let moderate = scale["rows"].as_array().unwrap().iter().find(|row| row["words"] == serde_json::json!(["moderate"]));
    assert_eq!(moderate.unwrap()["risk_aversion"], gamma);

    let card = &first["plan_card"];
    let lost =
        card["in_sample"]["model_objective"].as_f64().unwrap() - card["in_sample"]["plan_objective"].as_f64().unwrap();
    assert!((lost - card["in_sample"]["lost_r"].as_f64().unwrap()).abs() < 1e-12);
    assert!(card["out_of_sample"]["ci95"].is_array());

    let own = "[baselines]\nfamilies = [\"ladder-3\"]\n[[baselines.own]]\nname = \"my card\"\nfile = \"first/model/ladder.json\"\n\n[validation]";
    experiment(&scratch, "[validation]", own);
    let second = json(&stdout(scratch.path(), &["run", "config.toml", "--out", "second", "--json"]));
    let contestants = second["contestants"].as_array().unwrap();
    let mine = contestants.iter().find(|contestant| contestant["name"] == "my card").unwrap();
    assert_eq!((&mine["kind"], &mine["family"]), (&"baseline".into(), &"ladder".into()));
    assert_eq!(mine["sample"], "in-sample", "the card learned from these very trades");
    assert_ne!(second["verdict"]["rule"], "my card");
    assert_eq!(second["config"]["baselines"]["own"][0]["policy"], card["policy"], "the report holds the ladder itself");
}

/// Under combinatorial splits each trade is tested on every path; the report names them all.
#[test]
fn combinatorial_splits_report_every_path() {
    let scratch = Scratch::new();
    let splits = "[baselines]\nfamilies = [\"ladder-25-25-50\"]\n\n[validation]\nscheme = \"combinatorial-purged\"\n\
                  groups = 4\ntest_groups = 2\n";
    experiment(&scratch, "[validation]\nfolds = 3\n", splits);
    let config = fs::read_to_string(scratch.path().join("config.toml")).unwrap();
    let config = config.replace(", { kind = \"boosted-trees\" }", "");
    fs::write(scratch.path().join("config.toml"), config).unwrap();
    let report = json(&stdout(scratch.path(), &["run", "config.toml", "--out", "run", "--json"]));
    assert_eq!((report["splits"].as_array().unwrap().len(), report["paths"].as_array().unwrap().len()), (6, 3));
    let all = report["power"]["trades"].as_u64().unwrap();
    let tested: u64 = report["splits"].as_array().unwrap().iter().map(|split| split["test"].as_u64().unwrap()).sum();
    assert_eq!(tested, 3 * all, "each trade is tested once on each path");
    assert!(fs::read_to_string(scratch.path().join("run/report.md")).unwrap().contains("on every path"));
    let output = scaleout(scratch.path(), &["inspect", "risk", "config.toml"]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("before every test, and there are 0"));
}

/// Every setting of every baseline and of every learner, in every fold, is a trial; the refit is tested nowhere.
#[test]
fn every_trial_counts() {
    let scratch = Scratch::new();
    experiment(&scratch, "[validation]", "[baselines]\nfamilies = [\"ladder-25-25-50\", \"hold\"]\n\n[validation]");
    let report = json(&stdout(scratch.path(), &["run", "config.toml", "--out", "run", "--json"]));
    let model = json(&fs::read_to_string(scratch.path().join("run/model/model.json")).unwrap());
    let of_fold = |fold: &serde_json::Value| -> u64 {
        let models = fold["lesson"]["models"].as_array().unwrap();
        2 + models.iter().map(|model| model["model"]["training"]["trials"].as_u64().unwrap()).sum::<u64>()
    };
    let expected: u64 = model["folds"].as_array().unwrap().iter().map(of_fold).sum();
    assert_eq!(report["overfitting"]["n_trials"], expected);
}

#[test]
fn what_is_no_exit_is_named() {
    let scratch = Scratch::new();
    let own = "[[baselines.own]]\nname = \"mine\"\nfile = \"mine.toml\"\n\n[validation]";
    experiment(&scratch, "[validation]", own);
    let refused = |expected: &[&str]| {
        let output = scaleout(scratch.path(), &["check", "config.toml"]);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(expected.iter().all(|part| stderr.contains(part)), "{stderr}");
    };
    refused(&["mine.toml", "no such file"]);
    fs::write(scratch.path().join("mine.toml"), "kind = \"plan\"").unwrap();
    refused(&["mine.toml", "one rung or one time"]);
}

//! What can only fail after learning (a view, an account, an export) is told in its place, and the result stands.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::Value;

use super::{Runs, refused};
use crate::{
    commands::{binary, stdout},
    determinism::files,
};

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("report.json")).unwrap()).unwrap()
}

/// What `report.json` says of the run of `config` into `out`, in which a part fails; the run goes through, and says so in
/// its answer and nowhere else.
fn with_fault(runs: &Runs, config: &str, out: &str, fault: &str) -> Value {
    let mut run = Command::new(binary());
    run.current_dir(runs.folder()).args(["run", config, "--out", out]).env("SCALEOUT_FAULT", fault);
    run.env_remove("RUST_BACKTRACE");
    let output = run.output().unwrap();
    let [answer, rest] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(output.status.success() && rest.is_empty(), "{fault}: {rest}");
    assert!(answer.contains("\nNot shown: "), "{fault}: {answer}");
    report(&runs.folder().join(out))
}

#[test]
fn a_view_that_fails_is_told_in_its_place_and_the_result_stands() {
    let runs = Runs::new();
    let views = [
        ("lots", "what whole lots cost"),
        ("paths", "the same trades on every path"),
        ("risk-scale", "what risk aversion costs and spares"),
        ("importance", "what the models look at"),
        ("readable-rules", "the model as a readable rule"),
        ("policy-maps", "the pictures of the policy"),
        ("ceiling", "how much was attainable"),
        ("dropped", "what was left out"),
        ("exports", "the model in other formats"),
        ("hindsight", "the best exit known afterwards"),
    ];
    let whole = report(&runs.folder().join("new"));
    assert_eq!(whole["withheld"], serde_json::json!([]));
    for (view, words) in views {
        let told = with_fault(&runs, "new.toml", view, &format!("view.{view}"));
        let folder = runs.folder().join(view);
        assert_eq!(told["withheld"][0]["view"], view);
        assert_eq!(told["verdict"], whole["verdict"], "{view}");
        let page = fs::read_to_string(folder.join("report.md")).unwrap();
        assert!(page.contains(&format!("Not shown: {words}. It could not be made: ")), "{view}");
        // The model and the tables are there, whatever view is not.
        let names = |name: &str| files(&runs.folder().join(name)).into_keys().collect::<BTreeSet<_>>();
        let missing: Vec<_> = names("new").difference(&names(view)).cloned().collect();
        let may_miss = |path: &Path| match view {
            "importance" | "policy-maps" => path.starts_with("plots"),
            "exports" => path.starts_with("model") && path != Path::new("model/model.json"),
            _ => false,
        };
        assert!(missing.iter().all(|path| may_miss(path)), "{view}: {missing:?}");
    }
}

#[test]
fn an_account_of_any_size_leaves_the_result_standing() {
    let runs = Runs::new();
    let text = fs::read_to_string(runs.folder().join("new.toml")).unwrap();
    let text = text.replace("lot_step = 1\n", "lot_step = 1e-7\n").replace("min_qty = 1\n", "min_qty = 1e-7\n");
    // One account of some ten thousand million lots a trade, and one beyond all count.
    for (name, capital) in [("coins", "1e5"), ("rich", "1e15")] {
        let text = text.replacen("[objective]", &format!("[account]\ncapital = {capital}\n[objective]"), 1);
        fs::write(runs.folder().join("lots.toml"), text).unwrap();
        stdout(runs.folder(), &["run", "lots.toml", "--out", name]);
        let told = report(&runs.folder().join(name));
        for account in told["accounts"].as_array().unwrap() {
            let (taken, too_large) = (&account["taken"], &account["missed"]["too-large"]);
            assert_eq!(taken.as_u64() == Some(0), name == "rich", "{account}");
            assert_eq!(too_large.is_null(), name == "coins", "{account}");
        }
    }
}

/// No raw words of a panic reach the user: what is lost is told in its place.
#[test]
fn a_view_that_panics_is_told_in_its_place() {
    let runs = Runs::new();
    for view in ["importance", "policy-maps"] {
        let told = with_fault(&runs, "new.toml", "out", &format!("view.{view}.panic"));
        let withheld = serde_json::json!([{ "view": view, "reason": "the program gave up on it" }]);
        assert_eq!(told["withheld"], withheld);
    }
}

#[test]
fn what_could_not_be_tested_counts_as_failed() {
    let runs = Runs::new();
    for (view, question) in [("permuted", "permutation"), ("assumptions", "assumption"), ("leaks", "leak")] {
        let told = with_fault(&runs, "new.toml", view, &format!("view.{view}"));
        assert!(told["withheld"].as_array().unwrap().iter().all(|withheld| withheld["view"] == view), "{view}");
        let asked = |condition: &&Value| condition["question"] == question;
        let conditions = told["verdict"]["conditions"].as_array().unwrap();
        let untested: Vec<&Value> = conditions.iter().filter(asked).collect();
        assert!(!untested.is_empty() && untested.iter().all(|condition| condition["holds"].is_null()), "{view}");
        assert_eq!(told["verdict"]["better_than_rule"], false, "{view}");
    }
}

/// An account that cannot be kept took nothing; J and the verdict do not rest on it.
#[test]
fn accounts_that_fail_leave_the_result_standing() {
    let runs = Runs::new();
    let told = with_fault(&runs, "new.toml", "out", "view.accounts");
    assert_eq!(told["verdict"], report(&runs.folder().join("new"))["verdict"]);
    let rules = told["accounts"].as_array().unwrap().iter().filter(|account| account["taken"] == 0).count();
    assert!(0 < rules, "{}", told["accounts"]);
}

#[test]
fn a_run_whose_line_cannot_be_entered_is_not_lost() {
    let runs = Runs::new();
    let text = fs::read_to_string(runs.folder().join("new.toml")).unwrap();
    let with_ledger = |name: &str| fs::write(runs.folder().join("tried.toml"), format!("{text}ledger = \"{name}\"\n"));
    let ledger = runs.folder().join("tries.jsonl");
    let lines = || fs::read_to_string(&ledger).map_or(0, |text| text.lines().count());
    with_ledger("tries.jsonl").unwrap();
    // The ledger cannot be read any more when the run is judged, or not be written when it is done.
    let told = with_fault(&runs, "tried.toml", "out", "view.trials");
    assert_eq!((told["withheld"][0]["view"].as_str(), lines()), (Some("trials"), 1));
    fs::remove_file(&ledger).unwrap();
    let told = with_fault(&runs, "tried.toml", "out", "view.ledger");
    assert_eq!((told["withheld"][0]["view"].as_str(), lines()), (Some("ledger"), 0));
    // The stored model enters the same run, and the run itself is the same line.
    stdout(runs.folder(), &["backtest", "tried.toml", "--model", "out/model/model.json", "--out", "again"]);
    assert_eq!(lines(), 1);
    stdout(runs.folder(), &["run", "tried.toml", "--out", "out"]);
    assert_eq!(lines(), 1);

    // What can be known before is known before anything is learned.
    fs::create_dir(runs.folder().join("taken.jsonl")).unwrap();
    for (name, expected) in [("none/tries.jsonl", "none"), ("taken.jsonl", "taken.jsonl: is a folder")] {
        with_ledger(name).unwrap();
        let error = refused(runs.folder(), &["run", "tried.toml", "--out", "other"]);
        assert!(error.contains(expected) && error.lines().count() == 1, "{error}");
        assert!(!runs.folder().join("other").exists() && !runs.folder().join("other.partial").exists());
    }
}

//! What can only fail after learning (a view, an account, an export) is told in its place, and the result stands.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use serde_json::Value;

use super::Runs;
use crate::{
    commands::{binary, stdout},
    determinism::files,
};

fn report(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("report.json")).unwrap()).unwrap()
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
        ("dropped", "what was left out"),
        ("exports", "the model in other formats"),
    ];
    let whole = report(&runs.folder().join("new"));
    assert_eq!(whole["withheld"], serde_json::json!([]));
    for (view, words) in views {
        let mut run = Command::new(binary());
        run.current_dir(runs.folder()).args(["run", "new.toml", "--out", view]);
        let output = run.env("SCALEOUT_FAULT", format!("view.{view}")).output().unwrap();
        assert!(output.status.success(), "{view}: {}", String::from_utf8_lossy(&output.stderr));
        let folder = runs.folder().join(view);
        let told = report(&folder);
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

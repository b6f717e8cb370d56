//! Bad input: one line on stderr that names the place and what would be accepted, exit code 2, nothing written.

use std::{fs, path::Path};

use crate::{
    commands::{root, scaleout},
    scratch::Scratch,
};

const BARS: &str = "\
ts,open,high,low,close,volume,sentiment
2024-01-02T00:01:00Z,10,11,9,10,5,0
2024-01-02T00:02:00Z,10,11,9,10,5,0
2024-01-02T00:03:00Z,10,11,9,10,5,0
";
const ENTRIES: &str = "id,ts,side,price,stop,qty\na,2024-01-02T00:01:00Z,long,10,9,1\n";

/// A change to the own-csv experiment that makes it wrong.
enum Change<'a> {
    Bars(&'a str, &'a str),
    Entries(&'a str, &'a str),
    Config(&'a str, &'a str),
    Remove(&'a str),
}

/// Runs the experiment after `change`; stderr must be one line that holds each of `expected`.
fn check(change: Change<'_>, expected: &[&str]) {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let config = fs::read_to_string(root().join("experiments/own-csv/config.toml")).unwrap();
    let (mut bars, mut entries, mut config) = (BARS.to_owned(), ENTRIES.to_owned(), config);
    let replace = |text: &mut String, from: &str, to: &str| {
        assert!(text.contains(from), "`{from}` is in the file that the case changes");
        *text = text.replacen(from, to, 1);
    };
    match change {
        Change::Bars(from, to) => replace(&mut bars, from, to),
        Change::Entries(from, to) => replace(&mut entries, from, to),
        Change::Config(from, to) => replace(&mut config, from, to),
        Change::Remove(_) => {}
    }
    for (name, text) in [("bars.csv", &bars), ("entries.csv", &entries), ("config.toml", &config)] {
        if !matches!(change, Change::Remove(gone) if gone == name) {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let before = listing(folder);
    let output = scaleout(folder, &["run", "config.toml"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(output.stdout.is_empty());
    assert_eq!(stderr.trim_end().lines().count(), 1, "{stderr}");
    for part in expected {
        assert!(stderr.contains(part), "`{part}` is missing in: {stderr}");
    }
    assert_eq!(listing(folder), before, "nothing is written");
}

fn listing(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_missing_file_is_named() {
    check(Change::Remove("config.toml"), &["config.toml", "no such file"]);
    check(Change::Remove("bars.csv"), &["bars.csv"]);
    check(Change::Remove("entries.csv"), &["entries.csv"]);
}

#[test]
fn a_bad_row_is_named_with_column_and_value() {
    check(Change::Bars("volume", "size"), &["bars.csv", "volume"]);
    check(
        Change::Bars("10,11,9,10,5,0\n2024-01-02T00:03", "10,11,low,10,5,0\n2024-01-02T00:03"),
        &["bars.csv", "3", "low"],
    );
    check(
        Change::Bars("10,11,9,10,5,0\n2024-01-02T00:02", "10,11,9,10,-5,0\n2024-01-02T00:02"),
        &["bars.csv", "volume", "-5"],
    );
    check(Change::Bars("00:03:00Z", "00:01:30Z"), &["bars.csv", "2024-01-02T00:01:30Z"]);
    check(
        Change::Config("{ sentiment = \"negated\" }", "{ vix = \"negated\" }"),
        &["config.toml", "training.mirror.vix", "accepted columns: sentiment"],
    );
    check(Change::Entries("long", "up"), &["entries.csv", "side", "up", "long"]);
    check(Change::Entries("10,9,1", "10,11,1"), &["entries.csv", "stop", "11"]);
    check(Change::Entries("stop", "level"), &["entries.csv", "stop", "risk"]);
}

#[test]
fn a_config_names_line_and_column() {
    check(Change::Config("horizon_bars", "horizon"), &["config.toml:", "horizon_bars"]);
    check(Change::Config("horizon_bars = 40", "horizon_bars = 0"), &["config.toml:", "horizon_bars", "1 or more"]);
    check(Change::Config("horizon_bars = 40", "horizon_bars = \"long\""), &["config.toml:", "long"]);
    check(Change::Config("rsi(window=14)", "rsi(window=0)"), &["config.toml:", "rsi", "window"]);
    check(Change::Config("rsi(window=14)", "rzi"), &["config.toml:", "rzi"]);
    check(Change::Config("column:sentiment", "column:mood"), &["mood", "sentiment"]);
    check(Change::Config("risk_aversion = \"moderate\"", "risk_aversion = -1"), &["config.toml:", "risk_aversion"]);
    check(
        Change::Config("risk_aversion = \"moderate\"", "risk_aversion = \"brave\""),
        &["config.toml:", "brave", "moderate"],
    );
    check(Change::Config("seed = 7", "seed = 7\nsead = 8"), &["config.toml:", "sead"]);
    let position = "[training]\nposition = [\"bars_to_horizon\", \"mood\"]";
    check(Change::Config("[training]", position), &["config.toml:", "mood", "unrealised_r"]);
}

/// The own-csv experiment with `change` made to its config and only the first `entries` of its entries: `check` says
/// no, `run` refuses with what `check` said, and neither leaves anything.
fn check_obstacle(entries: usize, change: (&str, &str), expected: &[&str]) {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let own = root().join("experiments/own-csv");
    let text = |name: &str| fs::read_to_string(own.join(name)).unwrap();
    assert!(text("config.toml").contains(change.0));
    fs::write(folder.join("config.toml"), text("config.toml").replacen(change.0, change.1, 1)).unwrap();
    let first: Vec<String> = text("entries.csv").lines().take(1 + entries).map(|line| format!("{line}\n")).collect();
    fs::write(folder.join("entries.csv"), first.concat()).unwrap();
    fs::copy(own.join("bars.csv"), folder.join("bars.csv")).unwrap();
    let before = listing(folder);
    let checked = scaleout(folder, &["check", "config.toml"]);
    assert_eq!(checked.status.code(), Some(1));
    let checked = String::from_utf8(checked.stdout).unwrap();
    let run = scaleout(folder, &["run", "config.toml", "--out", "out"]);
    assert_eq!(run.status.code(), Some(2));
    let run = String::from_utf8(run.stderr).unwrap();
    let reason = run.trim_end().strip_prefix("scaleout: ").unwrap();
    assert!(checked.contains(&format!("it cannot be run: {reason}")), "{reason}\n{checked}");
    for part in expected {
        assert!(reason.contains(part), "`{part}` is missing in: {reason}");
    }
    assert_eq!(listing(folder), before, "nothing is written");
}

#[test]
fn a_number_that_no_feature_can_be_is_named() {
    let row = "10,11,9,10,5,0\n2024-01-02T00:03";
    let expected = ["bars.csv: row 3", "`sentiment`", "too large for a feature", "3.4e38"];
    check(Change::Bars(row, "10,11,9,10,5,1e39\n2024-01-02T00:03"), &[&expected[..], &["`1e39`"]].concat());
    check(Change::Bars(row, "10,11,9,10,5,-1e300\n2024-01-02T00:03"), &[&expected[..], &["`-1e300`"]].concat());
}

#[test]
fn an_error_says_its_cause_once() {
    let scratch = Scratch::new();
    let output = scaleout(scratch.path(), &["check", "gone.toml"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(stderr.matches("no such file").count(), 1, "{stderr}");
}

#[test]
fn check_and_run_agree_on_what_cannot_be_run() {
    let unchanged = ("seed = 7", "seed = 7");
    check_obstacle(3, unchanged, &["entries.csv: entries: ", "there are 3"]);
    check_obstacle(25, unchanged, &["entries.csv: entries: ", "in fold 1", "20 or more"]);
    let never = ("\"rsi(window=14)\"", "\"rsi(window=3000)\"");
    check_obstacle(150, never, &["config.toml: training.features: `rsi(window=3000)` never has a value"]);
}

/// Whatever would only fail once everything is learned is an obstacle of `check` and `run` alike.
#[test]
fn names_and_ledgers_are_checked_before_anything_is_learned() {
    let with = |more: &'static str| ("[validation]\n", more);
    check_obstacle(
        150,
        with("[evaluation]\npairs = [[\"model\", \"nobody\"]]\n[validation]\n"),
        &["config.toml", "evaluation.pairs: `nobody` is no contestant; accepted: ", "`model`"],
    );
    check_obstacle(
        150,
        with("[[baselines.own]]\nname = \"model\"\npolicy = { kind = \"all-out-time\", bars = 5 }\n[validation]\n"),
        &["config.toml", "baselines.own: the name `model` belongs to another contestant"],
    );
    check_obstacle(
        150,
        with("[evaluation]\nledger = \"nowhere/tries.jsonl\"\n[validation]\n"),
        &["tries.jsonl", "the ledger of tries cannot be kept", "nowhere: no such file or folder"],
    );
    check_obstacle(
        150,
        with("[evaluation]\nledger = \"entries.csv\"\n[validation]\n"),
        &["entries.csv: line 1: ", "accepted: one JSON object a line"],
    );
}

#[test]
fn an_output_folder_that_is_no_run_is_left_alone() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.path().join("precious")).unwrap();
    fs::write(scratch.path().join("precious/thesis.txt"), "years of work").unwrap();
    let config = root().join("experiments/own-csv/config.toml");
    let output = scaleout(scratch.path(), &["run", config.to_str().unwrap(), "--out", "precious"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("has no marker of a run"));
    assert_eq!(listing(&scratch.path().join("precious")), ["thesis.txt"]);
}

/// Puts `setting` into the config and looks for its name, value and what would be accepted, and for the line it is in.
fn check_learner(learner: &str, expected: &[&str]) {
    let learners = "{ kind = \"linear\" }, { kind = \"boosted-trees\" }, { kind = \"readable-tree\" }";
    let kind = learner.split('"').nth(1).unwrap();
    let config = fs::read_to_string(root().join("experiments/own-csv/config.toml")).unwrap();
    let line = 1 + config.lines().position(|line| line.contains(learners)).unwrap();
    let place = format!("config.toml:{line}:");
    let named = format!("training.learners, `{kind}`: ");
    let learner = format!("{{ kind = \"linear\" }}, {learner}");
    let learner = learner.replacen("{ kind = \"linear\" }, { kind = \"linear\"", "{ kind = \"linear\"", 1);
    check(Change::Config(learners, &learner), &[&[place.as_str(), named.as_str()][..], expected].concat());
}

#[test]
fn a_setting_of_a_learner_is_named_with_line_value_and_range() {
    for (kind, cases) in [
        (
            "linear",
            &[
                ("degree = 0", "1 to 5"),
                ("degree = 6", "1 to 5"),
                ("knots = 21", "0 to 20"),
                ("penalty = -1", "0 to 1000000"),
                ("penalty = inf", "0 to 1000000"),
                ("penalty = nan", "0 to 1000000"),
                ("l1_ratio = 1.5", "0 to 1"),
                ("most_features = 0", "1 or more"),
                ("interacting = 24", "1000 products"),
            ][..],
        ),
        ("logistic", &[("penalty = -1", "0 to 1000000"), ("draws = 0", "1 or more"), ("degree = 9", "1 to 5")][..]),
        (
            "boosted-trees",
            &[
                ("trees = 0", "1 to 100000"),
                ("trees = 99999999999", "1 to 100000"),
                ("learning_rate = 0", "above 0, at most 1"),
                ("learning_rate = 1.5", "above 0, at most 1"),
                ("leaves = 99999999", "1 to 65536"),
                ("min_leaf_share = 0.5", "0 up to, but without, .5"),
                ("l2_share = -0.1", "0 or more"),
                ("bins = 1", "2 to 254"),
                ("bins = 255", "2 to 254"),
            ],
        ),
        ("readable-tree", &[("depth = 0", "2 to 4"), ("depth = 5", "2 to 4"), ("min_leaf_share = 0.6", "without, .5")]),
        (
            "mlp",
            &[
                ("hidden = []", "1 to 1024"),
                ("hidden = [32, 4096]", "1 to 1024"),
                ("batch = 0", "1 to 1048576"),
                ("epochs = 0", "above 0, at most 10000"),
                ("least_steps = 99999999", "0 to 1000000"),
                ("learning_rate = 2", "above 0, at most 1"),
                ("weight_decay = -1", "0 to 10"),
            ],
        ),
        (
            "gru",
            &[
                ("window = 1", "2 to 512"),
                ("window = 300000", "2 to 512"),
                ("window = 9999999", "2 to 512"),
                ("hidden = 0", "1 to 1024"),
                ("head = [0]", "1 to 1024"),
                ("most_steps = 0", "1 or more"),
            ],
        ),
        (
            "direct",
            &[
                ("temperature = 0", "above 0, at most 100"),
                ("batch = 0", "1 to 65536"),
                ("epochs = -1", "0 to 10000"),
                ("learning_rate = 0", "above 0, at most 1"),
            ],
        ),
    ] {
        for (setting, accepted) in cases {
            let key = setting.split(' ').next().unwrap();
            check_learner(&format!("{{ kind = \"{kind}\", {setting} }}"), &[key, "must be", accepted]);
        }
    }
    for (learner, named) in [
        ("{ kind = \"mlp\", early_stopping = { held_out_share = 0.9 } }", "early_stopping.held_out_share = 0.9"),
        ("{ kind = \"gru\", early_stopping = { patience = 0 } }", "early_stopping.patience = 0"),
        ("{ kind = \"direct\", network = { batch = 0 } }", "network.batch = 0"),
        ("{ kind = \"ensemble\", members = 1, learner = { kind = \"linear\" } }", "members = 1"),
        ("{ kind = \"ensemble\", members = 2, learner = { kind = \"gru\", window = 600 } }", "learner.window = 600"),
    ] {
        check_learner(learner, &[named, "must be"]);
    }
}

#[test]
fn a_setting_of_the_fit_is_named_with_line_value_and_range() {
    for (from, to, named, accepted) in [
        ("tranches = 4", "tranches = 0", "training.fit.tranches = 0", "1 to 100"),
        ("tranches = 4", "tranches = 101", "training.fit.tranches = 101", "1 to 100"),
        ("tranches = 4", "tranches = 4\nrounds = 0", "training.fit.rounds = 0", "1 to 1000"),
        ("tranches = 4", "tranches = 4\nfolds = 1", "training.fit.folds = 1", "2 to 100"),
        (
            "between_sales = 1",
            "between_sales = 0",
            "limits.min_bars_between_sales = 0",
            "1 to 40, the bars of the horizon",
        ),
        ("between_sales = 1", "between_sales = 99999", "limits.min_bars_between_sales = 99999", "1 to 40"),
        (
            "min_bars_between_sales = 1",
            "max_fraction_per_bar = 0",
            "limits.max_fraction_per_bar = 0",
            "0.25 to 1 with tranches = 4",
        ),
        (
            "min_bars_between_sales = 1",
            "max_fraction_per_bar = 1.5",
            "limits.max_fraction_per_bar = 1.5",
            "0.25 to 1 with tranches = 4",
        ),
    ] {
        check(Change::Config(from, to), &["config.toml:", named, accepted]);
    }
}

#[test]
fn a_name_leads_to_no_other_folder() {
    for name in ["../../x", "", "..", "a/b"] {
        let to = format!("name = \"{name}\"");
        check(Change::Config("name = \"own-csv\"", &to), &["config.toml:4:8: name = ", name, "folder"]);
    }
}

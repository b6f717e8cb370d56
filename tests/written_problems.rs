//! A reference problem written as an ordinary data set and run as one: what the learned exit earns out of sample is
//! what the same learner is worth exactly, and every sale shows what it was weighed against.

use std::fs;

use serde_json::Value;

use crate::{commands::stdout, scratch::Scratch};

const PATHS: usize = 600;

/// The written problem as a run, in a folder `out`; a small search and one ladder do.
fn run(scratch: &Scratch, problem: &str, setting: &str) -> Value {
    let paths = PATHS.to_string();
    let arguments = ["reference", "--problem", problem, "--set", setting, "--paths", &paths, "--write", "written"];
    stdout(scratch.path(), &arguments);
    let path = scratch.path().join("written/config.toml");
    let config = fs::read_to_string(&path).unwrap();
    let both = "learners = [{ kind = \"linear\" }, { kind = \"boosted-trees\" }]";
    assert!(config.contains(both), "{config}");
    let config = config.replace(both, "learners = [{ kind = \"linear\" }]");
    let rest = "[baselines]\nfamilies = [\"ladder-3\"]\n[evaluation]\ndraws = 200\nmetric_draws = 400\n";
    fs::write(&path, format!("{config}\n{rest}")).unwrap();
    let text = stdout(scratch.path(), &["run", "written/config.toml", "--out", "out", "--json"]);
    serde_json::from_str(&text).unwrap()
}

/// J of the model in a run of the written problem, as a certain R, lies within three standard errors of the exact value
/// of what the same learner makes of as many trades.
fn check(problem: &str, setting: &str, unit: &str) -> Scratch {
    let scratch = Scratch::new();
    let report = run(&scratch, problem, setting);
    assert_eq!(report["objective_unit"], unit);
    let contestants = report["contestants"].as_array().unwrap();
    let model = &contestants.iter().find(|contestant| contestant["name"] == "model").unwrap()["metrics"];
    assert_eq!(model["mean_objective"]["unit"], unit, "{problem}");
    let certain = &model["certainty_equivalent_r"];
    let value = certain["value"].as_f64().unwrap();
    let [low, high] = [0, 1].map(|end| certain["ci95"][end].as_f64().unwrap());
    let half = (PATHS / 2).to_string();
    let arguments = ["reference", "--problem", problem, "--set", setting, "--learner", "linear", "--paths", &half];
    let direct: Value = serde_json::from_str(&stdout(scratch.path(), &[&arguments[..], &["--json"]].concat())).unwrap();
    let learned = direct["learned"].as_f64().unwrap();
    let standard_error = (high - low) / (2.0 * 1.96);
    assert!((value - learned).abs() <= 3.0 * standard_error, "{problem}: {value} ± {standard_error} for {learned}");
    scratch
}

/// The run drew its policy in `picture`, with a panel for each part that may be left.
fn assert_drawn(scratch: &Scratch, picture: &str) {
    let svg = fs::read_to_string(scratch.path().join(format!("out/plots/{picture}.svg"))).unwrap();
    for left in 1..=4 {
        assert!(svg.contains(&format!("{left}/4 left")), "{picture}: {left}/4 left");
    }
}

#[test]
fn a_written_problem_is_worth_what_it_is_worth_directly() {
    // Where a model does not look at R, the feature that moves it most takes its place.
    assert_drawn(&check("B5", "bars=20", "utility"), "policy-time-feature");
    check("B13", "bars=20", "R");
    let scratch = check("B7", "bars=20", "R");
    assert_drawn(&scratch, "policy-time-feature");
    assert_drawn(&scratch, "policy-signal-volatility");

    // The first tested trade in which the model sells a part and keeps a part.
    let legs = fs::read_to_string(scratch.path().join("out/legs.csv")).unwrap();
    let second = legs.lines().map(|line| line.split(',').collect::<Vec<_>>()).find(|c| c[0] == "model" && c[2] == "2");
    let trade = second.unwrap()[1].to_owned();
    let arguments = ["explain", "written/config.toml", "--run", "out", "--trade", &trade, "--contestant", "model"];
    let told = stdout(scratch.path(), &arguments);
    assert!(told.contains("hold value - cost of getting there") && told.contains("<- chosen"));
    let record: Value = serde_json::from_str(&stdout(scratch.path(), &[&arguments[..], &["--json"]].concat())).unwrap();
    for bar in record["bars"].as_array().unwrap() {
        let weighed = bar["weighed"].as_array().unwrap();
        let number = |place: usize, key: &str| weighed[place][key].as_f64().unwrap();
        let worth = |place: usize| number(place, "hold_value_r") - number(place, "cost_r");
        let Some(chosen) = weighed.iter().position(|weighed| weighed["is_chosen"] == true) else {
            assert!(weighed.is_empty(), "{bar}");
            continue;
        };
        // Hold values within 1e-6 R are a tie.
        assert!((0..weighed.len()).all(|place| worth(place) <= worth(chosen) + 1e-6), "{bar}");
        let kept = bar["held_before"].as_f64().unwrap() - bar["orders"]["market"].as_f64().unwrap();
        assert!((number(chosen, "fraction") - kept).abs() < 1e-9, "{bar}");
    }
}

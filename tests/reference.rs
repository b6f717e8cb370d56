//! A small version of each problem with a known answer: what is learned from 500 trades lies between a floor and the
//! optimum. `experiments/reference` has the whole table.

use serde_json::Value;

use crate::{
    commands::{scaleout, stdout},
    scratch::Scratch,
};

/// Solves and learns `problem` and holds its skill against `floor`, which leaves a few points to the luck of the draw.
fn check(problem: &str, floor: f64) {
    let result = learned(problem);
    let skill = result["skill"].as_f64().unwrap();
    assert!(floor <= skill, "{problem}: skill {skill}");
    assert_honest(problem, &result);
    assert_never_worse(problem, &result);
}

fn learned(problem: &str) -> Value {
    let scratch = Scratch::new();
    let arguments = ["reference", "--problem", problem, "--learner", "linear", "--paths", "500", "--json"];
    serde_json::from_str(&stdout(scratch.path(), &arguments)).unwrap()
}

/// More than the optimum by three standard errors is a look into the future.
fn assert_honest(problem: &str, result: &Value) {
    let number = |key: &str| result[key].as_f64().unwrap();
    let most = number("optimum") + 3.0 * number("standard_error") + 1e-9;
    assert!(number("learned") <= most, "{problem}: {result}");
}

/// What is learned is worth no less than the plain rule that it may depart from, but for the luck of one draw of trades.
fn assert_never_worse(problem: &str, result: &Value) {
    let number = |key: &str| result[key].as_f64().unwrap();
    let unit = (number("optimum") - number("base")).abs();
    let least = number("floor") - 3.0 * number("standard_error") - 0.05 * unit - 1e-9;
    assert!(least <= number("learned"), "{problem}: {result}");
}

#[test]
fn payoffs_are_taken_near_the_best_moment() {
    // A polynomial does not bend at the strike, so two of the floors are low; trees and networks reach .97 and more. On B2
    // the fits differ so much that the model stays close to a plain rule.
    check("B1", 0.7);
    check("B2", 0.3);
    check("B4", 0.95);
    check("B12", 0.98);
    check("P1", 0.95);
}

#[test]
fn ladders_under_risk_aversion_and_impact_are_found() {
    check("B5", 0.97);
    check("B6-AC", 0.999);
    check("B7", 0.9);
    check("B11", 0.9);
    check("B13", 0.9);
}

/// Where trades sell, every learner's ladder lies within .05 of the exact one. At the fill, where no trade is, the
/// perceptron's lies within .07 with this seed.
#[test]
fn the_ladder_of_a_mean_reverting_price_is_found() {
    for (learner, paths, readings) in [
        ("mlp", "4000", &[("exact_sold", "learned_sold", 0.05), ("exact", "learned", 0.07)][..]),
        ("linear", "4000", &[("exact_sold", "learned_sold", 0.05)]),
    ] {
        let scratch = Scratch::new();
        let arguments = ["reference", "--problem", "B5", "--learner", learner, "--paths", paths, "--json"];
        let result: Value = serde_json::from_str(&stdout(scratch.path(), &arguments)).unwrap();
        for (exact, learned, most_off) in readings {
            let [exact, learned] = [exact, learned].map(|of| result["ladder"][of].as_array().unwrap().clone());
            assert_eq!((exact.len(), learned.len()), (4, 4), "{result}");
            for (exact, learned) in exact.iter().zip(&learned) {
                let off = (exact.as_f64().unwrap() - learned.as_f64().unwrap()).abs();
                assert!(off < *most_off, "{learner}: {}", result["ladder"]);
            }
        }
    }
}

/// Far from the tabled figure too, where prices end within a factor of four, of fifty and of many thousands.
#[test]
fn the_spread_of_the_whole_result_is_priced() {
    for (volatility, floor) in [("0.1", 0.75), ("0.2", 0.9), ("0.5", 0.9)] {
        let scratch = Scratch::new();
        let volatility = format!("volatility={volatility}");
        let arguments = ["reference", "--problem", "B9", "--learner", "boosted-trees", "--paths", "1000"];
        let arguments = [&arguments[..], &["--set", &volatility, "--json"]].concat();
        let result: Value = serde_json::from_str(&stdout(scratch.path(), &arguments)).unwrap();
        assert_honest("B9", &result);
        assert!(floor <= result["skill"].as_f64().unwrap(), "{volatility}: {result}");
    }
}

#[test]
fn memory_in_the_path_is_used() {
    check("B3", 0.9);
    check("B6", 0.98);
    check("B8", 0.6);
}

#[test]
fn where_there_is_nothing_to_find_nothing_is_claimed() {
    for problem in ["B10", "B10e"] {
        let result = learned(problem);
        assert_honest(problem, &result);
        assert_never_worse(problem, &result);
        assert!(result["skill"].is_null(), "{problem}: {result}");
        let (learned, optimum) = (result["learned"].as_f64().unwrap(), result["optimum"].as_f64().unwrap());
        assert!((learned - optimum).abs() <= 0.01 * optimum.abs(), "{problem}: {result}");
    }
    // Without a drift a walk is worth nothing, whatever is done.
    let scratch = Scratch::new();
    let arguments = ["reference", "--problem", "B3", "--set", "hurst=0.5", "--learner", "linear", "--paths", "500"];
    let result: Value = serde_json::from_str(&stdout(scratch.path(), &[&arguments[..], &["--json"]].concat())).unwrap();
    assert_honest("B3", &result);
}

#[test]
fn what_cannot_be_simulated_is_refused_with_what_can() {
    let scratch = Scratch::new();
    let refused = |arguments: &[&str], expected: &[&str]| {
        let output = scaleout(scratch.path(), &[&["reference", "--learner", "linear"], arguments].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        expected.iter().for_each(|part| assert!(stderr.contains(part), "`{part}` is missing in: {stderr}"));
    };
    refused(&["--problem", "B7", "--paths", "99999999999"], &["--paths 99999999999", "1 to 555555", "60 bars a path"]);
    refused(&["--problem", "B7", "--paths", "0"], &["--paths 0", "1 to "]);
    refused(&["--problem", "B7", "--paths", "0", "--write", "written"], &["--paths 0", "1 to "]);
    assert!(!scratch.path().join("written").exists());
    for problem in ["B8", "B9", "B10", "P1"] {
        // After one bar everything is sold, so at the one decision nothing differs from trade to trade.
        refused(&["--problem", problem, "--set", "bars=1"], &["bars = 1", "a whole number from 2 to "]);
        let arguments = ["reference", "--problem", problem, "--set", "bars=2", "--learner", "linear", "--paths", "200"];
        stdout(scratch.path(), &arguments);
    }
}

#[test]
fn an_ensemble_is_scored_by_its_name_and_a_score_says_its_seed_and_time() {
    let scratch = Scratch::new();
    let arguments = ["reference", "--problem", "B7", "--set", "bars=10", "--paths", "200", "--seed", "3", "--json"];
    let text = stdout(scratch.path(), &[&arguments[..], &["--learner", "ensemble"]].concat());
    let result: Value = serde_json::from_str(&text).unwrap();
    assert!(result["skill"].as_f64().unwrap() < 1.1, "{result}");
    assert_eq!((&result["learner"], &result["seed"]), (&"ensemble".into(), &3.into()));
    assert!(0.0 < result["seconds"].as_f64().unwrap(), "{result}");
}

#[test]
fn skill_is_not_defined_where_there_is_nothing_to_gain() {
    let scratch = Scratch::new();
    let setting = ["--set", "spot=100", "--set", "strike=0", "--paths", "100", "--learner", "linear", "--json"];
    let text = stdout(scratch.path(), &[&["reference", "--problem", "B4"], &setting[..]].concat());
    let result: Value = serde_json::from_str(&text).unwrap();
    assert!(result["skill"].is_null() && result["learned"].is_number(), "{result}");
}

//! Laws that the exact optima obey, held against what is learned on the reference problems.
//!
//! Settings that are compared are learned from the same trades and followed on the same fresh ones, so that what
//! differs is what was learned and not what was drawn.

use scaleout_exits::TradeTerms;
use scaleout_reference::{ReferenceData, problem};
use scaleout_training::{Caution, LearnerConfig, Unwatched};

use crate::reference_problems::rule::{learn, training_data};

const TRAINING_PATHS: usize = 200;
const FRESH_PATHS: usize = 1_000;

/// The fractions that `learner` holds through each step of fresh trades of the problem `id`, the costs of all trades
/// changed by `change`.
fn held(learner: &str, id: &str, settings: &[&str], change: &dyn Fn(&mut TradeTerms)) -> Vec<Vec<f64>> {
    let problem = problem(id, settings).unwrap();
    let simulate = |paths: usize, seed: u64| -> ReferenceData {
        let mut data = problem.simulate(paths, seed);
        data.paths.iter_mut().for_each(|path| change(&mut path.unit.terms));
        data
    };
    let learner: LearnerConfig = serde_json::from_value(serde_json::json!({ "kind": learner })).unwrap();
    let simulated = simulate(TRAINING_PATHS, 1);
    let data = training_data(&simulated, learner.window()).unwrap();
    let rule = learn(&simulated, &data, &learner, Caution::Chosen, 1, &Unwatched).unwrap();
    simulate(FRESH_PATHS, 2).held(&rule).unwrap()
}

/// Mean number of sales, what the horizon or a stop takes off included.
fn orders(held: &[Vec<f64>]) -> f64 {
    let of = |held: &Vec<f64>| {
        let sales = std::iter::once(&1.0).chain(held).zip(held).filter(|(before, after)| after < before).count();
        sales + usize::from(held.last().is_none_or(|last| 0.0 < *last))
    };
    held.iter().map(of).sum::<usize>() as f64 / held.len() as f64
}

/// Mean bars held, each weighed by the part that is held.
fn bars(held: &[Vec<f64>]) -> f64 {
    held.iter().flatten().sum::<f64>() / held.len() as f64
}

/// Every problem with several tranches takes a fee, whether it has a parameter of that name or not.
fn check_fee(learner: &str, id: &str, settings: &[&str]) {
    let of_fee = |fee: f64| orders(&held(learner, id, settings, &|terms| terms.per_order_r = fee));
    let found = [0.0, 0.05, 0.2].map(of_fee);
    assert!(found.is_sorted_by(|less, more| more <= less), "{learner}, {id}: {found:?} orders");
    assert!(found[2] < found[0] || found[0] == 1.0, "{learner}, {id}: a fee changes nothing");
}

fn check_aversion(learner: &str, id: &str, length: &str, aversions: [&str; 3]) {
    let found = aversions.map(|aversion| bars(&held(learner, id, &[length, aversion], &|_| ())));
    assert!(found.is_sorted_by(|less, more| more < less), "{learner}, {id}: {found:?} bars");
}

fn check_cost(learner: &str, id: &str, settings: &[&str]) {
    let of_cost = |cost: f64| held(learner, id, settings, &|terms| terms.proportional_r = cost);
    let (free, dear) = (of_cost(0.0), of_cost(0.3));
    // A trade that is sold out earlier has fewer steps.
    let part = |held: &[f64], step: usize| held.get(step).copied().unwrap_or(0.0);
    let steps = |(free, dear): (&Vec<f64>, &Vec<f64>)| {
        (0..free.len().max(dear.len())).filter(|&step| part(free, step) != part(dear, step)).count()
    };
    let differing = free.iter().zip(&dear).map(steps).sum::<usize>();
    let all = free.iter().flatten().count();
    // The cost shifts targets and hold values alike, so only the rounding of sums is left: at the edge of two decisions.
    assert!(differing as f64 <= 0.01 * all as f64, "{learner}, {id}: {differing} of {all} steps");
}

#[test]
fn a_higher_fee_never_means_more_orders() {
    check_fee("linear", "B4", &["last_date=20"]);
    check_fee("linear", "B5", &["bars=20"]);
    check_fee("linear", "B6", &["trades=10", "tranches=8"]);
    check_fee("linear", "B6-AC", &[]);
    check_fee("linear", "B7", &["bars=20"]);
    check_fee("linear", "B9", &["bars=20", "risk_aversion=3"]);
    check_fee("linear", "B11", &["bars=20"]);
    check_fee("linear", "B13", &["bars=20"]);
    check_fee("boosted-trees", "B7", &["bars=20"]);
    check_fee("boosted-trees", "B13", &["bars=20"]);
}

#[test]
fn more_risk_aversion_never_holds_longer() {
    let aversions = ["risk_aversion=.1", "risk_aversion=.3", "risk_aversion=.8"];
    check_aversion("linear", "B5", "bars=20", aversions);
    check_aversion("linear", "B7", "bars=20", aversions);
    // With less aversion or fewer bars nothing is better than to hold B9 to its end.
    check_aversion("linear", "B9", "bars=50", ["risk_aversion=1", "risk_aversion=3", "risk_aversion=6"]);
    check_aversion("linear", "B11", "bars=20", aversions);
    check_aversion("linear", "B13", "bars=20", aversions);
    check_aversion("linear", "B6-AC", "trades=5", ["risk_aversion=1e-7", "risk_aversion=1e-6", "risk_aversion=5e-6"]);
    check_aversion("boosted-trees", "B5", "bars=20", aversions);
    check_aversion("boosted-trees", "B11", "bars=20", aversions);
}

#[test]
fn a_constant_proportional_cost_changes_nothing() {
    check_cost("linear", "B4", &["last_date=20"]);
    check_cost("linear", "B5", &["bars=20"]);
    check_cost("linear", "B6", &["trades=10", "tranches=8"]);
    check_cost("linear", "B6-AC", &[]);
    check_cost("linear", "B7", &["bars=20"]);
    check_cost("linear", "B9", &["bars=20", "risk_aversion=3"]);
    check_cost("linear", "B10", &["bars=20"]);
    check_cost("linear", "B11", &["bars=20"]);
    check_cost("linear", "B13", &["bars=20"]);
    check_cost("boosted-trees", "B5", &["bars=20"]);
    check_cost("boosted-trees", "B13", &["bars=20"]);
}

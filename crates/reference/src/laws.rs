//! Laws that the exact optima must obey, whatever the figures.

use crate::{FixedSchedule, ReferenceData, Solution, problem};

/// The optimum of a problem under `settings`.
fn optimum(id: &str, settings: &[&str]) -> f64 {
    problem(id, settings).unwrap().solve().optimum
}

/// Mean part-weighted bars held and mean number of sales of the optimum, on the same paths for every setting.
fn held_and_sales(id: &str, settings: &[&str]) -> (f64, f64) {
    let problem = problem(id, settings).unwrap();
    let rule = problem.optimal_rule().unwrap();
    let held = problem.simulate(4_000, 11).held(&*rule).unwrap();
    let bars: f64 = held.iter().flatten().sum();
    let sales = |held: &Vec<f64>| {
        let before = std::iter::once(&1.0).chain(held);
        before.zip(held).filter(|(before, after)| after < before).count()
            + usize::from(held.last().is_none_or(|last| *last > 0.0))
    };
    let sales: usize = held.iter().map(sales).sum();
    (bars / 4_000.0, sales as f64 / 4_000.0)
}

fn check_never_falls(values: &[f64], law: &str) {
    // The grid is the same for all settings, so only rounding is allowed for.
    assert!(values.windows(2).all(|pair| pair[0] <= pair[1] + 1e-9), "{law}: {values:?}");
}

#[test]
fn without_coupling_tranches_are_worth_what_one_exit_is_worth() {
    for (id, settings) in [("B5", vec!["risk_aversion=0"]), ("B7", vec!["risk_aversion=0", "impact=0", "fee=0"])] {
        let value = |tranches| optimum(id, &[settings.as_slice(), &[tranches]].concat());
        assert!((value("tranches=1") - value("tranches=4")).abs() < 1e-9, "{id}");
        let problem = problem(id, &settings).unwrap();
        let held = problem.simulate(500, 3).held(&*problem.optimal_rule().unwrap()).unwrap();
        assert_eq!(ReferenceData::partial_exit_share(&held), 0.0, "{id}");
    }
}

#[test]
fn finer_tranches_are_never_worth_less() {
    let cases: [(&str, &[&str]); 8] = [
        ("B5", &["bars=20"]),
        ("B6", &[]),
        ("B6-AC", &[]),
        ("B7", &[]),
        ("B9", &["bars=15"]),
        ("B10", &[]),
        ("B11", &["fee=0", "bars=20"]),
        ("B13", &["bars=20"]),
    ];
    for (id, settings) in cases {
        let value = |tranches| optimum(id, &[settings, &[tranches]].concat());
        check_never_falls(&["tranches=1", "tranches=2", "tranches=4", "tranches=8"].map(value), id);
    }
}

/// Foresight that pays for every surprise in the optimum's own values earns the optimum on every path; one that pays by the
/// values of a worse rule earns more.
#[test]
fn no_rule_is_worth_more_than_the_dual_bound() {
    let cases: [(&str, &[&str]); 10] = [
        ("B1", &["dates_per_year=20"]),
        ("B4", &["last_date=20"]),
        ("B5", &["bars=20"]),
        ("B6", &[]),
        ("B6-AC", &[]),
        ("B7", &["bars=20"]),
        ("B8", &["bars=20"]),
        ("B11", &["bars=20"]),
        ("B12", &[]),
        ("B13", &["bars=20"]),
    ];
    let mut without = Vec::new();
    for (id, settings) in cases {
        let problem = problem(id, settings).unwrap();
        let Solution { optimum, base, .. } = problem.solve();
        let Some(tight) = problem.optimal_rule().and_then(|rule| problem.dual_bound(&*rule)) else {
            without.push(id);
            continue;
        };
        let span = (optimum - base).abs().max(1e-6 * optimum.abs());
        assert!((tight.value - optimum).abs() < 1e-6 * span.max(1.0), "{id}: {tight:?} for {optimum}");
        let at_once = FixedSchedule { kept: vec![0] };
        let loose = problem.dual_bound(&at_once).unwrap();
        assert!(optimum - 4.0 * loose.standard_error - 1e-9 <= loose.value, "{id}: {loose:?} for {optimum}");
    }
    assert_eq!(without, ["B5"], "utility is exponential there");
}

#[test]
fn more_risk_aversion_never_holds_longer() {
    let cases = [("B5", "bars=50"), ("B7", "bars=60"), ("B9", "bars=30"), ("B11", "bars=40"), ("B13", "bars=40")];
    for (id, length) in cases {
        let bars = |aversion| held_and_sales(id, &[aversion, length]).0;
        let held = ["risk_aversion=.8", "risk_aversion=.3", "risk_aversion=.1"].map(bars);
        assert!(held.windows(2).all(|pair| pair[0] <= pair[1]), "{id}: {held:?}");
    }
}

#[test]
fn a_higher_fee_never_means_more_orders() {
    // The two problems that have a fee for each order.
    for id in ["B7", "B11"] {
        let sales = |fee| held_and_sales(id, &[fee, "bars=40"]).1;
        let found = ["fee=.2", "fee=.1", "fee=.05", "fee=.01", "fee=0"].map(sales);
        assert!(found.windows(2).all(|pair| pair[0] <= pair[1]), "{id}: {found:?}");
    }
}

#[test]
fn dearer_trading_never_pays() {
    for (id, length) in
        [("B5", "bars=20"), ("B7", "bars=40"), ("B10", "bars=20"), ("B11", "bars=40"), ("B13", "bars=20")]
    {
        let value = |cost| optimum(id, &[cost, length]);
        check_never_falls(&["cost=.4", "cost=.2", "cost=.1", "cost=0"].map(value), id);
    }
}

#[test]
fn scaling_prices_and_r_scales_the_value() {
    let one = optimum("B7", &["fee=.02"]);
    let doubled = [
        "fee=.04",
        "cost=.2",
        "impact=1",
        "signal_sd=.3",
        "low_volatility=2",
        "high_volatility=4",
        "risk_aversion=.15",
    ];
    assert!((optimum("B7", &doubled) - 2.0 * one).abs() < 1e-9);
    let put = optimum("B1", &["spot=36", "strike=40"]);
    assert!((optimum("B1", &["spot=72", "strike=80"]) - 2.0 * put).abs() < 1e-9);
}

#[test]
fn a_constant_proportional_cost_only_shifts_the_value() {
    // Also where it is paid at the stop (B13), and in certainty equivalents (B5).
    for (id, length) in [("B5", "bars=30"), ("B7", "bars=60"), ("B11", "bars=40"), ("B13", "bars=30")] {
        let (free, charged) = (held_and_sales(id, &["cost=0", length]), held_and_sales(id, &["cost=.3", length]));
        // A state in ten thousand may lie on the edge of two decisions, where rounding decides.
        assert!((free.0 - charged.0).abs() < 1e-2 && (free.1 - charged.1).abs() < 1e-2, "{id}: {free:?} {charged:?}");
        assert!((optimum(id, &["cost=0", length]) - optimum(id, &["cost=.3", length]) - 0.3).abs() < 1e-9, "{id}");
    }
}

#[test]
fn the_same_seed_gives_the_same_paths_on_any_number_of_threads() {
    let problem = problem("B7", &["noise_features=2"]).unwrap();
    let draw = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| problem.simulate(40, 5))
    };
    let (one, two) = (draw(1), draw(2));
    for (a, b) in one.paths.iter().zip(&two.paths) {
        assert_eq!((&a.unit, &a.prices, &a.features), (&b.unit, &b.prices, &b.features));
    }
    let fewer = problem.simulate(7, 5);
    assert_eq!(fewer.paths[6].prices, one.paths[6].prices);
    assert_ne!(problem.simulate(7, 6).paths[6].prices, one.paths[6].prices);
}

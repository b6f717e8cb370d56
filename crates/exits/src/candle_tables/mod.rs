//! Runs the candle tables in `candles/`: what a trader would write on paper, long and mirrored short.
//!
//! ```text
//! case a gap through the stop fills at the open
//!   with fill=touch                       assumptions that differ from the defaults, entry long at 100, 1 R = 10
//!   orders stop 90 | limit 110 all        or: policy { kind = "ladder", … }
//!   carry { long_rate_per_year = 0.05 }   what holding costs, as of an instrument
//!   bar 100 105 95 100                    open high low close, from the bar of the entry on; v500 is its volume
//!   add 1 104                             an add of 1 at 104 in the bar that follows, at its open; `add 1 104 30` 30 seconds later
//!   pause                                 ten minutes without bars
//!   bar 80 85 75 82
//!   => bar 2 stop 100% 80 gap             every sale: bar, reason, part, price; gap, rule and trail say why
//! ```
//! After the last bar one more opens at its close, and the horizon lies there.

mod case;
mod world;
mod written;

use std::collections::BTreeMap;

use case::{Case, cases};
use scaleout_market::Decimal;
use world::World;
use written::Written;

use crate::{
    ExitPolicy, Market, Objective, TradeOutcome,
    explain::{Explanation, FillCause, explain},
    policies::PolicyConfig,
};

const TABLES: [(&str, &str); 12] = [
    ("adds", include_str!("../../candles/adds.txt")),
    ("exact", include_str!("../../candles/exact.txt")),
    ("latency", include_str!("../../candles/latency.txt")),
    ("fills", include_str!("../../candles/fills.txt")),
    ("rules", include_str!("../../candles/rules.txt")),
    ("entry-bar", include_str!("../../candles/entry-bar.txt")),
    ("stops", include_str!("../../candles/stops.txt")),
    ("limits-on-size", include_str!("../../candles/limits-on-size.txt")),
    ("lots", include_str!("../../candles/lots.txt")),
    ("costs", include_str!("../../candles/costs.txt")),
    ("ladders", include_str!("../../candles/ladders.txt")),
    ("policies", include_str!("../../candles/policies.txt")),
];

#[test]
fn every_candle_table_holds() {
    let mut failures = Vec::new();
    let mut count = 0;
    for (table, text) in TABLES {
        for case in cases(text) {
            count += 1;
            for mirrored in [false, true] {
                if mirrored && case.options.get("mirror").is_some_and(|mirror| mirror == "no") {
                    continue;
                }
                if let Err(difference) = check(&case, mirrored) {
                    let side = if mirrored { "mirrored" } else { "as written" };
                    failures.push(format!("{table}: {} ({side}):\n{difference}", case.name));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
    assert!(150 <= count, "{count} cases");
}

/// The cases that the table of what a fill assumes points to are there, so each choice has one that changes a result.
#[test]
fn every_choice_about_fills_points_to_its_cases() {
    let rows = include_str!("../lib.rs").lines().filter_map(|line| line.strip_prefix("//! | ")?.strip_suffix(" |"));
    let mut pointed = 0;
    for cell in rows.filter_map(|row| row.rsplit(" | ").next()) {
        let Some((table, names)) = cell.split_once(": `") else { continue };
        let (_, text) = TABLES.iter().find(|(name, _)| *name == table).unwrap_or_else(|| panic!("no table {table}"));
        for name in names.trim_end_matches('`').split("`, `") {
            assert!(cases(text).iter().any(|case| case.name.starts_with(name)), "{table} has no case `{name}`");
            pointed += 1;
        }
    }
    assert!(20 < pointed, "{pointed}");
}

fn check(case: &Case<'_>, mirrored: bool) -> Result<(), String> {
    let world = World::of(case, mirrored);
    let policy: Box<dyn ExitPolicy> = match case.policy {
        Some(text) => {
            toml::from_str::<BTreeMap<String, PolicyConfig>>(&format!("policy = {text}")).unwrap()["policy"].build()
        }
        None => Box::new(Written::of(case.orders, mirrored)),
    };
    let market = Market { history: &world.history, instrument: &world.instrument };
    let objective = Objective::mean_variance(0.0);
    let config = world.config.clone().checked().unwrap();
    let (outcome, explanation) =
        explain(&world.entry, 1, market, &world.features, policy.as_ref(), &objective, &config).unwrap();
    let expected: Vec<String> = case.expected.iter().map(|sale| normal(sale, mirrored)).collect();
    let got: Vec<String> = sales(&explanation);
    if expected != got {
        return Err(format!("  expected {}\n  got      {}\n{explanation}", expected.join("; "), got.join("; ")));
    }
    for &(key, expected) in &case.checks {
        let got = figure(key, &outcome);
        // Inputs are decimals of at most six places.
        if (got - expected).abs() > 1e-9 {
            return Err(format!("  expected {key} = {expected}, got {got}\n{explanation}"));
        }
    }
    Ok(())
}

fn figure(key: &str, outcome: &TradeOutcome) -> f64 {
    match key {
        "mfe_r" => outcome.mfe_r,
        "mae_r" => outcome.mae_r,
        "net_r" => outcome.net_r,
        "objective" => outcome.objective,
        "net" => outcome.net.as_f64(),
        "carry" => outcome.carry.as_f64(),
        "bars_held" => f64::from(outcome.bars_held),
        "first_gross" => outcome.legs[0].gross.as_f64(),
        "second_gross" => outcome.legs[1].gross.as_f64(),
        "adds" => outcome.adds.len() as f64,
        "adds_missed" => outcome.adds_missed as f64,
        "last_net" => outcome.legs.last().unwrap().net().as_f64(),
        "legs" => outcome.legs.len() as f64,
        "fees" => outcome.legs.iter().map(|leg| (leg.exit_fee + leg.entry_fee).as_f64()).sum(),
        _ => panic!("no figure `{key}`"),
    }
}

/// The sales as the tables write them.
fn sales(explanation: &Explanation) -> Vec<String> {
    let mut sales = Vec::new();
    for bar in &explanation.bars {
        for fill in &bar.fills {
            let (reason, why) = match fill.cause {
                FillCause::MarketAtOpen => ("market", ""),
                FillCause::LimitReached => ("limit", ""),
                FillCause::GapOverLimit => ("limit", " gap"),
                FillCause::StopReached => ("stop", ""),
                FillCause::TrailReached => ("stop", " trail"),
                FillCause::GapThroughStop => ("stop", " gap"),
                FillCause::Liquidation => ("stop", " liquidated"),
                FillCause::Horizon => ("horizon", ""),
                FillCause::SessionEnd => ("flat", ""),
                FillCause::SessionClose => ("flat", " close"),
                FillCause::AsTraded => ("as traded", ""),
            };
            let rule = if fill.decided_by.is_some() { " rule" } else { "" };
            sales.push(sale(bar.bar, reason, 100.0 * fill.fraction, fill.price, &format!("{why}{rule}")));
        }
    }
    sales
}

fn normal(text: &str, mirrored: bool) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let &["bar", bar, reason, part, price, ref why @ ..] = words.as_slice() else {
        panic!("`{text}`: write `bar 2 stop 50% 90`, then `gap`, `trail` or `rule` where it applies")
    };
    let why: String = why.iter().map(|word| format!(" {word}")).collect();
    let part = part.trim_end_matches('%').parse::<f64>().unwrap();
    sale(bar.parse().unwrap(), reason, part, mirror(price.parse().unwrap(), mirrored), &why)
}

fn sale(bar: usize, reason: &str, percent: f64, price: f64, why: &str) -> String {
    format!("bar {bar} {reason} {percent:.2}% {price:.6}{why}")
}

fn mirror(price: f64, mirrored: bool) -> f64 {
    if mirrored { Decimal::whole(200).minus(Decimal::of(price)).to_f64() } else { price }
}

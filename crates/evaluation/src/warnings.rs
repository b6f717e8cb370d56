//! Warnings that J alone does not show.

use scaleout_exits::Objective;
use serde::{Deserialize, Serialize};

use crate::{Facts, Stake, TradeScores, number::signed, sensitivity::mean_objective, stats::moments::mean};

/// What is warned of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WarningKind {
    /// The exit with the highest J loses money.
    BestLoses,
    /// The exit with the highest J is not the one that earns most.
    OrderDiffers,
}

/// One warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What is warned of.
    pub kind: WarningKind,
    /// The same in a sentence or two.
    pub words: String,
}

/// The warnings about the exits that can be followed.
pub(crate) fn warnings(followed: &[&TradeScores], objective: &Objective, facts: &Facts) -> Vec<Warning> {
    let Some((in_j, in_r)) = leaders(followed) else { return Vec::new() };
    let net_r = |name: &str| {
        let scores = followed.iter().find(|scores| scores.name == name);
        scores.and_then(|scores| mean(&scores.net_r)).unwrap_or(0.0)
    };
    let (best_in_j, best_in_r) = (net_r(in_j), net_r(in_r));
    let because = if objective.risk_aversion > 0.0 {
        format!(" J charges for swings at γ = {} per R. A smaller γ brings J closer to money.", objective.risk_aversion)
    } else {
        " J starts at the fill, so it excludes the cost of the entry.".to_owned()
    };
    let mut warnings = Vec::new();
    if best_in_j < 0.0 {
        warnings.push(Warning {
            kind: WarningKind::BestLoses,
            words: format!(
                "{} has the highest J but loses money: {} R net per trade.",
                facts.say(in_j),
                signed(best_in_j)
            ),
        });
    }
    if best_in_j < best_in_r {
        warnings.push(Warning {
            kind: WarningKind::OrderDiffers,
            words: format!(
                "J and money disagree. {} has the highest J with {} R net per trade. {} earns the most with {} R.{because}",
                facts.say(in_j),
                signed(best_in_j),
                facts.say(in_r),
                signed(best_in_r)
            ),
        });
    }
    warnings
}

/// Those whose mean J is highest and whose mean net R is highest, by name.
fn leaders<'a>(followed: &[&'a TradeScores]) -> Option<(&'a str, &'a str)> {
    let first = |key: &dyn Fn(&TradeScores) -> f64| {
        followed.iter().rev().max_by(|a, b| key(a).total_cmp(&key(b))).map(|scores| scores.name.as_str())
    };
    first(&mean_objective).zip(first(&|scores| mean(&scores.net_r).unwrap_or(f64::NEG_INFINITY)))
}

/// Below this γ the charge for swings is small beside what trades earn.
const SMALL_AVERSION: f64 = 0.05;

/// What γ is in money, and what it means for the best exit; `None` where the stake is unknown.
pub(crate) fn risk_in_money(objective: &Objective, stake: Option<&Stake>) -> Option<String> {
    let Stake { capital, risk_per_trade_frac, currency } = stake?;
    let (gamma, one_r) = (objective.risk_aversion, capital * risk_per_trade_frac);
    let charge = |swing_r: f64| {
        let charge_r = 0.5 * gamma * swing_r * swing_r;
        format!("{charge_r:.3} R ({:.2} {currency})", charge_r * one_r)
    };
    let small = if gamma < SMALL_AVERSION {
        " With a small γ and small costs the best exit is nearly one sale, not a ladder."
    } else {
        ""
    };
    Some(format!(
        "1 R is {one_r:.2} {currency}: {} % of {capital:.2}. With γ = {gamma} per R, J charges {} for a swing of 1 R, and {} \
         for a swing of 3 R.{small}",
        100.0 * risk_per_trade_frac,
        charge(1.0),
        charge(3.0)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(name: &str, objective: f64, net_r: f64) -> TradeScores {
        TradeScores { name: name.into(), objective: vec![objective; 3], net_r: vec![net_r; 3] }
    }

    fn kinds(rules: &[TradeScores]) -> Vec<WarningKind> {
        let followed: Vec<&TradeScores> = rules.iter().collect();
        let warnings = warnings(&followed, &Objective::mean_variance(0.1), &Facts::default());
        warnings.into_iter().map(|warning| warning.kind).collect()
    }

    #[test]
    fn j_and_money_are_laid_side_by_side() {
        assert_eq!(kinds(&[scores("a", 0.2, 0.3), scores("b", 0.1, 0.2)]), []);
        assert_eq!(kinds(&[scores("a", 0.2, 0.1), scores("b", 0.1, 0.2)]), [WarningKind::OrderDiffers]);
        assert_eq!(kinds(&[scores("a", -0.1, -0.1), scores("b", -0.2, -0.2)]), [WarningKind::BestLoses]);
        let both = [WarningKind::BestLoses, WarningKind::OrderDiffers];
        assert_eq!(kinds(&[scores("sell at once", -0.01, -0.02), scores("hold", -0.06, 0.06)]), both);
    }

    #[test]
    fn aversion_is_said_in_money() {
        let stake = Stake { capital: 100_000.0, risk_per_trade_frac: 0.01, currency: "USD".into() };
        let words = risk_in_money(&Objective::mean_variance(0.01), Some(&stake)).unwrap();
        assert!(
            words.contains("1 R is 1000.00 USD: 1 % of 100000.00") && words.contains("0.045 R (45.00 USD)"),
            "{words}"
        );
        assert!(words.ends_with("nearly one sale, not a ladder."));
        let averse = risk_in_money(&Objective::mean_variance(0.5), Some(&stake)).unwrap();
        assert!(!averse.contains("nearly one sale"));
    }
}

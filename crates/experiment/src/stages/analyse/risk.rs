//! What risk aversion costs and spares: γ laid beside what the best fixed exit then does on the trades before every test.
//!
//! Two things are laid beside each γ. The premium: what one would pay a trade to be spared the swings of holding the
//! whole position to its stop or horizon (½ γ P of holding under mean–variance). And the best fixed exit: of every
//! setting of every baseline the one with the highest J. Under mean–variance J = G − ½ γ P with G the mean R after exit costs and P the mean of Σ q² v, so as γ rises
//! neither G nor P of the best exit can rise: more aversion never swings more and never earns more. Drawdown and CVaR
//! usually follow and are shown, but nothing makes them. Under exponential utility the choice is by the certainty
//! equivalent, and only that is promised.

use std::collections::{BTreeMap, btree_map::Entry};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{
    Objective, TradeOutcome, Utility,
    policies::{AllOutStop, PolicyConfig, StopRule},
};
use scaleout_report::{RiskRow, RiskScale};

use crate::{ExperimentError, LoadedConfig, Prepared, config::objective::RiskWish};

/// γ, per R.
const AVERSIONS: [f64; 23] = [
    0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0,
    50.0, 100.0,
];

/// Fewest trades that a scale is measured on.
const LEAST_TRADES: usize = 20;

/// The words of the scale.
const WORDS: [RiskWish; 4] = [RiskWish::None, RiskWish::Low, RiskWish::Moderate, RiskWish::High];

/// The scale of the experiment behind `loaded`.
///
/// # Errors
/// If the experiment cannot be read, or fewer than 20 trades lie before every test.
pub fn risk_scale(loaded: &LoadedConfig) -> Result<RiskScale, ExperimentError> {
    let mut neutral = loaded.clone();
    if let crate::RiskAversion::Wish(_) = neutral.config.objective.risk_aversion {
        neutral.config.objective.risk_aversion = crate::RiskAversion::Number(0.0);
    }
    let prepared = Prepared::new(&neutral)?;
    scale(&prepared)?.ok_or_else(|| loaded.value_error(too_few(&prepared)))
}

fn too_few(prepared: &Prepared) -> String {
    let trades = prepared.first_train().map_or(0, |train| train.len());
    format!(
        "risk aversion is measured on the trades before every test, and there are {trades}; accepted: {LEAST_TRADES} or \
         more, or a number"
    )
}

/// The scale; `None` where there are too few trades or no baselines.
pub(crate) fn scale(prepared: &Prepared) -> Result<Option<RiskScale>, ExperimentError> {
    let train = prepared.first_train()?;
    let settings: Vec<&PolicyConfig> = prepared.baselines.iter().flat_map(|baseline| &baseline.grid).collect();
    if train.len() < LEAST_TRADES || settings.is_empty() {
        return Ok(None);
    }
    let exits = settings.par_iter().map(|setting| FixedExit::measure(prepared, setting, &train));
    let exits: Vec<FixedExit> = exits.collect::<Result<_, _>>()?;
    let mut replayed: BTreeMap<usize, RiskFigures> = BTreeMap::new();
    let mut rows: Vec<RiskRow> = Vec::with_capacity(AVERSIONS.len());
    let hold = PolicyConfig::AllOutStop(AllOutStop { stop: StopRule::Entry });
    let hold = FixedExit::measure(prepared, &hold, &train)?;
    let mut aversions = AVERSIONS.to_vec();
    let risk_per_trade = prepared.config.account.risk_per_trade_frac;
    aversions.extend(WORDS.iter().filter_map(|word| Some(word.times_risk_per_trade()? * risk_per_trade)));
    aversions.push(prepared.objective.risk_aversion);
    aversions.sort_by(f64::total_cmp);
    aversions.dedup();
    for aversion in aversions {
        let place = best(&exits, &prepared.objective, aversion);
        let figures = match replayed.entry(place) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let neutral = Objective { risk_aversion: 0.0, ..prepared.objective.clone() };
                new.insert(RiskFigures::of(&outcomes(prepared, settings[place], &train, &neutral)?))
            }
        };
        let (first, swing_r) = (rows.first(), exits[place].penalty.max(0.0).sqrt());
        let first_swing = first.map_or(swing_r, |row| row.swing_r);
        let first_mean = first.map_or(figures.mean_net_r, |row| row.mean_net_r);
        rows.push(RiskRow {
            risk_aversion: aversion,
            words: Vec::new(),
            premium_r: hold.gain - hold.worth(&prepared.objective, aversion),
            exit: settings[place].build().name(),
            mean_net_r: figures.mean_net_r,
            given_up_share: (0.0 < first_mean).then(|| 1.0 - figures.mean_net_r / first_mean),
            swing_r,
            swing_cut_share: (0.0 < first_swing).then(|| 1.0 - swing_r / first_swing),
            deviation_r: figures.deviation_r,
            cvar_5_r: figures.cvar_5_r,
            max_drawdown_r: figures.max_drawdown_r,
            bars_held: figures.bars_held,
        });
    }
    for word in WORDS {
        let number = word.times_risk_per_trade().map(|times| times * risk_per_trade);
        if let Some(row) = rows.iter_mut().find(|row| Some(row.risk_aversion) == number) {
            row.words.push(word.to_string());
        }
    }
    Ok(Some(RiskScale { trades: train.len(), in_force: None, asked: None, rows }))
}

/// The number that `wish` is: for words a multiple of the account's risk a trade, else measured on the experiment's own
/// trades.
pub(crate) fn resolve(prepared: &Prepared, wish: RiskWish) -> Result<f64, String> {
    if let Some(times) = wish.times_risk_per_trade() {
        return Ok(times * prepared.config.account.risk_per_trade_frac);
    }
    let scale = scale(prepared).map_err(|error| error.to_string())?.ok_or_else(|| too_few(prepared))?;
    match wish {
        RiskWish::CutDrawdown(share) => first_with_drawdown_cut(&scale.rows, share),
        RiskWish::GiveUp(share) => last_that_keeps(&scale.rows, share),
        RiskWish::None | RiskWish::Low | RiskWish::Moderate | RiskWish::High => Ok(0),
    }
    .map(|place| scale.rows[place].risk_aversion)
}

/// The first row whose drawdown is smaller by `share`; the message says why there is none and what would be accepted.
fn first_with_drawdown_cut(rows: &[RiskRow], share: f64) -> Result<usize, String> {
    let neutral = &rows[0];
    let limit = (1.0 - share) * neutral.max_drawdown_r;
    rows.iter().position(|row| row.max_drawdown_r <= limit).ok_or_else(|| {
        let least = rows.iter().map(|row| row.max_drawdown_r).fold(f64::INFINITY, f64::min);
        format!(
            "risk_aversion: no best fixed exit has a drawdown of {limit:.2} R or less (the least is {least:.2} R, without \
             risk aversion it is {:.2} R); accepted: a smaller share or a number",
            neutral.max_drawdown_r
        )
    })
}

/// The last row before more than `share` of the mean is given up.
fn last_that_keeps(rows: &[RiskRow], share: f64) -> Result<usize, String> {
    let neutral = &rows[0];
    if neutral.mean_net_r <= 0.0 {
        return Err(format!(
            "risk_aversion: the best fixed exit earns {:.3} R a trade before every test, so there is nothing to give up a \
             share of; accepted: a word, {{ cut_drawdown = SHARE }} or a number",
            neutral.mean_net_r
        ));
    }
    let keeps = |row: &RiskRow| row.given_up_share.is_some_and(|given_up| given_up <= share);
    Ok(rows.iter().take_while(|row| keeps(row)).count() - 1)
}

/// A fixed exit as the objective sees it for any γ.
struct FixedExit {
    /// Mean J without risk aversion, in R.
    gain: f64,
    /// Mean of Σ q² v, in R²; under exponential utility the variance of the gains.
    penalty: f64,
    /// Gain of each trade; empty under mean–variance.
    gains: Vec<f64>,
}

impl FixedExit {
    fn measure(prepared: &Prepared, setting: &PolicyConfig, train: &[usize]) -> Result<Self, ExperimentError> {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let objectives = |risk_aversion: f64| -> Result<Vec<f64>, ExperimentError> {
            let objective = Objective { risk_aversion, ..prepared.objective.clone() };
            let outcomes = outcomes(prepared, setting, train, &objective)?;
            Ok(outcomes.iter().map(|outcome| outcome.objective).collect())
        };
        let gains = objectives(0.0)?;
        let gain = mean(&gains);
        Ok(match prepared.objective.utility {
            Utility::MeanVariance => {
                // J falls by half the penalty for each unit of γ, the same for every trade.
                Self { gain, penalty: 2.0 * (gain - mean(&objectives(1.0)?)), gains: Vec::new() }
            }
            Utility::Exponential => {
                let squares: Vec<f64> = gains.iter().map(|value| (value - gain).powi(2)).collect();
                Self { gain, penalty: mean(&squares), gains }
            }
        })
    }

    /// Its J, as a certain R.
    fn worth(&self, objective: &Objective, risk_aversion: f64) -> f64 {
        match objective.utility {
            Utility::MeanVariance => self.gain - 0.5 * risk_aversion * self.penalty,
            Utility::Exponential => {
                let objective = Objective { risk_aversion, ..objective.clone() };
                let mean = self.gains.iter().map(|&gain| objective.utility_of(gain)).sum::<f64>();
                objective.certainty_equivalent_r(mean / self.gains.len() as f64)
            }
        }
    }
}

/// The exit that is worth most; of equals the one that swings less.
fn best(exits: &[FixedExit], objective: &Objective, risk_aversion: f64) -> usize {
    let worth: Vec<f64> = exits.iter().map(|exit| exit.worth(objective, risk_aversion)).collect();
    let better = |a: usize, b: usize| {
        let order = worth[a].total_cmp(&worth[b]).then(exits[b].penalty.total_cmp(&exits[a].penalty));
        if order.is_lt() { b } else { a }
    };
    (0..exits.len()).reduce(better).expect("Invariant: there are settings")
}

fn outcomes(
    prepared: &Prepared,
    setting: &PolicyConfig,
    train: &[usize],
    objective: &Objective,
) -> Result<Vec<TradeOutcome>, ExperimentError> {
    let policy = setting.build();
    prepared.replay_under(train, |_| &*policy, &prepared.config.replay, objective)
}

/// What traders look at, of some trades.
struct RiskFigures {
    mean_net_r: f64,
    deviation_r: f64,
    cvar_5_r: f64,
    max_drawdown_r: f64,
    bars_held: f64,
}

impl RiskFigures {
    fn of(outcomes: &[TradeOutcome]) -> Self {
        let count = outcomes.len() as f64;
        let mean_net_r = outcomes.iter().map(|outcome| outcome.net_r).sum::<f64>() / count;
        let square = outcomes.iter().map(|outcome| (outcome.net_r - mean_net_r).powi(2)).sum::<f64>() / count;
        let mut sorted: Vec<f64> = outcomes.iter().map(|outcome| outcome.net_r).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let worst = outcomes.len().div_ceil(20);
        let mut by_end: Vec<&TradeOutcome> = outcomes.iter().collect();
        by_end.sort_by(|a, b| (a.exit_ts, &a.id).cmp(&(b.exit_ts, &b.id)));
        let (mut total, mut peak, mut max_drawdown_r) = (0.0, 0.0_f64, 0.0_f64);
        for outcome in by_end {
            total += outcome.net_r;
            peak = peak.max(total);
            max_drawdown_r = max_drawdown_r.max(peak - total);
        }
        Self {
            mean_net_r,
            deviation_r: square.sqrt(),
            cvar_5_r: sorted[..worst].iter().sum::<f64>() / worst as f64,
            max_drawdown_r,
            bars_held: outcomes.iter().map(|outcome| f64::from(outcome.bars_held)).sum::<f64>() / count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(risk_aversion: f64, mean_net_r: f64, swing_r: f64, max_drawdown_r: f64) -> RiskRow {
        RiskRow {
            risk_aversion,
            words: vec![],
            premium_r: 0.5 * risk_aversion,
            exit: "time".into(),
            mean_net_r,
            given_up_share: Some(1.0 - mean_net_r / 0.4),
            swing_r,
            swing_cut_share: Some(1.0 - swing_r / 2.0),
            deviation_r: 1.0,
            cvar_5_r: -1.0,
            max_drawdown_r,
            bars_held: 10.0,
        }
    }

    #[test]
    fn words_are_multiples_of_the_risk_a_trade() {
        assert_eq!(WORDS.map(|word| word.times_risk_per_trade().unwrap()), [0.0, 0.5, 1.0, 4.0]);
        assert_eq!(RiskWish::GiveUp(0.1).times_risk_per_trade(), None);
    }

    #[test]
    fn shares_are_rows_of_the_scale() {
        let rows =
            [row(0.0, 0.4, 2.0, 8.0), row(0.1, 0.38, 1.7, 7.0), row(0.5, 0.3, 1.4, 5.0), row(2.0, 0.1, 0.9, 2.0)];
        assert_eq!(first_with_drawdown_cut(&rows, 0.3), Ok(2));
        assert_eq!(last_that_keeps(&rows, 0.1), Ok(1));
        assert!(first_with_drawdown_cut(&rows, 0.9).unwrap_err().contains("2.00 R"));
        assert!(last_that_keeps(&[row(0.0, -0.1, 2.0, 8.0)], 0.1).unwrap_err().contains("-0.100 R"));
    }

    /// 200 menus of random exits: the best of each never gains in swing or in mean as aversion rises.
    #[test]
    fn more_aversion_never_swings_more() {
        let mut state = 7_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(u32::MAX >> 1)
        };
        for _ in 0..200 {
            let exits: Vec<FixedExit> =
                (0..30).map(|_| FixedExit { gain: random() - 0.5, penalty: 4.0 * random(), gains: vec![] }).collect();
            let objective = Objective::mean_variance(0.0);
            let chosen = AVERSIONS.map(|aversion| &exits[best(&exits, &objective, aversion)]);
            for pair in chosen.windows(2) {
                assert!(pair[1].penalty <= pair[0].penalty && pair[1].gain <= pair[0].gain);
            }
        }
    }
}

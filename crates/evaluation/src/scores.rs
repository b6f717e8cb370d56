use std::collections::BTreeMap;

use scaleout_exits::Objective;
use serde::{Deserialize, Serialize};

use crate::{
    AccountResult, Contestant, ContestantKind, EquityPath, EvaluationConfig, Family, PermutedSchedules, Sample,
    TradeScores,
    metrics::{FEWEST_DAYS, METRICS, Measure},
    resample::Resample,
    stats::{
        block_length::politis_white,
        bootstrap::{DrawPurpose, IntervalRule, StationaryBootstrap},
    },
    trade_row::TradeRow,
};

/// A metric of one contestant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricValue {
    /// The value; `None` where it is undefined or withheld.
    pub value: Option<f64>,
    /// Two-sided 95 % bootstrap interval; `None` where there is none.
    pub ci95: Option<[f64; 2]>,
    /// Unit of both.
    pub unit: String,
    /// Why the value is withheld although it could be computed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withheld: Option<String>,
}

/// All figures of one contestant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContestantResult {
    /// Its name.
    pub name: String,
    /// What part it plays.
    pub kind: ContestantKind,
    /// How it takes positions off.
    pub family: Family,
    /// Whether the trades are new to it.
    pub sample: Sample,
    /// Metrics by name.
    pub metrics: BTreeMap<String, MetricValue>,
}

impl ContestantResult {
    /// The value of the metric `name`, if it is defined.
    pub fn value(&self, name: &str) -> Option<f64> {
        self.metrics.get(name)?.value
    }
}

/// What the metrics of a contestant are computed from.
pub(crate) struct Figures<'a> {
    pub contestant: &'a Contestant,
    pub rows: &'a [TradeRow],
    pub paths: &'a [EquityPath],
    pub account: &'a AccountResult,
    pub objective: &'a Objective,
}

/// The metrics of one contestant, with intervals.
pub(crate) fn score(figures: &Figures<'_>, resample: &Resample, config: &EvaluationConfig) -> ContestantResult {
    let days_per_year = config.trading_days_per_year.unwrap_or(252.0);
    let all: Vec<TradeRow> = ordered(figures.rows, resample, 0..resample.trades_of_cell.len() as u32);
    let whole = figures.paths.iter().fold(EquityPath::FLAT, |path, cell| path.then(*cell));
    let point = values(&all, &whole, &figures.account.returns, figures.objective, days_per_year);

    let no_returns: &[f64] = &[];
    let trade_draws = resample.bootstrap.draws(config.metric_draws, resample.seed, DrawPurpose::Metrics, |places| {
        let rows = ordered(figures.rows, resample, places.iter().copied());
        let path = places.iter().fold(EquityPath::FLAT, |path, &cell| path.then(figures.paths[cell as usize]));
        values(&rows, &path, no_returns, figures.objective, days_per_year)
    });
    let (day_draws, day_rule) = day_draws(&figures.account.returns, figures.objective, resample.seed, config);

    let too_few_days = figures.account.returns.len() < FEWEST_DAYS;
    let metrics = METRICS.iter().enumerate().map(|(index, metric)| {
        let (draws, rule) = match metric.measure {
            Measure::Trades(_) | Measure::Valued(_) | Measure::Equity(_) => (&trade_draws, resample.rule),
            Measure::Returns(_) | Measure::Annualised(_) => (&day_draws, day_rule),
        };
        let withheld = (matches!(metric.measure, Measure::Annualised(_)) && too_few_days)
            .then(|| format!("{} trading days, {FEWEST_DAYS} needed to annualise", figures.account.returns.len()));
        let (value, ci95) = match withheld {
            Some(_) => (None, None),
            None => (point[index], point[index].and_then(|_| interval(draws, index, rule))),
        };
        let unit = metric.unit.name(figures.objective.unit()).to_owned();
        (metric.name.to_owned(), MetricValue { value, ci95, unit, withheld })
    });
    ContestantResult {
        name: figures.contestant.name.clone(),
        kind: figures.contestant.kind,
        family: figures.contestant.family,
        sample: figures.contestant.sample,
        metrics: metrics.collect(),
    }
}

/// Puts the means over all draws of permuted schedules in place of the figures of the one draw that `result` is about.
/// One draw is no account and no curve, so figures of those are withheld.
pub(crate) fn take_means(
    result: &mut ContestantResult,
    permuted: &PermutedSchedules,
    resample: &Resample,
    config: &EvaluationConfig,
) {
    let draws = permuted.draws.len();
    let by_trade = |figure: fn(&TradeScores) -> &[f64]| -> Vec<f64> {
        let trades = 0..permuted.draws.first().map_or(0, |draw| figure(draw).len());
        trades.map(|trade| permuted.draws.iter().map(|draw| figure(draw)[trade]).sum::<f64>() / draws as f64).collect()
    };
    let series = [by_trade(|scores| &scores.objective), by_trade(|scores| &scores.net_r)];
    let drawn = resample.mean_draws(&series, config.metric_draws);
    let interval =
        |which: usize| resample.rule.interval(&mut drawn.iter().map(|draw| draw[which]).collect::<Vec<f64>>());
    for (place, metric) in METRICS.iter().enumerate() {
        let Some(value) = result.metrics.get_mut(metric.name) else { continue };
        value.value = permuted.means[place];
        value.ci95 = match metric.name {
            "mean_objective" => interval(0),
            "mean_net_r" => interval(1),
            _ => None,
        };
        value.withheld = match metric.measure {
            Measure::Trades(_) | Measure::Valued(_) => None,
            Measure::Equity(_) | Measure::Returns(_) | Measure::Annualised(_) => {
                Some(format!("a mean over {draws} draws is no curve and no account"))
            }
        };
    }
}

/// Rows of the trades of `cells`, in that order.
fn ordered(rows: &[TradeRow], resample: &Resample, cells: impl Iterator<Item = u32>) -> Vec<TradeRow> {
    let mut ordered = Vec::with_capacity(rows.len() + rows.len() / 4);
    for cell in cells {
        ordered.extend(resample.trades_of_cell[cell as usize].iter().map(|&trade| rows[trade as usize]));
    }
    ordered
}

/// The value of each metric, in the order of [`METRICS`].
fn values(
    rows: &[TradeRow],
    path: &EquityPath,
    returns: &[f64],
    objective: &Objective,
    days_per_year: f64,
) -> Vec<Option<f64>> {
    let value = |measure: Measure| match measure {
        Measure::Trades(value) => value(rows),
        Measure::Valued(value) => value(rows, objective),
        Measure::Equity(value) => value(path),
        Measure::Returns(value) => value(returns),
        Measure::Annualised(value) => value(returns, days_per_year),
    };
    METRICS.iter().map(|metric| value(metric.measure).filter(|value| value.is_finite())).collect()
}

/// Draws of the metrics of daily returns, in blocks of days; none below the fewest days.
fn day_draws(
    returns: &[f64],
    objective: &Objective,
    seed: u64,
    config: &EvaluationConfig,
) -> (Vec<Vec<Option<f64>>>, IntervalRule) {
    let days_per_year = config.trading_days_per_year.unwrap_or(252.0);
    let block = politis_white(returns).map_or(1.0, |length| length.stationary);
    let rule = IntervalRule::for_blocks(returns.len() as f64 / block);
    if returns.len() < FEWEST_DAYS {
        return (Vec::new(), rule);
    }
    let bootstrap = StationaryBootstrap::new(returns.len(), block);
    let draws = bootstrap.draws(config.metric_draws, seed, DrawPurpose::Returns, |places| {
        let drawn: Vec<f64> = places.iter().map(|&day| returns[day as usize]).collect();
        values(&[], &EquityPath::FLAT, &drawn, objective, days_per_year)
    });
    (draws, rule)
}

/// The interval of metric `index`; `None` where more than one draw in twenty is undefined.
fn interval(draws: &[Vec<Option<f64>>], index: usize, rule: IntervalRule) -> Option<[f64; 2]> {
    let mut defined: Vec<f64> = draws.iter().filter_map(|draw| draw[index]).collect();
    if defined.len() * 20 < draws.len() * 19 {
        return None;
    }
    rule.interval(&mut defined)
}

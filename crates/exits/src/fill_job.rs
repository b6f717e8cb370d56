//! Many small markets in, every fill out: the door through which other simulators are compared with this one.

use scaleout_features::{FeatureSet, FeatureTable};
use scaleout_market::{Add, Bar, BarSeries, Entry, Instrument, MarketHistory, Side, Timestamp, Trade};
use serde::{Deserialize, Serialize};

use crate::{
    ExitError, Market, Objective, ReplayConfig,
    explain::{AddRecord, BarRecord, FillRecord, explain},
    policies::PolicyConfig,
    replay,
};

/// Trades on markets of their own, under one set of assumptions.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FillJob {
    /// Assumptions of all trades.
    pub replay: ReplayConfig,
    /// The instrument of all trades; without it one that costs nothing.
    #[serde(default)]
    pub instrument: Option<Instrument>,
    /// The trades.
    pub trades: Vec<JobTrade>,
}

/// One trade and the bars it lives in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobTrade {
    /// Name.
    pub id: String,
    /// Direction.
    pub side: Side,
    /// Index of the bar at whose open it fills; 1 or more.
    pub entry_bar: usize,
    /// Fill price; the open of that bar if not given.
    #[serde(default)]
    pub price: Option<f64>,
    /// Points of price of one R.
    pub risk: f64,
    /// The entry's stop.
    #[serde(default)]
    pub stop: Option<f64>,
    /// Quantity.
    pub qty: f64,
    /// Later entries as `[second, price, quantity]`, in order: parts of `qty`.
    #[serde(default)]
    pub adds: Vec<[f64; 3]>,
    /// The exit rule.
    pub policy: PolicyConfig,
    /// Bars of one minute as `[open, high, low, close, volume]`.
    pub bars: Vec<[f64; 5]>,
    /// Second at which each bar opens; the bars follow one another without a pause if not given.
    #[serde(default)]
    pub opens: Vec<i64>,
    /// Seconds after the open of its bar at which the entry fills; below 60.
    #[serde(default)]
    pub entry_second: f64,
    /// The tape as `[second, price, quantity]`, in order.
    #[serde(default)]
    pub trades: Vec<[f64; 3]>,
    /// Finer bars as `[second of the open, open, high, low, close, volume]`, in order.
    #[serde(default)]
    pub finer: Vec<[f64; 6]>,
    /// Seconds that a finer bar lasts.
    #[serde(default = "quarter_minute")]
    pub finer_seconds: f64,
}

fn quarter_minute() -> f64 {
    15.0
}

/// What became of one trade of a job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobFills {
    /// Name of the trade.
    pub id: String,
    /// Its sales, in order.
    pub fills: Vec<JobFill>,
    /// Where the stop stood in each bar from the entry's on: at work from its open, and after its close.
    pub stops: Vec<[Option<f64>; 2]>,
    /// The adds that filled; none for most trades.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub adds: Vec<JobAdd>,
    /// Fee of the entry.
    pub entry_fee: f64,
    /// What was paid over time.
    pub carry: f64,
    /// What all cash flows of the trade add up to.
    pub net: f64,
    /// The same in R.
    pub net_r: f64,
}

/// An add and the bar it happened in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobAdd {
    /// Index of the bar.
    pub bar: usize,
    /// The add.
    #[serde(flatten)]
    pub add: AddRecord,
}

/// One sale and the bar it happened in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JobFill {
    /// Index of the bar.
    pub bar: usize,
    /// The sale.
    #[serde(flatten)]
    pub fill: FillRecord,
}

/// Replays every trade of `job`, in order.
///
/// # Errors
/// Names the trade that cannot be replayed, and why.
pub fn run_fill_job(job: &FillJob) -> Result<Vec<JobFills>, ExitError> {
    let instrument = match &job.instrument {
        None => Instrument::frictionless("X", "USD"),
        Some(instrument) => instrument.clone().checked().map_err(|error| unreadable("instrument", &error))?,
    };
    job.trades.iter().map(|trade| run(trade, &instrument, &job.replay)).collect()
}

fn run(trade: &JobTrade, instrument: &Instrument, config: &ReplayConfig) -> Result<JobFills, ExitError> {
    let place = format!("trade `{}`", trade.id);
    let history = history(trade).map_err(|error| unreadable(&place, &error))?;
    let entry = entry(trade, &history, instrument).map_err(|error| unreadable(&place, &error))?;
    let policy = trade.policy.build();
    let specs = policy.inputs();
    let inputs = if specs.is_empty() {
        FeatureTable::new(Vec::new(), Vec::new())
    } else {
        FeatureSet::new(specs)
            .and_then(|set| set.table(&[], history.events()))
            .map_err(|error| unreadable(&place, &error))?
    };
    let market = Market { history: &history, instrument };
    let objective = Objective::mean_variance(0.0);
    let (outcome, told) = explain(&entry, trade.entry_bar, market, &inputs, policy.as_ref(), &objective, config)?;
    debug_assert_eq!(
        replay(&entry, trade.entry_bar, market, &inputs, policy.as_ref(), &objective, config),
        Ok(outcome),
        "Invariant: a replay that nobody watches gives the same"
    );
    let stops = told.bars.iter().map(|bar| [bar.orders.stop, bar.stop_after]).collect();
    let added = |bar: &BarRecord| {
        let bar_of = bar.bar;
        let filled = bar.adds.iter().filter(|add| add.qty.is_some()).cloned();
        filled.map(move |add| JobAdd { bar: bar_of, add }).collect::<Vec<_>>()
    };
    let adds = told.bars.iter().flat_map(added).collect();
    let in_bar = |bar: BarRecord| bar.fills.into_iter().map(move |fill| JobFill { bar: bar.bar, fill });
    let fills = told.bars.into_iter().flat_map(in_bar).collect();
    let (entry_fee, carry) = (told.entry_fee, told.carry);
    Ok(JobFills { id: told.id, fills, stops, adds, entry_fee, carry, net: told.net, net_r: told.net_r })
}

fn entry(trade: &JobTrade, history: &MarketHistory, instrument: &Instrument) -> Result<Entry, String> {
    let bars = history.series.bars();
    let bar = bars
        .get(trade.entry_bar)
        .ok_or_else(|| format!("entry_bar = {} lies beyond the {} bars", trade.entry_bar, bars.len()))?;
    let entry = Entry {
        id: trade.id.clone(),
        symbol: instrument.symbol.clone(),
        ts: bar.open_ts.plus_nanos(nanos(trade.entry_second)),
        side: trade.side,
        price: trade.price.unwrap_or(bar.open),
        risk: trade.risk,
        stop: trade.stop,
        qty: trade.qty,
        tags: Vec::new(),
        adds: trade.adds.iter().map(|&[second, price, qty]| Add { ts: at(second), price, qty }).collect(),
    };
    entry.checked().map_err(|error| error.to_string())
}

/// The bars of `trade`, with its tape and its finer bars.
fn history(trade: &JobTrade) -> Result<MarketHistory, String> {
    if !(trade.opens.is_empty() || trade.opens.len() == trade.bars.len()) {
        return Err(format!("opens = {} seconds must be one for each of {} bars", trade.opens.len(), trade.bars.len()));
    }
    if !(0.0..60.0).contains(&trade.entry_second) {
        return Err(format!("entry_second = {} must be 0 or more and below 60", trade.entry_second));
    }
    let opens_at = |t: usize| trade.opens.get(t).copied().unwrap_or(60 * t as i64) as f64;
    let bars = trade.bars.iter().enumerate().map(|(t, row)| bar("bar", t, opens_at(t), 60.0, row));
    let series = BarSeries::new(bars.collect::<Result<_, _>>()?, Vec::new()).map_err(|error| error.to_string())?;
    let mut history = MarketHistory::from_series(series);
    history.trades = trade
        .trades
        .iter()
        .map(|&[second, price, qty]| Trade { ts: at(second), price, qty, aggressor: None })
        .collect();
    history.finer = trade
        .finer
        .iter()
        .enumerate()
        .map(|(t, &[second, open, high, low, close, volume])| {
            bar("finer bar", t, second, trade.finer_seconds, &[open, high, low, close, volume])
        })
        .collect::<Result<_, _>>()?;
    if !(history.trades.is_sorted_by_key(|trade| trade.ts) && history.finer.is_sorted_by_key(|bar| bar.ts)) {
        return Err("trades and finer bars must be in order of time".to_owned());
    }
    let closes = || history.series.bars().iter().map(|bar| bar.ts);
    if !history.trades.is_empty() {
        history.trade_ends = closes().map(|ts| history.trades.partition_point(|trade| trade.ts <= ts)).collect();
    }
    if !history.finer.is_empty() {
        history.finer_ends = closes().map(|ts| history.finer.partition_point(|bar| bar.ts <= ts)).collect();
    }
    Ok(history)
}

fn bar(kind: &str, t: usize, second: f64, lasts: f64, row: &[f64; 5]) -> Result<Bar, String> {
    let &[open, high, low, close, volume] = row;
    Bar { open_ts: at(second), ts: at(second + lasts), open, high, low, close, volume }
        .checked()
        .map_err(|error| format!("{kind} {t}: {error}"))
}

fn at(second: f64) -> Timestamp {
    Timestamp::from_nanos(nanos(second))
}

fn nanos(seconds: f64) -> i64 {
    (seconds * 1e9) as i64
}

fn unreadable(place: &str, error: &impl ToString) -> ExitError {
    ExitError::Unreadable { place: place.to_owned(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{FillJob, run_fill_job};

    #[test]
    fn a_job_is_replayed_trade_by_trade() {
        let text = r#"
            [replay]
            horizon_bars = 2
            limit_fill = "touch"
            [[trades]]
            id = "a"
            side = "long"
            entry_bar = 1
            risk = 10.0
            stop = 90.0
            qty = 4.0
            bars = [[100, 100, 100, 100, 1], [100, 106, 99, 105, 1], [105, 106, 89, 90, 1], [90, 90, 90, 90, 1]]
            [trades.policy]
            kind = "ladder"
            spacing = "points"
            rungs = [{ level = 5.0, fraction = 0.25 }, { level = 20.0, fraction = 0.75 }]
        "#;
        let job: FillJob = toml::from_str(text).unwrap();
        let result = run_fill_job(&job).unwrap();
        let fills: Vec<(usize, f64, f64)> =
            result[0].fills.iter().map(|fill| (fill.bar, fill.fill.qty, fill.fill.price)).collect();
        assert_eq!(fills, [(1, 1.0, 105.0), (2, 3.0, 90.0)]);
        assert_eq!(result[0].net, 5.0 - 30.0);
    }

    #[test]
    fn a_job_brings_tape_finer_bars_and_the_second_of_the_entry() {
        let run = |more: &str| {
            let job: FillJob = toml::from_str(&format!(
                r#"
                replay = {{ horizon_bars = 1, limit_fill = "touch", intrabar = "lower-timeframe" }}
                [[trades]]
                id = "a"
                side = "long"
                entry_bar = 1
                entry_second = 30
                price = 100
                risk = 10
                stop = 90
                qty = 1
                policy = {{ kind = "all-out-target", target_r = 1.0 }}
                bars = [[98, 98, 98, 98, 1], [98, 112, 88, 101, 1], [101, 101, 101, 101, 1]]
                {more}"#
            ))
            .unwrap();
            let fill = run_fill_job(&job).unwrap()[0].fills[0].clone();
            (fill.bar, fill.fill.price)
        };
        assert_eq!(run(""), (1, 90.0));
        assert_eq!(
            run("finer = [[60, 98, 100, 88, 98, 1], [90, 100, 112, 99, 101, 1]]\nfiner_seconds = 30"),
            (1, 110.0)
        );
        assert_eq!(run("trades = [[61, 98, 1], [70, 88, 1], [90, 100, 1], [119, 101, 1]]"), (2, 101.0));
        assert_eq!(run("opens = [0, 60, 600]"), (1, 90.0));
    }

    #[test]
    fn an_error_names_the_trade() {
        let mut job: FillJob = toml::from_str("trades = []\nreplay = { horizon_bars = 1 }").unwrap();
        let trade = r#"{ id = "x", side = "long", entry_bar = 9, risk = 1.0, qty = 1.0, bars = [[1, 1, 1, 1, 1]], policy = { kind = "all-out-stop" } }"#;
        job.trades.push(
            toml::from_str::<std::collections::BTreeMap<String, _>>(&format!("a = {trade}"))
                .unwrap()
                .remove("a")
                .unwrap(),
        );
        let error = run_fill_job(&job).unwrap_err().to_string();
        assert_eq!(error, "trade `x`: entry_bar = 9 lies beyond the 1 bars");
    }
}

//! Runs the candle tables in `candles/`: what a trader would write on paper, long and mirrored short.
//!
//! ```text
//! case a gap through the stop fills at the open
//!   with fill=touch                       assumptions that differ from the defaults, entry long at 100, 1 R = 10
//!   orders stop 90 | limit 110 all        or: policy { kind = "ladder", … }
//!   bar 100 105 95 100                    open high low close, from the bar of the entry on; v500 is its volume
//!   bar 80 85 75 82
//!   => bar 2 stop 100% 80 gap             every sale: bar, reason, part, price; gap, rule and trail say why
//! ```
//! After the last bar one more opens at its close, and the horizon lies there.

use std::collections::BTreeMap;

use scaleout_features::FeatureTable;
use scaleout_market::{Bar, BarSeries, Entry, Fees, Instrument, MarketHistory, Side, Timestamp, Trade};

use crate::{
    Decision, ExitOrders, ExitPolicy, Fraction, Impact, LimitOrder, Market, Objective, ReplayConfig, Slippage,
    TradeOutcome,
    explain::{Explanation, FillCause, explain},
    policies::PolicyConfig,
};

const TABLES: [(&str, &str); 9] = [
    ("fills", include_str!("../candles/fills.txt")),
    ("rules", include_str!("../candles/rules.txt")),
    ("entry-bar", include_str!("../candles/entry-bar.txt")),
    ("stops", include_str!("../candles/stops.txt")),
    ("limits-on-size", include_str!("../candles/limits-on-size.txt")),
    ("lots", include_str!("../candles/lots.txt")),
    ("costs", include_str!("../candles/costs.txt")),
    ("ladders", include_str!("../candles/ladders.txt")),
    ("policies", include_str!("../candles/policies.txt")),
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

#[derive(Default)]
struct Case<'t> {
    name: &'t str,
    options: BTreeMap<&'t str, String>,
    orders: &'t str,
    policy: Option<&'t str>,
    features: Vec<&'t str>,
    before: Option<&'t str>,
    bars: Vec<&'t str>,
    trades: Vec<(usize, &'t str)>,
    finer: Vec<(usize, &'t str)>,
    expected: Vec<&'t str>,
    checks: Vec<(&'t str, f64)>,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word == "case" {
            cases.push(Case { name: rest, ..Case::default() });
            continue;
        }
        let case = cases.last_mut().unwrap();
        let pairs = || rest.split_whitespace().map(|pair| pair.split_once('=').unwrap());
        match word {
            "with" => case.options.extend(pairs().map(|(key, value)| (key, value.to_owned()))),
            "orders" => case.orders = rest,
            "policy" => case.policy = Some(rest),
            "features" => case.features = rest.split_whitespace().collect(),
            "before" => case.before = Some(rest),
            "bar" => case.bars.push(rest),
            "trade" => case.trades.push((case.bars.len(), rest)),
            "finer" => case.finer.push((case.bars.len(), rest)),
            "=>" => case.expected.extend(rest.split(';').map(str::trim).filter(|sale| !sale.is_empty())),
            "check" => case.checks.extend(pairs().map(|(key, value)| (key, value.parse::<f64>().unwrap()))),
            _ => panic!(
                "`{line}`: a line begins with case, with, orders, policy, features, before, bar, trade, finer, check or =>"
            ),
        }
    }
    cases
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
                FillCause::Horizon => ("horizon", ""),
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
    if mirrored { 200.0 - price } else { price }
}

/// Orders as a table writes them, repeated at every close until they are done.
struct Written {
    stop: Option<f64>,
    trail: Option<f64>,
    limits: Vec<LimitOrder>,
    markets: Vec<(u32, Fraction)>,
}

impl Written {
    fn of(text: &str, mirrored: bool) -> Self {
        let mut orders = Self { stop: None, trail: None, limits: Vec::new(), markets: Vec::new() };
        let part = |text: &str| match text {
            "all" => Fraction::ONE,
            _ => Fraction::from_share(text.trim_end_matches('%').parse::<f64>().unwrap() / 100.0).unwrap(),
        };
        for order in text.split('|').map(str::trim).filter(|order| !order.is_empty()) {
            match order.split_whitespace().collect::<Vec<_>>()[..] {
                ["stop", price] => orders.stop = Some(mirror(price.parse().unwrap(), mirrored)),
                ["trail", distance] => orders.trail = Some(distance.parse().unwrap()),
                ["limit", price, size] => {
                    let price = mirror(price.parse().unwrap(), mirrored);
                    orders.limits.push(LimitOrder { price, fraction: part(size) });
                }
                ["market", size, "bar", bar] => orders.markets.push((bar.parse().unwrap(), part(size))),
                _ => panic!("`{order}`: write `stop 90`, `trail 5`, `limit 110 50%` or `market 25% bar 2`"),
            }
        }
        orders
    }
}

impl ExitPolicy for Written {
    fn name(&self) -> String {
        "orders of the table".into()
    }

    fn decide(&self, decision: &Decision<'_>) -> ExitOrders {
        let bar = decision.path.bars_held + 1;
        let market = self.markets.iter().filter(|(at, _)| *at == bar).map(|(_, part)| *part).sum();
        let marketed: Fraction = self.markets.iter().filter(|(at, _)| *at < bar).map(|(_, part)| *part).sum();
        let mut gone = Fraction::ONE.saturating_sub(decision.remaining).saturating_sub(marketed);
        let limits = self
            .limits
            .iter()
            .map(|limit| {
                let fraction = limit.fraction.saturating_sub(gone);
                gone = gone.saturating_sub(limit.fraction);
                LimitOrder { fraction, ..*limit }
            })
            .collect();
        // A stop that followed the price stays where it got to.
        let stop = if self.trail.is_some() { decision.stop.or(self.stop) } else { self.stop };
        ExitOrders { stop, trail: self.trail, limits, market }
    }
}

struct World {
    history: MarketHistory,
    instrument: Instrument,
    entry: Entry,
    config: ReplayConfig,
    features: FeatureTable,
}

impl World {
    fn of(case: &Case<'_>, mirrored: bool) -> Self {
        let text = |key: &str| case.options.get(key).map(String::as_str);
        let number = |key: &str| text(key).map(|value| value.parse::<f64>().unwrap());
        let or = |key: &str, default: f64| number(key).unwrap_or(default);
        let name = |key: &str, default: &str| format!("\"{}\"", text(key).unwrap_or(default));
        let horizon = number("horizon").map_or(case.bars.len() as u32, |bars| bars as u32);
        let read = |text: String| toml::from_str::<ReplayConfig>(&text).unwrap();
        let base = read(format!(
            "horizon_bars = {horizon}\nintrabar = {}\nlimit_fill = {}\nentry_bar = {}\nentry_liquidity = {}",
            name("rule", "stop-first"),
            name("fill", "touch"),
            name("entry_bar", "conservative"),
            name("entry", "taker"),
        ));
        let slippage = |key: &str| number(key).map(Slippage::Ticks);
        let config = ReplayConfig {
            holding_cost_r: or("holding", 0.0),
            slippage: slippage("slip_ticks")
                .or(number("slip_bps").map(Slippage::Bps))
                .or(number("slip_atr").map(|share| Slippage::Volatility { share, window: 2 }))
                .unwrap_or(Slippage::None),
            stop_slippage: slippage("stop_slip_ticks"),
            impact: number("impact_r")
                .map(|cost_r| Impact::WholePosition { cost_r, exponent: or("impact_exponent", 1.0) })
                .or(number("impact_bps").map(|bps| Impact::VolumeShare {
                    bps,
                    exponent: or("impact_exponent", 1.0),
                    window: 1,
                }))
                .unwrap_or(Impact::None),
            cost_multiplier: or("cost_multiplier", 1.0),
            max_fraction_per_bar: number("max_fraction"),
            max_tranches_per_bar: number("max_tranches").map(|most| most as u32),
            min_bars_between_sales: or("spacing", 0.0) as u32,
            volume_share: number("volume_share"),
            latency_bars: or("latency_bars", 0.0) as u32,
            latency_ms: or("latency_ms", 0.0),
            ..base
        };
        let instrument = Instrument {
            tick_size: or("tick", 0.0),
            multiplier: or("multiplier", 1.0),
            lot_step: or("lot", 0.0),
            min_qty: or("min_qty", 0.0),
            min_notional: or("min_notional", 0.0),
            spread_ticks: or("spread", 0.0),
            fees: Fees {
                maker_rate: or("maker", 0.0),
                taker_rate: or("taker", 0.0),
                per_unit: or("per_unit", 0.0),
                per_order: or("per_order", 0.0),
                minimum: or("fee_minimum", 0.0),
            },
            carry: text("carry").map_or_else(Default::default, |carry| {
                toml::from_str(&carry.replace(',', "\n").replace(':', "=")).unwrap()
            }),
            ..Instrument::frictionless("X", "USD")
        };
        let written_side = if text("side") == Some("short") { Side::Short } else { Side::Long };
        let inside_secs = or("inside", 0.0);
        let entry = Entry {
            id: "trade".into(),
            symbol: "X".into(),
            ts: Timestamp::from_nanos(MINUTE_NS + (inside_secs * 1e9) as i64),
            side: if mirrored { written_side.opposite() } else { written_side },
            price: mirror(or("price", 100.0), mirrored),
            risk: or("risk", 10.0),
            stop: number("stop").map(|stop| mirror(stop, mirrored)),
            qty: or("qty", 1.0),
            tags: vec![],
        }
        .checked()
        .unwrap();
        let (history, features) = Self::market(case, mirrored);
        Self { history, instrument: instrument.checked().unwrap(), entry, config, features }
    }

    fn market(case: &Case<'_>, mirrored: bool) -> (MarketHistory, FeatureTable) {
        let first_open = case.bars[0].split_whitespace().next().unwrap();
        let flat = |price: &str| format!("{price} {price} {price} {price}");
        let last_close = case.bars.last().unwrap().split_whitespace().nth(3).unwrap();
        let mut rows = vec![case.before.map_or_else(|| flat(first_open), str::to_owned)];
        rows.extend(case.bars.iter().map(|row| (*row).to_owned()));
        rows.push(flat(last_close));
        let bars =
            rows.iter().enumerate().map(|(t, row)| bar(row, t as i64 * MINUTE_NS, MINUTE_NS, mirrored)).collect();
        let mut history = MarketHistory::from_series(BarSeries::new(bars, vec![]).unwrap());
        if !case.trades.is_empty() {
            for &(bar, text) in &case.trades {
                let words: Vec<f64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
                let ts = Timestamp::from_nanos(bar as i64 * MINUTE_NS + (words[0] * 1e9) as i64);
                let qty = words.get(2).copied().unwrap_or(1.0);
                history.trades.push(Trade { ts, price: mirror(words[1], mirrored), qty, aggressor: None });
            }
            history.trade_ends = ends(rows.len(), case.trades.iter().map(|(bar, _)| *bar));
        }
        if !case.finer.is_empty() {
            let mut in_bar = 0;
            for (index, &(bar_of, text)) in case.finer.iter().enumerate() {
                in_bar = if index > 0 && case.finer[index - 1].0 == bar_of { in_bar + 1 } else { 0 };
                let finer_ns = MINUTE_NS / 4;
                history.finer.push(bar(text, bar_of as i64 * MINUTE_NS + in_bar * finer_ns, finer_ns, mirrored));
            }
            history.finer_ends = ends(rows.len(), case.finer.iter().map(|(bar, _)| *bar));
        }
        (history, features(case, &rows, mirrored))
    }
}

const MINUTE_NS: i64 = 60_000_000_000;

fn bar(row: &str, open_ns: i64, length_ns: i64, mirrored: bool) -> Bar {
    let row = row.split('|').next().unwrap();
    let mut volume = 1000.0;
    let mut prices = Vec::new();
    for word in row.split_whitespace() {
        match word.strip_prefix('v') {
            Some(text) => volume = text.parse().unwrap(),
            None => prices.push(mirror(word.parse().unwrap(), mirrored)),
        }
    }
    let [open, one, other, close] = prices[..] else { panic!("`{row}`: write open high low close") };
    Bar {
        open_ts: Timestamp::from_nanos(open_ns),
        ts: Timestamp::from_nanos(open_ns + length_ns),
        open,
        high: one.max(other),
        low: one.min(other),
        close,
        volume,
    }
    .checked()
    .unwrap()
}

fn ends(bars: usize, of: impl Iterator<Item = usize> + Clone) -> Vec<usize> {
    (0..bars).map(|t| of.clone().filter(|bar| *bar <= t).count()).collect()
}

/// The features of the table; a mirrored market has mirrored bands and a mirrored RSI.
fn features(case: &Case<'_>, rows: &[String], mirrored: bool) -> FeatureTable {
    let value = |row: &str, column: usize| {
        let text = row.split('|').nth(1)?.split_whitespace().nth(column)?;
        text.parse::<f64>().ok()
    };
    let mut values = Vec::new();
    for row in rows {
        for name in &case.features {
            let pairs = [("_low(", "_high("), ("_high(", "_low("), ("_lower(", "_upper("), ("_upper(", "_lower(")];
            let swapped = pairs.iter().find(|(one, _)| name.contains(one)).map(|(one, other)| name.replace(one, other));
            let swapped = swapped.unwrap_or_else(|| (*name).to_owned());
            let source = if mirrored { swapped.as_str() } else { name };
            let is_price = source.contains("donchian") || source.contains("bollinger");
            let column = case.features.iter().position(|known| *known == source).unwrap();
            values.push(value(row, column).map(|value| match (mirrored, is_price, source.starts_with("rsi")) {
                (true, true, _) => 200.0 - value,
                (true, false, true) => 100.0 - value,
                _ => value,
            }));
        }
    }
    FeatureTable::new(case.features.iter().map(|name| (*name).to_owned()).collect(), values)
}

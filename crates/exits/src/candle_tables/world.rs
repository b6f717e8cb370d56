use std::collections::BTreeMap;

use scaleout_features::FeatureTable;
use scaleout_market::{
    Add, Bar, BarSeries, Carry, Contract, Entry, Fees, Instrument, MarketHistory, Side, Timestamp, Trade,
};

use super::{Case, mirror};
use crate::{
    CalendarEvent, FlatBefore, Impact, LateEntry, Liquidation, Matching, ReplayConfig, Slippage, test_market::MINUTE_NS,
};

/// The market, the entry and the assumptions of a case.
pub(super) struct World {
    pub(super) history: MarketHistory,
    pub(super) instrument: Instrument,
    pub(super) entry: Entry,
    pub(super) config: ReplayConfig,
    pub(super) features: FeatureTable,
}

/// `QTY PRICE`, and the second of its bar; 0 is the open.
fn add_of((place, text): &(usize, &str), case: &Case<'_>, mirrored: bool) -> Add {
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let paused = case.pauses.iter().filter(|pause| **pause <= *place).count() as i64;
    let opens_at = (*place as i64 + 1 + 10 * paused) * MINUTE_NS;
    let ts = Timestamp::from_nanos(opens_at + (numbers.get(2).unwrap_or(&0.0) * 1e9) as i64);
    Add { ts, price: mirror(numbers[1], mirrored), qty: numbers[0] }
}

impl World {
    pub(super) fn of(case: &Case<'_>, mirrored: bool) -> Self {
        let text = |key: &str| case.options.get(key).map(String::as_str);
        let number = |key: &str| text(key).map(|value| value.parse::<f64>().unwrap());
        let or = |key: &str, default: f64| number(key).unwrap_or(default);
        let name = |key: &str, default: &str| format!("\"{}\"", text(key).unwrap_or(default));
        let horizon = number("horizon").map_or(case.bars.len() as u32, |bars| bars as u32);
        let read = |text: String| toml::from_str::<ReplayConfig>(&text).unwrap();
        let base = read(format!(
            "horizon_bars = {horizon}\nintrabar = {}\nlimit_fill = {}\nentry_bar = {}\nentry_liquidity = {}\n\
             entry_price = {}",
            name("rule", "stop-first"),
            name("fill", "touch"),
            name("entry_bar", "conservative"),
            name("entry", "taker"),
            name("entry_price", "fill"),
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
            flat_at: text("flat").map(|time| toml::from_str(&format!("time = \"{time}\"\nzone = \"UTC\"")).unwrap()),
            flat_before_pause_hours: number("flat_before_pause"),
            flat_before: number("event").map(|second| FlatBefore {
                file: None,
                minutes: or("event_minutes", 0.0),
                events: vec![CalendarEvent {
                    ts: Timestamp::from_nanos((second * 1e9) as i64),
                    symbol: text("event_symbol").map(str::to_owned),
                }],
            }),
            liquidation: number("leverage")
                .map(|leverage| Liquidation { leverage, maintenance_frac: or("maintenance", 0.0) }),
            late: match text("late") {
                Some("next-day") => LateEntry::NextDay,
                _ => LateEntry::Refuse,
            },
            lot_matching: match text("lots") {
                Some("lifo") => Matching::Lifo,
                Some("average") => Matching::Average,
                _ => Matching::Fifo,
            },
            ..base
        };
        let instrument = Instrument {
            contract: if text("contract") == Some("inverse") { Contract::Inverse } else { Contract::Linear },
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
            carry: case.carry.map_or_else(Default::default, |carry| {
                toml::from_str::<BTreeMap<String, Carry>>(&format!("carry = {carry}")).unwrap()["carry"].clone()
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
            adds: case.adds.iter().map(|add| add_of(add, case, mirrored)).collect(),
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
        let opens_at = |t: usize| {
            let paused = case.pauses.iter().filter(|place| **place < t).count() as i64;
            (t as i64 + 10 * paused) * MINUTE_NS
        };
        let bars = rows.iter().enumerate().map(|(t, row)| bar(row, opens_at(t), MINUTE_NS, mirrored)).collect();
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

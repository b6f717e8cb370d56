//! The rules that bind every contestant, for the report.

use scaleout_exits::{EntryLiquidity, EntryPrice, Impact, LateEntry, ReplayConfig, Slippage};
use scaleout_market::{Carry, Instrument};
use scaleout_report::GroundRule;
use serde::Serialize;

use crate::Prepared;

/// Horizon, fills, costs, lots and caps on sales, one line each.
pub(crate) fn rules(prepared: &Prepared) -> Vec<GroundRule> {
    let (replay, fit) = (&prepared.config.replay, &prepared.config.training.fit);
    let by_market = |say: &dyn Fn(&Instrument) -> String| by_market(prepared, say);
    let lots = by_market(&|instrument| {
        if instrument.lot_step > 0.0 {
            format!(
                "whole lots of {}, at least {} per order; rungs are rounded by largest remainder on the initial size",
                instrument.lot_step, instrument.min_qty
            )
        } else {
            "any fraction can be sold".to_owned()
        }
    });
    let most = |share: Option<f64>| share.map_or("all of it".to_owned(), |share| format!("{:.0} %", 100.0 * share));
    let slippage = if replay.slippage == Slippage::default() && replay.stop_slippage.is_none() {
        "none beyond the half-spread (optimistic)".to_owned()
    } else {
        let stop = replay.stop_slippage.as_ref().map_or(String::new(), |stop| format!(", stops {}", written(stop)));
        format!("{}{stop}", written(&replay.slippage))
    };
    let rows = [
        ("horizon", format!("{} bars, then the remainder is sold at the open", replay.horizon_bars)),
        (
            "end of the day",
            replay.flat_at.as_ref().map_or("positions are held overnight".to_owned(), |flat_at| {
                let late = match replay.late {
                    LateEntry::Refuse => "entries after it are left out",
                    LateEntry::NextDay => "entries after it are held to the next day",
                };
                format!("the remainder is sold at {}; {late}", written(flat_at))
            }),
        ),
        (
            "market orders",
            by_market(&|instrument| {
                format!("fill at the next open and pay half of the spread of {} tick(s)", instrument.spread_ticks)
            }),
        ),
        (
            "entries",
            match (replay.entry_price, replay.entry_liquidity) {
                (EntryPrice::Fill, _) => "the given prices are the fill prices".to_owned(),
                (EntryPrice::Reference, EntryLiquidity::Taker) => {
                    "at the market price; half-spread and slippage count in net R, not in J".to_owned()
                }
                (EntryPrice::Reference, EntryLiquidity::Maker) => {
                    "rest at the market price and pay no spread".to_owned()
                }
            },
        ),
        ("events", events(replay)),
        (
            "leverage",
            replay.liquidation.map_or(String::new(), |liquidation| {
                format!("the venue closes the position before its margin is gone: {}", written(&liquidation))
            }),
        ),
        ("fills like", replay.fills.map_or(String::new(), |fills| written(&fills))),
        ("slippage of market orders and stops", slippage),
        (
            "impact of market orders and stops",
            if replay.impact == Impact::None { "none (optimistic)".to_owned() } else { written(&replay.impact) },
        ),
        ("limits", format!("`{}`, no spread", written(&replay.limit_fill))),
        ("inside a bar", format!("`{}`", replay.intrabar.name())),
        ("entry inside a bar", format!("`{}`, unless trades show the order", written(&replay.entry_bar))),
        ("latency", latency(replay)),
        (
            "cap on a bar's volume",
            replay.volume_share.map_or("none (optimistic)".to_owned(), |share| {
                format!("{:.1} %, except stop and horizon", 100.0 * share)
            }),
        ),
        (
            "fees",
            by_market(&|Instrument { fees, currency, .. }| {
                format!(
                    "taker {}, maker {} of the notional; {} per unit, {} per order, at least {} {currency} per order",
                    fees.taker_rate, fees.maker_rate, fees.per_unit, fees.per_order, fees.minimum
                )
            }),
        ),
        ("cost multiplier", replay.cost_multiplier.to_string()),
        ("holding cost", format!("{} R per bar", replay.holding_cost_r)),
        ("financing, funding and dividends", by_market(&|instrument| carry(&instrument.carry))),
        ("lots", lots),
        (
            "cap on sales in a bar",
            format!(
                "models {}; all contestants {} and {} orders",
                most(fit.limits.max_fraction_per_bar),
                most(replay.max_fraction_per_bar),
                replay.max_tranches_per_bar.map_or("any number of".to_owned(), |most| most.to_string())
            ),
        ),
        (
            "minimum bars between sales",
            format!("models {}; all contestants {}", fit.limits.min_bars_between_sales, replay.min_bars_between_sales),
        ),
        ("fractions of the models", format!("1/{0} to {0}/{0}", fit.tranches)),
    ];
    // What is not set is not said.
    let said = rows.into_iter().filter(|(_, holds)| !holds.is_empty());
    said.map(|(what, holds)| GroundRule { what: what.to_owned(), holds }).collect()
}

/// What `say` says of the markets: once where it is the same of all, else of the first three that differ.
fn by_market(prepared: &Prepared, say: &dyn Fn(&Instrument) -> String) -> String {
    let mut said: Vec<(&str, String)> = Vec::new();
    for market in &prepared.markets {
        let words = say(&market.loaded.instrument);
        if said.iter().all(|(_, earlier)| *earlier != words) {
            said.push((market.symbol(), words));
        }
    }
    if let [(_, only)] = &said[..] {
        return only.clone();
    }
    let shown: Vec<String> = said.iter().take(3).map(|(symbol, words)| format!("{symbol}: {words}")).collect();
    let more = if 3 < said.len() { "; others differ again" } else { "" };
    format!("{}{more}", shown.join("; "))
}

fn events(replay: &ReplayConfig) -> String {
    let event = replay.flat_before.as_ref().map(|before| {
        format!("the remainder is sold {} minutes before each of {} events", before.minutes, before.events.len())
    });
    let pause = replay.flat_before_pause_hours.map(|hours| format!("and before pauses of {hours} hours"));
    match (event, pause) {
        (None, None) => String::new(),
        (Some(event), None) => event,
        (None, Some(pause)) => pause.replacen("and", "the remainder is sold", 1),
        (Some(event), Some(pause)) => format!("{event}, {pause}"),
    }
}

fn latency(replay: &ReplayConfig) -> String {
    let (bars, ms) = (replay.latency_bars, replay.latency_ms);
    match (bars == 0, ms == 0.0) {
        (true, true) => "none (optimistic)".to_owned(),
        (false, true) => format!("{bars} bar(s) late"),
        (true, false) => format!("{ms} ms late"),
        (false, false) => format!("{bars} bar(s) and {ms} ms late"),
    }
}

fn carry(carry: &Carry) -> String {
    if carry.is_free() {
        return "none".to_owned();
    }
    let mut parts =
        vec![format!("{} per year for longs, {} for shorts", carry.long_rate_per_year, carry.short_rate_per_year)];
    parts.extend(
        carry.funding.map(|funding| format!("funding {} every {} hours", funding.rate, funding.interval_hours)),
    );
    if !carry.dividends.is_empty() {
        parts.push(format!("{} dividend(s)", carry.dividends.len()));
    }
    parts.join("; ")
}

/// A setting as a config writes it.
fn written(setting: &impl Serialize) -> String {
    let json = serde_json::to_string(setting).expect("Invariant: a setting has only text keys");
    json.replace(['"', '{', '}'], "").replace(':', " ")
}

use std::fmt;

use super::{BarRecord, Explanation, FillCause, FillRecord, HeldBackBy, HeldBackRecord, Met, TouchRecord};
use crate::{LimitFill, ObjectiveUnit, TrailBy};

/// Most features that a rule can read and still have them written beside every bar.
const MOST_INPUTS: usize = 4;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.is_long() { "long" } else { "short" };
        let qty = match self.first_qty {
            None => self.qty.to_string(),
            Some(first) => format!("{} of {} planned", number(first), number(self.qty)),
        };
        write!(f, "{}: {side} {qty} {} at {}", self.id, self.symbol, number(self.entry_price))?;
        if self.entry_price != self.entry_reference {
            let lost = (self.entry_price - self.entry_reference).abs();
            write!(
                f,
                " ({} {} {} spread and slippage)",
                number(self.entry_reference),
                self.dearer_buying(),
                number(lost)
            )?;
        }
        writeln!(
            f,
            " on {} (bar {}{})",
            self.entry_ts,
            self.entry_bar,
            if self.entered_inside { ", inside it" } else { "" }
        )?;
        let stop = self.entry_stop.map_or("no stop".to_owned(), |stop| format!("stop {}", number(stop)));
        writeln!(
            f,
            "{stop}, 1 R = {} points = {:.2} {}, entry fee {:.2}",
            number(self.risk),
            self.one_r,
            self.currency,
            self.entry_fee
        )?;
        let limits = match self.limit_fill {
            LimitFill::Touch => "on touch",
            LimitFill::TradeThrough => "on trade-through",
        };
        writeln!(f, "{}; inside a bar {}, limits fill {limits}", self.policy, self.intrabar.name())?;
        if let Some(lots) = &self.lots {
            writeln!(
                f,
                "{} lot(s) of {}{}: parts are rounded by largest remainder, and too small ones are merged into the next",
                lots.lots,
                number(lots.lot_step),
                if lots.least > 1 { format!(", at least {} per order", lots.least) } else { String::new() }
            )?;
        }
        let mut before: Option<&BarRecord> = None;
        let mut rest = self.bars.as_slice();
        while let Some(bar) = rest.first() {
            let quiet = if before.is_some() { rest.iter().take_while(|bar| bar.is_quiet()).count() } else { 0 };
            if 0 < quiet {
                write_quiet(f, &rest[..quiet], before)?;
            } else {
                self.write_bar(f, bar, before)?;
            }
            before = Some(&rest[quiet.max(1) - 1]);
            rest = &rest[quiet.max(1)..];
        }
        if 0 < self.adds_missed {
            let adds = if self.adds_missed == 1 { "add" } else { "adds" };
            writeln!(f, "{} {adds} did not fill: nothing was held any more, or the stop was met", self.adds_missed)?;
        }
        write!(f, "net {:.2} {} = {:.4} R", self.net, self.currency, self.net_r)?;
        if self.carry != 0.0 {
            write!(f, ", {:.2} of it for holding", -self.carry)?;
        }
        match self.objective_unit {
            ObjectiveUnit::R => {
                writeln!(
                    f,
                    "; objective J {:.4} R (without the entry's costs, minus the price of risk)",
                    self.objective
                )?;
            }
            ObjectiveUnit::Utility => {
                writeln!(f, "; objective J {:.4} (utility of the net R without the entry's costs)", self.objective)?;
            }
        }
        match &self.lots {
            Some(lots) if lots.divisible_net_r != self.net_r => {
                writeln!(f, "if any fraction could be sold: net {:.4} R", lots.divisible_net_r)
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Explanation {
    fn is_long(&self) -> bool {
        self.side.sign() > 0.0
    }

    /// How costs change the price of what was bought to enter.
    fn dearer_buying(&self) -> &'static str {
        if self.is_long() { "plus" } else { "less" }
    }

    /// How costs change the price of what is sold to leave.
    fn dearer_leaving(&self) -> &'static str {
        if self.is_long() { "less" } else { "plus" }
    }

    fn write_bar(&self, f: &mut fmt::Formatter<'_>, bar: &BarRecord, before: Option<&BarRecord>) -> fmt::Result {
        let [open, high, low, close] = bar.ohlc.map(number);
        if bar.fills.iter().any(|fill| fill.cause == FillCause::SessionClose) {
            writeln!(f, "bar {} at its close {}", bar.bar, bar.ts)?;
        } else {
            writeln!(f, "bar {} {}  O {open} H {high} L {low} C {close}", bar.bar, bar.ts)?;
        }
        if !bar.inputs.is_empty() && bar.inputs.len() <= MOST_INPUTS {
            let value = |value: Option<f64>| value.map_or("unknown".to_owned(), |value| format!("{value:.4}"));
            let seen: Vec<String> =
                bar.inputs.iter().map(|input| format!("{} {}", input.name, value(input.value))).collect();
            writeln!(f, "    inputs at the close before: {}", seen.join(", "))?;
        }
        self.write_weighed(f, bar)?;
        if let Some(because) = &bar.because {
            writeln!(f, "    because: {because}")?;
        }
        writeln!(f, "    orders: {}", bar.orders_at_work(before))?;
        if !bar.touched.is_empty() {
            let touched: Vec<String> = bar.touched.iter().map(TouchRecord::said).collect();
            writeln!(f, "    touched: {}", touched.join(", "))?;
        }
        for add in &bar.adds {
            let (part, price, held) = (percent(add.fraction), number(add.price), percent(add.held));
            match add.qty {
                Some(qty) => writeln!(
                    f,
                    "    added {part} ({}) at {price} on {}, fee {:.2}, {held} held",
                    number(qty),
                    add.ts,
                    add.fee
                )?,
                None => writeln!(f, "    an add of {part} at {price} on {} did not fill", add.ts)?,
            }
        }
        for fill in &bar.fills {
            let verb = if self.is_long() { "sold" } else { "bought back" };
            writeln!(f, "    {verb} {} ({}) {}", percent(fill.fraction), number(fill.qty), self.why(bar, fill))?;
            writeln!(
                f,
                "        price {}{}, gain {:.2}, fee {:.2} and {:.2} of the entry's, net {:.2}, {} left",
                number(fill.price),
                self.costs(fill),
                fill.gross,
                fill.fee,
                fill.entry_fee,
                fill.net,
                percent(fill.left)
            )?;
        }
        for held_back in &bar.held_back {
            writeln!(
                f,
                "    held back at {}: {} ordered, {} filled: {}",
                number(held_back.price),
                percent(held_back.asked),
                percent(held_back.filled),
                held_back.why()
            )?;
        }
        let stop = bar.stop_after.map_or(String::new(), |stop| format!(", stop after it {}", number(stop)));
        writeln!(f, "    left {}{stop}", percent(bar.left))
    }

    /// All that was weighed where a part was to be sold, else what was kept and the next best.
    fn write_weighed(&self, f: &mut fmt::Formatter<'_>, bar: &BarRecord) -> fmt::Result {
        let Some(chosen) = bar.weighed.iter().find(|weighed| weighed.is_chosen) else { return Ok(()) };
        let when = if bar.bar == self.entry_bar { "at the fill of the entry" } else { "at the close before" };
        let others = || bar.weighed.iter().filter(|weighed| !weighed.is_chosen);
        if bar.orders.market == 0.0 {
            let next = others().max_by(|a, b| a.worth_r().total_cmp(&b.worth_r()));
            let next = next.map_or(String::new(), |next| {
                format!(", the next best {} is worth {:.4}", percent(next.fraction), next.worth_r())
            });
            return writeln!(
                f,
                "    weighed {when}, in R: holding {} is worth {:.4}{next}",
                percent(chosen.fraction),
                chosen.worth_r()
            );
        }
        writeln!(f, "    weighed {when}, in R: hold value - cost of getting there")?;
        for weighed in &bar.weighed {
            let mark = if weighed.is_chosen { "  <- chosen" } else { "" };
            writeln!(
                f,
                "        hold {:>6}: {:>8.4} - {:.4} = {:>8.4}{mark}",
                percent(weighed.fraction),
                weighed.hold_value_r,
                weighed.cost_r,
                weighed.worth_r()
            )?;
        }
        Ok(())
    }

    fn why(&self, bar: &BarRecord, fill: &FillRecord) -> String {
        let cause = match fill.cause {
            FillCause::MarketAtOpen if bar.bar == self.entry_bar => "at once, as decided at the fill of the entry",
            FillCause::MarketAtOpen => "at the open, as decided at the close before",
            FillCause::LimitReached => "at the limit: the price reached it",
            FillCause::GapOverLimit => "at the open: the bar opened beyond the limit",
            FillCause::StopReached => "at the stop: the price reached it",
            FillCause::TrailReached => "at the trailing stop: the price reached its new level inside the bar",
            FillCause::GapThroughStop => "at the open: the bar opened beyond the stop",
            FillCause::Liquidation => "liquidated by the venue: nothing of the margin is left",
            FillCause::Horizon => "at the open: the horizon",
            FillCause::SessionEnd => "at the open: flat for the day",
            FillCause::SessionClose => "at the last close before the pause or the event: flat",
            FillCause::AsTraded => "as it was traded",
        };
        match &fill.decided_by {
            Some(rule) => format!("{cause}; the rule {rule} decided that it came first"),
            None => cause.to_owned(),
        }
    }

    fn costs(&self, fill: &FillRecord) -> String {
        if fill.price == fill.reference {
            return String::new();
        }
        let parts = [(fill.slippage, "spread and slippage"), (fill.impact, "impact")];
        let parts: Vec<String> = parts
            .into_iter()
            .filter(|(points, _)| *points != 0.0)
            .map(|(points, what)| format!("{} {what}", number(points)))
            .collect();
        format!(" ({} {} {})", number(fill.reference), self.dearer_leaving(), parts.join(" and "))
    }
}

/// Bars in which no order was met, in one line.
fn write_quiet(f: &mut fmt::Formatter<'_>, bars: &[BarRecord], before: Option<&BarRecord>) -> fmt::Result {
    let (first, last) = (&bars[0], &bars[bars.len() - 1]);
    let which =
        if bars.len() == 1 { format!("bar {}", first.bar) } else { format!("bars {} to {}", first.bar, last.bar) };
    let high = bars.iter().map(|bar| bar.ohlc[1]).fold(f64::NEG_INFINITY, f64::max);
    let low = bars.iter().map(|bar| bar.ohlc[2]).fold(f64::INFINITY, f64::min);
    let stop = match (before.and_then(|before| before.stop_after), last.stop_after) {
        (Some(was), Some(is)) if was != is => format!(", stop from {} to {}", number(was), number(is)),
        (_, Some(is)) => format!(", stop after it {}", number(is)),
        (_, None) => String::new(),
    };
    writeln!(
        f,
        "{which} until {}  H {} L {} C {}: no order was touched, left {}{stop}",
        last.ts,
        number(high),
        number(low),
        number(last.ohlc[3]),
        percent(last.left)
    )
}

impl BarRecord {
    /// Whether no order was met in it and none was to be sold.
    fn is_quiet(&self) -> bool {
        self.touched.is_empty()
            && self.fills.is_empty()
            && self.adds.is_empty()
            && self.held_back.is_empty()
            && self.orders.market == 0.0
            && self.because.is_none()
    }

    fn orders_at_work(&self, before: Option<&Self>) -> String {
        let mut orders = Vec::new();
        if self.orders.market > 0.0 {
            orders.push(format!("market {}", percent(self.orders.market)));
        }
        let limit = |limit: &super::LimitRecord| format!("limit {} {}", number(limit.price), percent(limit.fraction));
        orders.extend(self.orders.limits.iter().map(limit));
        let part = |stop: &super::PartStopRecord| format!("stop {} {}", number(stop.price), percent(stop.fraction));
        orders.extend(self.orders.stops.iter().map(part));
        if let Some(stop) = self.orders.stop {
            let moved = before.and_then(|before| before.stop_after).filter(|was| *was != stop);
            let moved = moved.map_or(String::new(), |was| format!(" (moved from {})", number(was)));
            let limit = self.orders.stop_limit.map_or(String::new(), |limit| format!(" limit {}", number(limit)));
            orders.push(format!("stop {}{limit}{moved} on the remainder", number(stop)));
        }
        orders.extend(self.orders.trail.map(|trail| {
            let from = self.orders.trail_from.map_or(String::new(), |from| format!(" from {} on", number(from)));
            match trail {
                TrailBy::Points(points) => format!("following at {}{from}", number(points)),
                TrailBy::Percent(percent) => format!("following at {} %{from}", number(percent)),
            }
        }));
        if orders.is_empty() { "none".to_owned() } else { orders.join(", ") }
    }
}

impl TouchRecord {
    fn said(&self) -> String {
        let how = match self.how {
            Met::Filled => "",
            Met::OpenedBeyond => " (opened beyond it)",
            Met::NotThrough => " (not traded through)",
            Met::NothingLeft => " (nothing was left to sell)",
            Met::BecameLimit => " (beyond its limit, which rests from now on)",
            Met::HeldBack => " (held back)",
            Met::NotInTime => " (before it reached the market)",
        };
        format!("{} {}{how}", if self.is_stop { "stop" } else { "limit" }, number(self.price))
    }
}

impl HeldBackRecord {
    fn why(&self) -> &'static str {
        match self.by {
            Some(HeldBackBy::MaxFractionPerBar) => "max_fraction_per_bar allows no more in this bar",
            Some(HeldBackBy::VolumeShare) => "volume_share allows no more of the bar's volume",
            Some(HeldBackBy::MaxTranchesPerBar) => "max_tranches_per_bar allows no further sale in this bar",
            Some(HeldBackBy::MinBarsBetweenSales) => "min_bars_between_sales: the last sale is too recent",
            Some(HeldBackBy::Lots) => "the remainder under the cap is less than a lot or the minimum order",
            None => "the position had no more to sell",
        }
    }
}

fn percent(share: f64) -> String {
    format!("{}%", trimmed(format!("{:.2}", share * 100.0)))
}

/// At most eight decimals: the last bits of a sum are rounding noise.
fn number(value: f64) -> String {
    trimmed(format!("{:.8}", value + 0.0))
}

fn trimmed(decimal: String) -> String {
    decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
}

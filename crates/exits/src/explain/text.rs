use std::fmt;

use super::{BarRecord, Explanation, FillCause, FillRecord, HeldBackBy, HeldBackRecord};
use crate::LimitFill;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.side.sign() > 0.0 { "long" } else { "short" };
        writeln!(
            f,
            "{}: {side} {} {} at {} on {} (bar {}{}), 1 R = {} points, entry fee {:.2} {}",
            self.id,
            self.qty,
            self.symbol,
            self.entry_price,
            self.entry_ts,
            self.entry_bar,
            if self.entered_inside { ", inside it" } else { "" },
            self.risk,
            self.entry_fee,
            self.currency,
        )?;
        let limits = match self.limit_fill {
            LimitFill::Touch => "on touch",
            LimitFill::TradeThrough => "on trade-through",
        };
        writeln!(f, "{}; inside a bar {}, limits fill {limits}", self.policy, self.intrabar.name())?;
        for bar in &self.bars {
            bar.write(f)?;
        }
        writeln!(
            f,
            "net {:.2} {} = {:.4} R, carry {:.2}, objective {:.4} R",
            self.net, self.currency, self.net_r, self.carry, self.objective
        )
    }
}

impl BarRecord {
    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [open, high, low, close] = self.ohlc;
        writeln!(f, "bar {} {}  O {open} H {high} L {low} C {close}", self.bar, self.ts)?;
        let mut orders = Vec::new();
        if self.orders.market > 0.0 {
            orders.push(format!("market {}", percent(self.orders.market)));
        }
        orders.extend(
            self.orders.limits.iter().map(|limit| format!("limit {} {}", limit.price, percent(limit.fraction))),
        );
        orders.extend(self.orders.stop.map(|stop| format!("stop {stop} on what is left")));
        orders.extend(self.orders.trail.map(|trail| format!("following at {trail}")));
        let orders = if orders.is_empty() { "none".to_owned() } else { orders.join(", ") };
        writeln!(f, "    orders: {orders}")?;
        if !self.touched.is_empty() {
            writeln!(f, "    touched: {}", self.touched.join(", "))?;
        }
        for fill in &self.fills {
            writeln!(f, "    sold {} ({}) {}", percent(fill.fraction), fill.qty, fill.why())?;
            writeln!(
                f,
                "        price {}{}, fee {:.2}, net {:.2}, {} left",
                fill.price,
                fill.costs(),
                fill.fee,
                fill.net,
                percent(fill.left)
            )?;
        }
        for held_back in &self.held_back {
            writeln!(
                f,
                "    held back at {}: {} asked, {} filled: {}",
                held_back.price,
                percent(held_back.asked),
                percent(held_back.filled),
                held_back.why()
            )?;
        }
        let stop = self.stop_after.map_or(String::new(), |stop| format!(", stop {stop}"));
        writeln!(f, "    left {}{stop}", percent(self.left))
    }
}

impl FillRecord {
    fn why(&self) -> String {
        let cause = match self.cause {
            FillCause::MarketAtOpen => "at the open, as decided at the close before",
            FillCause::LimitReached => "at the limit: the price reached it",
            FillCause::GapOverLimit => "at the open: the bar opened beyond the limit",
            FillCause::StopReached => "at the stop: the price reached it",
            FillCause::TrailReached => "at the stop: the price reached where it had moved to inside the bar",
            FillCause::GapThroughStop => "at the open: the bar opened beyond the stop",
            FillCause::Horizon => "at the open: the horizon",
        };
        match &self.decided_by {
            Some(rule) => format!("{cause}; that it came first is the rule {rule}"),
            None => cause.to_owned(),
        }
    }

    fn costs(&self) -> String {
        if self.price == self.reference {
            return String::new();
        }
        format!(" ({} less {:.6} spread and slippage, {:.6} impact)", self.reference, self.slippage, self.impact)
    }
}

impl HeldBackRecord {
    fn why(&self) -> &'static str {
        match self.by {
            Some(HeldBackBy::MaxFractionPerBar) => "max_fraction_per_bar allows no more in this bar",
            Some(HeldBackBy::VolumeShare) => "volume_share allows no more of the bar's volume",
            Some(HeldBackBy::MaxTranchesPerBar) => "max_tranches_per_bar allows no further sale in this bar",
            Some(HeldBackBy::MinBarsBetweenSales) => "min_bars_between_sales: the last sale is too near",
            Some(HeldBackBy::Lots) => "what the cap leaves is less than a lot or the least order",
            None => "the position had no more",
        }
    }
}

fn percent(share: f64) -> String {
    let text = format!("{:.2}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

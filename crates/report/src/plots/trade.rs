//! One trade: bars, orders, sales and what is left.

use plotters::{backend::DrawingBackend, coord::Shift, drawing::DrawingArea, style::RGBColor};
use scaleout_exits::explain::{BarRecord, Explanation, FillCause, FillRecord};
use scaleout_market::Bar;

use crate::{
    ReportError,
    plots::{
        Plot,
        label::{legend, short},
        panel::{Align, Page, Panel, padded},
        render::{Drawing, Drawn, render},
        style::{BASELINE, CANDIDATE, GRID, INK, LADDER, MUTED, ORACLE, ZERO},
        ticks,
    },
};

/// One trade: the bars, the orders at work in each, every sale with size and reason, and what is left below.
#[derive(Debug, Clone, PartialEq)]
pub struct TradePicture<'a> {
    /// Name of the file.
    pub name: String,
    /// Title.
    pub title: String,
    /// The trade as the replay tells it.
    pub trade: &'a Explanation,
    /// All bars of its market.
    pub bars: &'a [Bar],
}

/// Bars shown before the entry and after the last sale.
const AROUND: usize = 12;
/// Fewest bars shown after the entry.
const LEAST_AFTER: usize = 20;
const RIGHT: f64 = 740.0;
/// Most sales named at the side.
const MOST_NAMED: usize = 18;
/// Marks wanted on the axis of bars.
const MARKS: f64 = 8.0;

/// Draws one trade.
///
/// # Errors
/// If the drawing library fails.
pub fn trade_plot(picture: &TradePicture<'_>) -> Result<Plot, ReportError> {
    render(picture)
}

impl TradePicture<'_> {
    fn entry_bar(&self) -> usize {
        self.trade.entry_bar
    }

    fn last_bar(&self) -> usize {
        self.trade.bars.last().map_or(self.entry_bar(), |bar| bar.bar)
    }

    /// The first bar shown, and the one after the last.
    fn shown(&self) -> (usize, usize) {
        let first = self.entry_bar().saturating_sub(AROUND);
        let last = (self.last_bar() + AROUND).max(self.entry_bar() + LEAST_AFTER);
        (first, (last + 1).min(self.bars.len()))
    }

    fn sales(&self) -> impl Iterator<Item = (usize, &FillRecord)> {
        self.trade.bars.iter().flat_map(|bar| bar.fills.iter().map(|fill| (bar.bar, fill)))
    }

    /// Prices that must be seen: the bars, the stop, the sales, and limits not far beyond the bars.
    fn prices(&self) -> (f64, f64) {
        let (first, end) = self.shown();
        let bars = self.bars[first..end].iter().flat_map(|bar| [bar.high, bar.low]);
        let stops = self.trade.bars.iter().filter_map(|bar| bar.orders.stop);
        let sold = self.sales().map(|(_, fill)| fill.price);
        let (low, high) = padded(bars.chain(stops).chain(sold));
        let reach = 0.25 * (high - low);
        let limits = self.trade.bars.iter().flat_map(|bar| bar.orders.limits.iter().map(|limit| limit.price));
        padded(limits.filter(|limit| low - reach < *limit && *limit < high + reach).chain([low, high]))
    }

    fn candles<DB: DrawingBackend>(&self, page: &Page<'_, DB>, panel: &Panel, volume: &Panel) -> Drawn<DB> {
        let (first, end) = self.shown();
        let width = (0.32 * (panel.at_x(1.0) - panel.at_x(0.0))).max(0.6);
        for (place, bar) in self.bars[first..end].iter().enumerate() {
            let middle = panel.at_x(place as f64 + 0.5);
            page.rectangle((middle - width, volume.at_y(bar.volume)), (middle + width, volume.at_y(0.0)), GRID, 1.0)?;
            page.line(&[(middle, panel.at_y(bar.high)), (middle, panel.at_y(bar.low))], MUTED, 1.0)?;
            let (top, bottom) = (panel.at_y(bar.open.max(bar.close)), panel.at_y(bar.open.min(bar.close)));
            let colour = if bar.open <= bar.close { BASELINE } else { MUTED };
            page.rectangle((middle - width, top), (middle + width, bottom.max(top + 1.0)), colour, 1.0)?;
        }
        Ok(())
    }

    /// A line through the bars in which `level` gives the same price, for each such stretch.
    fn levels<DB: DrawingBackend>(
        &self,
        page: &Page<'_, DB>,
        panel: &Panel,
        level: impl Fn(&BarRecord) -> Option<f64>,
        (colour, width): (RGBColor, f64),
    ) -> Drawn<DB> {
        let mut stretches: Vec<(f64, usize, usize)> = Vec::new();
        for bar in &self.trade.bars {
            let Some(price) = level(bar).filter(|price| panel.y.0 <= *price && *price <= panel.y.1) else { continue };
            match stretches.last_mut() {
                Some((same, _, end)) if *same == price && *end == bar.bar => *end = bar.bar + 1,
                _ => stretches.push((price, bar.bar, bar.bar + 1)),
            }
        }
        let (first, _) = self.shown();
        for (price, from, to) in stretches {
            let y = panel.at_y(price);
            let ends = [((from - first) as f64, y), ((to - first) as f64, y)];
            page.line(&ends.map(|(x, y)| (panel.at_x(x), y)), colour, width)?;
        }
        Ok(())
    }

    fn orders<DB: DrawingBackend>(&self, page: &Page<'_, DB>, panel: &Panel) -> Drawn<DB> {
        let rungs = self.trade.bars.iter().map(|bar| bar.orders.limits.len()).max().unwrap_or(0);
        for rung in 0..rungs {
            // Counted from the far end, so that a rung keeps its line when those before it are sold.
            let limit = |bar: &BarRecord| {
                let place = bar.orders.limits.len().checked_sub(rung + 1)?;
                Some(bar.orders.limits[place].price)
            };
            self.levels(page, panel, limit, (ORACLE, 1.6))?;
        }
        self.levels(page, panel, |bar| bar.orders.stop, (LADDER, 2.0))
    }

    /// The sales as numbers on the bars, and what each was at the side.
    fn sold<DB: DrawingBackend>(&self, page: &Page<'_, DB>, panel: &Panel) -> Drawn<DB> {
        let (first, _) = self.shown();
        let sales: Vec<(usize, &FillRecord)> = self.sales().collect();
        let mut y = panel.edges[1] + 6.0;
        for (place, (bar, fill)) in sales.iter().enumerate() {
            let inside = inside(fill.cause);
            let at = panel.at((bar - first) as f64 + inside, fill.price);
            page.dot(at, 4.5, CANDIDATE)?;
            page.text(&(place + 1).to_string(), (at.0 + 7.0, at.1 - 10.0), Align::Left, CANDIDATE)?;
            if place < MOST_NAMED {
                page.text(&said(place + 1, fill), (RIGHT + 16.0, y), Align::Left, INK)?;
                y += 17.0;
            }
        }
        if MOST_NAMED < sales.len() {
            let more = format!("and {} more", sales.len() - MOST_NAMED);
            page.text(&more, (RIGHT + 16.0, y), Align::Left, MUTED)?;
        }
        Ok(())
    }

    fn left<DB: DrawingBackend>(&self, page: &Page<'_, DB>, panel: &Panel) -> Drawn<DB> {
        let (first, _) = self.shown();
        let entered = (self.entry_bar() - first) as f64;
        let mut points = vec![panel.at(entered, 0.0), panel.at(entered, 1.0)];
        let mut held = 1.0;
        for bar in &self.trade.bars {
            for fill in &bar.fills {
                let x = (bar.bar - first) as f64 + inside(fill.cause);
                points.extend([panel.at(x, held), panel.at(x, fill.left)]);
                held = fill.left;
            }
        }
        points.push(panel.at((self.last_bar() + 1 - first) as f64, held));
        let mut area = points.clone();
        area.push(panel.at((self.last_bar() + 1 - first) as f64, 0.0));
        page.polygon(&area, CANDIDATE, 0.12)?;
        page.line(&points, CANDIDATE, 1.8)
    }
}

/// Where in its bar a sale is drawn, from its left edge.
fn inside(cause: FillCause) -> f64 {
    match cause {
        FillCause::MarketAtOpen
        | FillCause::GapOverLimit
        | FillCause::GapThroughStop
        | FillCause::Horizon
        | FillCause::SessionEnd => 0.0,
        FillCause::LimitReached
        | FillCause::StopReached
        | FillCause::TrailReached
        | FillCause::Liquidation
        | FillCause::AsTraded => 0.5,
        FillCause::SessionClose => 1.0,
    }
}

fn said(number: usize, fill: &FillRecord) -> String {
    let why = match fill.cause {
        FillCause::MarketAtOpen => "at the open",
        FillCause::LimitReached => "limit",
        FillCause::GapOverLimit => "limit, at the open",
        FillCause::StopReached => "stop",
        FillCause::TrailReached => "trailed stop",
        FillCause::GapThroughStop => "stop, at the open",
        FillCause::Liquidation => "liquidated",
        FillCause::Horizon => "horizon",
        FillCause::SessionEnd => "flat for the day",
        FillCause::SessionClose => "flat at the close",
        FillCause::AsTraded => "as traded",
    };
    let percent = ticks::label((fill.fraction * 1_000.0).round() / 10.0, 1);
    let percent = percent.trim_end_matches('0').trim_end_matches('.');
    format!("{number}  {percent} % at {}, {why}", rounded(fill.price))
}

/// At most seven figures: a price with spread and slippage in it may have any number.
fn rounded(price: f64) -> String {
    let before = price.abs().log10().floor().max(0.0) as usize;
    let text = ticks::label(price, 6_usize.saturating_sub(before));
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

impl Drawing for TradePicture<'_> {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn caption(&self) -> String {
        let trade = self.trade;
        format!(
            "{}: {} sale(s), net {} R. Above the bars with stop, limits and every sale, below the part of the initial size that is left.",
            trade.policy,
            self.sales().count(),
            ticks::label(trade.net_r, 3)
        )
    }

    fn size(&self) -> (u32, u32) {
        (1000, 540)
    }

    fn draw<DB: DrawingBackend>(&self, area: &DrawingArea<DB, Shift>, scale: f64) -> Drawn<DB> {
        let page = Page { area, scale };
        let trade = self.trade;
        let side = if trade.side.sign() > 0.0 { "long" } else { "short" };
        let result = format!(
            "{}: {side} at {}, 1 R = {}; net {} R",
            short(&trade.policy, 84),
            rounded(trade.entry_price),
            rounded(trade.risk),
            ticks::label(trade.net_r, 3)
        );
        page.title(&self.title, &result)?;
        let (first, end) = self.shown();
        let x = (0.0, (end - first) as f64);
        let panel = Panel { edges: [72.0, 104.0, RIGHT, 400.0], x, y: self.prices() };
        let most = self.bars[first..end].iter().map(|bar| bar.volume).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let volume = Panel { edges: [72.0, 356.0, RIGHT, 400.0], x, y: (0.0, most) };
        let held = Panel { edges: [72.0, 430.0, RIGHT, 488.0], x, y: (0.0, 1.05) };

        let entry_place = (self.entry_bar() - first) as f64;
        let step = (x.1 / MARKS).max(1.0);
        let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 5_000.0]
            .into_iter()
            .find(|nice| step <= *nice)
            .unwrap_or(10_000.0);
        let marks: Vec<(f64, String)> = (-(AROUND as i64)..)
            .map(|count| (entry_place + count as f64 * step, ticks::label(count as f64 * step, 0)))
            .skip_while(|(place, _)| *place < 0.0)
            .take_while(|(place, _)| *place <= x.1)
            .collect();
        let unlabelled: Vec<(f64, String)> = marks.iter().map(|(place, _)| (*place, String::new())).collect();
        panel.x_marks(&page, &unlabelled)?;
        panel.y_axis(&page, 6)?;
        held.x_marks(&page, &marks)?;
        held.y_axis(&page, 2)?;
        held.y_title(&page, "part left")?;
        held.x_title(&page, "bars since the entry")?;

        self.candles(&page, &panel, &volume)?;
        let entry_y = panel.at_y(trade.entry_price);
        let until = panel.at_x((self.last_bar() + 1 - first) as f64);
        page.line(&[(panel.at_x(entry_place), entry_y), (until, entry_y)], ZERO, 1.0)?;
        let tip = (panel.at_x(entry_place), entry_y);
        page.polygon(&[tip, (tip.0 - 11.0, tip.1 - 6.0), (tip.0 - 11.0, tip.1 + 6.0)], INK, 1.0)?;
        self.orders(&page, &panel)?;
        self.sold(&page, &panel)?;
        self.left(&page, &held)?;
        let keys = [("stop", LADDER), ("limits", ORACLE), ("sold, what is left", CANDIDATE), ("entry price", ZERO)];
        legend(&page, (72.0, 84.0), &keys.map(|(words, colour)| (words.to_owned(), colour)))
    }
}

//! One trade made ready: everything about it that no policy can change.

use std::borrow::Cow;

use scaleout_market::{Bar, Decimal, Entry, Side, Trade};

use crate::{
    ExitError, Fraction, IntrabarRule, Market, Objective, ReplayConfig, TradeTerms, account::ObjectiveAccount,
    adds::Parts, costs::TradeCosts, entry_bar, last_stop::Takeover, lots::LotGrid, tick_grid::TickGrid,
};

/// How a trade that is not sold before ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// At the open after so many bars, the horizon.
    Horizon,
    /// Flat for the day, at an open.
    FlatAtOpen,
    /// Flat for the day, at the last close before the bars pause.
    FlatAtClose,
}

/// A trade with its costs, lots and the marks between its steps.
#[derive(Debug)]
pub(crate) struct PreparedReplay<'a> {
    pub entry: &'a Entry,
    pub first_bar: usize,
    pub market: Market<'a>,
    pub objective: &'a Objective,
    pub config: &'a ReplayConfig,
    pub costs: TradeCosts,
    pub grid: Option<LotGrid>,
    pub terms: TradeTerms,
    /// What fills at the entry, and what later.
    pub parts: Parts,
    pub ticks: TickGrid,
    pub sign: f64,
    /// The entry's price and risk.
    price: Decimal,
    risk: Decimal,
    /// Carry of a step where it does not depend on the time.
    pub flat_carry_r: Option<f64>,
    /// Where the venue closes what is left, of a leveraged position.
    pub takeover: Option<Takeover>,
    market_at_fill: f64,
    horizon: usize,
    end: End,
    variance_column: Option<usize>,
}

impl<'a> PreparedReplay<'a> {
    pub(crate) fn new(
        entry: &'a Entry,
        first_bar: usize,
        market: Market<'a>,
        objective: &'a Objective,
        config: &'a ReplayConfig,
    ) -> Result<Self, ExitError> {
        let bars = market.bars();
        if first_bar == 0 {
            return Err(ExitError::NoBarBefore { id: entry.id.clone() });
        }
        let needed = first_bar.saturating_add(config.horizon_bars as usize);
        if bars.len() <= needed {
            return Err(ExitError::HorizonBeyondData { id: entry.id.clone(), needed, bars: bars.len() });
        }
        if config.latency_ms > 0.0 && market.history.trades.is_empty() {
            return Err(ExitError::NeedsTrades { latency_ms: config.latency_ms });
        }
        if let Some(flat) = config.refused_since(entry, bars[first_bar].open_ts) {
            let (id, ts) = (entry.id.clone(), entry.ts.max(bars[first_bar].open_ts));
            let is_event =
                config.flat_before.as_ref().is_some_and(|before| before.refused_since(entry, ts) == Some(flat));
            return Err(match is_event {
                true => ExitError::BeforeEvent { id, ts, flat },
                false => ExitError::AfterFlatAt { id, ts, flat },
            });
        }
        let costs = TradeCosts::of(entry, first_bar, bars, market.instrument, config)?;
        let grid = LotGrid::of(entry, market.instrument)?;
        let parts = Parts::of(entry, first_bar, market, config, grid)?;
        let variance_column = match &objective.variance_column {
            None => None,
            Some(name) => Some(column_of(name, market)?),
        };
        let terms = costs.terms(grid, bars, first_bar);
        let market_at_fill = costs.market_at_fill(entry.price, config, bars, first_bar);
        let (horizon, end) = end_of(entry, first_bar, bars, config)?;
        if config.liquidation.is_some() && entry.price <= 0.0 {
            return Err(ExitError::NoMargin { id: entry.id.clone(), price: entry.price });
        }
        let takeover = config.liquidation.and_then(|margin| margin.takeover(entry, market.instrument.contract));
        Ok(Self {
            entry,
            first_bar,
            market,
            objective,
            config,
            costs,
            grid,
            terms,
            parts,
            ticks: TickGrid::of(market.instrument.tick_size),
            sign: entry.side.sign(),
            price: Decimal::of(entry.price),
            risk: Decimal::of(entry.risk),
            flat_carry_r: market.instrument.carry.is_free().then_some(config.holding_cost_r),
            takeover,
            market_at_fill,
            horizon,
            end,
            variance_column,
        })
    }

    /// Steps after which everything left is sold.
    pub(crate) const fn horizon(&self) -> usize {
        self.horizon
    }

    /// How it ends if nothing sells it before.
    pub(crate) const fn end(&self) -> End {
        self.end
    }

    /// Index of the bar in which a sale of step `step` happens.
    pub(crate) fn bar_of(&self, step: usize) -> usize {
        self.first_bar + step - usize::from(self.ends_at_close(step))
    }

    fn ends_at_close(&self, step: usize) -> bool {
        step == self.horizon && self.end == End::FlatAtClose
    }

    pub(crate) fn account(&self) -> ObjectiveAccount<'a> {
        ObjectiveAccount::new(self.objective)
    }

    /// What the position saw of bar `first_bar + step`: all of it, except in the bar of an entry inside it.
    pub(crate) fn seen_bar(&self, step: usize) -> Cow<'a, Bar> {
        let bar = &self.market.bars()[self.first_bar + step];
        if step == 0 {
            let finer = match self.config.intrabar {
                IntrabarRule::LowerTimeframe => self.finer_of_step(0),
                IntrabarRule::StopFirst
                | IntrabarRule::TargetFirst
                | IntrabarRule::OpenHighLowClose
                | IntrabarRule::NearestExtreme
                | IntrabarRule::CandleColour => &[],
            };
            entry_bar::seen(self.entry, bar, self.trades_of_bar(0), finer, self.config.entry_bar)
        } else {
            Cow::Borrowed(bar)
        }
    }

    /// Whether the entry filled after its bar had opened.
    pub(crate) fn entered_inside(&self) -> bool {
        entry_bar::is_inside(self.entry, &self.market.bars()[self.first_bar])
    }

    /// The price at which step `step` begins and a market part decided for it fills, before costs.
    ///
    /// The first step begins at the fill of the entry: what is decided there goes with it and is never late.
    pub(crate) fn mark(&self, step: usize) -> f64 {
        if step == 0 {
            return self.market_at_fill;
        }
        let bar = &self.market.bars()[self.bar_of(step)];
        if self.ends_at_close(step) {
            return bar.close;
        }
        if self.config.latency_ms == 0.0 {
            return bar.open;
        }
        let trades = &self.market.history.trades;
        trades.get(self.arrival(step)).or(trades.last()).map_or(bar.open, |trade| trade.price)
    }

    /// The trades of step `step`: from when its orders arrive until the next orders do; empty without a tape.
    pub(crate) fn trades_of_step(&self, step: usize) -> &'a [Trade] {
        let trades = if self.config.latency_ms == 0.0 {
            self.trades_of_bar(step)
        } else {
            let first = if step == 0 { self.bar_start(0) } else { self.arrival(step) };
            &self.market.history.trades[first..self.arrival(step + 1).max(first)]
        };
        if step == 0 && self.entered_inside() { entry_bar::after(self.entry, trades) } else { trades }
    }

    /// The finer bars of step `step` that closed after the fill.
    pub(crate) fn finer_of_step(&self, step: usize) -> &'a [Bar] {
        let finer = self.market.history.finer_in(self.first_bar + step);
        if step == 0 && self.entered_inside() { entry_bar::finer_after(self.entry, finer) } else { finer }
    }

    /// Carry of one whole unit over step `step`, in R.
    pub(crate) fn carry_r(&self, step: usize) -> f64 {
        if let Some(flat) = self.flat_carry_r {
            return flat;
        }
        let carry = &self.market.instrument.carry;
        let bars = self.market.bars();
        let bar = self.first_bar + step;
        let from = if step == 0 { self.entry.ts } else { bars[bar].open_ts };
        let until = if self.ends_at_close(step + 1) { bars[bar].ts } else { bars[bar + 1].open_ts };
        let mark = self.mark(step);
        let paid = carry.paid(self.entry.side, mark, from, until);
        self.config.holding_cost_r + self.costs.points_r(paid, mark)
    }

    /// [`Entry::r_at`] of the entry.
    pub(crate) fn r_at(&self, price: f64) -> f64 {
        // Never a negative zero.
        self.sign * Decimal::of(price).minus(self.price).over(self.risk) + 0.0
    }

    /// [`Entry::price_beyond`] of the entry.
    pub(crate) fn price_beyond(&self, points: Decimal) -> f64 {
        match self.entry.side {
            Side::Long => self.price.plus(points),
            Side::Short => self.price.minus(points),
        }
        .to_f64()
    }

    /// [`Entry::price_at_r`] of the entry.
    pub(crate) fn price_at_r(&self, r: f64) -> f64 {
        if r == 0.0 { self.entry.price } else { self.price_beyond(Decimal::of(r).times(self.risk)) }
    }

    /// The entry's price.
    pub(crate) const fn price(&self) -> Decimal {
        self.price
    }

    /// 1 R in points of price.
    pub(crate) const fn risk(&self) -> Decimal {
        self.risk
    }

    /// The variance that the objective charges for step `step`, where a column is named.
    pub(crate) fn variance(&self, step: usize) -> Result<Option<f64>, ExitError> {
        let Some(column) = self.variance_column else { return Ok(None) };
        let bar = self.first_bar + step - 1;
        let series = &self.market.history.series;
        match series.row(bar).columns[column] {
            Some(variance) if variance >= 0.0 => Ok(Some(variance)),
            _ => Err(ExitError::NoVariance { column: series.columns()[column].name.clone(), bar }),
        }
    }

    /// Gain of one whole unit from the mark of step `step` to `price`, its carry paid, in R.
    pub(crate) fn unit_gain_r(&self, mark: f64, price: f64, carry_r: f64) -> f64 {
        self.costs.gain_r(mark, price) - carry_r
    }

    /// Whether steps after the first are plain bars: orders arrive at the opens, the variance is the squared gain, carry
    /// does not depend on the time.
    pub(crate) fn is_plain(&self) -> bool {
        self.config.latency_ms == 0.0
            && self.config.intrabar != IntrabarRule::LowerTimeframe
            && self.variance_column.is_none()
            && self.flat_carry_r.is_some()
    }

    /// The largest part of the initial size that the volume of bar `first_bar + step` lets go.
    pub(crate) fn volume_cap(&self, volume: f64) -> Fraction {
        match self.config.volume_share {
            None => Fraction::ONE,
            Some(share) => Fraction::from_share((share * volume / self.entry.qty).min(1.0)).unwrap_or(Fraction::ZERO),
        }
    }

    fn trades_of_bar(&self, step: usize) -> &'a [Trade] {
        self.market.history.trades_in(self.first_bar + step)
    }

    fn bar_start(&self, step: usize) -> usize {
        self.market.history.trade_ends[self.first_bar + step - 1]
    }

    /// Index of the first trade at or after the arrival of the orders of step `step`.
    fn arrival(&self, step: usize) -> usize {
        let late = self.market.bars()[self.first_bar + step].open_ts.plus_nanos((self.config.latency_ms * 1e6) as i64);
        self.market.history.trades.partition_point(|trade| trade.ts < late)
    }
}

/// After how many steps `entry`, filled in bar `first_bar`, is sold whatever happens, and how.
fn end_of(entry: &Entry, first_bar: usize, bars: &[Bar], config: &ReplayConfig) -> Result<(usize, End), ExitError> {
    let horizon = config.horizon_bars as usize;
    let held = &bars[first_bar..=first_bar + horizon];
    let pause = config.flat_before_pause_hours.and_then(|hours| {
        let long = (hours * 3.6e12) as i64;
        Some(1 + held.windows(2).position(|pair| long <= pair[1].open_ts.nanos() - pair[0].ts.nanos())?)
    });
    let event = match &config.flat_before {
        None => None,
        Some(before) => before.steps(entry, entry.ts.max(held[0].open_ts), held)?,
    };
    let at_close = pause.into_iter().chain(event).min();
    let (steps, end) = end_of_day(entry, first_bar, bars, config, horizon);
    Ok(match at_close {
        Some(at_close) if at_close <= steps => (at_close, End::FlatAtClose),
        Some(_) | None => (steps, end),
    })
}

/// The same without the pauses that end a position.
fn end_of_day(entry: &Entry, first_bar: usize, bars: &[Bar], config: &ReplayConfig, horizon: usize) -> (usize, End) {
    let Some(flat_at) = &config.flat_at else { return (horizon, End::Horizon) };
    let flat = flat_at.next_after(entry.ts.max(bars[first_bar].open_ts));
    let steps = 1 + bars[first_bar + 1..].partition_point(|bar| bar.open_ts < flat);
    if horizon < steps {
        return (horizon, End::Horizon);
    }
    let is_pause = bars[first_bar + steps - 1].ts < bars[first_bar + steps].open_ts;
    (steps, if is_pause { End::FlatAtClose } else { End::FlatAtOpen })
}

fn column_of(name: &str, market: Market<'_>) -> Result<usize, ExitError> {
    let names = market.history.series.column_names();
    names.iter().position(|known| known == name).ok_or_else(|| ExitError::NoVarianceColumn {
        column: name.to_owned(),
        available: if names.is_empty() { "no columns".to_owned() } else { names.join(", ") },
    })
}

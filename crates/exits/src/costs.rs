//! What one sale costs: the single place where a reference price becomes a fill price and a fee.
//!
//! The replay, the unit paths that models learn from, the oracle and the terms of the decision all call it.

use scaleout_market::{Bar, Contract, Decimal, Entry, Fees, Instrument};

use crate::{EntryLiquidity, EntryPrice, ExitError, LotGrid, ReplayConfig, Slippage, TradeTerms};

/// How a sale reached the market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FillKind {
    /// A resting limit: maker fee, no spread, slippage or impact.
    Limit,
    /// A market part or the sale at the horizon.
    Market,
    /// A stop.
    Stop,
    /// The venue takes a leveraged position over: nothing of its margin is left, and nothing more is paid.
    Takeover,
    /// A fill that was really made: its price has all costs but the fee.
    Made,
}

/// One sale, priced.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sale {
    /// Price after half-spread, slippage and impact.
    pub price: f64,
    /// Fee in the currency.
    pub fee: f64,
    /// Cost against the reference price, fee included, in R.
    pub cost_r: f64,
    /// Points of price lost to half-spread and slippage.
    pub slip: f64,
    /// Points of price lost to impact.
    pub impact: f64,
}

/// The costs of one trade's sales.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TradeCosts {
    sign: f64,
    contract: Contract,
    entry_price: f64,
    risk: f64,
    /// What one unit with a multiplier of 1 loses at 1 R.
    at_risk: f64,
    qty: f64,
    multiplier: f64,
    tick_size: f64,
    fees: Fees,
    /// Whether the instrument has a minimum fee, also where costs times 0 make it 0.
    has_minimum: bool,
    half_spread: f64,
    slippage: Slippage,
    stop_slippage: Slippage,
    /// Of every cost of a sale.
    factor: f64,
    impact_r: f64,
    impact_power: f64,
}

impl TradeCosts {
    pub(crate) fn of(
        entry: &Entry,
        first_bar: usize,
        bars: &[Bar],
        instrument: &Instrument,
        config: &ReplayConfig,
    ) -> Result<Self, ExitError> {
        let factor = config.cost_multiplier;
        let fees = instrument.fees;
        let at_risk = instrument.contract.at_risk(entry.price, entry.risk, entry.side);
        if !(at_risk.is_finite() && 0.0 < at_risk) {
            return Err(ExitError::RiskBeyondPrice { id: entry.id.clone(), risk: entry.risk, price: entry.price });
        }
        // A rebate is no cost: it stays what it is.
        let dearer = |rate: f64| if rate > 0.0 { rate * factor } else { rate };
        Ok(Self {
            sign: entry.side.sign(),
            contract: instrument.contract,
            entry_price: entry.price,
            risk: entry.risk,
            at_risk,
            qty: entry.qty,
            multiplier: instrument.multiplier,
            tick_size: instrument.tick_size,
            has_minimum: 0.0 < fees.minimum,
            fees: Fees {
                maker_rate: dearer(fees.maker_rate),
                taker_rate: dearer(fees.taker_rate),
                per_unit: fees.per_unit * factor,
                per_order: fees.per_order * factor,
                minimum: fees.minimum * factor,
            },
            half_spread: Decimal::of(0.5 * instrument.spread_ticks).times(Decimal::of(instrument.tick_size)).to_f64(),
            slippage: config.slippage,
            stop_slippage: config.stop_slippage.unwrap_or(config.slippage),
            factor,
            impact_r: config.impact.whole_r(entry, bars, first_bar)? * factor,
            impact_power: config.impact.power(),
        })
    }

    /// Whether what a sale at a price costs changes from bar to bar.
    pub(crate) const fn vary(&self) -> bool {
        matches!(self.slippage, Slippage::Volatility { .. })
            || matches!(self.stop_slippage, Slippage::Volatility { .. })
    }

    /// Currency of one R of the whole position.
    pub(crate) fn one_r(&self) -> f64 {
        self.at_risk * self.qty * self.multiplier
    }

    /// Gain in R of one whole unit from price `from` to price `to`.
    pub(crate) fn gain_r(&self, from: f64, to: f64) -> f64 {
        self.sign * (self.contract.value(to) - self.contract.value(from)) / self.at_risk
    }

    /// Gain of the whole position from price `from` to price `to`, in the currency.
    pub(crate) fn gain(&self, from: f64, to: f64) -> f64 {
        let per_unit = match self.contract {
            // The difference of two prices is that of their decimals.
            Contract::Linear => Decimal::of(to).minus(Decimal::of(from)).to_f64(),
            Contract::Inverse => self.contract.value(to) - self.contract.value(from),
        };
        self.sign * per_unit * self.qty * self.multiplier
    }

    /// The price at which the whole position has earned `amount` more than at `price`, to the last bit of linear contracts;
    /// `None` where no price is that good, or that bad.
    pub(crate) fn price_beyond(&self, price: f64, amount: f64) -> Option<f64> {
        let per_unit = self.sign * Decimal::of(amount).over(Decimal::of(self.qty).times(Decimal::of(self.multiplier)));
        match self.contract {
            Contract::Linear => Some(Decimal::of(price).plus(Decimal::of(per_unit)).to_f64()),
            Contract::Inverse => self.contract.price_of(self.contract.value(price) + per_unit),
        }
    }

    /// Whether a unit has a value at `price`: an inverse contract has none at 0 and below.
    pub(crate) fn is_worth_at(&self, price: f64) -> bool {
        match self.contract {
            Contract::Linear => true,
            Contract::Inverse => 0.0 < price,
        }
    }

    /// The price at which the parts of `paid`, each a share and its price, are worth what they cost: their average price.
    pub(crate) fn average_price(&self, paid: &[(f64, f64)]) -> f64 {
        let shares: f64 = paid.iter().map(|(share, _)| share).sum();
        let value = paid.iter().map(|&(share, price)| share * self.contract.value(price)).sum::<f64>() / shares;
        match self.contract {
            Contract::Linear => value,
            Contract::Inverse => self.contract.price_of(value).unwrap_or(self.entry_price),
        }
    }

    /// `points` of price per unit at `price`, in R.
    pub(crate) fn points_r(&self, points: f64, price: f64) -> f64 {
        match self.contract {
            Contract::Linear => points / self.risk,
            Contract::Inverse => points / (price * price) / self.at_risk,
        }
    }

    /// Points of price lost to half-spread and slippage by a fill at `reference` in bar `bar`.
    pub(crate) fn slip(&self, execution: FillKind, reference: f64, bars: &[Bar], bar: usize) -> f64 {
        let slippage = match execution {
            FillKind::Limit | FillKind::Made | FillKind::Takeover => return 0.0,
            FillKind::Market => self.slippage,
            FillKind::Stop => self.stop_slippage,
        };
        let points = slippage.points(reference, self.tick_size, bars, bar);
        if points == 0.0 && self.half_spread == 0.0 {
            return 0.0;
        }
        Decimal::of(self.half_spread).plus(Decimal::of(points)).times(Decimal::of(self.factor)).to_f64()
    }

    /// The sale of `share` of the initial size at `reference`, losing `slip` points of price.
    pub(crate) fn sale(&self, execution: FillKind, reference: f64, slip: f64, share: f64) -> Sale {
        self.sale_within(execution, reference, slip, share, f64::INFINITY)
    }

    /// The same where no more than `room` points of price may be lost, as the limit of a stop allows.
    pub(crate) fn sale_within(&self, execution: FillKind, reference: f64, slip: f64, share: f64, room: f64) -> Sale {
        let (impact, rate) = match execution {
            FillKind::Limit => (0.0, self.fees.maker_rate),
            FillKind::Made | FillKind::Takeover => (0.0, self.fees.taker_rate),
            FillKind::Market | FillKind::Stop => (self.impact_points(share), self.fees.taker_rate),
        };
        let slip = slip.min(room);
        let impact = impact.min(room - slip);
        let lost = slip + impact;
        let price = if lost == 0.0 { reference } else { less(reference, self.sign * lost) };
        let fee = if execution == FillKind::Takeover { 0.0 } else { self.fee(rate, price, self.qty * share) };
        let lost_r = match self.contract {
            Contract::Linear => lost / self.risk,
            Contract::Inverse => self.gain_r(price, reference),
        };
        Sale { price, fee, cost_r: share * lost_r + fee / self.one_r(), slip, impact }
    }

    /// Fee of an entry of `qty` units at `price`, in the currency.
    pub(crate) fn entry_fee(&self, price: f64, qty: f64, liquidity: EntryLiquidity) -> f64 {
        let rate = match liquidity {
            EntryLiquidity::Taker => self.fees.taker_rate,
            EntryLiquidity::Maker => self.fees.maker_rate,
        };
        self.fee(rate, price, qty)
    }

    /// Points of price that an entry at `price` lost beside it, when it filled in bar `bar`.
    pub(crate) fn entry_slip(&self, price: f64, config: &ReplayConfig, bars: &[Bar], bar: usize) -> f64 {
        match (config.entry_price, config.entry_liquidity) {
            (EntryPrice::Reference, EntryLiquidity::Taker) => self.slip(FillKind::Market, price, bars, bar),
            (EntryPrice::Fill, _) | (EntryPrice::Reference, EntryLiquidity::Maker) => 0.0,
        }
    }

    /// The market's price at the fill of an entry at `price` in bar `bar`: where a sale decided there and the gain of the
    /// first step begin.
    ///
    /// Of a fill that crossed the spread it lies half-spread and slippage back from the entry's price, whatever the
    /// cost multiplier: the entry is a fact, only what comes after it gets dearer.
    pub(crate) fn market_at_fill(&self, price: f64, config: &ReplayConfig, bars: &[Bar], bar: usize) -> f64 {
        match (config.entry_price, config.entry_liquidity) {
            (EntryPrice::Fill, EntryLiquidity::Taker) => {
                let slippage = self.slippage.points(price, self.tick_size, bars, bar);
                less(price, self.sign * (self.half_spread + slippage))
            }
            (EntryPrice::Fill, EntryLiquidity::Maker) | (EntryPrice::Reference, _) => price,
        }
    }

    /// What a decision knows of these costs: priced at the entry.
    ///
    /// A minimum fee is shown as a fee per order, which errs towards fewer orders; a rate is taken at the entry price.
    pub(crate) fn terms(&self, grid: Option<LotGrid>, bars: &[Bar], first_bar: usize) -> TradeTerms {
        let slip = self.slip(FillKind::Market, self.entry_price, bars, first_bar);
        let price = less(self.entry_price, self.sign * slip);
        let linear_fee = self.fees.taker_rate * self.contract.notional(price) * self.multiplier + self.fees.per_unit;
        let lost_r = match self.contract {
            Contract::Linear => slip / self.risk,
            Contract::Inverse => self.gain_r(price, self.entry_price),
        };
        TradeTerms {
            proportional_r: lost_r + linear_fee / (self.at_risk * self.multiplier),
            per_order_r: self.fees.per_order.max(self.fees.minimum) / self.one_r(),
            impact_r: self.impact_r,
            impact_power: self.impact_power,
            lots: grid.map(LotGrid::lots),
            min_lots: grid.map_or(0, LotGrid::min_lots),
        }
    }

    fn impact_points(&self, share: f64) -> f64 {
        if self.impact_r == 0.0 { 0.0 } else { self.impact_r * self.risk * share.powf(self.impact_power - 1.0) }
    }

    fn fee(&self, rate: f64, price: f64, qty: f64) -> f64 {
        let notional = self.contract.notional(price) * qty * self.multiplier;
        let fee = rate * notional + self.fees.per_unit * qty + self.fees.per_order;
        // Without a minimum a maker's rebate stays one.
        if self.has_minimum { fee.max(self.fees.minimum) } else { fee }
    }
}

/// `price` less `points`, as decimals: 50.1 − .02 is 50.08 and not the last bits beside it.
fn less(price: f64, points: f64) -> f64 {
    if points == 0.0 {
        return price;
    }
    Decimal::of(price).minus(Decimal::of(points)).to_f64()
}

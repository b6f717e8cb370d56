use std::{
    fmt,
    iter::Sum,
    ops::{Add, Neg, Sub},
};

use scaleout_market::{Side, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Fraction;

/// An amount of the ledger's currency: an integer count of 10⁻⁹ of it, so that sums are identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i128);

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// `nanos` of 10⁻⁹ of the currency.
    pub const fn from_nanos(nanos: i128) -> Self {
        Self(nanos)
    }

    /// The nearest count of 10⁻⁹ to `amount`: the one rounding of a fill.
    pub fn from_f64(amount: f64) -> Self {
        Self((amount * 1e9).round() as i128)
    }

    /// The count of 10⁻⁹ of the currency.
    pub const fn nanos(self) -> i128 {
        self.0
    }

    /// The amount in the currency.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2}", self.as_f64())
    }
}

/// Why a part of the position left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitReason {
    /// A resting limit filled.
    Limit,
    /// The stop filled.
    Stop,
    /// A market part filled at an open.
    Market,
    /// The horizon came and everything left was sold.
    Horizon,
    /// The time of day came at which positions must be flat.
    SessionEnd,
}

/// Why a fill happened where it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FillCause {
    /// A market part fills at the open.
    MarketAtOpen,
    /// The price reached the limit: filled at the limit.
    LimitReached,
    /// The bar opened beyond the limit: filled at the open.
    GapOverLimit,
    /// The price reached the stop: filled at the stop.
    StopReached,
    /// The price reached the stop where it had moved to inside the bar.
    TrailReached,
    /// The bar opened beyond the stop: filled at the open.
    GapThroughStop,
    /// The venue closed a leveraged position: filled at the price at which nothing of its margin is left.
    Liquidation,
    /// The horizon came: filled at the open.
    Horizon,
    /// The time came at which positions must be flat: filled at the open.
    SessionEnd,
    /// The bars paused over that time: filled at the last close before.
    SessionClose,
    /// A fill that was really made, at its own price.
    AsTraded,
}

impl FillCause {
    /// Its name, as in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MarketAtOpen => "market-at-open",
            Self::LimitReached => "limit-reached",
            Self::GapOverLimit => "gap-over-limit",
            Self::StopReached => "stop-reached",
            Self::TrailReached => "trail-reached",
            Self::GapThroughStop => "gap-through-stop",
            Self::Liquidation => "liquidation",
            Self::Horizon => "horizon",
            Self::SessionEnd => "session-end",
            Self::SessionClose => "session-close",
            Self::AsTraded => "as-traded",
        }
    }

    /// The kind of order or event behind it.
    pub const fn reason(self) -> ExitReason {
        match self {
            Self::MarketAtOpen | Self::AsTraded => ExitReason::Market,
            Self::LimitReached | Self::GapOverLimit => ExitReason::Limit,
            Self::StopReached | Self::TrailReached | Self::GapThroughStop | Self::Liquidation => ExitReason::Stop,
            Self::Horizon => ExitReason::Horizon,
            Self::SessionEnd | Self::SessionClose => ExitReason::SessionEnd,
        }
    }
}

/// One sale: a row under the position.
#[derive(Debug, Clone, PartialEq)]
pub struct Leg {
    /// Index of the bar in which it filled.
    pub bar: usize,
    /// When it filled, as far as the bar tells: its open for market parts and gaps, else its close.
    pub ts: Timestamp,
    /// Which kind of order or event.
    pub reason: ExitReason,
    /// Why it filled where it did.
    pub cause: FillCause,
    /// Part of the initial size.
    pub fraction: Fraction,
    /// Quantity in the instrument's units.
    pub qty: f64,
    /// Price at which it would have filled without spread, slippage and impact.
    pub reference: f64,
    /// Fill price, spread, slippage and impact included.
    pub price: f64,
    /// Gain of the fill price against the entry price, before fees.
    pub gross: Money,
    /// Exit fee of this fill.
    pub exit_fee: Money,
    /// This leg's share of the entry fee.
    pub entry_fee: Money,
    /// Whether the intrabar rule, not the bar itself, decided that this came first.
    pub decided_by_rule: bool,
}

impl Leg {
    /// Gain after both fees.
    pub fn net(&self) -> Money {
        self.gross - self.exit_fee - self.entry_fee
    }
}

/// A later entry into the position: a row beside its first fill.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AddFill {
    /// Which of the entry's adds, in order of time, from 1.
    pub number: usize,
    /// Index of the bar in which it filled.
    pub bar: usize,
    /// When it filled.
    pub ts: Timestamp,
    /// Price that it paid, its spread and slippage in it.
    pub price: f64,
    /// Quantity in the instrument's units.
    pub qty: f64,
    /// Part of the planned size.
    pub fraction: Fraction,
    /// Its fee.
    pub fee: Money,
}

/// What became of one entry under one policy.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeOutcome {
    /// The entry's id.
    pub id: String,
    /// The entry's symbol.
    pub symbol: String,
    /// The entry's direction.
    pub side: Side,
    /// When the entry filled.
    pub entry_ts: Timestamp,
    /// When the last leg filled.
    pub exit_ts: Timestamp,
    /// Index of the bar in which the entry filled.
    pub first_bar: usize,
    /// Price that the entry paid, its spread and slippage in it.
    pub entry_price: f64,
    /// The adds that filled, in order; empty for most trades.
    pub adds: Vec<AddFill>,
    /// Adds that did not fill, because all was sold before or the stop was met.
    pub adds_missed: usize,
    /// The sales, in order; their fractions sum to exactly 1, less the adds that did not fill.
    pub legs: Vec<Leg>,
    /// Holding costs, funding, financing and dividends paid over time (a gain if negative).
    pub carry: Money,
    /// Σ legs' net − carry: what the position earned.
    pub net: Money,
    /// What one R of the whole position is in the currency.
    pub one_r: Money,
    /// `net` in R.
    pub net_r: f64,
    /// Σ legs' gross in R.
    pub gross_r: f64,
    /// J of the trade: the objective after exit costs; entry costs are sunk.
    pub objective: f64,
    /// Best and worst excursion of one unit while any of the position was held, in R.
    pub mfe_r: f64,
    /// See `mfe_r`; 0 or less.
    pub mae_r: f64,
    /// Bars in which some of the position was held.
    pub bars_held: u32,
    /// Part held through each bar from the fill on (after that bar's open fills); ends with the last held bar.
    pub held: Vec<Fraction>,
    /// Net gain in R of each bar from the fill on, fees in the bar they were paid; sums to `net_r`.
    pub bar_net_r: Vec<f64>,
}

impl TradeOutcome {
    /// The fee of the first fill.
    pub fn entry_fee(&self) -> Money {
        let all: Money = self.legs.iter().map(|leg| leg.entry_fee).sum();
        all - self.adds.iter().map(|add| add.fee).sum()
    }

    /// Whether any fill was decided by the intrabar rule.
    pub fn is_ambiguous(&self) -> bool {
        self.legs.iter().any(|leg| leg.decided_by_rule)
    }
}

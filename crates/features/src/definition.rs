use std::fmt;

use crate::{Feature, Mirror, Needs, Parameter, Parameters, Window};

/// Where a feature belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FeatureFamily {
    /// Who trades against whom, and what the book offers.
    OrderFlow,
    /// How far prices move.
    Volatility,
    /// Where prices are going, and the clock.
    Momentum,
    /// The market beside another one, or beside any column.
    CrossMarket,
}

impl FeatureFamily {
    /// Every family, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::OrderFlow, Self::Volatility, Self::Momentum, Self::CrossMarket];

    /// The family's name for headings.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OrderFlow => "Order flow",
            Self::Volatility => "Volatility",
            Self::Momentum => "Momentum",
            Self::CrossMarket => "Across markets",
        }
    }
}

/// How soon a feature has its first value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarmUp {
    /// `None` at the first `n − 1` closes and a number at close `n`, wherever every bar has what the feature reads.
    Bars(usize),
    /// Depends on the data, in the way the text says.
    ByData(&'static str),
}

impl fmt::Display for WarmUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bars(1) => f.write_str("1 bar"),
            Self::Bars(bars) => write!(f, "{bars} bars"),
            Self::ByData(text) => f.write_str(text),
        }
    }
}

/// What happens to the value when a constant is added to every price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Nothing.
    Unchanged,
    /// It moves by the same constant: the value is a price.
    Moves,
    /// No law: the definition is relative to the price level.
    Relative,
}

/// How the value answers to a change of units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Laws {
    /// Prices × k turn the value into value × k^p; `None` where no such law holds.
    pub price_power: Option<f64>,
    /// Quantities × k turn the value into value × k^p; `None` where no such law holds.
    pub volume_power: Option<f64>,
    /// What a constant added to every price does.
    pub shift: Shift,
}

impl Laws {
    /// A pure number that neither units nor the price level change.
    pub const PURE: Self = Self { price_power: Some(0.0), volume_power: Some(0.0), shift: Shift::Unchanged };
    /// A pure number relative to the price level (a return, a share of the price).
    pub const RELATIVE: Self = Self { price_power: Some(0.0), volume_power: Some(0.0), shift: Shift::Relative };
    /// A price distance.
    pub const DISTANCE: Self = Self { price_power: Some(1.0), volume_power: Some(0.0), shift: Shift::Unchanged };
    /// A price.
    pub const PRICE: Self = Self { price_power: Some(1.0), volume_power: Some(0.0), shift: Shift::Moves };
}

/// Amortised constant time for each event.
pub const CONSTANT: &str = "O(1) per event";

/// A feature as the registry knows it: what it is, what it reads and how to build it.
pub struct Definition {
    /// Name in specs.
    pub name: &'static str,
    /// Where it belongs.
    pub family: FeatureFamily,
    /// What it says about the market, in a sentence.
    pub summary: &'static str,
    /// The formula, in one line.
    pub formula: &'static str,
    /// Author, year and title, or the common practice it follows.
    pub source: &'static str,
    /// Unit of the value.
    pub unit: &'static str,
    /// When there is no value after warm-up (zero volume, flat prices, prices ≤ 0).
    pub undefined: &'static str,
    /// Work for each event.
    pub cost: &'static str,
    /// The events it reads.
    pub needs: Needs,
    /// Its parameters.
    pub parameters: &'static [Parameter],
    /// What must hold between parameters, if it does not.
    pub conflict: fn(&Parameters) -> Option<&'static str>,
    /// How soon there is a first value.
    pub warm_up: fn(&Parameters) -> WarmUp,
    /// How the value answers to a change of units, at default parameters.
    pub laws: Laws,
    /// What becomes of the value on the mirrored market.
    pub mirror: Mirror,
    /// Whether the spec names a column: `name:<column>`.
    pub reads_column: bool,
    /// The state machine before the first event.
    pub build: fn(&Parameters) -> Box<dyn Feature>,
    /// The definition computed anew from all events, for the contract suite.
    #[cfg(test)]
    pub(crate) naive: crate::contract::Naive,
}

/// Every combination of parameters is fine.
pub(crate) fn no_conflict(_: &Parameters) -> Option<&'static str> {
    None
}

/// The warm-up of a feature over a [`crate::Window`] of trades.
pub(crate) fn trade_window_warm_up(parameters: &Parameters) -> WarmUp {
    match parameters.window() {
        Window::Bars(bars) => WarmUp::Bars(bars),
        Window::Trades(_) | Window::Volume(_) => WarmUp::ByData("until the trades of the window are there"),
        Window::Seconds(_) => WarmUp::ByData("`seconds` after the first trade or close"),
    }
}

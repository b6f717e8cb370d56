//! What came first inside a bar, when the bar alone does not say.

use scaleout_market::{Bar, Side};
use serde::{Deserialize, Serialize};

use crate::tick_grid::TickGrid;

/// The order in which a bar is taken to have visited its extremes.
///
/// With a stop and a limit inside one bar this decides which of them filled; every fill it decided is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntrabarRule {
    /// The losing extreme first: errs against the trader.
    #[default]
    StopFirst,
    /// The winning extreme first: optimistic.
    TargetFirst,
    /// Open, high, low, close, whatever the side: optimistic for longs, pessimistic for shorts.
    OpenHighLowClose,
    /// The extreme nearer to the open first, ties to the low (as TradingView's broker emulator does).
    NearestExtreme,
    /// A rising bar fell first, a falling bar rose first; an unchanged bar takes the losing extreme first.
    CandleColour,
    /// The trades of the bar in their order, else the finer bars under it (each `stop-first`), else `stop-first`.
    LowerTimeframe,
}

impl IntrabarRule {
    /// Every rule, in the order of the documentation.
    pub const ALL: [Self; 6] = [
        Self::StopFirst,
        Self::TargetFirst,
        Self::OpenHighLowClose,
        Self::NearestExtreme,
        Self::CandleColour,
        Self::LowerTimeframe,
    ];

    /// The rule's name, as in a config.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StopFirst => "stop-first",
            Self::TargetFirst => "target-first",
            Self::OpenHighLowClose => "open-high-low-close",
            Self::NearestExtreme => "nearest-extreme",
            Self::CandleColour => "candle-colour",
            Self::LowerTimeframe => "lower-timeframe",
        }
    }

    /// Whether a position on `side` sees the losing extreme of `bar` before the winning one.
    pub(crate) fn losing_extreme_first(self, bar: &Bar, side: Side) -> bool {
        let low_first = match self {
            Self::StopFirst | Self::LowerTimeframe => return true,
            Self::TargetFirst => return false,
            Self::OpenHighLowClose => false,
            Self::NearestExtreme => bar.against_middle(bar.open).is_le(),
            Self::CandleColour if bar.close == bar.open => return true,
            Self::CandleColour => bar.close > bar.open,
        };
        match side {
            Side::Long => low_first,
            Side::Short => !low_first,
        }
    }
}

/// When a resting limit counts as filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitFill {
    /// Once the price reached it: optimistic, because the order may be last in the queue.
    Touch,
    /// Once the price went one tick beyond it (anything beyond, where prices are continuous): errs against.
    #[default]
    TradeThrough,
}

impl LimitFill {
    /// The rule's name, as in a config.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Touch => "touch",
            Self::TradeThrough => "trade-through",
        }
    }

    /// The least price × side at which a limit at `level` counts as filled.
    pub(crate) fn fills_from(self, level: f64, ticks: TickGrid) -> f64 {
        match self {
            Self::Touch => level,
            Self::TradeThrough => ticks.beyond(level),
        }
    }
}

/// What an entry inside a bar saw of the rest of that bar, when no trades tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryBarRule {
    /// The losing extreme came after the fill, the winning one before it, except what the close proves: errs
    /// against the trader.
    #[default]
    Conservative,
    /// Only the close came after the fill: optimistic with a stop, pessimistic with a limit.
    CloseOnly,
    /// Both extremes came after the fill, as tools do that know no entry bar: errs either way.
    WholeBar,
}

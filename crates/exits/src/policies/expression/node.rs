//! A parsed condition and how it is evaluated.

use super::range::Range;
use crate::Decision;

/// What is evaluated against.
pub(super) struct SeenClose<'a> {
    pub decision: &'a Decision<'a>,
    pub value: &'a dyn Fn(usize) -> Option<f64>,
    pub ranges: &'a [Range],
}

/// Something that holds or does not.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Truth {
    Compared(Relation, Number, Number),
    And(Box<Truth>, Box<Truth>),
    Or(Box<Truth>, Box<Truth>),
    Not(Box<Truth>),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Less,
    AtMost,
    More,
    AtLeast,
    Same,
    Other,
}

/// A number, perhaps undefined.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Number {
    Written(f64),
    /// The range at this place.
    Tuned(usize),
    /// The input at this place.
    Input(usize),
    Known(Known),
    Negative(Box<Number>),
    Size(Box<Number>),
    Of(Operation, Box<Number>, Box<Number>),
}

/// What is made of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Plus,
    Minus,
    Times,
    Over,
    Min,
    Max,
}

/// What a decision knows without any feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    UnrealisedR,
    MfeR,
    MaeR,
    GivenBackR,
    BarsHeld,
    BarsToHorizon,
    Remaining,
    Sales,
    BarsSinceSale,
    Open,
    High,
    Low,
    Close,
    Volume,
    EntryPrice,
    Stop,
    Side,
}

impl Known {
    /// Every one with its name.
    pub(super) const ALL: [(&'static str, Self); 17] = [
        ("unrealised_r", Self::UnrealisedR),
        ("mfe_r", Self::MfeR),
        ("mae_r", Self::MaeR),
        ("given_back_r", Self::GivenBackR),
        ("bars_held", Self::BarsHeld),
        ("bars_to_horizon", Self::BarsToHorizon),
        ("remaining", Self::Remaining),
        ("sales", Self::Sales),
        ("bars_since_sale", Self::BarsSinceSale),
        ("open", Self::Open),
        ("high", Self::High),
        ("low", Self::Low),
        ("close", Self::Close),
        ("volume", Self::Volume),
        ("entry_price", Self::EntryPrice),
        ("stop", Self::Stop),
        ("side", Self::Side),
    ];

    fn value(self, decision: &Decision<'_>) -> Option<f64> {
        Some(match self {
            Self::UnrealisedR => decision.path.unrealised_r,
            Self::MfeR => decision.path.mfe_r,
            Self::MaeR => decision.path.mae_r,
            Self::GivenBackR => decision.path.drawdown_r(),
            Self::BarsHeld => f64::from(decision.path.bars_held),
            Self::BarsToHorizon => f64::from(decision.bars_to_horizon),
            Self::Remaining => decision.remaining.as_f64(),
            Self::Sales => f64::from(decision.sales),
            Self::BarsSinceSale => f64::from(decision.bars_since_sale?),
            Self::Open => decision.bar.open,
            Self::High => decision.bar.high,
            Self::Low => decision.bar.low,
            Self::Close => decision.bar.close,
            Self::Volume => decision.bar.volume,
            Self::EntryPrice => decision.entry.price,
            Self::Stop => decision.stop?,
            Self::Side => decision.entry.side.sign(),
        })
    }
}

impl Truth {
    pub(super) fn holds(&self, moment: &SeenClose<'_>) -> bool {
        match self {
            Self::And(one, other) => one.holds(moment) && other.holds(moment),
            Self::Or(one, other) => one.holds(moment) || other.holds(moment),
            Self::Not(inner) => !inner.holds(moment),
            Self::Compared(how, one, other) => match (one.value(moment), other.value(moment)) {
                (Some(one), Some(other)) => how.holds(one, other),
                (None, _) | (_, None) => false,
            },
        }
    }
}

impl Relation {
    fn holds(self, one: f64, other: f64) -> bool {
        match self {
            Self::Less => one < other,
            Self::AtMost => one <= other,
            Self::More => one > other,
            Self::AtLeast => one >= other,
            Self::Same => one == other,
            Self::Other => one != other,
        }
    }
}

impl Number {
    fn value(&self, moment: &SeenClose<'_>) -> Option<f64> {
        let value = match self {
            Self::Written(value) => *value,
            Self::Tuned(place) => *moment.ranges.get(*place)?.values.first()?,
            Self::Input(place) => (moment.value)(*place)?,
            Self::Known(known) => known.value(moment.decision)?,
            Self::Negative(inner) => -inner.value(moment)?,
            Self::Size(inner) => inner.value(moment)?.abs(),
            Self::Of(operation, one, other) => {
                let (one, other) = (one.value(moment)?, other.value(moment)?);
                match operation {
                    Operation::Plus => one + other,
                    Operation::Minus => one - other,
                    Operation::Times => one * other,
                    Operation::Over => one / other,
                    Operation::Min => one.min(other),
                    Operation::Max => one.max(other),
                }
            }
        };
        // A quotient by 0 is undefined.
        value.is_finite().then_some(value)
    }
}

//! Where prices are going, how steadily, and what the clock says.

use crate::definition::Definition;

mod macd;
mod price_velocity;
mod rate_of_change;
mod rsi;

pub(crate) const DEFINITIONS: &[&[Definition]] =
    &[rsi::DEFINITIONS, macd::DEFINITIONS, rate_of_change::DEFINITIONS, price_velocity::DEFINITIONS];

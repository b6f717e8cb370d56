//! How far prices move.

use crate::definition::Definition;

mod atr;
mod bollinger;
mod parkinson;
mod realised_volatility;

pub(crate) const DEFINITIONS: &[&[Definition]] =
    &[atr::DEFINITIONS, realised_volatility::DEFINITIONS, parkinson::DEFINITIONS, bollinger::DEFINITIONS];

//! How far prices move.

use crate::definition::Definition;

pub(crate) mod atr;
mod bipower;
mod bollinger;
mod ewma_volatility;
mod garch_volatility;
mod har_term;
mod keltner;
mod parkinson;
mod range_volatility;
mod realised_volatility;
mod semivolatility;
mod volatility_of_volatility;
mod volatility_ratio;

pub(crate) const DEFINITIONS: &[&[Definition]] = &[
    atr::DEFINITIONS,
    realised_volatility::DEFINITIONS,
    ewma_volatility::DEFINITIONS,
    garch_volatility::DEFINITIONS,
    parkinson::DEFINITIONS,
    range_volatility::DEFINITIONS,
    bipower::DEFINITIONS,
    semivolatility::DEFINITIONS,
    har_term::DEFINITIONS,
    volatility_of_volatility::DEFINITIONS,
    volatility_ratio::DEFINITIONS,
    bollinger::DEFINITIONS,
    keltner::DEFINITIONS,
];

//! Where prices are going, how steadily, and what the clock says.

use crate::definition::Definition;

mod aroon;
mod average_distance;
mod cci;
mod clock;
mod directional;
mod donchian;
mod drawdown_from_high;
mod efficiency_ratio;
mod fibonacci_extension;
mod fractional_difference;
mod hurst;
mod macd;
mod mfi;
mod price_velocity;
mod rate_of_change;
mod rise_from_low;
mod rsi;
mod stochastic;
mod streak;
mod trend_t_value;
mod variance_ratio;

pub(crate) const DEFINITIONS: &[&[Definition]] = &[
    rsi::DEFINITIONS,
    macd::DEFINITIONS,
    rate_of_change::DEFINITIONS,
    price_velocity::DEFINITIONS,
    stochastic::DEFINITIONS,
    directional::DEFINITIONS,
    cci::DEFINITIONS,
    mfi::DEFINITIONS,
    aroon::DEFINITIONS,
    efficiency_ratio::DEFINITIONS,
    trend_t_value::DEFINITIONS,
    variance_ratio::DEFINITIONS,
    hurst::DEFINITIONS,
    average_distance::DEFINITIONS,
    donchian::DEFINITIONS,
    fibonacci_extension::DEFINITIONS,
    drawdown_from_high::DEFINITIONS,
    rise_from_low::DEFINITIONS,
    streak::DEFINITIONS,
    fractional_difference::DEFINITIONS,
    clock::DEFINITIONS,
];

//! The problems, one file each: market, exact solver, tests against the table of known answers.

pub(crate) mod barrier_reversion;
mod cut_return;
pub(crate) mod divisible;
pub(crate) mod fractional;
mod fractional_noise;
pub(crate) mod hidden_trend;
mod least_squares;
pub(crate) mod linear_quadratic;
pub(crate) mod liquidation;
pub(crate) mod martingale;
pub(crate) mod max_call;
pub(crate) mod max_call_held;
pub(crate) mod mean_reversion;
pub(crate) mod order_flow;
pub(crate) mod put;
pub(crate) mod stopped_trend;
pub(crate) mod swing;
mod trend_rules;
pub(crate) mod triple_barrier;

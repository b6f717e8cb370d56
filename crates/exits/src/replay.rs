//! The simulator: one entry, one policy, bar by bar.

use scaleout_features::FeatureTable;
use scaleout_market::Entry;

use crate::{
    ExitError, ExitPolicy, Market, Objective, ReplayConfig, TradeOutcome,
    as_traded::run_past,
    inputs::PolicyInputs,
    observer::{Observer, Unobserved},
    prepared::PreparedReplay,
    running_trade::RunningTrade,
};

/// What `policy` makes of `entry`, which fills in bar `first_bar` of `market`, when every decision sees the row of
/// `inputs` at its close.
///
/// The stop and the limits that a decision asks for work during the next bar; orders not repeated are withdrawn.
/// Cost: a few hundred nanoseconds a bar.
///
/// # Errors
/// If the data do not reach from the bar before the fill to the horizon, the quantity is no whole number of lots, or
/// an input is missing.
pub fn replay(
    entry: &Entry,
    first_bar: usize,
    market: Market<'_>,
    inputs: &FeatureTable,
    policy: &dyn ExitPolicy,
    objective: &Objective,
    config: &ReplayConfig,
) -> Result<TradeOutcome, ExitError> {
    let trade = PreparedReplay::new(entry, first_bar, market, objective, config)?;
    run(&trade, policy, &PolicyInputs::resolve(policy, inputs)?, &mut Unobserved)
}

/// The replay of a prepared trade, watched by `observer`.
pub(crate) fn run<O: Observer>(
    trade: &PreparedReplay<'_>,
    policy: &dyn ExitPolicy,
    inputs: &PolicyInputs<'_>,
    observer: &mut O,
) -> Result<TradeOutcome, ExitError> {
    if let Some(sales) = policy.past_sales() {
        return run_past(trade, sales, observer);
    }
    let mut running = RunningTrade::start(trade);
    let mut step = 0;
    while step < trade.horizon() {
        running.step(step, policy, inputs, observer)?;
        if running.is_closed() {
            return Ok(running.outcome());
        }
        step = running.rest(step + 1);
    }
    running.sell_at_horizon(observer);
    Ok(running.outcome())
}

//! Why every fill has the price it has: the record of one replay, bar by bar.
//!
//! The record is written by watching the replay itself, so it cannot tell another story than the results do.

mod record;
mod text;
mod trace;

pub use record::{BarRecord, Explanation, FillCause, FillRecord, HeldBackRecord, LimitRecord, OrdersRecord};

use scaleout_features::FeatureTable;
use scaleout_market::Entry;

use crate::{
    ExitError, ExitPolicy, Market, Objective, ReplayConfig, TradeOutcome, inputs::PolicyInputs, prepared::Prepared,
    replay::run,
};
use trace::Trace;

/// What [`replay`](crate::replay) makes of `entry`, and the record of how.
///
/// As text it reads bar by bar: the orders, what the bar touched, which rule decided, price, fee, what is left and
/// where the stop stands.
///
/// # Errors
/// As [`replay`](crate::replay).
pub fn explain(
    entry: &Entry,
    first_bar: usize,
    market: Market<'_>,
    inputs: &FeatureTable,
    policy: &dyn ExitPolicy,
    objective: &Objective,
    config: &ReplayConfig,
) -> Result<(TradeOutcome, Explanation), ExitError> {
    let trade = Prepared::new(entry, first_bar, market, objective, config)?;
    let mut trace = Trace::new(&trade);
    let outcome = run(&trade, policy, &PolicyInputs::resolve(policy, inputs)?, &mut trace)?;
    let explanation = Explanation {
        id: entry.id.clone(),
        symbol: entry.symbol.clone(),
        side: entry.side,
        policy: policy.name(),
        entry_ts: entry.ts.to_string(),
        entry_price: entry.price,
        entry_bar: first_bar,
        entered_inside: trade.entered_inside(),
        risk: entry.risk,
        qty: entry.qty,
        currency: market.instrument.currency.clone(),
        intrabar: config.intrabar,
        limit_fill: config.limit_fill,
        bars: trace.into_bars(),
        entry_fee: outcome.legs.iter().map(|leg| leg.entry_fee).sum::<crate::Money>().as_f64(),
        carry: outcome.carry.as_f64(),
        net: outcome.net.as_f64(),
        net_r: outcome.net_r,
        objective: outcome.objective,
    };
    Ok((outcome, explanation))
}

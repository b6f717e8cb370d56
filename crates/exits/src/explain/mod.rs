//! Why every fill has the price it has: the record of one replay, bar by bar.
//!
//! The record is written by watching the replay itself, so it cannot tell another story than the results do.

mod record;
mod text;
mod trace;

pub use record::{
    BarRecord, Explanation, FillCause, FillRecord, HeldBackBy, HeldBackRecord, LimitRecord, OrdersRecord,
};

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
        entry_price: outcome.entry_price,
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

#[cfg(test)]
mod tests {
    use scaleout_market::{Fees, Instrument, Side};

    use super::{HeldBackBy, explain};
    use crate::{
        Market, Objective, ReplayConfig,
        policies::Ladder,
        replay,
        test_market::{entry, history, instrument, no_features, touch},
    };

    #[test]
    fn a_trade_reads_bar_by_bar() {
        let history = history(&[[100.0, 106.0, 99.0, 104.0], [104.0, 111.0, 89.0, 95.0], [95.0; 4]]);
        let instrument = Instrument {
            tick_size: 0.5,
            spread_ticks: 2.0,
            fees: Fees { per_order: 1.0, ..Fees::default() },
            ..instrument()
        };
        let market = Market { history: &history, instrument: &instrument };
        let long = entry(Side::Long, 100.0, Some(90.0), 4.0);
        let ladder = Ladder::weighted(&[0.5, 1.0], &[1, 1]);
        let (objective, config) = (Objective::mean_variance(0.0), touch(2));
        let (outcome, told) = explain(&long, 1, market, &no_features(), &ladder, &objective, &config).unwrap();
        assert_eq!(outcome, replay(&long, 1, market, &no_features(), &ladder, &objective, &config).unwrap());
        let expected = "\
a: long 4 X at 100 on 1970-01-01T00:01:00Z (bar 1), 1 R = 10 points, entry fee 1.00 USD
ladder 50%@0.5 50%@1 R; inside a bar stop-first, limits fill on touch
bar 1 1970-01-01T00:02:00Z  O 100 H 106 L 99 C 104
    orders: limit 105 50%, limit 110 50%, stop 90 on what is left
    touched: limit 105
    sold 50% (2) at the limit: the price reached it
        price 105, fee 1.00, net 8.50, 50% left
    left 50%, stop 90
bar 2 1970-01-01T00:03:00Z  O 104 H 111 L 89 C 95
    orders: limit 110 50%, stop 90 on what is left
    touched: stop 90, limit 110
    sold 50% (2) at the stop: the price reached it; that it came first is the rule stop-first
        price 89.5 (90 less 0.500000 spread and slippage, 0.000000 impact), fee 1.00, net -22.50, 0% left
    left 0%
net -14.00 USD = -0.3500 R, carry 0.00, objective -0.3250 R
";
        assert_eq!(told.to_string(), expected);
    }

    fn held_back(config: ReplayConfig, lot_step: f64) -> Vec<Option<HeldBackBy>> {
        let history = history(&[[100.0, 121.0, 99.0, 120.0], [120.0, 121.0, 119.0, 120.0], [120.0; 4]]);
        let instrument = Instrument { lot_step, ..instrument() };
        let market = Market { history: &history, instrument: &instrument };
        let long = entry(Side::Long, 100.0, Some(90.0), 4.0);
        let ladder = Ladder::weighted(&[0.5, 1.0], &[1, 1]);
        let objective = Objective::mean_variance(0.0);
        let (_, told) = explain(&long, 1, market, &no_features(), &ladder, &objective, &config).unwrap();
        told.bars[0].held_back.iter().map(|held_back| held_back.by).collect()
    }

    #[test]
    fn the_cap_that_held_an_order_back_is_named() {
        let by = |config, lot_step| held_back(config, lot_step);
        assert_eq!(by(touch(2), 0.0), []);
        let fraction = ReplayConfig { max_fraction_per_bar: Some(0.6), ..touch(2) };
        assert_eq!(by(fraction.clone(), 0.0), [Some(HeldBackBy::MaxFractionPerBar)]);
        assert_eq!(by(fraction, 1.0), [Some(HeldBackBy::Lots)]);
        let tranches = ReplayConfig { max_tranches_per_bar: Some(1), ..touch(2) };
        assert_eq!(by(tranches, 0.0), [Some(HeldBackBy::MaxTranchesPerBar)]);
        let spacing = ReplayConfig { min_bars_between_sales: 2, ..touch(2) };
        assert_eq!(by(spacing, 0.0), [Some(HeldBackBy::MinBarsBetweenSales)]);
        let volume = ReplayConfig { volume_share: Some(1e-9), ..touch(2) };
        assert_eq!(by(volume, 0.0).last(), Some(&Some(HeldBackBy::VolumeShare)));
    }
}

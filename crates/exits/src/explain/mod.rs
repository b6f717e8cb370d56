//! Why every fill has the price it has: the record of one replay, bar by bar.
//!
//! The record is written by watching the replay itself, so it cannot tell another story than the results do.

mod record;
mod text;
mod trace;

pub use record::{
    AddRecord, BarRecord, Explanation, FillRecord, HeldBackBy, HeldBackRecord, InputRecord, LimitRecord, LotRecord,
    Met, OrdersRecord, PartStopRecord, TouchRecord,
};

pub use crate::FillCause;

use scaleout_features::FeatureTable;
use scaleout_market::Entry;

use crate::{
    ExitError, ExitPolicy, Market, Objective, ReplayConfig, TradeOutcome, inputs::PolicyInputs, lot_report,
    prepared::PreparedReplay, replay::run,
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
    let trade = PreparedReplay::new(entry, first_bar, market, objective, config)?;
    let mut trace = Trace::new(&trade, policy);
    let outcome = run(&trade, policy, &PolicyInputs::resolve(policy, inputs)?, &mut trace)?;
    let lots = match trade.grid {
        None => None,
        Some(grid) => {
            let report = lot_report(outcome.clone(), entry, first_bar, market, inputs, policy, objective, config)?;
            Some(LotRecord {
                lots: grid.lots(),
                lot_step: market.instrument.lot_step,
                least: grid.min_lots(),
                divisible_net_r: report.divisible.net_r,
            })
        }
    };
    let explanation = Explanation {
        id: entry.id.clone(),
        symbol: entry.symbol.clone(),
        side: entry.side,
        policy: policy.name(),
        entry_ts: entry.ts.to_string(),
        entry_price: outcome.entry_price,
        entry_reference: entry.price,
        entry_stop: entry.stop,
        entry_bar: first_bar,
        entered_inside: trade.entered_inside(),
        risk: entry.risk,
        one_r: outcome.one_r.as_f64(),
        qty: entry.qty,
        first_qty: (!entry.adds.is_empty()).then(|| entry.first_qty()),
        currency: market.instrument.currency.clone(),
        intrabar: config.intrabar,
        limit_fill: config.limit_fill,
        lots,
        bars: trace.into_bars(),
        adds_missed: outcome.adds_missed,
        entry_fee: outcome.entry_fee().as_f64(),
        carry: outcome.carry.as_f64(),
        net: outcome.net.as_f64(),
        net_r: outcome.net_r,
        objective: outcome.objective,
        objective_unit: objective.unit(),
    };
    Ok((outcome, explanation))
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Fees, Instrument, Side};

    use super::{HeldBackBy, explain};
    use crate::{
        EntryPrice, Market, Objective, ReplayConfig,
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
a: long 4 X at 100 on 1970-01-01T00:01:00Z (bar 1)
stop 90, 1 R = 10 points = 40.00 USD, entry fee 1.00
ladder 50%@0.5 50%@1 R; inside a bar stop-first, limits fill on touch
bar 1 1970-01-01T00:02:00Z  O 100 H 106 L 99 C 104
    orders: limit 105 50%, limit 110 50%, stop 90 on the remainder
    touched: limit 105
    sold 50% (2) at the limit: the price reached it
        price 105, gain 10.00, fee 1.00 and 0.50 of the entry's, net 8.50, 50% left
    left 50%, stop after it 90
bar 2 1970-01-01T00:03:00Z  O 104 H 111 L 89 C 95
    orders: limit 110 50%, stop 90 on the remainder
    touched: stop 90, limit 110 (nothing was left to sell)
    sold 50% (2) at the stop: the price reached it; the rule stop-first decided that it came first
        price 89.5 (90 less 0.5 spread and slippage), gain -21.00, fee 1.00 and 0.50 of the entry's, net -22.50, 0% left
    left 0%
net -14.00 USD = -0.3500 R; objective J -0.2750 R (without the entry's costs, minus the price of risk)
";
        assert_eq!(told.to_string(), expected);
    }

    #[test]
    fn a_short_buys_back_dearer_and_a_touch_is_no_fill() {
        let history = history(&[[100.0, 101.0, 95.0, 96.0], [108.0, 109.0, 107.0, 108.0], [108.0; 4]]);
        let instrument = Instrument { tick_size: 0.5, spread_ticks: 2.0, lot_step: 1.0, ..instrument() };
        let market = Market { history: &history, instrument: &instrument };
        let short = entry(Side::Short, 100.0, Some(107.0), 3.0);
        let ladder = Ladder::weighted(&[0.5, 1.0], &[1, 1]);
        let config = ReplayConfig { entry_price: EntryPrice::Reference, horizon_bars: 2, ..ReplayConfig::default() };
        let objective = Objective::mean_variance(0.0);
        let (_, told) = explain(&short, 1, market, &no_features(), &ladder, &objective, &config).unwrap();
        let expected = "\
a: short 3 X at 99.5 (100 less 0.5 spread and slippage) on 1970-01-01T00:01:00Z (bar 1)
stop 107, 1 R = 10 points = 30.00 USD, entry fee 0.00
ladder 50%@0.5 50%@1 R; inside a bar stop-first, limits fill on trade-through
3 lot(s) of 1: parts are rounded by largest remainder, and too small ones are merged into the next
bar 1 1970-01-01T00:02:00Z  O 100 H 101 L 95 C 96
    orders: limit 95 66.67%, limit 90 33.33%, stop 107 on the remainder
    touched: limit 95 (not traded through)
    left 100%, stop after it 107
bar 2 1970-01-01T00:03:00Z  O 108 H 109 L 107 C 108
    orders: limit 95 66.67%, limit 90 33.33%, stop 107 on the remainder
    touched: stop 107 (opened beyond it)
    bought back 100% (3) at the open: the bar opened beyond the stop
        price 108.5 (108 plus 0.5 spread and slippage), gain -27.00, fee 0.00 and 0.00 of the entry's, net -27.00, 0% left
    left 0%
net -27.00 USD = -0.9000 R; objective J -0.8500 R (without the entry's costs, minus the price of risk)
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

use scaleout_features::FeatureTable;
use scaleout_market::{Entry, Instrument};

use crate::{ExitError, ExitPolicy, Market, Objective, ReplayConfig, TradeOutcome, replay};

/// The cost of whole lots and minimum orders for one trade.
#[derive(Debug, Clone, PartialEq)]
pub struct LotReport {
    /// The trade as it can be traded: parts merged where they must be.
    pub traded: TradeOutcome,
    /// The same trade if any part could be sold.
    pub divisible: TradeOutcome,
}

impl LotReport {
    /// Sales that were merged; negative if lots made more sales.
    pub fn merged_sales(&self) -> i64 {
        self.divisible.legs.len() as i64 - self.traded.legs.len() as i64
    }

    /// What lots cost, in R of net result; a gain if negative.
    pub fn cost_r(&self) -> f64 {
        self.divisible.net_r - self.traded.net_r
    }

    /// What lots cost, in J; a gain if negative.
    pub fn cost_objective(&self) -> f64 {
        self.divisible.objective - self.traded.objective
    }
}

/// Replays `entry`, whose outcome is `traded`, without lots and minimums, to measure the cost of the merges.
///
/// # Errors
/// As [`replay`].
#[expect(clippy::too_many_arguments, reason = "those of a replay, and its outcome")]
pub fn lot_report(
    traded: TradeOutcome,
    entry: &Entry,
    first_bar: usize,
    market: Market<'_>,
    inputs: &FeatureTable,
    policy: &dyn ExitPolicy,
    objective: &Objective,
    config: &ReplayConfig,
) -> Result<LotReport, ExitError> {
    let without = Instrument { lot_step: 0.0, min_qty: 0.0, min_notional: 0.0, ..market.instrument.clone() };
    let freely = Market { history: market.history, instrument: &without };
    Ok(LotReport { traded, divisible: replay(entry, first_bar, freely, inputs, policy, objective, config)? })
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Instrument, Side};

    use super::lot_report;
    use crate::{
        Market, Objective,
        policies::Ladder,
        replay,
        test_market::{entry, history, instrument, no_features, touch},
    };

    #[test]
    fn four_rungs_on_two_contracts_are_merged_and_priced() {
        let history = history(&[[100.0, 121.0, 99.0, 120.0], [120.0, 121.0, 89.0, 90.0], [90.0; 4]]);
        let contracts = Instrument { lot_step: 1.0, ..instrument() };
        let market = Market { history: &history, instrument: &contracts };
        let ladder = Ladder::weighted(&[0.5, 1.0, 1.5, 4.0], &[1, 1, 1, 1]);
        let long = entry(Side::Long, 100.0, Some(90.0), 2.0);
        let objective = Objective::mean_variance(0.0);
        let (inputs, config) = (no_features(), touch(2));
        let traded = replay(&long, 1, market, &inputs, &ladder, &objective, &config).unwrap();
        let report = lot_report(traded, &long, 1, market, &inputs, &ladder, &objective, &config).unwrap();
        // Two contracts at .5 and 1 R, against quarters at .5, 1 and 1.5 R and one at the stop.
        assert_eq!((report.traded.net_r, report.divisible.net_r), (0.75, 0.5));
        assert_eq!((report.merged_sales(), report.cost_r()), (2, -0.25));
    }
}

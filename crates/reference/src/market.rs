//! A reference problem as an ordinary market: what anyone could have measured, and nothing else.
//!
//! Trades are laid one after another in one series of bars. Each takes a bar of waiting, at whose close the features
//! of the first decision are known, and N bars of its own; a last bar lets the last trade end. One unit of price is
//! one R and one unit of the currency, so costs in R are fees of the instrument.

use scaleout_exits::{Impact, Objective, ReplayConfig};
use scaleout_market::{Bar, BarSeries, Column, Entry, Fees, Instrument, MarketHistory, PriceDomain, Side, Timestamp};

use crate::{ReferenceData, ReferencePath};

/// 2000-01-01, in seconds since 1970: any moment would do.
const FIRST_CLOSE_SECS: i64 = 946_684_800;
const BAR_SECS: i64 = 60;
pub(crate) const SYMBOL: &str = "REFERENCE";

/// Bars with feature columns, entries and the assumptions of their replay.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceMarket {
    /// The bars, the problem's features as columns.
    pub history: MarketHistory,
    /// What is traded; its fees are the problem's costs.
    pub instrument: Instrument,
    /// One entry for each simulated trade, in their order, named by its number.
    pub entries: Vec<Entry>,
    /// Horizon, impact and limits.
    pub replay: ReplayConfig,
    /// J.
    pub objective: Objective,
}

impl ReferenceData {
    /// The simulated trades as one market, from which the general pipeline makes the same unit paths.
    pub fn market(&self) -> ReferenceMarket {
        let columns = self.columns.len();
        let mut bars = Vec::with_capacity(self.paths.len() * (self.horizon_bars + 1) + 1);
        let mut values: Vec<Vec<Option<f64>>> = vec![Vec::with_capacity(bars.capacity()); columns];
        let mut add = |open: f64, close: f64, row: &[f64]| {
            let open_secs = FIRST_CLOSE_SECS + BAR_SECS * (bars.len() as i64 - 1);
            bars.push(Bar {
                open_ts: Timestamp::from_secs(open_secs),
                ts: Timestamp::from_secs(open_secs + BAR_SECS),
                open,
                high: open.max(close),
                low: open.min(close),
                close,
                volume: 1.0,
            });
            values.iter_mut().zip(row).for_each(|(column, value)| column.push(Some(*value)));
        };
        let last_step = self.horizon_bars - 1;
        let mut entries = Vec::with_capacity(self.paths.len());
        let mut last = self.paths.first().map_or(0.0, |path| path.prices[0]);
        for (number, path) in (0..).zip(&self.paths) {
            entries.push(self.entry(number, path));
            add(last, path.prices[0], path.row(0, columns));
            for (step, prices) in path.prices.windows(2).enumerate() {
                add(prices[0], prices[1], path.row((step + 1).min(last_step), columns));
            }
            last = path.prices[self.horizon_bars];
        }
        if let Some(path) = self.paths.last() {
            add(last, last, path.row(last_step, columns));
        }
        let named = self.columns.iter().zip(values);
        let columns = named.map(|(name, values)| Column { name: name.clone(), values }).collect();
        let series = BarSeries::new(bars, columns).expect("Invariant: times rise by a bar and columns have one name");
        ReferenceMarket {
            history: MarketHistory::from_series(series),
            instrument: self.instrument(),
            entries,
            replay: self.replay(),
            objective: self.objective.clone(),
        }
    }

    fn entry(&self, number: i64, path: &ReferencePath) -> Entry {
        // The fill is at the open of the first own bar: at the close of the bar of waiting.
        let bars = self.horizon_bars as i64 + 1;
        Entry {
            id: format!("{number:07}"),
            symbol: SYMBOL.to_owned(),
            ts: Timestamp::from_secs(FIRST_CLOSE_SECS + BAR_SECS * bars * number),
            side: Side::Long,
            price: path.prices[0],
            risk: 1.0,
            stop: path.stop,
            qty: 1.0,
            tags: Vec::new(),
            adds: Vec::new(),
        }
    }

    /// What is traded: a position of one unit, a unit of price being one R.
    pub(crate) fn instrument(&self) -> Instrument {
        let mut fees = Fees::default();
        if let Some(terms) = self.paths.first().map(|path| path.unit.terms) {
            // An impact of power 1 is a proportional cost.
            let linear = if terms.impact_power == 1.0 { terms.impact_r } else { 0.0 };
            fees = Fees { per_unit: terms.proportional_r + linear, per_order: terms.per_order_r, ..fees };
        }
        Instrument { price: PriceDomain::Real, fees, ..Instrument::frictionless(SYMBOL, "USD") }
    }

    pub(crate) fn replay(&self) -> ReplayConfig {
        let terms = self.paths.first().map(|path| path.unit.terms);
        let impact = terms.filter(|terms| terms.impact_r > 0.0 && terms.impact_power > 1.0);
        ReplayConfig {
            horizon_bars: self.horizon_bars as u32,
            impact: impact.map_or(Impact::None, |terms| Impact::WholePosition {
                cost_r: terms.impact_r,
                exponent: terms.impact_power - 1.0,
            }),
            max_fraction_per_bar: self.most_share_per_bar(),
            min_bars_between_sales: self.limits.min_bars_between_sales,
            ..ReplayConfig::default()
        }
    }

    /// The cap on a bar's sales as a share of the position, where there is one below the whole.
    pub(crate) fn most_share_per_bar(&self) -> Option<f64> {
        let share = |most| f64::from(most) / self.tranches as f64;
        self.limits.max_tranches_per_bar.map(share).filter(|share| *share < 1.0)
    }
}

impl ReferencePath {
    fn row(&self, step: usize, width: usize) -> &[f64] {
        &self.features[step * width..(step + 1) * width]
    }
}

#[cfg(test)]
mod tests {
    use scaleout_exits::{Market, locate_entry, unit_path};

    use crate::{CATALOGUE, problem};

    #[test]
    fn the_general_pipeline_sees_the_same_trades() {
        for entry in &CATALOGUE {
            let problem = problem::<&str>(entry.id, &[]).unwrap();
            let data = problem.simulate(6, 1);
            let made = data.market();
            let market = Market { history: &made.history, instrument: &made.instrument };
            for (number, (entry, path)) in made.entries.iter().zip(&data.paths).enumerate() {
                let first_bar = locate_entry(entry, &made.history.series).unwrap();
                assert_eq!(first_bar, 1 + number * (data.horizon_bars + 1));
                let unit = unit_path(entry, first_bar, market, &made.objective, &made.replay).unwrap();
                // Gains come from differences of prices: equal up to rounding.
                let close = |a: &[f64], b: &[f64]| {
                    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9 * (1.0 + a.abs()))
                };
                assert!(close(&unit.r, &path.unit.r), "{}: {:?} {:?}", data.problem, unit.r, path.unit.r);
                assert!(close(&unit.variance, &path.unit.variance), "{}", data.problem);
                assert_eq!(unit.stopped, path.unit.stopped, "{}", data.problem);
                for sold in [0.25, 1.0] {
                    let (found, expected) = (unit.terms.cost_r(sold), path.unit.terms.cost_r(sold));
                    assert!((found - expected).abs() < 1e-9, "{}: {found} for {expected}", data.problem);
                }
                if unit.stopped {
                    assert!((unit.stop_cost - path.unit.stop_cost).abs() < 1e-9, "{}", data.problem);
                }
            }
        }
    }
}

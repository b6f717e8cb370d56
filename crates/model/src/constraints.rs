//! What may be sold at once and how soon again, and the fractions that a model knows.

use serde::{Deserialize, Serialize};

use crate::{choice::LEAST_SALE, error::ModelError};

/// Most fractions K of a grid.
pub const MOST_TRANCHES: u32 = 100;

/// Most states of a position, fractions times bars between sales: each has a hold value in every row.
pub const MOST_STATES: u32 = 400;

/// What the user allows to be sold at once and how soon again: facts of training, kept in the model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SaleConstraints {
    /// Most of the initial size sold in one bar, at least one tranche; `None` where all of it may go.
    pub max_fraction_per_bar: Option<f64>,
    /// Bars from one sale to the next; 1 allows a sale in every bar.
    pub min_bars_between_sales: u32,
}

impl Default for SaleConstraints {
    fn default() -> Self {
        Self { max_fraction_per_bar: None, min_bars_between_sales: 1 }
    }
}

impl SaleConstraints {
    /// These limits where a market has those of `market`, which hold for every contestant: where these say nothing (no
    /// cap, sales in every bar), they are the market's. A model that learned under others would rely on sales that are
    /// not to be had.
    ///
    /// # Errors
    /// A limit that is laxer than the market's, by its name in `[training.fit]`.
    pub fn under(self, market: Self) -> Result<Self, ModelError> {
        let max_fraction_per_bar = match (self.max_fraction_per_bar, market.max_fraction_per_bar) {
            (Some(own), Some(most)) if most + 1e-9 < own => {
                let allowed = format!("at most the {most} of `[replay]`, which is taken where it is left out");
                return Err(ModelError::out_of_range("limits.max_fraction_per_bar", own, &allowed));
            }
            (own, most) => own.or(most),
        };
        let (own, least) = (self.min_bars_between_sales, market.min_bars_between_sales);
        if 1 < own && own < least {
            let allowed = format!("at least the {least} of `[replay]`, which is taken where it is left out");
            return Err(ModelError::out_of_range("limits.min_bars_between_sales", f64::from(own), &allowed));
        }
        Ok(Self { max_fraction_per_bar, min_bars_between_sales: own.max(least) })
    }

    /// The most that a decision may sell at once, with a little room for rounding; above the whole where there is no cap.
    pub fn most_sold(&self) -> f32 {
        self.max_fraction_per_bar.map_or(2.0, |most| most as f32 + LEAST_SALE)
    }

    /// Nothing, if the cap lets one of `tranches` go; else nothing could ever be sold.
    ///
    /// # Errors
    /// A cap that lets none go, and what would be accepted.
    pub fn check_cap(&self, tranches: u32) -> Result<(), ModelError> {
        let one = 1.0 / f64::from(tranches);
        match self.max_fraction_per_bar {
            Some(most) if !(one - 1e-9 <= most && most <= 1.0) => {
                let allowed = if 0.0 < most && most < one {
                    let finer = (1.0 / most).ceil();
                    format!("{one} to 1 with tranches = {tranches}, or tranches = {finer} and more")
                } else {
                    format!("{one} to 1 with tranches = {tranches}")
                };
                Err(ModelError::out_of_range("limits.max_fraction_per_bar", most, &allowed))
            }
            _ => Ok(()),
        }
    }
}

/// The states that a training row is valued in: the fraction held and the bars in which no sale is allowed.
///
/// Column `wait · tranches + (k − 1)` of a matrix of hold values belongs to holding k/K through the next bar
/// with `wait` further decisions barred after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FractionGrid {
    /// K.
    pub tranches: usize,
    /// Bars between sales.
    pub waits: usize,
    /// Most tranches sold in one bar.
    pub most_sold: usize,
}

impl FractionGrid {
    /// The grid of `tranches` fractions under `limits`.
    pub fn new(tranches: u32, limits: &SaleConstraints) -> Self {
        let tranches = tranches as usize;
        let most_sold = limits
            .max_fraction_per_bar
            .map_or(tranches, |most| ((most * tranches as f64 + 1e-9).floor() as usize).min(tranches));
        Self { tranches, waits: limits.min_bars_between_sales.max(1) as usize, most_sold }
    }

    /// Columns of a matrix of hold values.
    pub fn outputs(self) -> usize {
        self.tranches * self.waits
    }

    /// The fraction held in state `k` of 0..=K.
    pub fn share(self, k: usize) -> f64 {
        k as f64 / self.tranches as f64
    }

    /// The bars barred after the next step, having kept everything with `wait` barred now.
    pub fn wait_when_kept(wait: usize) -> usize {
        wait.saturating_sub(1)
    }

    /// The bars barred after the next step, having just sold.
    pub fn wait_when_sold(self) -> usize {
        self.waits - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(max_fraction_per_bar: Option<f64>, min_bars_between_sales: u32) -> SaleConstraints {
        SaleConstraints { max_fraction_per_bar, min_bars_between_sales }
    }

    #[test]
    fn what_a_learner_leaves_out_is_the_markets() {
        let market = limits(Some(0.25), 3);
        assert_eq!(SaleConstraints::default().under(market).unwrap(), market);
        assert_eq!(limits(Some(0.2), 5).under(market).unwrap(), limits(Some(0.2), 5), "stricter may be");
        assert_eq!(limits(Some(0.5), 2).under(limits(None, 1)).unwrap(), limits(Some(0.5), 2));
        let error = limits(Some(0.5), 3).under(market).unwrap_err().to_string();
        assert!(error.contains("limits.max_fraction_per_bar = 0.5") && error.contains("0.25 of `[replay]`"), "{error}");
        let error = limits(None, 2).under(market).unwrap_err().to_string();
        assert!(error.contains("limits.min_bars_between_sales = 2") && error.contains("3 of `[replay]`"), "{error}");
    }

    #[test]
    fn a_cap_lets_one_tranche_go() {
        for (cap, tranches) in [(0.25, 4), (0.1, 10), (1.0 / 9.0, 9), (1.0, 1)] {
            limits(Some(cap), 1).check_cap(tranches).unwrap();
        }
        let error = limits(Some(0.1), 1).check_cap(4).unwrap_err().to_string();
        let expected = "0.25 to 1 with tranches = 4, or tranches = 10 and more";
        assert!(error.contains("limits.max_fraction_per_bar = 0.1") && error.ends_with(expected), "{error}");
        for cap in [0.0, -1.0, 1.5, f64::NAN] {
            limits(Some(cap), 1).check_cap(4).unwrap_err();
        }
    }
}

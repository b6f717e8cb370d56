//! Divisible asset under exponential utility (B9; after Henderson & Hobson 2011): a price that grows at random.

use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, Parameter, SaleLimits, Settings,
    grid::{Autoregression, GridAxis, ScalarProblem, Told, proportional_terms, tranches_parameter},
};

const TITLE: &str = "divisible asset, exponential utility";

static PARAMETERS: [Parameter; 5] = [
    Parameter::whole("bars", 50.0, 2.0, 1000.0, "decisions N until the rest is sold"),
    tranches_parameter(4.0),
    Parameter::real("risk_aversion", 1.0, 0.0, 10.0, "γ, per starting price"),
    Parameter::real("drift", 0.015, -0.2, 0.2, "mean of the log price's step"),
    Parameter::real("volatility", 0.1, 0.005, 0.5, "deviation of the log price's step"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B9", TITLE, &PARAMETERS, |settings| Box::new(build(settings)));

/// Nodes in the deviation of one step, where that makes no more than `MOST_NODES` on either side of the start.
const NODES_PER_SD: f64 = 20.0;
const MOST_NODES: f64 = 4000.0;

fn build(settings: Settings) -> ScalarProblem {
    let (steps, sd) = (settings.whole("bars"), settings.real("volatility"));
    let market = Autoregression { start: 0.0, intercept: settings.real("drift"), slope: 1.0, sd };
    let reach = 6.5 * sd * (steps as f64).sqrt() + market.intercept.abs() * steps as f64;
    let axis = GridAxis::centred(0.0, reach, (reach / sd * NODES_PER_SD).min(MOST_NODES).ceil() as usize);
    ScalarProblem {
        id: "B9",
        title: TITLE,
        kernel: market.kernel(&axis, None),
        market,
        barrier: None,
        axis,
        price: Box::new(|_, x| x.exp()),
        column: "price",
        column_of: f64::exp,
        state_of: f64::ln,
        steps,
        tranches: settings.whole("tranches"),
        limits: SaleLimits::default(),
        objective: Objective {
            utility: Utility::Exponential,
            risk_aversion: settings.real("risk_aversion"),
            variance_column: None,
        },
        terms: proportional_terms(0.0),
        offset: 1.0,
        scale: 1.0,
        told: Told::Value,
        details: |_| Vec::new(),
        settings,
    }
}

#[cfg(test)]
mod tests {
    use crate::problem;

    #[test]
    fn tabled_figures_of_b9() {
        for (tranches, expected) in [("tranches=1", 1.7590), ("tranches=4", 1.7656)] {
            let found = problem("B9", &[tranches]).unwrap().solve().optimum;
            // Four tabled decimals.
            assert!((found - expected).abs() < 1e-4, "{tranches}: {found} for {expected}");
        }
    }

    #[test]
    fn a_price_beyond_all_utility_keeps_a_finite_value() {
        // After 50 bars the price is about e¹⁰, so that exp(−γ price) is no double.
        let solution = problem("B9", &["drift=.2"]).unwrap().solve();
        assert!(solution.optimum.is_finite() && solution.base <= solution.optimum, "{solution:?}");
    }
}

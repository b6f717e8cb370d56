//! Bermudan put (B1): Longstaff & Schwartz 2001, Table 1, with 50 exercise dates a year.
//!
//! The bars' price is the discounted payoff, the underlying a column. The exact recursion convolves on a grid of log
//! prices that has the strike and the starting price among its nodes.

use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, Parameter, SaleLimits, Settings,
    grid::{Autoregression, ScalarProblem, Told, aligned_axis, proportional_terms},
    normal,
};

const TITLE: &str = "Bermudan put";

static PARAMETERS: [Parameter; 6] = [
    Parameter::real("spot", 36.0, 1.0, 1000.0, "price of the underlying at the start"),
    Parameter::real("strike", 40.0, 1.0, 1000.0, "strike"),
    Parameter::real("rate", 0.06, 0.0, 1.0, "interest, a year, continuous"),
    Parameter::real("volatility", 0.2, 0.01, 2.0, "a year"),
    Parameter::real("years", 1.0, 0.02, 10.0, "time to expiry"),
    Parameter::whole("dates_per_year", 50.0, 1.0, 500.0, "exercise dates a year"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B1", TITLE, &PARAMETERS, |settings| Box::new(build(settings)));

/// Nodes in the deviation of one step.
const NODES_PER_SD: f64 = 40.0;

fn build(settings: Settings) -> ScalarProblem {
    let (spot, strike) = (settings.real("spot"), settings.real("strike"));
    let (rate, volatility) = (settings.real("rate"), settings.real("volatility"));
    let years = settings.real("years");
    let steps = (years * settings.real("dates_per_year")).round().max(1.0) as usize;
    let dt = years / steps as f64;
    let drift = (rate - 0.5 * volatility * volatility) * dt;
    let market = Autoregression { start: spot.ln(), intercept: drift, slope: 1.0, sd: volatility * dt.sqrt() };
    let reach = 7.0 * volatility * years.sqrt() + drift.abs() * steps as f64;
    let axis = aligned_axis(spot.ln(), strike.ln(), market.sd / NODES_PER_SD, reach);
    let discounted = move |step: usize, x: f64| (-rate * dt * step as f64).exp() * (strike - x.exp()).max(0.0);
    ScalarProblem {
        id: "B1",
        title: TITLE,
        settings,
        kernel: market.kernel(&axis, None),
        market,
        barrier: None,
        axis,
        price: Box::new(discounted),
        column: "underlying",
        column_of: f64::exp,
        state_of: f64::ln,
        steps,
        tranches: 1,
        limits: SaleLimits::default(),
        objective: Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None },
        terms: proportional_terms(0.0),
        offset: (strike - spot).max(0.0),
        scale: 1.0,
        told: Told::Value,
        details,
    }
}

fn details(problem: &ScalarProblem) -> Vec<(String, f64)> {
    let settings = &problem.settings;
    let european = black_scholes_put(
        settings.real("spot"),
        settings.real("strike"),
        settings.real("rate"),
        settings.real("volatility"),
        settings.real("years"),
    );
    vec![
        ("European".to_owned(), european),
        ("European by the recursion".to_owned(), problem.hold_to_horizon()),
        ("exit at once".to_owned(), problem.offset),
    ]
}

fn black_scholes_put(spot: f64, strike: f64, rate: f64, volatility: f64, years: f64) -> f64 {
    let deviation = volatility * years.sqrt();
    let upper = ((spot / strike).ln() + (rate + 0.5 * volatility * volatility) * years) / deviation;
    strike * (-rate * years).exp() * normal::cdf(deviation - upper) - spot * normal::cdf(-upper)
}

#[cfg(test)]
mod tests {
    use crate::problem;

    fn check(assignments: &[&str], optimum: f64, european: f64) {
        let problem = problem("B1", assignments).unwrap();
        // Five tabled decimals.
        let found = problem.solve().optimum;
        assert!((found - optimum).abs() < 2e-5, "{found} for {optimum}");
        let details = problem.details();
        assert!((details[0].1 - european).abs() < 5e-5, "{details:?}");
        assert!((details[0].1 - details[1].1).abs() < 2e-5, "{details:?}");
    }

    #[test]
    fn tabled_figures_of_b1() {
        check(&[], 4.47781, 3.8443);
        check(&["spot=40", "volatility=.4"], 5.31197, 5.0596);
    }
}

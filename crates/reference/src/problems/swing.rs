//! Several rights with refraction (B4): n equal rights on a mean-reverting price, at most one a date and δ dates
//! apart.
//!
//! Each right is a tranche. Where there are several, one more bar is added at which the price is 0: what has not been
//! used by the last date expires there, although everything left is sold.

use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, Parameter, SaleLimits, Settings,
    grid::{Autoregression, GridAxis, ScalarProblem, Told, proportional_terms},
};

const TITLE: &str = "several rights with refraction on a mean-reverting price";

static PARAMETERS: [Parameter; 7] = [
    Parameter::whole("rights", 5.0, 1.0, 20.0, "rights n"),
    Parameter::whole("refraction", 3.0, 1.0, 50.0, "dates δ from one use to the next"),
    Parameter::whole("last_date", 50.0, 1.0, 500.0, "dates are 0, 1, … to this one"),
    Parameter::real("reversion", 0.1, 0.0, 1.0, "share κ of the log price that is lost from date to date"),
    Parameter::real("volatility", 0.1, 0.001, 2.0, "deviation of the log price's step"),
    Parameter::real("spot", 1.0, 0.01, 100.0, "price at the start"),
    Parameter::real("strike", 0.8, 0.0, 100.0, "a right pays the price less this, or nothing"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B4", TITLE, &PARAMETERS, |settings| Box::new(build(settings)));

const HALF_GRID: usize = 800;

fn build(settings: Settings) -> ScalarProblem {
    let rights = settings.whole("rights");
    let (spot, strike) = (settings.real("spot"), settings.real("strike"));
    let last_date = settings.whole("last_date");
    let (slope, sd) = (1.0 - settings.real("reversion"), settings.real("volatility"));
    let variance: f64 = (0..last_date).map(|date| slope.powi(2 * date as i32)).sum::<f64>() * sd * sd;
    let market = Autoregression { start: spot.ln(), intercept: 0.0, slope, sd };
    let axis = GridAxis::centred(spot.ln(), 7.0 * variance.sqrt() + spot.ln().abs(), HALF_GRID);
    let price = move |step: usize, x: f64| if step > last_date { 0.0 } else { (x.exp() - strike).max(0.0) };
    ScalarProblem {
        id: "B4",
        title: TITLE,
        kernel: market.kernel(&axis, None),
        market,
        barrier: None,
        axis,
        price: Box::new(price),
        column: "underlying",
        column_of: f64::exp,
        state_of: f64::ln,
        steps: if rights == 1 { last_date } else { last_date + 1 },
        tranches: rights,
        limits: SaleLimits {
            max_tranches_per_bar: Some(1),
            min_bars_between_sales: settings.whole("refraction") as u32,
        },
        objective: Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None },
        terms: proportional_terms(0.0),
        offset: (spot - strike).max(0.0),
        scale: rights as f64,
        told: Told::Value,
        details: |_| Vec::new(),
        settings,
    }
}

#[cfg(test)]
mod tests {
    use crate::problem;

    fn check(refraction: usize, values: [f64; 5]) {
        for (rights, expected) in (1..).zip(values) {
            let settings = [format!("rights={rights}"), format!("refraction={refraction}")];
            let found = problem("B4", &settings).unwrap().solve().optimum;
            assert!((found - expected).abs() < 2e-5, "{rights} rights: {found} for {expected}");
        }
    }

    #[test]
    fn tabled_figures_of_b4() {
        check(1, [0.46696, 0.91918, 1.35711, 1.78141, 2.19275]);
        check(3, [0.46696, 0.89206, 1.28023, 1.63577, 1.96202]);
    }

    #[test]
    fn the_optimum_keeps_its_distance_on_paths_too() {
        let problem = problem("B4", &["rights=3"]).unwrap();
        let rule = problem.optimal_rule().unwrap();
        let sampled = problem.simulate(20_000, 3).score(&*rule).unwrap();
        let optimum = problem.solve().optimum;
        assert!((sampled.value - optimum).abs() < 4.0 * sampled.standard_error, "{sampled:?} for {optimum}");
    }
}

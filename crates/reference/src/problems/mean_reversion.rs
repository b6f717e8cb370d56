//! Mean-reverting ladder with exponential utility (B5): the textbook scale-out.
//!
//! The price is an AR(1) process, each tranche sells at the price less a cost, and the whole trade's gain is valued
//! by its certainty equivalent. Risk-neutral, every tranche waits for the same price; risk-averse, they form a ladder.

use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, Parameter, SaleLimits, Settings,
    grid::{Autoregression, GridAxis, ScalarProblem, Told, proportional_terms, tranches_parameter},
};

const TITLE: &str = "mean-reverting price, exponential utility";

static PARAMETERS: [Parameter; 7] = [
    Parameter::whole("bars", 50.0, 1.0, 1000.0, "decisions N until the rest is sold"),
    tranches_parameter(4.0),
    Parameter::real("risk_aversion", 1.0, 0.0, 20.0, "γ, per R"),
    Parameter::real("cost", 0.05, 0.0, 10.0, "proportional cost of the whole position, R"),
    Parameter::real("decay", 0.9, 0.0, 0.99, "autocorrelation of the price from bar to bar"),
    Parameter::real("start", 0.0, -5.0, 5.0, "price at the fill, in its stationary deviations"),
    Parameter::whole("most_per_bar", 0.0, 0.0, 64.0, "tranches that may leave in one bar; 0: all"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B5", TITLE, &PARAMETERS, |settings| Box::new(build(settings)));

const HALF_GRID: usize = 500;

fn build(settings: Settings) -> ScalarProblem {
    let (decay, start) = (settings.real("decay"), settings.real("start"));
    let market = Autoregression { start, intercept: 0.0, slope: decay, sd: (1.0 - decay * decay).sqrt() };
    let axis = GridAxis::centred(start, 6.5 + start.abs(), HALF_GRID);
    let most = settings.whole("most_per_bar");
    ScalarProblem {
        id: "B5",
        title: TITLE,
        kernel: market.kernel(&axis, None),
        market,
        barrier: None,
        axis,
        price: Box::new(|_, x| x),
        column: "level",
        column_of: |x| x,
        state_of: |x| x,
        steps: settings.whole("bars"),
        tranches: settings.whole("tranches"),
        limits: SaleLimits { max_tranches_per_bar: (most > 0).then_some(most as u32), min_bars_between_sales: 1 },
        objective: Objective {
            utility: Utility::Exponential,
            risk_aversion: settings.real("risk_aversion"),
            variance_column: None,
        },
        terms: proportional_terms(settings.real("cost")),
        offset: start,
        scale: 1.0,
        told: Told::Ladder,
        details: |_| Vec::new(),
        settings,
    }
}

#[cfg(test)]
mod tests {
    use super::{PARAMETERS, build};
    use crate::{
        Moment, Settings,
        grid::{Economics, best},
        problem,
    };

    /// The table is good to 2e-4.
    fn check(assignments: &[&str], optimum: f64, ladder: &[f64]) {
        let problem = problem("B5", assignments).unwrap();
        let found = problem.solve().optimum;
        assert!((found - optimum).abs() < 2e-4, "{assignments:?}: {found} for {optimum}");
        let rungs = problem.exact_ladder().unwrap();
        for (rung, expected) in rungs.iter().zip(ladder) {
            // Two decimals, of a grid of its own; here a rung lies half-way between two nodes .013 apart.
            assert!((rung.at_fill.unwrap() - expected).abs() < 0.015, "{assignments:?}: {rungs:?} for {ladder:?}");
        }
    }

    #[test]
    fn tabled_figures_of_b5() {
        check(&["risk_aversion=0", "tranches=1"], 0.88130, &[1.37]);
        check(&["risk_aversion=0"], 0.88130, &[1.37, 1.37, 1.37, 1.37]);
        check(&["tranches=1"], 0.55696, &[]);
        check(&[], 0.59775, &[0.73, 0.89, 1.06, 1.26]);
        check(&["risk_aversion=2", "tranches=1"], 0.25958, &[]);
        check(&["risk_aversion=2"], 0.38269, &[0.25, 0.51, 0.80, 1.14]);
        check(&["risk_aversion=0", "most_per_bar=1"], 0.81723, &[]);
    }

    #[test]
    fn without_risk_aversion_no_state_sells_a_part() {
        let problem = build(Settings::parse("B5", &PARAMETERS, &["risk_aversion=0"]).unwrap());
        assert!(!best(&problem, &Economics::of(&problem)).1.has_partial_exit());
    }

    #[test]
    fn trades_sell_a_tranche_where_paths_show_it() {
        let problem = problem("B5", &["tranches=4"]).unwrap();
        let (rungs, rule) = (problem.exact_ladder().unwrap(), problem.optimal_rule().unwrap());
        let paths = problem.simulate(4_000, 3);
        let mut sold = [(0.0, 0.0); 4];
        for path in &paths.paths {
            let mut left = 4;
            for (step, &level) in path.features.iter().enumerate() {
                let mut answers = [0; 4];
                rule.targets(&Moment { step, bars_to_horizon: 50 - step, tranches: 4 }, &[level], &mut answers);
                let kept = if left == 0 { 0 } else { answers[left - 1] as usize };
                sold[4 - left..4 - kept]
                    .iter_mut()
                    .for_each(|(sum, count)| (*sum, *count) = (*sum + level, *count + 1.0));
                left = kept;
            }
        }
        for (rung, (sum, count)) in rungs.iter().zip(sold) {
            // Levels at a sale scatter by about .3, shares by .4: four standard errors of 4,000 trades.
            assert!((rung.sold_at.unwrap() - sum / count).abs() < 0.02, "{rung:?}: {}", sum / count);
            assert!((rung.sold_share - count / 4_000.0).abs() < 0.03, "{rung:?}: {count}");
        }
    }

    #[test]
    fn certainty_equivalents_on_paths_agree_with_the_grid() {
        let problem = problem("B5", &["tranches=4"]).unwrap();
        let rule = problem.optimal_rule().unwrap();
        let sampled = problem.simulate(20_000, 5).score(&*rule).unwrap();
        assert!((sampled.value - 0.59775).abs() < 4.0 * sampled.standard_error, "{sampled:?}");
    }
}

//! Hold to maturity (B10 e): a call on the greatest of many assets that pay no dividend is never exercised early.
//!
//! The state has as many dimensions as there are assets, but the answer is the European value, an integral over one.

use rand::RngExt;
use rand_distr::StandardNormal;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, FixedSchedule, Parameter, Problem, ReferenceData, ReferenceError, ReferencePath, Rule, SaleLimits,
    Score, Settings, Solution,
    grid::proportional_terms,
    normal,
    problem::{PathPurpose, SCORING_SEED, path_rng},
};

const TITLE: &str = "call on the greatest of many assets without dividends: hold to maturity";

static PARAMETERS: [Parameter; 7] = [
    Parameter::whole("assets", 5.0, 1.0, 50.0, "independent underlyings d"),
    Parameter::whole("dates", 10.0, 1.0, 200.0, "exercise dates after the fill"),
    Parameter::real("spot", 100.0, 1.0, 1000.0, "price of every underlying at the start"),
    Parameter::real("strike", 100.0, 1.0, 1000.0, "strike"),
    Parameter::real("rate", 0.02, 0.0, 1.0, "interest, a year, continuous"),
    Parameter::real("volatility", 0.2, 0.01, 2.0, "of each underlying, a year"),
    Parameter::real("years", 1.0, 0.01, 10.0, "time to expiry"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B10e", TITLE, &PARAMETERS, |settings| Box::new(HeldCall { settings }));

const SCORING_PATHS: usize = 40_000;

struct HeldCall {
    settings: Settings,
}

impl HeldCall {
    fn assets(&self) -> usize {
        self.settings.whole("assets")
    }

    /// Discounted E[max(max S − K, 0)] = e^(−rT) ∫ S'(x) P(max log S > x) dx over x > log K.
    fn european(&self) -> f64 {
        let (rate, years) = (self.settings.real("rate"), self.settings.real("years"));
        let deviation = self.settings.real("volatility") * years.sqrt();
        let centre = self.settings.real("spot").ln() + rate * years - 0.5 * deviation * deviation;
        let strike = self.settings.real("strike");
        let assets = self.assets() as i32;
        let integrand = |x: f64| x.exp() * (1.0 - normal::cdf((x - centre) / deviation).powi(assets));
        // Simpson's rule from the strike to ten deviations above the centre.
        let intervals = 4_000;
        let (low, high) = (strike.ln(), (centre + 10.0 * deviation).max(strike.ln()));
        let spacing = (high - low) / f64::from(intervals);
        let weight = |node: i32| match node {
            0 => 1.0,
            node if node == intervals => 1.0,
            node if node % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let sum: f64 = (0..=intervals).map(|node| weight(node) * integrand(low + spacing * f64::from(node))).sum();
        (-rate * years).exp() * sum * spacing / 3.0
    }

    fn draw(&self, paths: usize, seed: u64, purpose: PathPurpose) -> ReferenceData {
        let columns = (1..=self.assets()).map(|asset| format!("underlying_{asset}")).collect();
        ReferenceData {
            problem: "B10e".to_owned(),
            horizon_bars: self.settings.whole("dates"),
            tranches: 1,
            objective: Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None },
            limits: SaleLimits::default(),
            columns,
            path_features: &[],
            offset: (self.settings.real("spot") - self.settings.real("strike")).max(0.0),
            scale: 1.0,
            paths: (0..paths).into_par_iter().map(|path| self.path(seed, purpose, path)).collect(),
        }
    }

    fn path(&self, seed: u64, purpose: PathPurpose, path: usize) -> ReferencePath {
        let mut rng = path_rng(seed, purpose, path);
        let (dates, rate, volatility) =
            (self.settings.whole("dates"), self.settings.real("rate"), self.settings.real("volatility"));
        let dt = self.settings.real("years") / dates as f64;
        let strike = self.settings.real("strike");
        let mut path = ReferencePath::with_capacity(dates, proportional_terms(0.0));
        let mut prices = vec![self.settings.real("spot"); self.assets()];
        let payoff = |step: usize, prices: &[f64]| {
            let greatest = prices.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            (-rate * dt * step as f64).exp() * (greatest - strike).max(0.0)
        };
        let mut price = payoff(0, &prices);
        for step in 0..dates {
            path.prices.push(price);
            path.features.extend_from_slice(&prices);
            for asset in &mut prices {
                let shock: f64 = rng.sample(StandardNormal);
                *asset *= ((rate - 0.5 * volatility * volatility) * dt + volatility * dt.sqrt() * shock).exp();
            }
            let next = payoff(step + 1, &prices);
            path.push_gain(next - price);
            price = next;
        }
        path.prices.push(price);
        path
    }
}

impl Problem for HeldCall {
    fn id(&self) -> &'static str {
        "B10e"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn solve(&self) -> Solution {
        let european = self.european();
        Solution { optimum: european, base: european, base_rule: "hold to the horizon".to_owned() }
    }

    fn details(&self) -> Vec<(String, f64)> {
        vec![("exit at once".to_owned(), (self.settings.real("spot") - self.settings.real("strike")).max(0.0))]
    }

    fn simulate(&self, paths: usize, seed: u64) -> ReferenceData {
        self.draw(paths, seed, PathPurpose::Training)
    }

    fn score(&self, rule: &dyn Rule) -> Result<Score, ReferenceError> {
        let fresh = self.draw(SCORING_PATHS, SCORING_SEED, PathPurpose::Scoring);
        let hold = FixedSchedule::all_at(self.settings.whole("dates"), 1);
        fresh.score_against(rule, &hold, self.european())
    }

    fn optimal_rule(&self) -> Option<Box<dyn Rule + '_>> {
        Some(Box::new(FixedSchedule::all_at(self.settings.whole("dates"), 1)))
    }
}

#[cfg(test)]
mod tests {
    use crate::{FixedSchedule, problem};

    #[test]
    fn tabled_figure_of_b10_e() {
        let problem = problem("B10e", &["assets=5"]).unwrap();
        let optimum = problem.solve().optimum;
        assert!((optimum - 26.9229).abs() < 1e-4, "{optimum}");
        let sampled = problem.simulate(20_000, 1).score(&FixedSchedule::all_at(10, 1)).unwrap();
        assert!((sampled.value - optimum).abs() < 4.0 * sampled.standard_error, "{sampled:?}");
        let early = problem.score(&FixedSchedule::all_at(5, 1)).unwrap();
        assert!(early.value < optimum - 5.0 * early.standard_error, "{early:?}");
    }
}

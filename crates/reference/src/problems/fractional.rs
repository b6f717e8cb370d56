//! Stopping fractional Brownian motion (B3): sup E[X_τ] over τ in {0, 1/N, …, 1}.
//!
//! The whole past is the state, so no grid solves it. For H = ½ the motion is a martingale and the answer is 0. Else
//! the mean of what is to come is linear in the past and known exactly; backward regression on the forecasts over
//! several spans gives a rule, whose value on fresh paths is a lower bound that agrees with the published one.

use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use scaleout_exits::{Objective, Utility};

use super::{fractional_noise::FractionalNoise, least_squares::LeastSquares};
use crate::{
    CatalogueEntry, Parameter, Problem, ReferenceData, ReferenceError, ReferencePath, Rule, SaleLimits, Score,
    Settings, Solution,
    grid::proportional_terms,
    problem::{PathPurpose, SCORING_SEED, path_rng},
};

const TITLE: &str = "stopping fractional Brownian motion";

static PARAMETERS: [Parameter; 2] = [
    Parameter::real("hurst", 0.7, 0.05, 0.95, "H; at .5 there is nothing to find"),
    Parameter::whole("bars", 100.0, 2.0, 250.0, "steps N on the way to time 1"),
];

pub(crate) const ENTRY: CatalogueEntry = CatalogueEntry::new("B3", TITLE, &PARAMETERS, |settings| {
    let noise = FractionalNoise::new(settings.real("hurst"), settings.whole("bars"));
    Box::new(Fractional { settings, noise })
});

/// Spans of the forecasts that the regression sees.
const FORECAST_BARS: [usize; 4] = [1, 4, 16, 64];
/// Spans of the changes among the columns.
const CHANGE_BARS: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];
const SOLVING_PATHS: usize = 25_000;
const SCORING_PATHS: usize = 40_000;

struct Fractional {
    settings: Settings,
    noise: FractionalNoise,
}

/// What a path looks like at one time: forecasts over each span.
type Forecasts = [f64; FORECAST_BARS.len()];

impl Fractional {
    fn steps(&self) -> usize {
        self.noise.steps()
    }

    fn increments(&self, paths: usize, seed: u64, purpose: PathPurpose) -> Vec<Vec<f64>> {
        (0..paths).into_par_iter().map(|path| self.noise.draw(&mut path_rng(seed, purpose, path))).collect()
    }

    /// Forecasts over each span at time `t` on every path.
    fn forecasts(&self, paths: &[Vec<f64>], t: usize) -> Vec<Forecasts> {
        let weights = self.noise.sum_weights(t, &FORECAST_BARS);
        let of = |path: &Vec<f64>| {
            let mut forecasts = [0.0; FORECAST_BARS.len()];
            for (forecast, weights) in forecasts.iter_mut().zip(&weights) {
                *forecast = weights.iter().zip(path).map(|(weight, value)| weight * value).sum();
            }
            forecasts
        };
        paths.par_iter().map(of).collect()
    }

    /// Backward over time: the fitted gain of going on, and the means earned under the rule it gives.
    ///
    /// The last `fresh` paths are not fitted on; their mean is the value of the rule.
    fn solved(&self) -> f64 {
        let fitted = self.increments(SOLVING_PATHS, SCORING_SEED, PathPurpose::Solving);
        let fresh = self.increments(SOLVING_PATHS, SCORING_SEED, PathPurpose::Scoring);
        let paths: Vec<Vec<f64>> = fitted.into_iter().chain(fresh).collect();
        // Sum of the true means of what is still earned on each path from here on.
        let mut earned = vec![0.0; paths.len()];
        for t in (1..self.steps()).rev() {
            let forecasts = self.forecasts(&paths, t);
            earned.iter_mut().zip(&forecasts).for_each(|(earned, forecasts)| *earned += forecasts[0]);
            let scale = deviations(&forecasts[..SOLVING_PATHS]);
            let basis: Vec<[f64; TERMS]> = forecasts.par_iter().map(|forecasts| terms(forecasts, &scale)).collect();
            let fit = LeastSquares::fit(&basis[..SOLVING_PATHS], &earned[..SOLVING_PATHS]);
            basis.par_iter().zip(&mut earned).for_each(|(terms, earned)| {
                if fit.value(terms) <= 0.0 {
                    *earned = 0.0;
                }
            });
        }
        // At the fill nothing is known, and going on is worth the mean or nothing.
        Score::of_sample(&earned[SOLVING_PATHS..]).value.max(0.0)
    }

    fn draw(&self, paths: usize, seed: u64, purpose: PathPurpose) -> ReferenceData {
        let changes = CHANGE_BARS.iter().map(|bars| format!("change_{bars}"));
        ReferenceData {
            problem: "B3".to_owned(),
            horizon_bars: self.steps(),
            tranches: 1,
            objective: Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None },
            limits: SaleLimits::default(),
            columns: std::iter::once("level".to_owned()).chain(changes).collect(),
            path_features: &[],
            offset: 0.0,
            scale: 1.0,
            paths: (0..paths)
                .into_par_iter()
                .map(|path| self.path(&mut path_rng(seed, purpose, path), purpose))
                .collect(),
        }
    }

    fn path(&self, rng: &mut ChaCha8Rng, purpose: PathPurpose) -> ReferencePath {
        let increments = self.noise.draw(rng);
        let mut path = ReferencePath::with_capacity(self.steps(), proportional_terms(0.0));
        let mut price = 0.0;
        for (step, &gain) in increments.iter().enumerate() {
            path.prices.push(price);
            path.features.push(price);
            let change = |bars: &usize| price - path.prices[step.saturating_sub(*bars)];
            path.features.extend(CHANGE_BARS.iter().map(change));
            path.push_gain(gain);
            // Rules are scored by true means. What is handed out counts as it came out: there a leak must show.
            if purpose != PathPurpose::Training {
                path.expected[step] = self.noise.forecast(&increments[..step]);
            }
            price += gain;
        }
        path.prices.push(price);
        path
    }
}

const SPANS: usize = FORECAST_BARS.len();
/// Constant, each forecast to the third power, and products of two.
const TERMS: usize = 1 + 3 * SPANS + SPANS * (SPANS - 1) / 2;

fn terms(forecasts: &Forecasts, scale: &Forecasts) -> [f64; TERMS] {
    let mut terms = [1.0; TERMS];
    let mut place = 1;
    for i in 0..SPANS {
        let x = forecasts[i] / scale[i];
        for value in [x, x * x, x * x * x].into_iter().chain((0..i).map(|j| x * forecasts[j] / scale[j])) {
            terms[place] = value;
            place += 1;
        }
    }
    terms
}

fn deviations(forecasts: &[Forecasts]) -> Forecasts {
    let mut squares = [0.0; SPANS];
    for forecasts in forecasts {
        squares.iter_mut().zip(forecasts).for_each(|(square, forecast)| *square += forecast * forecast);
    }
    squares.map(|square| (square / forecasts.len() as f64).sqrt().max(f64::MIN_POSITIVE))
}

impl Problem for Fractional {
    fn id(&self) -> &'static str {
        "B3"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn solve(&self) -> Solution {
        let optimum = if self.settings.real("hurst") == 0.5 { 0.0 } else { self.solved() };
        Solution { optimum, base: 0.0, base_rule: "any fixed time".to_owned() }
    }

    fn details(&self) -> Vec<(String, f64)> {
        Vec::new()
    }

    fn simulate(&self, paths: usize, seed: u64) -> ReferenceData {
        self.draw(paths, seed, PathPurpose::Training)
    }

    fn score(&self, rule: &dyn Rule) -> Result<Score, ReferenceError> {
        self.draw(SCORING_PATHS, SCORING_SEED, PathPurpose::Scoring).score(rule)
    }

    /// The whole past is the state: no function of the columns is known to be best.
    fn optimal_rule(&self) -> Option<Box<dyn Rule + '_>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::{FixedSchedule, problem};

    #[test]
    fn tabled_figures_of_b3() {
        assert_eq!(problem("B3", &["hurst=.5"]).unwrap().solve().optimum, 0.0);
        let found = problem("B3", &["hurst=.7"]).unwrap().solve().optimum;
        assert!((found - 0.205).abs() < 3e-3, "{found}");
    }

    #[test]
    fn a_fixed_time_earns_nothing() {
        for hurst in ["hurst=.5", "hurst=.7"] {
            let problem = problem("B3", &[hurst]).unwrap();
            let data = problem.simulate(4_000, 1);
            let sampled = data.score(&FixedSchedule::all_at(60, 1)).unwrap();
            assert!(sampled.value.abs() < 4.0 * sampled.standard_error, "{hurst}: {sampled:?}");
        }
    }
}

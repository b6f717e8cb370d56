//! Bermudan call on the greatest of several assets (B2; Broadie & Glasserman's example), also with several rights.
//!
//! The bars' price is the discounted payoff, the underlyings are columns. Independent log prices make the recursion a
//! product of one-dimensional convolutions. Several rights are tranches, at most one a date; what is left after the
//! last date expires in one more bar whose price is 0.

mod exercise;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, Utility};

use crate::{
    CatalogueEntry, Parameter, ReferencePath, Rule, SaleLimits, Settings,
    grid::{GridAnswers, GridAxis, GridProblem, Kernel, TableRule, aligned_axis, proportional_terms},
};

use exercise::ExerciseRule;

const TITLE: &str = "Bermudan call on the greatest of several assets";

static PARAMETERS: [Parameter; 9] = [
    Parameter::whole("assets", 2.0, 1.0, 3.0, "independent underlyings d"),
    Parameter::whole("rights", 1.0, 1.0, 9.0, "rights L, at most one a date"),
    Parameter::real("spot", 100.0, 1.0, 1000.0, "price of every underlying at the start"),
    Parameter::real("strike", 100.0, 1.0, 1000.0, "strike"),
    Parameter::real("rate", 0.05, 0.0, 1.0, "interest, a year, continuous"),
    Parameter::real("dividend", 0.1, 0.0, 1.0, "dividend yield, a year, continuous"),
    Parameter::real("volatility", 0.2, 0.01, 2.0, "of each underlying, a year"),
    Parameter::real("years", 3.0, 0.1, 10.0, "time to expiry"),
    Parameter::whole("last_date", 9.0, 1.0, 100.0, "dates are numbered 0, 1, … to this one, evenly spaced"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B2", TITLE, &PARAMETERS, |settings| Box::new(MaxCall::new(settings)));

/// Worths of a right beyond which the rule between nodes is that of the nearest node.
const MOST_WORTHS: usize = 100_000_000;

struct MaxCall {
    settings: Settings,
    assets: usize,
    axis: GridAxis,
    kernel: Kernel,
    /// Mean and deviation of a step of each log price, and the step's discount rate.
    drift: f64,
    sd: f64,
    rate: f64,
}

impl MaxCall {
    fn new(settings: Settings) -> Self {
        let (spot, strike) = (settings.real("spot"), settings.real("strike"));
        let (volatility, years) = (settings.real("volatility"), settings.real("years"));
        let assets = settings.whole("assets");
        let dt = years / settings.real("last_date");
        let drift = (settings.real("rate") - settings.real("dividend") - 0.5 * volatility * volatility) * dt;
        let sd = volatility * dt.sqrt();
        // Nodes in the deviation of a step, and deviations of the whole way: what a product of axes affords.
        let (nodes_per_sd, reach) = match assets {
            1 => (60.0, 7.0),
            2 => (8.0, 6.0),
            _ => (3.0, 4.0),
        };
        let reach = reach * volatility * years.sqrt() + drift.abs() * settings.real("last_date");
        let axis = aligned_axis(spot.ln(), strike.ln(), sd / nodes_per_sd, reach);
        let kernel = Kernel::gaussian(&axis, &axis, sd, |x| x + drift);
        let rate = settings.real("rate") * dt;
        Self { settings, assets, axis, kernel, drift, sd, rate }
    }

    fn last_date(&self) -> usize {
        self.settings.whole("last_date")
    }

    /// The discounted payoff at a date when the greatest log price is `greatest`.
    fn payoff(&self, step: usize, greatest: f64) -> f64 {
        if step > self.last_date() {
            return 0.0;
        }
        (-self.rate * step as f64).exp() * (greatest.exp() - self.settings.real("strike")).max(0.0)
    }

    /// What a sum over nodes misses at a kink of the payoff, to be added to the node on it.
    ///
    /// By Euler and Maclaurin the sum falls short of the integral by spacing² / 12 times the jump of the slope. Slopes
    /// jump where the greatest price passes the strike and where assets change places. Summed over one asset after the
    /// other, c competitors (assets, and the strike) in one node are passed c − 1 times, each time with half of what
    /// was below the node before: 1 + ½ + ¼ …
    fn kink(&self, step: usize, logs: &[f64], greatest: f64) -> f64 {
        let strike = self.settings.real("strike");
        let tie = |a: f64, b: f64| (a - b).abs() < 1e-9;
        let competitors = logs.iter().chain([&strike.ln()]).filter(|log| tie(**log, greatest)).count();
        if (1..=self.last_date()).contains(&step) && 1 < competitors && strike.ln() < greatest + 1e-9 {
            let jumps = 2.0 - 2.0 * 0.5_f64.powi(competitors as i32 - 1);
            jumps * (-self.rate * step as f64).exp() * greatest.exp() * self.axis.spacing / 12.0
        } else {
            0.0
        }
    }

    /// Calls `act` with the log prices of every state, in order of states: the last asset runs fastest.
    fn for_each_state(&self, mut act: impl FnMut(&[f64])) {
        let mut indices = vec![0; self.assets];
        let mut logs = vec![self.axis.at(0); self.assets];
        for _ in 0..self.states() {
            act(&logs);
            for asset in (0..self.assets).rev() {
                indices[asset] = (indices[asset] + 1) % self.axis.len;
                logs[asset] = self.axis.at(indices[asset]);
                if indices[asset] != 0 {
                    break;
                }
            }
        }
    }

    /// Applies `along` to every asset's axis in turn: it is given a block of shape `(axis, width)` and the width.
    fn over_axes(&self, values: &[f64], along: impl Fn(&[f64], usize, &mut [f64])) -> Vec<f64> {
        let mut values = values.to_vec();
        for asset in 0..self.assets {
            let width = self.axis.len.pow((self.assets - 1 - asset) as u32);
            let block = width * self.axis.len;
            let mut moved = vec![0.0; values.len()];
            for (from, to) in values.chunks_exact(block).zip(moved.chunks_exact_mut(block)) {
                along(from, width, to);
            }
            values = moved;
        }
        values
    }
}

impl GridProblem for MaxCall {
    fn id(&self) -> &'static str {
        "B2"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn steps(&self) -> usize {
        self.last_date() + usize::from(self.tranches() > 1)
    }

    fn tranches(&self) -> usize {
        self.settings.whole("rights")
    }

    fn limits(&self) -> SaleLimits {
        SaleLimits { max_tranches_per_bar: Some(1), min_bars_between_sales: 1 }
    }

    fn objective(&self) -> Objective {
        Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None }
    }

    fn terms(&self) -> TradeTerms {
        proportional_terms(0.0)
    }

    fn offset(&self) -> f64 {
        self.payoff(0, self.settings.real("spot").ln())
    }

    fn scale(&self) -> f64 {
        self.settings.real("rights")
    }

    fn states(&self) -> usize {
        self.axis.len.pow(self.assets as u32)
    }

    fn feature_names(&self) -> Vec<String> {
        (1..=self.assets).map(|asset| format!("underlying_{asset}")).collect()
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        let mut rows = Vec::with_capacity(self.states() * self.assets);
        self.for_each_state(|logs| rows.extend(logs.iter().map(|log| log.exp())));
        rows
    }

    fn nearest(&self, _step: usize, row: &[f64]) -> usize {
        row.iter().fold(0, |index, price| index * self.axis.len + self.axis.nearest(price.ln()))
    }

    fn scores_on_grid(&self) -> bool {
        self.assets <= 2
    }

    fn details(&self) -> Vec<(String, f64)> {
        // Measured at the tabled parameters against up to six nodes a deviation, and with a right for every date
        // against integrals over one dimension.
        let tolerance = 2e-5 * self.settings.real("spot").max(self.settings.real("strike"));
        (self.assets == 3).then(|| ("tolerance of the optimum".to_owned(), tolerance)).into_iter().collect()
    }

    fn initial(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.states()];
        weights[self.nearest(0, &vec![self.settings.real("spot"); self.assets])] = 1.0;
        weights
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        out.copy_from_slice(&self.over_axes(next, |from, width, to| self.kernel.expect_rows(from, width, to)));
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        let moved = self.over_axes(mass, |from, width, to| self.kernel.spread_rows(from, width, to));
        out.iter_mut().zip(moved).for_each(|(there, mass)| *there += mass);
    }

    fn price(&self, step: usize) -> Option<Vec<f64>> {
        let offset = self.offset();
        let mut prices = Vec::with_capacity(self.states());
        self.for_each_state(|logs| {
            let greatest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            prices.push(self.payoff(step, greatest) + self.kink(step, logs, greatest) - offset);
        });
        Some(prices)
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let mut path = ReferencePath::with_capacity(self.steps(), self.terms());
        let mut logs = vec![self.settings.real("spot").ln(); self.assets];
        let mut price = self.offset();
        for step in 0..self.steps() {
            path.prices.push(price);
            path.features.extend(logs.iter().map(|log| log.exp()));
            for log in &mut logs {
                *log += self.drift + self.sd * rng.sample::<f64, _>(StandardNormal);
            }
            let next = self.payoff(step + 1, logs.iter().copied().fold(f64::NEG_INFINITY, f64::max));
            path.push_gain(next - price);
            price = next;
        }
        path.prices.push(price);
        path
    }
}

impl GridAnswers for MaxCall {
    fn optimal(&self) -> (f64, Box<dyn Rule + '_>) {
        let values = GridProblem::steps(self) * GridProblem::tranches(self) * self.states();
        if MOST_WORTHS < values {
            let (value, table) = self.optimum();
            return (value, Box::new(TableRule { problem: self, table }));
        }
        let (value, rule) = ExerciseRule::new(self);
        (value, Box::new(rule))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Moment, Rule, problem};

    fn check(settings: &[&str], tolerance: f64, values: [f64; 3]) {
        for (spot, expected) in ["spot=90", "spot=100", "spot=110"].into_iter().zip(values) {
            let found = problem("B2", &[settings, &[spot]].concat()).unwrap().solve().optimum;
            assert!((found - expected).abs() < tolerance, "{settings:?} {spot}: {found} for {expected}");
        }
    }

    #[test]
    fn tabled_figures_of_b2_with_two_assets() {
        check(&["assets=2"], 1e-4, [8.0728, 13.9018, 21.3438]);
    }

    #[test]
    fn tabled_figures_of_b2_with_three_assets() {
        check(&["assets=3"], 2e-3, [11.2806, 18.6904, 27.5674]);
    }

    #[test]
    fn tabled_figures_of_b2_with_several_rights() {
        check(&["rights=2"], 5e-4, [15.4670, 26.9574, 41.7088]);
        check(&["rights=4"], 5e-4, [28.1056, 50.3955, 79.3732]);
    }

    #[test]
    fn a_right_for_every_date_is_worth_the_european_values() {
        // Σ e^(−rt) ∫ S'(x) P(max log S > x) dx over the three dates, by adaptive quadrature: 43.926138. With a right
        // for each of them nobody waits, so that nothing but the sums over nodes is in the difference.
        let found = problem("B2", &["assets=3", "rights=3", "last_date=3"]).unwrap().solve().optimum;
        assert!((found - 43.926138).abs() < 2e-3, "{found}");
    }

    #[test]
    fn no_rule_on_paths_is_better_than_the_optimal_one() {
        // Whoever exercises whatever is in the money is right with three rights for three dates, and the rule read off
        // the nodes must not lose what lies between them.
        struct InTheMoney;
        impl Rule for InTheMoney {
            fn inputs(&self) -> Vec<String> {
                (1..=3).map(|asset| format!("underlying_{asset}")).collect()
            }
            fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
                for (row, answers) in rows.chunks_exact(3).zip(out.chunks_exact_mut(at.tranches)) {
                    let pays = row.iter().any(|&price| 100.0 + 1e-9 < price);
                    (0..).zip(answers).for_each(|(below, answer)| *answer = if pays { below } else { below + 1 });
                }
            }
        }
        let problem = problem("B2", &["assets=3", "rights=3", "last_date=3"]).unwrap();
        let score = problem.score(&InTheMoney).unwrap();
        assert!((score.value - problem.solve().optimum).abs() < 1e-5 + 3.0 * score.standard_error, "{score:?}");
    }

    #[test]
    fn three_assets_are_scored_on_paths_against_the_optimum() {
        let problem = problem("B2", &["assets=3", "last_date=3"]).unwrap();
        let rule = problem.optimal_rule().unwrap();
        let score = problem.score(&*rule).unwrap();
        assert!((score.value - problem.solve().optimum).abs() < 1e-9, "{score:?}");
    }
}

//! Triple-barrier table (P1; López de Prado, Advances in Financial Machine Learning, ch. 13): a mean-reverting price,
//! judged by mean / deviation of the value at exit.
//!
//! A ratio is not a sum over steps, but the rule that maximises it also maximises E[x − λ x²] for the right λ, since
//! for m = E x and s = E x² the squared ratio rises with m²/s = max over μ of 2 μ m − μ² s. The problem is therefore
//! handed out as one of stopping x − λ x², and scored by the ratio. Several λ can be stationary, hence the sweep.
//!
//! The book's loop closes a trade when more than 100 bars have passed, which is after bar 101: with 100 bars the
//! optima are 1.036 and 4.035.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, Utility};

use crate::{
    CatalogueEntry, Moment, Parameter, ReferencePath, Rule, Score, Settings,
    grid::{
        Chooser, Economics, GridAnswers, GridAxis, GridProblem, Kernel, PolicyTable, best, evaluate, point_weights,
        proportional_terms,
    },
};

const TITLE: &str = "mean-reverting price judged by mean over deviation at exit";

static PARAMETERS: [Parameter; 3] = [
    Parameter::whole("bars", 101.0, 2.0, 1000.0, "bars after which the trade is closed: the book's 100 and one more"),
    Parameter::real("half_life", 25.0, 0.5, 1000.0, "bars in which the distance to the forecast halves"),
    Parameter::real("forecast", 0.0, -20.0, 20.0, "level F the price reverts to, in deviations of a step"),
];

pub(crate) const ENTRY: CatalogueEntry = CatalogueEntry::new("P1", TITLE, &PARAMETERS, |settings| {
    let coarse = TripleBarrier::new(settings.clone(), COARSE_NODES_PER_SD, 0.0, 0.0);
    let sought = coarse.best_penalty();
    let mut fine = TripleBarrier::new(settings, FINE_NODES_PER_SD, 0.0, sought);
    fine.penalty = fine.refined(sought, 2);
    Box::new(fine)
});

/// Nodes in the deviation of a step where λ is sought, and where rules are judged.
///
/// A rule's value has a kink at its boundary, which a sum over nodes sees to second order in their spacing; the
/// variance at exit is a small difference of large squares, and needs the finer nodes.
const COARSE_NODES_PER_SD: f64 = 8.0;
const FINE_NODES_PER_SD: f64 = 24.0;

struct TripleBarrier {
    settings: Settings,
    decay: f64,
    axis: GridAxis,
    kernel: Kernel,
    /// λ of the optimum.
    penalty: f64,
}

impl TripleBarrier {
    /// With `shift` as the distance of the nodes from multiples of their spacing, in spacings.
    fn new(settings: Settings, nodes_per_sd: f64, shift: f64, penalty: f64) -> Self {
        let decay = (-std::f64::consts::LN_2 / settings.real("half_life")).exp();
        let forecast = settings.real("forecast");
        let deviation = ((1.0 - decay.powi(2 * settings.whole("bars") as i32)) / (1.0 - decay * decay)).sqrt();
        let reach = forecast.abs() + 6.0 * deviation + 2.0;
        let half = (reach * nodes_per_sd).ceil();
        let axis = GridAxis::centred(shift / nodes_per_sd, half / nodes_per_sd, half as usize);
        let kernel = Kernel::gaussian(&axis, &axis, 1.0, |x| (1.0 - decay) * forecast + decay * x);
        Self { settings, decay, axis, kernel, penalty }
    }

    /// Mean of a function of the value at exit.
    fn mean_of(&self, chooser: &Chooser<'_>, function: impl Fn(f64) -> f64 + Sync) -> f64 {
        let mut economics = Economics::of(self);
        economics.price = Box::new(|_| Some(self.axis.values().map(&function).collect()));
        evaluate(self, &economics, chooser)
    }

    fn ratio(&self, chooser: &Chooser<'_>) -> f64 {
        let mean = self.mean_of(chooser, |x| x);
        let variance = self.mean_of(chooser, |x| (x - mean) * (x - mean));
        if variance > 1e-12 { mean / variance.sqrt() } else { 0.0 }
    }

    fn best_for(&self, penalty: f64) -> PolicyTable {
        let mut economics = Economics::of(self);
        economics.price = Box::new(move |_| Some(self.axis.values().map(|x| x - penalty * x * x).collect()));
        best(self, &economics).1
    }

    /// Sweeps λ, then lets policy and λ = m / (2 s) take turns, which never lowers the ratio.
    fn best_penalty(&self) -> f64 {
        let sweep = (0..40).map(|power| 0.01 * 1.12_f64.powi(power));
        let score = |penalty: f64| self.ratio(&Chooser::Table(&self.best_for(penalty)));
        let scored = sweep.map(|penalty| (score(penalty), penalty));
        let best = scored.fold((f64::NEG_INFINITY, 0.0), |a, b| if b.0 > a.0 { b } else { a });
        self.refined(best.1, 4)
    }

    fn refined(&self, mut penalty: f64, rounds: usize) -> f64 {
        for _ in 0..rounds {
            let table = self.best_for(penalty);
            let mean = self.mean_of(&Chooser::Table(&table), |x| x);
            let square = self.mean_of(&Chooser::Table(&table), |x| x * x);
            if mean <= 0.0 {
                break;
            }
            penalty = 0.5 * mean / square;
        }
        penalty
    }

    /// The best rectangle of profit target and stop on a grid of halves up to 10, with the horizon as third barrier.
    fn best_rectangle(&self) -> (f64, f64, f64) {
        // Barriers lie half-way between nodes: there a sum over nodes sees a jump exactly.
        let coarse = Self::new(self.settings.clone(), COARSE_NODES_PER_SD, 0.5, self.penalty);
        let levels = || (1..=20).map(|half| 0.5 * f64::from(half));
        let mut found = (f64::NEG_INFINITY, 0.0, 0.0);
        for target in levels() {
            for stop in levels() {
                let rule = Rectangle { target, stop };
                let value = coarse.ratio(&Chooser::Rule { rule: &rule, columns: vec![0] });
                if value > found.0 {
                    found = (value, target, stop);
                }
            }
        }
        found
    }
}

/// Exits at a profit target or a stop, seen at the close.
struct Rectangle {
    target: f64,
    stop: f64,
}

impl Rule for Rectangle {
    fn inputs(&self) -> Vec<String> {
        vec!["level".to_owned()]
    }

    fn targets(&self, _at: &Moment, rows: &[f64], out: &mut [u32]) {
        for (&level, answer) in rows.iter().zip(out) {
            *answer = u32::from(-self.stop < level && level < self.target);
        }
    }
}

impl GridProblem for TripleBarrier {
    fn id(&self) -> &'static str {
        "P1"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn steps(&self) -> usize {
        self.settings.whole("bars")
    }

    fn tranches(&self) -> usize {
        1
    }

    fn objective(&self) -> Objective {
        Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None }
    }

    fn terms(&self) -> TradeTerms {
        proportional_terms(0.0)
    }

    fn states(&self) -> usize {
        self.axis.len
    }

    fn feature_names(&self) -> Vec<String> {
        vec!["level".to_owned()]
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        self.axis.values().collect()
    }

    fn nearest(&self, _step: usize, row: &[f64]) -> usize {
        self.axis.nearest(row[0])
    }

    fn initial(&self) -> Vec<f64> {
        point_weights(&self.axis, 0.0)
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        self.kernel.expect(next, out);
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        self.kernel.spread(mass, out);
    }

    fn price(&self, _step: usize) -> Option<Vec<f64>> {
        Some(self.axis.values().map(|x| x - self.penalty * x * x).collect())
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let forecast = self.settings.real("forecast");
        let price = |x: f64| x - self.penalty * x * x;
        let mut path = ReferencePath::with_capacity(self.steps(), self.terms());
        let mut x = 0.0;
        for _ in 0..self.steps() {
            path.prices.push(price(x));
            path.features.push(x);
            path.exit_values.push(x);
            let next = (1.0 - self.decay) * forecast + self.decay * x + rng.sample::<f64, _>(StandardNormal);
            path.push_gain(price(next) - price(x));
            x = next;
        }
        path.prices.push(price(x));
        path.exit_values.push(x);
        path
    }

    fn details(&self) -> Vec<(String, f64)> {
        let (ratio, target, stop) = self.best_rectangle();
        vec![
            ("best rectangle".to_owned(), ratio),
            ("its target".to_owned(), target),
            ("its stop".to_owned(), stop),
            ("penalty on the square".to_owned(), self.penalty),
        ]
    }
}

impl GridAnswers for TripleBarrier {
    fn measure(&self, chooser: &Chooser<'_>) -> f64 {
        self.ratio(chooser)
    }

    /// A ratio is no mean, so surprises do not cancel in it.
    fn bound(&self, _chooser: &Chooser<'_>) -> Option<Score> {
        None
    }

    fn optimum(&self) -> (f64, PolicyTable) {
        let table = self.best_for(self.penalty);
        (self.ratio(&Chooser::Table(&table)), table)
    }

    /// The best fixed time: after n bars mean and deviation are known.
    fn base(&self) -> (f64, String) {
        let ratio = |bars: i32| {
            let mean = self.settings.real("forecast") * (1.0 - self.decay.powi(bars));
            mean / ((1.0 - self.decay.powi(2 * bars)) / (1.0 - self.decay * self.decay)).sqrt()
        };
        let times = 1..=self.steps() as i32;
        let scored = times.map(|bars| (ratio(bars), format!("all after {bars} bars")));
        scored.fold((f64::NEG_INFINITY, String::new()), |a, b| if b.0 > a.0 { b } else { a })
    }
}

#[cfg(test)]
mod tests {
    use crate::problem;

    #[test]
    fn tabled_figures_of_p1() {
        for (forecast, optimum, rectangle) in [("forecast=0", 1.049, 0.506), ("forecast=5", 4.086, 2.613)] {
            let problem = problem("P1", &[forecast]).unwrap();
            let found = problem.solve().optimum;
            // Three tabled decimals; the deviation at exit is good to a tenth of a percent.
            assert!((found / optimum - 1.0).abs() < 1e-3, "{forecast}: {found} for {optimum}");
            let details = problem.details();
            // The table's rectangle was simulated.
            assert!((details[0].1 / rectangle - 1.0).abs() < 3e-3, "{forecast}: {details:?}");
        }
    }
}

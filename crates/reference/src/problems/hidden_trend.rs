//! Hidden trend (B8): returns whose mean is up until it turns down for good, at a moment nobody sees.
//!
//! The learner sees past returns only. The optimum filters them: the log-odds that the trend still stands are a
//! one-dimensional Markov chain, on whose grid the stopping problem is solved. The filter is kept from the learner's
//! columns and used to score, as the mean of the next return given the past ones.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, Utility};

use super::trend_rules;
use crate::{
    CatalogueEntry, PATH_FEATURES, Parameter, ReferencePath, Settings,
    grid::{GridAnswers, GridAxis, GridProblem, Kernel, ScheduleMeans, proportional_terms},
};

const TITLE: &str = "hidden trend, seen through its returns";

static PARAMETERS: [Parameter; 5] = [
    Parameter::whole("bars", 100.0, 2.0, 1000.0, "decisions N until the position is sold"),
    Parameter::real("up", 0.1, 0.001, 2.0, "mean of a return while the trend stands, in its deviations"),
    Parameter::real("down", -0.2, -2.0, -0.001, "mean of a return after it has turned"),
    Parameter::real("turn", 0.02, 0.001, 0.999, "probability that the trend turns after a return"),
    Parameter::real("start", 0.9, 0.001, 0.999, "probability that the trend stands at the fill"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B8", TITLE, &PARAMETERS, |settings| Box::new(HiddenTrend::new(settings)));

/// Spans, in bars, of the trailing means among the columns.
const SPANS: [usize; 6] = [2, 4, 8, 16, 32, 64];
/// Nodes in the deviation of one update of the log-odds.
const NODES_PER_SD: f64 = 12.0;

/// Means of the return and the chance of the turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trend {
    pub up: f64,
    pub down: f64,
    pub turn: f64,
    pub start: f64,
    pub bars: usize,
}

struct HiddenTrend {
    settings: Settings,
    trend: Trend,
    /// Log-odds that the trend stood when the last return was drawn, given it.
    log_odds: GridAxis,
    kernel: Kernel,
}

impl Trend {
    /// Probability that the trend stands for the next return, from the log-odds for the last one.
    fn standing(&self, log_odds: f64) -> f64 {
        (1.0 - self.turn) / (1.0 + (-log_odds).exp())
    }

    /// Log-odds of a probability.
    fn log_odds(probability: f64) -> f64 {
        (probability / (1.0 - probability)).ln()
    }

    /// What a return adds to the log-odds.
    fn evidence(&self, gain: f64) -> f64 {
        (self.up - self.down) * gain - 0.5 * (self.up * self.up - self.down * self.down)
    }

    /// The log-odds from which the start's probability follows.
    fn before_start(&self) -> f64 {
        Self::log_odds((self.start / (1.0 - self.turn)).min(1.0 - 1e-9))
    }

    fn mean(&self, standing: f64) -> f64 {
        standing * self.up + (1.0 - standing) * self.down
    }
}

impl HiddenTrend {
    fn new(settings: Settings) -> Self {
        let trend = Trend {
            up: settings.real("up"),
            down: settings.real("down"),
            turn: settings.real("turn"),
            start: settings.real("start"),
            bars: settings.whole("bars"),
        };
        let sd = trend.up - trend.down;
        // Below, the trend has surely turned; above, the chance of a turn caps the odds again at each step.
        let start = trend.before_start();
        let reach = 12.0 + 7.0 * sd + start.abs().min(20.0);
        let log_odds = GridAxis::centred(start, reach, (reach / sd * NODES_PER_SD).ceil() as usize);
        let kernel = Kernel::mixture(&log_odds, &log_odds, sd, |before| {
            let standing = trend.standing(before);
            let prior = Trend::log_odds(standing);
            [(standing, prior + trend.evidence(trend.up)), (1.0 - standing, prior + trend.evidence(trend.down))]
        });
        Self { settings, trend, log_odds, kernel }
    }
}

impl GridProblem for HiddenTrend {
    fn id(&self) -> &'static str {
        "B8"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn steps(&self) -> usize {
        self.trend.bars
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
        self.log_odds.len
    }

    fn feature_names(&self) -> Vec<String> {
        vec!["posterior".to_owned()]
    }

    fn hides_state(&self) -> bool {
        true
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        self.log_odds.values().map(|log_odds| self.trend.standing(log_odds)).collect()
    }

    fn nearest(&self, _step: usize, row: &[f64]) -> usize {
        let before = (row[0] / (1.0 - self.trend.turn)).clamp(1e-12, 1.0 - 1e-12);
        self.log_odds.nearest(Trend::log_odds(before))
    }

    fn initial(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.log_odds.len];
        weights[self.log_odds.nearest(self.trend.before_start())] = 1.0;
        weights
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        self.kernel.expect(next, out);
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        self.kernel.spread(mass, out);
    }

    fn drift(&self, _step: usize) -> Option<Vec<f64>> {
        Some(self.features(0).into_iter().map(|standing| self.trend.mean(standing)).collect())
    }

    fn column_names(&self) -> Vec<String> {
        let means = SPANS.iter().map(|span| format!("mean_{span}"));
        ["posterior".to_owned(), "last_return".to_owned()].into_iter().chain(means).collect()
    }

    fn path_features(&self) -> &'static [&'static str] {
        &PATH_FEATURES
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let trend = self.trend;
        let mut path = ReferencePath::with_capacity(trend.bars, self.terms());
        let mut stands = rng.random::<f64>() < trend.start;
        let mut standing = trend.start;
        let mut price = 0.0;
        for step in 0..trend.bars {
            path.prices.push(price);
            path.features.extend([standing, path.unit.r.last().copied().unwrap_or(0.0)]);
            // Means over the last bars, or over those since the fill where there are fewer; 0 at the fill.
            let mean = |span: &usize| {
                let count = step.min(*span);
                if count == 0 { 0.0 } else { (price - path.prices[step - count]) / count as f64 }
            };
            path.features.extend(SPANS.iter().map(mean));
            let noise: f64 = rng.sample(StandardNormal);
            let gain = noise + if stands { trend.up } else { trend.down };
            path.unit.r.push(gain);
            path.unit.variance.push(gain * gain);
            path.expected.push(trend.mean(standing));
            path.expected_variance.push(gain * gain);
            price += gain;
            stands = stands && rng.random::<f64>() >= trend.turn;
            standing = trend.standing(Trend::log_odds(standing) + trend.evidence(gain));
        }
        path.prices.push(price);
        path
    }

    fn details(&self) -> Vec<(String, f64)> {
        let widths = (1..=16).map(|half| 0.5 * f64::from(half));
        let trailing = widths.map(|width| (trend_rules::trailing_stop(&self.trend, width), width));
        let (trailing, width) = trailing.fold((f64::NEG_INFINITY, 0.0), |a, b| if b.0 > a.0 { b } else { a });
        vec![
            ("best trailing stop".to_owned(), trailing),
            ("its width".to_owned(), width),
            ("best target and stop".to_owned(), trend_rules::best_bracket(&self.trend)),
        ]
    }
}

impl GridAnswers for HiddenTrend {
    /// The best fixed time.
    fn base(&self) -> (f64, String) {
        (ScheduleMeans::of(self).best(1), "best fixed time".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use crate::{Moment, ReferenceError, Rule, problem};

    #[test]
    fn tabled_figures_of_b8() {
        let problem = problem("B8", &["bars=100"]).unwrap();
        let solution = problem.solve();
        assert!((solution.optimum - 0.8488).abs() < 1e-4, "{solution:?}");
        assert!((solution.base - 0.5293).abs() < 1e-4, "{solution:?}");
        let details = problem.details();
        // The table's rules of thumb were simulated.
        for ((name, found), (expected, tolerance)) in details.iter().zip([(0.779, 1e-2), (3.5, 1e-9), (0.415, 1e-2)]) {
            assert!((found - expected).abs() < tolerance, "{name}: {found} for {expected}");
        }
    }

    /// Sells once the gain has fallen by 3.5 from its best.
    struct TrailingStop;

    impl Rule for TrailingStop {
        fn inputs(&self) -> Vec<String> {
            vec!["drawdown_r".to_owned()]
        }

        fn targets(&self, _at: &Moment, rows: &[f64], out: &mut [u32]) {
            rows.iter().zip(out).for_each(|(drawdown, answer)| *answer = u32::from(*drawdown < 3.5));
        }
    }

    #[test]
    fn the_recursion_of_the_trailing_stop_agrees_with_paths() {
        let problem = problem("B8", &["bars=100"]).unwrap();
        let sampled = problem.simulate(20_000, 2).score(&TrailingStop).unwrap();
        let exact = problem.details()[0].1;
        assert!((sampled.value - exact).abs() < 4.0 * sampled.standard_error, "{sampled:?} for {exact}");
        // Measured against the optimum on the same paths, the error is less than half as large.
        let scored = problem.score(&TrailingStop).unwrap();
        assert!((scored.value - exact).abs() < 4.0 * scored.standard_error, "{scored:?} for {exact}");
    }

    #[test]
    fn the_filter_is_scored_but_not_handed_out() {
        let problem = problem("B8", &["bars=100"]).unwrap();
        let optimum = problem.solve().optimum;
        let rule = problem.optimal_rule().unwrap();
        assert_eq!(problem.score(&*rule).unwrap().value, optimum);
        let data = problem.simulate(50, 1);
        assert!(!data.columns.contains(&"posterior".to_owned()));
        assert!(matches!(data.score(&*rule), Err(ReferenceError::UnknownFeature { .. })));
    }
}

//! A trend trade with a hard stop (B13), sold in tranches.
//!
//! A persistent signal is the mean of the next return, a stop takes the trade off at a fixed loss, and squared
//! returns are charged. The state is the signal and the gain so far; their grid is exact because, given the signal,
//! the gain moves by a normal law and the signal moves by itself. A bar opens at the last close and its range is
//! that between open and close, so the stop is reached when the bar would close beyond it.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, Utility};

use super::cut_return::CutReturn;
use crate::{
    CatalogueEntry, Parameter, ReferencePath, Settings,
    grid::{
        Chooser, Economics, GridAnswers, GridAxis, GridProblem, Kernel, ScheduleMeans, best, evaluate,
        proportional_terms, tranches_parameter,
    },
    normal,
};

const TITLE: &str = "a trend trade with a hard stop, K tranches";

static PARAMETERS: [Parameter; 8] = [
    Parameter::whole("bars", 80.0, 1.0, 500.0, "decisions N until the rest is sold"),
    tranches_parameter(4.0),
    Parameter::real("risk_aversion", 0.1, 0.0, 100.0, "γ, per R"),
    Parameter::real("cost", 0.1, 0.0, 10.0, "proportional cost of the whole position, also at the stop, R"),
    Parameter::real("stop", 4.0, 0.5, 20.0, "loss at which the stop stands, R"),
    Parameter::real("signal_mean", 0.04, -1.0, 1.0, "mean of the signal, R a bar"),
    Parameter::real("signal_decay", 0.95, 0.0, 0.99, "autocorrelation of the signal"),
    Parameter::real("signal_sd", 0.12, 1e-3, 2.0, "stationary deviation of the signal, R a bar"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B13", TITLE, &PARAMETERS, |settings| Box::new(StoppedTrend::new(settings)));

const HALF_SIGNALS: usize = 25;
/// Nodes of the gain in the deviation of a return, at least.
const NODES_PER_SD: f64 = 7.0;

struct StoppedTrend {
    settings: Settings,
    signal: GridAxis,
    gain: GridAxis,
    signal_kernel: Kernel,
    /// How the gain moves at each signal, by signal.
    gain_kernels: Vec<Kernel>,
    /// The coming return in every state.
    cut_returns: Vec<CutReturn>,
}

impl StoppedTrend {
    fn new(settings: Settings) -> Self {
        let (mean, sd) = (settings.real("signal_mean"), settings.real("signal_sd"));
        let decay = settings.real("signal_decay");
        let signal = GridAxis::centred(mean, 5.0 * sd, HALF_SIGNALS);
        let signal_kernel =
            Kernel::gaussian(&signal, &signal, sd * (1.0 - decay * decay).sqrt(), |x| mean + decay * (x - mean));
        // The gain starts on a node, and so does the stop. Far above the stop nothing depends on the gain any more,
        // so the axis ends where the way back is three deviations of all that may follow.
        let (stop, bars) = (settings.real("stop"), settings.real("bars"));
        let spacing = stop / (stop * NODES_PER_SD).ceil();
        let top = 3.0 * bars.sqrt() + bars * mean.max(0.0);
        let gain = GridAxis { low: -stop, spacing, len: ((top + stop) / spacing).ceil() as usize + 1 };
        let gain_kernel = |signal: f64| {
            let survival: Vec<f64> = gain.values().map(|x| normal::cdf(x + stop + signal)).collect();
            Kernel::gaussian(&gain, &gain, 1.0, |x| x + signal).killed_below(0, &survival)
        };
        let gain_kernels = signal.values().map(gain_kernel).collect();
        let at_signal = |signal| gain.values().map(move |gain| CutReturn::new(signal, -stop - gain));
        let cut_returns = signal.values().flat_map(at_signal).collect();
        Self { settings, signal, gain, signal_kernel, gain_kernels, cut_returns }
    }
}

impl GridProblem for StoppedTrend {
    fn id(&self) -> &'static str {
        "B13"
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
        self.settings.whole("tranches")
    }

    fn objective(&self) -> Objective {
        Objective {
            utility: Utility::MeanVariance,
            risk_aversion: self.settings.real("risk_aversion"),
            variance_column: None,
        }
    }

    fn terms(&self) -> TradeTerms {
        proportional_terms(self.settings.real("cost"))
    }

    fn states(&self) -> usize {
        self.signal.len * self.gain.len
    }

    fn feature_names(&self) -> Vec<String> {
        vec!["signal".to_owned(), "unrealised_r".to_owned()]
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        let rows = self.signal.values().flat_map(|signal| self.gain.values().map(move |gain| [signal, gain]));
        rows.flatten().collect()
    }

    fn nearest(&self, _step: usize, row: &[f64]) -> usize {
        self.signal.nearest(row[0]) * self.gain.len + self.gain.nearest(row[1])
    }

    fn initial(&self) -> Vec<f64> {
        let (mean, sd) = (self.settings.real("signal_mean"), self.settings.real("signal_sd"));
        let density: Vec<f64> = self.signal.values().map(|x| normal::density((x - mean) / sd)).collect();
        let total: f64 = density.iter().sum();
        let start = self.gain.nearest(0.0);
        let mut weights = vec![0.0; self.states()];
        for (row, value) in weights.chunks_exact_mut(self.gain.len).zip(density) {
            row[start] = value / total;
        }
        weights
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        let width = self.gain.len;
        let mut moved = vec![0.0; next.len()];
        self.signal_kernel.expect_rows(next, width, &mut moved);
        let rows = moved.chunks_exact(width).zip(out.chunks_exact_mut(width));
        for (kernel, (moved, out)) in self.gain_kernels.iter().zip(rows) {
            kernel.expect(moved, out);
        }
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        let width = self.gain.len;
        let mut moved = vec![0.0; mass.len()];
        let rows = mass.chunks_exact(width).zip(moved.chunks_exact_mut(width));
        for (kernel, (mass, moved)) in self.gain_kernels.iter().zip(rows) {
            kernel.spread(mass, moved);
        }
        self.signal_kernel.spread_rows(&moved, width, out);
    }

    fn drift(&self, _step: usize) -> Option<Vec<f64>> {
        let cost = self.settings.real("cost");
        Some(self.cut_returns.iter().map(|cut| cut.mean - cost * cut.stopped).collect())
    }

    fn variance(&self, _step: usize) -> Option<Vec<f64>> {
        Some(self.cut_returns.iter().map(|cut| cut.square).collect())
    }

    fn column_names(&self) -> Vec<String> {
        vec!["signal".to_owned()]
    }

    fn path_features(&self) -> &'static [&'static str] {
        &["unrealised_r"]
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let (mean, sd) = (self.settings.real("signal_mean"), self.settings.real("signal_sd"));
        let (decay, stop) = (self.settings.real("signal_decay"), self.settings.real("stop"));
        let mut path = ReferencePath::with_capacity(self.steps(), self.terms());
        path.stop = Some(-stop);
        path.unit.stop_cost = self.settings.real("cost");
        let mut signal = mean + sd * rng.sample::<f64, _>(StandardNormal);
        let mut price = 0.0;
        for _ in 0..self.steps() {
            path.prices.push(price);
            path.features.push(signal);
            let next = price + signal + rng.sample::<f64, _>(StandardNormal);
            if !path.unit.stopped {
                let cut = CutReturn::new(signal, -stop - price);
                path.unit.stopped = next <= -stop;
                let gain = next.max(-stop) - price;
                path.unit.r.push(gain);
                path.unit.variance.push(gain * gain);
                path.expected.push(cut.mean);
                path.expected_variance.push(cut.square);
            }
            price = next;
            signal = mean
                + decay * (signal - mean)
                + sd * (1.0 - decay * decay).sqrt() * rng.sample::<f64, _>(StandardNormal);
        }
        path.prices.push(price);
        path
    }

    fn details(&self) -> Vec<(String, f64)> {
        let schedules = ScheduleMeans::of(self);
        let mut part_held = Economics::bars(self.tranches());
        part_held.hold = Box::new(|_, kept, values| {
            values.iter_mut().for_each(|value| *value += kept as f64 / self.tranches() as f64);
        });
        let economics = Economics::of(self);
        let (_, table) = best(self, &economics);
        let mean = |economics: &Economics<'_>| evaluate(self, economics, &Chooser::Table(&table));
        let mut stops = Economics::bars(self.tranches());
        stops.hold = Box::new(|_, _, values| {
            values.iter_mut().zip(&self.cut_returns).for_each(|(value, cut)| *value += cut.stopped);
        });
        vec![
            ("one exit only".to_owned(), best(self, &Economics::with_tranches(self, 1)).0),
            ("best even schedule".to_owned(), schedules.best_even(self.tranches())),
            ("best fixed time".to_owned(), schedules.best(1)),
            ("exit now".to_owned(), -self.settings.real("cost")),
            ("bars held by the optimum".to_owned(), mean(&Economics::bars(self.tranches()))),
            ("bars held, weighted by the part held".to_owned(), mean(&part_held)),
            (
                "sales of the optimum, the stop's among them".to_owned(),
                mean(&Economics::orders(self.tranches())) + mean(&stops),
            ),
            ("share of the optimum that ends at the stop".to_owned(), mean(&stops)),
        ]
    }
}

impl GridAnswers for StoppedTrend {}

#[cfg(test)]
mod tests {
    use crate::{Moment, Rule, problem};

    /// Sells one of K tranches at each multiple of `spacing` R.
    struct Ladder {
        spacing: f64,
    }

    impl Rule for Ladder {
        fn inputs(&self) -> Vec<String> {
            vec!["unrealised_r".to_owned()]
        }

        fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
            for (gain, answers) in rows.iter().zip(out.chunks_exact_mut(at.tranches)) {
                let reached = (gain / self.spacing).clamp(0.0, at.tranches as f64) as u32;
                let wanted = at.tranches as u32 - reached;
                answers.iter_mut().zip(1..).for_each(|(answer, left)| *answer = wanted.min(left));
            }
        }
    }

    /// Sells everything once the gain has fallen by `width` R from its best.
    struct TrailingStop {
        width: f64,
    }

    impl Rule for TrailingStop {
        fn inputs(&self) -> Vec<String> {
            vec!["drawdown_r".to_owned()]
        }

        fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
            for (drawdown, answers) in rows.iter().zip(out.chunks_exact_mut(at.tranches)) {
                let stopped = *drawdown >= self.width;
                answers.iter_mut().zip(1..).for_each(|(answer, left)| *answer = if stopped { 0 } else { left });
            }
        }
    }

    #[test]
    fn tabled_figures_of_b13() {
        let problem = problem("B13", &["bars=80"]).unwrap();
        let solution = problem.solve();
        assert!((solution.optimum - 1.592).abs() < 3e-3, "{solution:?}");
        let details = problem.details();
        let expected = [
            ("one exit only", 1.470, 3e-3),
            ("best even schedule", 0.481, 1e-3),
            // The table's figure was simulated.
            ("best fixed time", 0.183, 1e-2),
            ("exit now", -0.1, 1e-12),
            ("bars held, weighted by the part held", 27.0, 0.5),
            ("sales of the optimum, the stop's among them", 2.5, 0.25),
            ("share of the optimum that ends at the stop", 0.333, 0.01),
        ];
        for (name, value, tolerance) in expected {
            let found = details.iter().find(|(known, _)| known == name).unwrap().1;
            assert!((found - value).abs() < tolerance, "{name}: {found} for {value}");
        }
    }

    #[test]
    fn rules_of_thumb_stay_where_the_table_has_them() {
        let problem = problem("B13", &["bars=80"]).unwrap();
        let ladder = |spacing| problem.score(&Ladder { spacing }).unwrap().value;
        let best = [2.0, 4.0, 6.0, 8.0].map(ladder).into_iter().fold(f64::NEG_INFINITY, f64::max);
        assert!((best - 0.302).abs() < 1e-3, "{best}");
        let data = problem.simulate(20_000, 5);
        let trailing = data.score(&TrailingStop { width: 6.0 }).unwrap();
        assert!((trailing.value - 0.272).abs() < 3.0 * trailing.standard_error, "{trailing:?}");
    }
}

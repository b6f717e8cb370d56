//! Order flow and volatility regime, sold in tranches (B7), also with a fee for every order (B11).
//!
//! A signal with AR(1) law is the mean of the next return, a two-state chain its deviation. At each bar the rule
//! sees both, sells at a proportional cost, an impact and a fee, and pays ½ γ q² σ² for what it holds. The exact
//! recursion runs over a grid of the signal times the two volatility states.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, Utility};

use crate::{
    CatalogueEntry, FixedSchedule, Parameter, ReferencePath, Settings,
    grid::{
        Chooser, Economics, GridAnswers, GridAxis, GridProblem, Kernel, best, evaluate, tranches_parameter,
        value_of_schedule,
    },
};

static PARAMETERS: [Parameter; 16] = parameters(0.5, 0.0);
static FEE_PARAMETERS: [Parameter; 16] = parameters(0.0, 0.05);

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B7", TITLE, &PARAMETERS, |settings| Box::new(OrderFlow::new("B7", TITLE, settings)));
pub(crate) const FEE_ENTRY: CatalogueEntry = CatalogueEntry::new("B11", FEE_TITLE, &FEE_PARAMETERS, |settings| {
    Box::new(OrderFlow::new("B11", FEE_TITLE, settings))
});

const TITLE: &str = "order flow and volatility regime, K tranches";
const FEE_TITLE: &str = "order flow and volatility regime with a fee for every order";

const fn parameters(impact: f64, fee: f64) -> [Parameter; 16] {
    [
        Parameter::whole("bars", 60.0, 1.0, 1000.0, "decisions N until the rest is sold"),
        tranches_parameter(4.0),
        Parameter::real("risk_aversion", 0.3, 0.0, 100.0, "γ, per R"),
        Parameter::real("cost", 0.1, 0.0, 10.0, "proportional cost of the whole position, R"),
        Parameter::real("impact", impact, 0.0, 100.0, "cost of selling everything at once beyond that, R"),
        Parameter::real("impact_power", 2.0, 1.0, 2.0, "power of the impact in the part sold"),
        Parameter::real("fee", fee, 0.0, 10.0, "fee for each order, R"),
        Parameter::real("signal_decay", 0.9, 0.0, 0.99, "autocorrelation of the signal from bar to bar"),
        Parameter::real("signal_sd", 0.15, 0.001, 10.0, "stationary deviation of the signal, R a bar"),
        Parameter::real("low_volatility", 1.0, 0.01, 100.0, "deviation of a bar's return in the quiet state, R"),
        Parameter::real("high_volatility", 2.0, 0.01, 100.0, "deviation of a bar's return in the wild state, R"),
        Parameter::real("to_high", 0.05, 0.001, 1.0, "probability of quiet turning wild, a bar"),
        Parameter::real("to_low", 0.1, 0.001, 1.0, "probability of wild turning quiet, a bar"),
        Parameter::whole("noise", 1.0, 0.0, 1.0, "1: prices carry the noise of the returns; 0: only their means"),
        Parameter::whole("realised_variance", 0.0, 0.0, 1.0, "1: risk is the squared return; 0: the variance column"),
        Parameter::whole("noise_features", 0.0, 0.0, 200.0, "columns of pure noise beside the features"),
    ]
}

const HALF_GRID: usize = 400;
const GRID_REACH_SDS: f64 = 6.0;

struct OrderFlow {
    id: &'static str,
    title: &'static str,
    settings: Settings,
    signal: GridAxis,
    kernel: Kernel,
    /// Probabilities of the volatility states after each of them.
    switch: [[f64; 2]; 2],
    variance: [f64; 2],
    terms: TradeTerms,
}

impl OrderFlow {
    fn new(id: &'static str, title: &'static str, settings: Settings) -> Self {
        let (decay, sd) = (settings.real("signal_decay"), settings.real("signal_sd"));
        let signal = GridAxis::centred(0.0, GRID_REACH_SDS * sd, HALF_GRID);
        let (to_high, to_low) = (settings.real("to_high"), settings.real("to_low"));
        Self {
            id,
            title,
            signal,
            kernel: Kernel::gaussian(&signal, &signal, sd * (1.0 - decay * decay).sqrt(), |x| decay * x),
            switch: [[1.0 - to_high, to_high], [to_low, 1.0 - to_low]],
            variance: [settings.real("low_volatility").powi(2), settings.real("high_volatility").powi(2)],
            terms: TradeTerms {
                proportional_r: settings.real("cost"),
                per_order_r: settings.real("fee"),
                impact_r: settings.real("impact"),
                impact_power: settings.real("impact_power"),
                lots: None,
                min_lots: 0,
            },
            settings,
        }
    }

    fn stationary(&self) -> [f64; 2] {
        let (to_high, to_low) = (self.switch[0][1], self.switch[1][0]);
        [to_low / (to_high + to_low), to_high / (to_high + to_low)]
    }

    fn risk(&self, signal: f64, volatility: usize) -> f64 {
        self.variance[volatility] + if self.settings.switch("realised_variance") { signal * signal } else { 0.0 }
    }

    /// Economics in which volatility is always its stationary mean, or the signal its mean 0.
    fn ignoring(&self, ignored: Ignored) -> Economics<'_> {
        let mut economics = Economics::of(self);
        let weights = self.stationary();
        let gamma = self.settings.real("risk_aversion");
        economics.hold = Box::new(move |_, kept, values| {
            let held = kept as f64 / self.tranches() as f64;
            for (index, value) in values.iter_mut().enumerate() {
                let (volatility, signal) = (index / self.signal.len, self.signal.at(index % self.signal.len));
                let (signal, risk) = match ignored {
                    Ignored::Volatility => {
                        (signal, weights[0] * self.risk(signal, 0) + weights[1] * self.risk(signal, 1))
                    }
                    Ignored::Signal => (0.0, self.risk(0.0, volatility)),
                };
                *value += held * signal - 0.5 * gamma * held * held * risk;
            }
        });
        economics
    }

    /// The earliest exit that a target, stop or time rule can make once it has to wait for a bar.
    fn exit_after_one_bar(&self) -> f64 {
        value_of_schedule(self, &Economics::of(self), &FixedSchedule::all_at(1, self.tranches()).kept)
    }

    /// What the best rule of other economics is worth in this problem.
    fn value_of(&self, economics: &Economics<'_>) -> f64 {
        let (_, table) = best(self, economics);
        evaluate(self, &Economics::of(self), &Chooser::Table(&table))
    }
}

#[derive(Debug, Clone, Copy)]
enum Ignored {
    Volatility,
    Signal,
}

impl GridProblem for OrderFlow {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
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
        let named = !self.settings.switch("realised_variance");
        Objective {
            utility: Utility::MeanVariance,
            risk_aversion: self.settings.real("risk_aversion"),
            variance_column: named.then(|| "variance".to_owned()),
        }
    }

    fn terms(&self) -> TradeTerms {
        self.terms
    }

    fn states(&self) -> usize {
        2 * self.signal.len
    }

    fn feature_names(&self) -> Vec<String> {
        vec!["signal".to_owned(), "variance".to_owned()]
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        let rows = self.variance.iter().flat_map(|&v| self.signal.values().map(move |signal| [signal, v]));
        rows.flatten().collect()
    }

    fn nearest(&self, _step: usize, row: &[f64]) -> usize {
        let wild = (row[1] - self.variance[1]).abs() < (row[1] - self.variance[0]).abs();
        usize::from(wild) * self.signal.len + self.signal.nearest(row[0])
    }

    fn initial(&self) -> Vec<f64> {
        let sd = self.settings.real("signal_sd");
        let density: Vec<f64> = self.signal.values().map(|x| (-0.5 * (x / sd).powi(2)).exp()).collect();
        let total: f64 = density.iter().sum();
        let weights = self.stationary();
        weights.iter().flat_map(|weight| density.iter().map(move |value| weight * value / total)).collect()
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        let len = self.signal.len;
        let mut moved = vec![0.0; 2 * len];
        for (next, moved) in next.chunks_exact(len).zip(moved.chunks_exact_mut(len)) {
            self.kernel.expect(next, moved);
        }
        for (row, out) in self.switch.iter().zip(out.chunks_exact_mut(len)) {
            for (i, value) in out.iter_mut().enumerate() {
                *value = row[0] * moved[i] + row[1] * moved[len + i];
            }
        }
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        let len = self.signal.len;
        for (there, out) in out.chunks_exact_mut(len).enumerate() {
            let arriving: Vec<f64> =
                (0..len).map(|i| self.switch[0][there] * mass[i] + self.switch[1][there] * mass[len + i]).collect();
            self.kernel.spread(&arriving, out);
        }
    }

    fn drift(&self, _step: usize) -> Option<Vec<f64>> {
        Some(self.signal.values().chain(self.signal.values()).collect())
    }

    fn variance(&self, _step: usize) -> Option<Vec<f64>> {
        Some((0..2).flat_map(|v| self.signal.values().map(move |signal| self.risk(signal, v))).collect())
    }

    fn column_names(&self) -> Vec<String> {
        let noise = (1..=self.settings.whole("noise_features")).map(|number| format!("noise_{number}"));
        self.feature_names().into_iter().chain(noise).collect()
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let steps = self.steps();
        let (decay, sd) = (self.settings.real("signal_decay"), self.settings.real("signal_sd"));
        let (noise, noise_features) = (self.settings.switch("noise"), self.settings.whole("noise_features"));
        let mut signal = sd * rng.sample::<f64, _>(StandardNormal);
        let mut volatility = usize::from(rng.random::<f64>() < self.stationary()[1]);
        let mut path = ReferencePath::with_capacity(steps, self.terms);
        let mut price = 0.0;
        for _ in 0..steps {
            path.prices.push(price);
            path.features.extend([signal, self.variance[volatility]]);
            path.features.extend((0..noise_features).map(|_| rng.sample::<f64, _>(StandardNormal)));
            let shock: f64 = rng.sample(StandardNormal);
            let gain = signal + if noise { self.variance[volatility].sqrt() * shock } else { 0.0 };
            let realised = self.settings.switch("realised_variance");
            path.unit.r.push(gain);
            path.unit.variance.push(if realised { gain * gain } else { self.variance[volatility] });
            path.expected.push(signal);
            path.expected_variance.push(self.risk(signal, volatility));
            price += gain;
            signal = decay * signal + sd * (1.0 - decay * decay).sqrt() * rng.sample::<f64, _>(StandardNormal);
            let wild = rng.random::<f64>() < self.switch[volatility][1];
            volatility = usize::from(wild);
        }
        path.prices.push(price);
        path
    }

    fn details(&self) -> Vec<(String, f64)> {
        let whole = Economics::with_tranches(self, 1);
        let (_, table) = best(self, &Economics::of(self));
        let mut free = Economics::of(self);
        let fee = self.terms.per_order_r;
        free.cost.iter_mut().skip(1).for_each(|cost| *cost -= fee);
        vec![
            ("ignoring volatility".to_owned(), self.value_of(&self.ignoring(Ignored::Volatility))),
            ("ignoring the signal".to_owned(), self.value_of(&self.ignoring(Ignored::Signal))),
            ("ignoring the fee".to_owned(), self.value_of(&free)),
            ("all or nothing".to_owned(), best(self, &whole).0),
            ("exit at once".to_owned(), -self.terms.cost_r(1.0)),
            ("exit after one bar".to_owned(), self.exit_after_one_bar()),
            (
                "orders of the optimum".to_owned(),
                evaluate(self, &Economics::orders(self.tranches()), &Chooser::Table(&table)),
            ),
            (
                "bars held by the optimum".to_owned(),
                evaluate(self, &Economics::bars(self.tranches()), &Chooser::Table(&table)),
            ),
        ]
    }
}

impl GridAnswers for OrderFlow {}

#[cfg(test)]
mod tests {
    use super::{OrderFlow, PARAMETERS, TITLE};
    use crate::{
        Settings,
        grid::{Economics, best},
        problem,
    };

    fn check(id: &str, assignments: &[&str], optimum: f64, base: f64, details: &[(&str, f64, f64)]) {
        let problem = problem(id, assignments).unwrap();
        let solution = problem.solve();
        // The tables give five decimals; a grid of 801 signals is exact to 1e-5.
        assert!((solution.optimum - optimum).abs() < 5e-5, "{solution:?}");
        assert!((solution.base - base).abs() < 1e-6, "{solution:?}");
        let found = problem.details();
        for (name, expected, tolerance) in details {
            let value = found.iter().find(|(known, _)| known == name).unwrap().1;
            assert!((value - expected).abs() < *tolerance, "{id} {name}: {value} for {expected}");
        }
    }

    #[test]
    fn tabled_figures_of_b7() {
        let details = [
            ("ignoring volatility", -0.25541, 1e-4),
            ("ignoring the signal", -0.37385, 1e-5),
            ("all or nothing", -0.54873, 1e-5),
            ("exit at once", -0.6, 1e-12),
            ("exit after one bar", -0.899, 1.1e-3),
            ("orders of the optimum", 3.0, 0.05),
        ];
        check("B7", &[], -0.20657, -0.38125, &details);
    }

    #[test]
    fn tabled_figures_of_b11() {
        // Orders of a rule that ignores the fee change by a whole one at a boundary, so the grid shows: 2e-4.
        check("B11", &["fee=.05"], -0.0369, -0.15, &[("ignoring the fee", -0.0469, 2e-4)]);
        check("B11", &["fee=.1"], -0.1104, -0.2, &[("ignoring the fee", -0.1443, 2e-4)]);
    }

    #[test]
    fn without_risk_aversion_and_impact_everything_leaves_at_once() {
        for tranches in ["tranches=1", "tranches=4"] {
            let settings = Settings::parse("B7", &PARAMETERS, &["risk_aversion=0", "impact=0", tranches]).unwrap();
            let problem = OrderFlow::new("B7", TITLE, settings);
            let (value, table) = best(&problem, &Economics::of(&problem));
            assert!((value - 1.5765).abs() < 1e-4, "{value}");
            assert!(!table.has_partial_exit());
        }
    }

    #[test]
    fn the_optimum_scores_itself_on_the_grid_and_on_paths() {
        for assignments in [vec![], vec!["realised_variance=1", "noise=1"], vec!["noise=0"]] {
            let problem = problem("B7", &assignments).unwrap();
            let optimum = problem.solve().optimum;
            let rule = problem.optimal_rule().unwrap();
            assert_eq!(problem.score(&*rule).unwrap().value, optimum);
            let sampled = problem.simulate(4_000, 3).score(&*rule).unwrap();
            assert!((sampled.value - optimum).abs() < 4.0 * sampled.standard_error, "{sampled:?} for {optimum}");
        }
    }
}

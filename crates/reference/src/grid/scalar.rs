use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms};

use super::{
    Economics, GridAnswers, GridAxis, GridProblem, Kernel, TableRule, best, ladder::ladder_of, value_of_schedule,
};
use crate::{ExactRung, ReferencePath, Rule, SaleLimits, Settings, normal};

/// A market with one state variable, x' = intercept + slope · x + sd · ε, from a known start.
#[derive(Debug, Clone)]
pub(crate) struct Autoregression {
    pub start: f64,
    pub intercept: f64,
    pub slope: f64,
    pub sd: f64,
}

/// Where a market with one state variable is stopped out: the trade ends at `level` when a bar ends at or below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Barrier {
    pub level: f64,
}

/// What is told of the optimum beside its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// The levels at which a whole position leaves as the state variable rises.
    Ladder,
    /// Nothing.
    Value,
}

/// A function of the date and the state variable.
type PriceAt = Box<dyn Fn(usize, f64) -> f64 + Send + Sync>;

/// A problem whose gains are differences of a price that one autoregressive variable tells.
pub(crate) struct ScalarProblem {
    pub id: &'static str,
    pub title: &'static str,
    pub settings: Settings,
    pub market: Autoregression,
    pub barrier: Option<Barrier>,
    pub axis: GridAxis,
    pub kernel: Kernel,
    /// What one whole unit fetches at a date in a state.
    pub price: PriceAt,
    /// Name of the one feature, and its value in a state.
    pub column: &'static str,
    pub column_of: fn(f64) -> f64,
    pub state_of: fn(f64) -> f64,
    pub steps: usize,
    pub tranches: usize,
    pub limits: SaleLimits,
    pub objective: Objective,
    pub terms: TradeTerms,
    pub offset: f64,
    pub scale: f64,
    pub told: Told,
    pub details: fn(&ScalarProblem) -> Vec<(String, f64)>,
}

impl Autoregression {
    fn mean(&self, x: f64) -> f64 {
        self.intercept + self.slope * x
    }

    /// Its transitions on an axis.
    pub(crate) fn kernel(&self, axis: &GridAxis, barrier: Option<Barrier>) -> Kernel {
        let kernel = Kernel::gaussian(axis, axis, self.sd, |x| self.mean(x));
        match barrier {
            None => kernel,
            Some(barrier) => {
                let alive = |x: f64| normal::cdf((self.mean(x) - barrier.level) / self.sd);
                let survival: Vec<f64> = axis.values().map(alive).collect();
                kernel.killed_below(axis.nearest(barrier.level), &survival)
            }
        }
    }
}

impl ScalarProblem {
    /// What the trade fetches when it is stopped out at the end of a step.
    fn stopped_price(&self, step: usize, barrier: Barrier) -> f64 {
        (self.price)(step + 1, barrier.level)
    }

    /// The exact value of holding everything to the horizon.
    pub(crate) fn hold_to_horizon(&self) -> f64 {
        let kept = vec![self.tranches as u32; self.steps];
        let value = value_of_schedule(self, &Economics::of(self), &kept);
        self.scale * (self.offset + value)
    }
}

impl GridProblem for ScalarProblem {
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
        self.steps
    }

    fn tranches(&self) -> usize {
        self.tranches
    }

    fn limits(&self) -> SaleLimits {
        self.limits
    }

    fn objective(&self) -> Objective {
        self.objective.clone()
    }

    fn terms(&self) -> TradeTerms {
        self.terms
    }

    fn offset(&self) -> f64 {
        self.offset
    }

    fn scale(&self) -> f64 {
        self.scale
    }

    fn states(&self) -> usize {
        self.axis.len
    }

    fn feature_names(&self) -> Vec<String> {
        vec![self.column.to_owned()]
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        self.axis.values().map(self.column_of).collect()
    }

    fn nearest(&self, _step: usize, row: &[f64]) -> usize {
        self.axis.nearest((self.state_of)(row[0]))
    }

    fn initial(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.axis.len];
        weights[self.axis.nearest(self.market.start)] = 1.0;
        weights
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        self.kernel.expect(next, out);
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        self.kernel.spread(mass, out);
    }

    fn price(&self, step: usize) -> Option<Vec<f64>> {
        Some(self.axis.values().map(|x| (self.price)(step, x) - self.offset).collect())
    }

    /// What a stop brings in, where there is one.
    fn drift(&self, step: usize) -> Option<Vec<f64>> {
        self.barrier.map(|barrier| {
            let proceeds = self.stopped_price(step, barrier) - self.offset - self.terms.proportional_r;
            let stopped = |x| normal::cdf((barrier.level - self.market.mean(x)) / self.market.sd);
            self.axis.values().map(|x| stopped(x) * proceeds).collect()
        })
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let mut path = ReferencePath::with_capacity(self.steps, self.terms);
        let mut x = self.market.start;
        let mut price = (self.price)(0, x);
        let mut stopped = false;
        for step in 0..self.steps {
            path.prices.push(price);
            path.features.push((self.column_of)(x));
            let mut next = price;
            if !stopped {
                x = self.market.mean(x) + self.market.sd * rng.sample::<f64, _>(StandardNormal);
                next = (self.price)(step + 1, x);
                if let Some(barrier) = self.barrier.filter(|barrier| x <= barrier.level) {
                    // The price stays where the stop took the trade off, so that bars need no stop that moves.
                    (x, next, stopped) = (barrier.level, self.stopped_price(step, barrier), true);
                }
            }
            path.push_gain(next - price);
            price = next;
        }
        path.prices.push(price);
        path
    }

    fn ladder_of(&self, rule: &dyn Rule) -> Option<Vec<ExactRung>> {
        let reads_the_state = rule.inputs() == self.feature_names();
        (self.told == Told::Ladder && reads_the_state).then(|| ladder_of(self, rule))
    }

    fn exact_ladder(&self) -> Option<Vec<ExactRung>> {
        let table = || best(self, &Economics::of(self)).1;
        (self.told == Told::Ladder).then(|| ladder_of(self, &TableRule { problem: self, table: table() }))
    }

    fn details(&self) -> Vec<(String, f64)> {
        (self.details)(self)
    }
}

impl GridAnswers for ScalarProblem {}

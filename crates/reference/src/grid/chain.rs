use scaleout_exits::{Objective, TradeTerms, Utility};

use super::{Chooser, PolicyTable, TableRule, best, blind::base_of, evaluate};

use crate::{ReferencePath, Rule, Rung, SaleLimits, Settings, parameter::Parameter};
use rand_chacha::ChaCha8Rng;

/// A reference problem whose market moves on a finite grid of states, the same at every date.
pub(crate) trait GridProblem: Send + Sync {
    fn id(&self) -> &'static str;
    fn title(&self) -> &'static str;
    fn settings(&self) -> &Settings;

    /// Decisions N; after the last step everything left is sold.
    fn steps(&self) -> usize;
    /// K.
    fn tranches(&self) -> usize;
    fn limits(&self) -> SaleLimits {
        SaleLimits::default()
    }
    fn objective(&self) -> Objective;
    fn terms(&self) -> TradeTerms;
    /// The tabled figure is `scale · (offset + J)`.
    fn offset(&self) -> f64 {
        0.0
    }
    fn scale(&self) -> f64 {
        1.0
    }

    fn states(&self) -> usize;
    /// The features that make the state.
    fn feature_names(&self) -> Vec<String>;
    /// Their values for every state, shape `(states, features)`.
    fn features(&self, step: usize) -> Vec<f64>;
    /// The grid state nearest to a row of the state's features.
    fn nearest(&self, step: usize, row: &[f64]) -> usize;
    /// Whether rules that read the state alone are scored on the grid: not where it has more than two dimensions.
    fn scores_on_grid(&self) -> bool {
        true
    }
    /// Probabilities of the states at the fill.
    fn initial(&self) -> Vec<f64>;
    /// `out[s] = E[next(S at step + 1); still running | S = s at step]`.
    fn expect(&self, step: usize, next: &[f64], out: &mut [f64]);
    /// Adds to `out` where the mass at each state goes: the transpose of [`GridProblem::expect`].
    fn spread(&self, step: usize, mass: &[f64], out: &mut [f64]);

    /// What one whole unit fetches in each state, where gains are differences of a price that the state tells.
    fn price(&self, _step: usize) -> Option<Vec<f64>> {
        None
    }
    /// Mean gain of one whole unit over the step in each state, costs at a protective stop included.
    fn drift(&self, _step: usize) -> Option<Vec<f64>> {
        None
    }
    /// Mean of the variance charged for the step in each state.
    fn variance(&self, _step: usize) -> Option<Vec<f64>> {
        None
    }

    /// Names of the columns of a simulated row; those of the state come first where they are hidden.
    fn column_names(&self) -> Vec<String> {
        self.feature_names()
    }
    /// Features of the path itself that tell what the columns do not.
    fn path_features(&self) -> &'static [&'static str] {
        &[]
    }
    /// One path of the market, its rows with the columns of [`GridProblem::column_names`].
    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath;

    /// The tabled figure of what a chooser does.
    fn measure(&self, chooser: &Chooser<'_>) -> f64
    where
        Self: Sized,
    {
        self.scale() * (self.offset() + evaluate(self, &Economics::of(self), chooser))
    }
    /// The tabled optimum, and the policy that attains it.
    fn optimum(&self) -> (f64, PolicyTable)
    where
        Self: Sized,
    {
        let (value, table) = best(self, &Economics::of(self));
        (self.scale() * (self.offset() + value), table)
    }
    /// The tabled optimum, and a rule that attains it between the states too.
    fn optimal(&self) -> (f64, Box<dyn Rule + '_>)
    where
        Self: Sized,
    {
        let (value, table) = self.optimum();
        (value, Box::new(TableRule { problem: self, table }))
    }
    /// The tabled figure of the best rule that ignores the features, and its name.
    fn base(&self) -> (f64, String)
    where
        Self: Sized,
    {
        let (value, name) = base_of(self);
        (self.scale() * (self.offset() + value), name)
    }
    /// Whether the features that make the state are kept from those who learn.
    fn hides_state(&self) -> bool {
        false
    }
    /// Where a rule sells each tranche, and where the optimum does: see [`crate::Problem`].
    fn ladder_of(&self, _rule: &dyn Rule) -> Option<Vec<Rung>> {
        None
    }
    fn exact_ladder(&self) -> Option<Vec<Rung>> {
        None
    }
    /// Further exact figures by name.
    fn details(&self) -> Vec<(String, f64)> {
        Vec::new()
    }
}

/// A per-state quantity at one step; `None` means 0.
type PerState<'a> = Box<dyn Fn(usize) -> Option<Vec<f64>> + Sync + 'a>;

/// Adds what holding the given number of tranches through a step earns to each state's value.
type Hold<'a> = Box<dyn Fn(usize, usize, &mut [f64]) + Sync + 'a>;

/// What sales and holding are worth: the problem's own, or another that shares its market.
pub(crate) struct Economics<'a> {
    pub tranches: usize,
    /// Cost of selling 0, 1, … K tranches at once.
    pub cost: Vec<f64>,
    /// γ of an exponential utility: expectations become certainty equivalents; 0 for plain expectations.
    pub entropy: f64,
    pub price: PerState<'a>,
    pub hold: Hold<'a>,
}

impl<'a> Economics<'a> {
    /// Those of the problem itself.
    pub(crate) fn of(problem: &'a dyn GridProblem) -> Self {
        Self::with_tranches(problem, problem.tranches())
    }

    /// Those of the problem with another number of tranches.
    pub(crate) fn with_tranches(problem: &'a dyn GridProblem, tranches: usize) -> Self {
        let objective = problem.objective();
        let (entropy, gamma) = match objective.utility {
            Utility::MeanVariance => (0.0, objective.risk_aversion),
            Utility::Exponential => (objective.risk_aversion, 0.0),
        };
        let hold = move |step: usize, kept: usize, values: &mut [f64]| {
            let held = kept as f64 / tranches as f64;
            if let Some(drift) = problem.drift(step) {
                values.iter_mut().zip(&drift).for_each(|(value, mean)| *value += held * mean);
            }
            if let Some(variance) = problem.variance(step).filter(|_| gamma != 0.0) {
                let penalty = 0.5 * gamma * held * held;
                values.iter_mut().zip(&variance).for_each(|(value, risk)| *value -= penalty * risk);
            }
        };
        Self {
            tranches,
            cost: costs(&problem.terms(), tranches),
            entropy,
            price: Box::new(|step| problem.price(step)),
            hold: Box::new(hold),
        }
    }

    /// Counts orders: each sale is worth 1, the forced one at the horizon too.
    pub(crate) fn orders(tranches: usize) -> Self {
        let mut cost = vec![-1.0; tranches + 1];
        cost[0] = 0.0;
        Self { tranches, cost, entropy: 0.0, price: Box::new(|_| None), hold: Box::new(|_, _, _| {}) }
    }

    /// Counts bars in which anything was held.
    pub(crate) fn bars(tranches: usize) -> Self {
        let hold = |_: usize, _: usize, values: &mut [f64]| values.iter_mut().for_each(|value| *value += 1.0);
        let cost = vec![0.0; tranches + 1];
        Self { tranches, cost, entropy: 0.0, price: Box::new(|_| None), hold: Box::new(hold) }
    }
}

/// Cost of selling 0, 1, … K of K tranches at once.
pub(crate) fn costs(terms: &TradeTerms, tranches: usize) -> Vec<f64> {
    (0..=tranches).map(|sold| terms.cost_r(sold as f64 / tranches as f64)).collect()
}

/// Proportional costs alone.
pub(crate) fn proportional_terms(proportional_r: f64) -> TradeTerms {
    TradeTerms { proportional_r, per_order_r: 0.0, impact_r: 0.0, impact_power: 2.0, lots: None, min_lots: 0 }
}

/// The parameters every gridded problem with tranches shares.
pub(crate) const fn tranches_parameter(default: f64) -> Parameter {
    Parameter::whole("tranches", default, 1.0, 64.0, "equal parts K that the position can be sold in")
}

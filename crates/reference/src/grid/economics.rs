//! What sales and holding are worth on a grid of states.

use scaleout_exits::{TradeTerms, Utility};

use super::GridProblem;

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

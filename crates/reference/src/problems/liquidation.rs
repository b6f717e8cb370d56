//! Optimal liquidation (B6), first half: Almgren & Chriss 2000, where impact is traded against price risk.
//!
//! Nothing is to be seen, so the optimum is a schedule. In units of R = σ √τ X (one deviation of the whole position
//! over one step), holdings at the trade times solve a linear difference equation in closed form; the recursion over
//! tranches comes as close to it as the tranches allow.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_exits::{Objective, TradeTerms, Utility};

use crate::{
    CatalogueEntry, Parameter, ReferencePath, Settings,
    grid::{Economics, GridAnswers, GridProblem, tranches_parameter, value_of_schedule},
};

const TITLE: &str = "liquidation with impact and price risk";

static PARAMETERS: [Parameter; 9] = [
    tranches_parameter(20.0),
    Parameter::real("shares", 1e6, 1.0, 1e12, "shares X to be sold"),
    Parameter::real("days", 5.0, 0.1, 1000.0, "time T until all is sold"),
    Parameter::whole("trades", 5.0, 2.0, 500.0, "sales in that time"),
    Parameter::real("volatility", 0.95, 1e-6, 1e6, "σ, currency a share and √day"),
    Parameter::real("half_spread", 0.0625, 0.0, 1e6, "ε, currency a share"),
    Parameter::real("permanent_impact", 2.5e-7, 0.0, 1.0, "γ, currency a share²"),
    Parameter::real("temporary_impact", 2.5e-6, 1e-12, 1e3, "η, currency · day a share²"),
    Parameter::real("risk_aversion", 1e-6, 0.0, 1.0, "λ, per unit of currency"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B6-AC", TITLE, &PARAMETERS, |settings| Box::new(Liquidation { settings }));

struct Liquidation {
    settings: Settings,
}

impl Liquidation {
    fn step_days(&self) -> f64 {
        self.settings.real("days") / self.settings.real("trades")
    }

    /// One R: a deviation of the whole position over a step.
    fn risk_unit(&self) -> f64 {
        self.settings.real("volatility") * self.step_days().sqrt() * self.settings.real("shares")
    }

    /// η̃ = η − ½ γ τ.
    fn net_impact(&self) -> f64 {
        self.settings.real("temporary_impact") - 0.5 * self.settings.real("permanent_impact") * self.step_days()
    }

    /// Shares held after each trade but the last (Almgren & Chriss 2000, equation 17).
    fn holdings(&self) -> Vec<f64> {
        let (shares, days) = (self.settings.real("shares"), self.settings.real("days"));
        let tau = self.step_days();
        let square = self.settings.real("risk_aversion") * self.settings.real("volatility").powi(2) / self.net_impact();
        let kappa = (0.5 * square * tau * tau + 1.0).acosh() / tau;
        let held = |trade: usize| {
            let left = days - tau * trade as f64;
            if kappa == 0.0 { shares * left / days } else { shares * (kappa * left).sinh() / (kappa * days).sinh() }
        };
        (1..self.settings.whole("trades")).map(held).collect()
    }
}

impl GridProblem for Liquidation {
    fn id(&self) -> &'static str {
        "B6-AC"
    }

    fn title(&self) -> &'static str {
        TITLE
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn steps(&self) -> usize {
        self.settings.whole("trades") - 1
    }

    fn tranches(&self) -> usize {
        self.settings.whole("tranches")
    }

    fn objective(&self) -> Objective {
        Objective {
            utility: Utility::MeanVariance,
            risk_aversion: 2.0 * self.settings.real("risk_aversion") * self.risk_unit(),
            variance_column: Some("variance".to_owned()),
        }
    }

    fn terms(&self) -> TradeTerms {
        let shares = self.settings.real("shares");
        TradeTerms {
            proportional_r: self.settings.real("half_spread") * shares / self.risk_unit(),
            per_order_r: 0.0,
            impact_r: self.net_impact() * shares * shares / self.step_days() / self.risk_unit(),
            impact_power: 2.0,
            lots: None,
            min_lots: 0,
        }
    }

    fn states(&self) -> usize {
        1
    }

    fn feature_names(&self) -> Vec<String> {
        vec!["variance".to_owned()]
    }

    fn features(&self, _step: usize) -> Vec<f64> {
        vec![1.0]
    }

    fn nearest(&self, _step: usize, _row: &[f64]) -> usize {
        0
    }

    fn initial(&self) -> Vec<f64> {
        vec![1.0]
    }

    fn expect(&self, _step: usize, next: &[f64], out: &mut [f64]) {
        out.copy_from_slice(next);
    }

    fn spread(&self, _step: usize, mass: &[f64], out: &mut [f64]) {
        out[0] += mass[0];
    }

    fn variance(&self, _step: usize) -> Option<Vec<f64>> {
        Some(vec![1.0])
    }

    fn path(&self, rng: &mut ChaCha8Rng) -> ReferencePath {
        let mut path = ReferencePath::with_capacity(self.steps(), self.terms());
        let mut price = 0.0;
        for _ in 0..self.steps() {
            let gain: f64 = rng.sample(StandardNormal);
            path.prices.push(price);
            path.features.push(1.0);
            path.unit.r.push(gain);
            path.unit.variance.push(1.0);
            path.expected.push(0.0);
            path.expected_variance.push(1.0);
            price += gain;
        }
        path.prices.push(price);
        path
    }

    fn details(&self) -> Vec<(String, f64)> {
        let shares = self.settings.real("shares");
        let holdings = self.holdings();
        let tau = self.step_days();
        let variance = self.settings.real("volatility").powi(2) * tau * holdings.iter().map(|x| x * x).sum::<f64>();
        let before = std::iter::once(&shares).chain(&holdings);
        let sold = before.zip(holdings.iter().chain([&0.0])).map(|(before, after)| before - after);
        let impact: f64 = sold.map(|sold| self.net_impact() * sold * sold / tau).sum();
        let spread = self.settings.real("half_spread") * shares;
        let permanent = 0.5 * self.settings.real("permanent_impact") * shares * shares;
        let utility = spread + impact + self.settings.real("risk_aversion") * variance;
        let mut details: Vec<(String, f64)> =
            (1..).zip(&holdings).map(|(trade, held)| (format!("shares held after trade {trade}"), *held)).collect();
        details.push(("expected shortfall".to_owned(), permanent + spread + impact));
        details.push(("deviation of the shortfall".to_owned(), variance.sqrt()));
        details.push(("optimum without tranches".to_owned(), -utility / self.risk_unit()));
        details
    }
}

impl GridAnswers for Liquidation {
    /// Every rule ignores the features here, so the base is what people do: all at once, or evenly over the time.
    fn base(&self) -> (f64, String) {
        let trades = self.settings.whole("trades");
        let even: Vec<u32> = (1..trades).map(|trade| (self.tranches() * (trades - trade) / trades) as u32).collect();
        let evenly = value_of_schedule(self, &Economics::of(self), &even);
        let at_once = -self.terms().cost_r(1.0);
        if evenly > at_once { (evenly, "even schedule".to_owned()) } else { (at_once, "all at once".to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use crate::problem;

    #[test]
    fn tabled_figures_of_almgren_and_chriss() {
        let problem = problem("B6-AC", &["tranches=64"]).unwrap();
        let details = problem.details();
        let expected = [541955.6, 289854.2, 147897.5, 62141.8, 911226.99, 603430.67];
        for ((name, value), expected) in details.iter().zip(expected) {
            // One and two tabled decimals.
            assert!((value - expected).abs() < 0.06, "{name}: {value} for {expected}");
        }
        let continuous = details[6].1;
        let optimum = problem.solve().optimum;
        // A tranche of 1/64 is off by at most 1/128 at each trade: second order in the objective.
        assert!(continuous >= optimum && optimum > continuous - 2e-3, "{optimum} for {continuous}");
    }
}

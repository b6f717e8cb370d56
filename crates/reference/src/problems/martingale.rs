//! Nothing to find (B10 a): a random walk with a cost that cannot be avoided. Every rule earns −cost on average.

use scaleout_exits::{Objective, Utility};

use crate::{
    CatalogueEntry, Parameter, SaleLimits, Settings,
    grid::{Autoregression, GridAxis, ScalarProblem, Told, proportional_terms, tranches_parameter},
};

const TITLE: &str = "random walk with an unavoidable cost: nothing to find";

static PARAMETERS: [Parameter; 3] = [
    Parameter::whole("bars", 40.0, 2.0, 500.0, "decisions N until the rest is sold"),
    tranches_parameter(4.0),
    Parameter::real("cost", 0.1, 0.0, 10.0, "proportional cost of the whole position, R"),
];

pub(crate) const ENTRY: CatalogueEntry =
    CatalogueEntry::new("B10", TITLE, &PARAMETERS, |settings| Box::new(build(settings)));

/// Nodes in the deviation of one step.
const NODES_PER_SD: f64 = 4.0;

fn build(settings: Settings) -> ScalarProblem {
    let steps = settings.whole("bars");
    let market = Autoregression { start: 0.0, intercept: 0.0, slope: 1.0, sd: 1.0 };
    // The axis is so long that its ends, where the walk is not fair, are out of reach.
    let reach = 8.0 * (steps as f64).sqrt() + 8.0;
    let axis = GridAxis::centred(0.0, reach, (reach * NODES_PER_SD).ceil() as usize);
    ScalarProblem {
        id: "B10",
        title: TITLE,
        kernel: market.kernel(&axis, None),
        market,
        barrier: None,
        axis,
        price: Box::new(|_, x| x),
        column: "level",
        column_of: |x| x,
        state_of: |x| x,
        steps,
        tranches: settings.whole("tranches"),
        limits: SaleLimits::default(),
        objective: Objective { utility: Utility::MeanVariance, risk_aversion: 0.0, variance_column: None },
        terms: proportional_terms(settings.real("cost")),
        offset: 0.0,
        scale: 1.0,
        told: Told::Value,
        details: |_| Vec::new(),
        settings,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Moment, Rule, Score, problem};

    /// A rule that sells by level and time, as a learner that has found noise would.
    struct Wiggle;

    impl Rule for Wiggle {
        fn inputs(&self) -> Vec<String> {
            vec!["level".to_owned()]
        }

        fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
            for (level, answers) in rows.iter().zip(out.chunks_exact_mut(at.tranches)) {
                let wanted = ((level.sin() + 1.0) * 2.0 + 0.2 * at.bars_to_horizon as f64) as u32;
                answers.iter_mut().zip(1..).for_each(|(answer, left)| *answer = wanted.min(left));
            }
        }
    }

    #[test]
    fn no_rule_earns_anything_but_the_cost() {
        let problem = problem("B10", &["cost=.1"]).unwrap();
        let solution = problem.solve();
        assert!((solution.optimum + 0.1).abs() < 1e-7 && (solution.base + 0.1).abs() < 1e-7, "{solution:?}");
        assert_eq!(solution.skill(Score { value: 0.0, standard_error: 0.0 }), None);
        let value = problem.score(&Wiggle).unwrap().value;
        assert!((value + 0.1).abs() < 1e-7, "{value}");
    }
}

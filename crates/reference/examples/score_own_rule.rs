//! Scores a rule of your own on a market whose best exit is known.
//!
//! `cargo run --release -p scaleout-reference --example score_own_rule`
//!
//! Start here to test a learner or a rule where the right answer is known.

use std::error::Error;

use scaleout_reference::{FixedSchedule, Moment, Problem, Rule, problem};

/// Holds as long as the signal is above `level`, and sells everything below it.
struct HoldAbove {
    level: f64,
}

impl Rule for HoldAbove {
    fn inputs(&self) -> Vec<String> {
        vec!["signal".to_owned()]
    }

    fn targets(&self, at: &Moment, rows: &[f64], out: &mut [u32]) {
        // One row of inputs, and one answer for every number of tranches that may be left.
        for (signal, answers) in rows.iter().zip(out.chunks_exact_mut(at.tranches)) {
            for (left, answer) in (1..).zip(answers) {
                *answer = if self.level < *signal { left } else { 0 };
            }
        }
    }
}

/// B7: a signal with memory is the mean of the next return.
fn order_flow() -> Result<Box<dyn Problem>, Box<dyn Error>> {
    Ok(problem("B7", &["impact=0", "risk_aversion=0", "tranches=1"])?)
}

/// The share of the way from the base to the optimum that `rule` goes.
fn skill(problem: &dyn Problem, rule: &dyn Rule) -> Result<f64, Box<dyn Error>> {
    let score = problem.score(rule)?;
    Ok(problem.solve().skill(score).ok_or("the optimum is no better than the base")?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let problem = order_flow()?;
    let solution = problem.solve();
    println!(
        "{}: optimum {:.4}, base {:.4} ({})",
        problem.title(),
        solution.optimum,
        solution.base,
        solution.base_rule
    );
    for level in [-0.4, -0.2, -0.1, 0.0, 0.1] {
        println!("hold above {level:+.1}: skill {:.3}", skill(problem.as_ref(), &HoldAbove { level })?);
    }
    println!("sell at the fill: skill {:.3}", skill(problem.as_ref(), &FixedSchedule::all_at(0, 1))?);
    Ok(())
}

#[test]
fn the_signal_helps_and_nothing_beats_the_optimum() -> Result<(), Box<dyn Error>> {
    main()?;
    let problem = order_flow()?;
    let skills: Vec<f64> = [-0.2, -0.1, 0.0]
        .map(|level| skill(problem.as_ref(), &HoldAbove { level }))
        .into_iter()
        .collect::<Result<_, _>>()?;
    assert!(skills.iter().all(|skill| (0.4..=1.0).contains(skill)) && 0.9 < skills[0], "{skills:?}");
    Ok(())
}

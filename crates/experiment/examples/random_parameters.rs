//! Whether the default learner depends on the tabled parameters: reference problems at parameters drawn at random.
//!
//! `cargo run --release -p scaleout-experiment --example random_parameters -- OUT TRADES DRAWS [FIRST_DRAW [PROBLEMS]]`
//! (`PROBLEMS`: ids separated by commas) writes `OUT/draws.csv`, a row for each draw, and prints a row for each problem.
//! It ends with status 1 where the learner that `best` takes falls more than .005 of skill behind the best of the three
//! in the mean over the draws of a problem.
//!
//! Draws in which the features are worth too little to measure a skill are counted and left out.
#![allow(clippy::result_large_err, reason = "an error ends the program")]

use std::{error::Error, fmt::Write, fs, path::Path, process::ExitCode};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use scaleout_experiment::{Caution, ReferenceRequest, ReferenceResult, Silent, reference, reference_learners};

/// A parameter, and the range that it is drawn from, evenly.
type Range = (&'static str, f64, f64);

/// The problems and the ranges around their tabled parameters.
const PROBLEMS: [(&str, &[Range]); 12] = [
    ("B1", &[("spot", 33.0, 43.0), ("volatility", 0.12, 0.4), ("rate", 0.02, 0.1), ("years", 0.5, 2.0)]),
    ("B2", &[("spot", 90.0, 110.0), ("volatility", 0.15, 0.3), ("dividend", 0.05, 0.15)]),
    ("B4", &[("volatility", 0.05, 0.2), ("strike", 0.7, 0.95), ("reversion", 0.05, 0.3)]),
    ("B5", &[("decay", 0.8, 0.95), ("risk_aversion", 0.25, 2.0), ("cost", 0.01, 0.1), ("start", -1.0, 1.0)]),
    ("B6", &[("impact", 2.0, 10.0), ("penalty", 0.02, 0.2), ("signal_decay", 0.6, 0.9), ("signal_sd", 0.1, 0.4)]),
    ("B7", &ORDER_FLOW),
    ("B8", &[("up", 0.06, 0.16), ("down", -0.3, -0.1), ("turn", 0.01, 0.04), ("start", 0.8, 0.95)]),
    ("B9", &[("drift", 0.005, 0.025), ("volatility", 0.08, 0.2), ("risk_aversion", 0.5, 2.0)]),
    ("B11", &ORDER_FLOW_WITH_FEE),
    ("B12", &[("stop", 1.0, 4.0), ("start", -1.0, 1.0), ("reversion", 0.5, 2.0)]),
    (
        "B13",
        &[
            ("signal_mean", 0.0, 0.08),
            ("signal_decay", 0.9, 0.97),
            ("signal_sd", 0.08, 0.2),
            ("risk_aversion", 0.05, 0.2),
            ("stop", 2.0, 6.0),
            ("cost", 0.05, 0.2),
        ],
    ),
    ("P1", &[("half_life", 10.0, 50.0), ("forecast", 0.0, 5.0)]),
];

const ORDER_FLOW: [Range; 7] = [
    ("signal_decay", 0.8, 0.95),
    ("signal_sd", 0.08, 0.3),
    ("risk_aversion", 0.15, 0.6),
    ("impact", 0.2, 1.0),
    ("cost", 0.05, 0.2),
    ("to_high", 0.02, 0.1),
    ("to_low", 0.05, 0.2),
];

const ORDER_FLOW_WITH_FEE: [Range; 5] = [
    ("signal_decay", 0.8, 0.95),
    ("signal_sd", 0.08, 0.3),
    ("risk_aversion", 0.15, 0.6),
    ("fee", 0.02, 0.1),
    ("cost", 0.05, 0.2),
];

/// Skill by which the learner taken may fall behind the best.
const SHORTFALL: f64 = 0.005;

/// The skill that the learner taken should reach from 10,000 trades.
const WANTED: f64 = 0.98;

/// What one draw came to.
struct Draw {
    settings: Vec<String>,
    learners: Vec<ReferenceResult>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |place: usize, default: &str| arguments.get(place).cloned().unwrap_or_else(|| default.to_owned());
    let out = text(0, "runs/random-parameters");
    let out = Path::new(&out);
    let (trades, draws, first): (usize, u64, u64) =
        (text(1, "1000").parse()?, text(2, "20").parse()?, text(3, "1").parse()?);
    let wanted = text(4, "");
    fs::create_dir_all(out)?;
    let mut rows = "problem,draw,parameters,optimum,base,taken,taken_skill,linear,boosted_trees,mlp\n".to_owned();
    println!(
        "problem,trades,draws,mean_skill,least_skill,share_above_.98,mean_shortfall,largest_shortfall,nothing_to_gain"
    );
    let mut is_behind = false;
    for (problem, ranges) in
        PROBLEMS.iter().filter(|(id, _)| wanted.is_empty() || wanted.split(',').any(|one| one == *id))
    {
        let found: Vec<Draw> = (first..first + draws)
            .into_par_iter()
            .map(|number| draw(problem, ranges, trades, number).map_err(|error| error.to_string()))
            .collect::<Result<_, _>>()?;
        let (mut skills, mut shortfalls) = (Vec::new(), Vec::new());
        for (number, Draw { settings, learners }) in (first..).zip(&found) {
            let taken = learners.iter().find(|one| one.is_chosen == Some(true)).ok_or("no learner was taken")?;
            let shown = |skill: Option<f64>| skill.map_or(String::new(), |skill| format!("{skill:.4}"));
            writeln!(
                rows,
                "{problem},{number},{},{:.5},{:.5},{},{},{}",
                settings.join(" "),
                taken.optimum,
                taken.base,
                taken.learner.as_deref().unwrap_or_default(),
                shown(taken.skill),
                learners.iter().map(|one| shown(one.skill)).collect::<Vec<_>>().join(",")
            )?;
            let best = learners.iter().filter_map(|one| one.skill).reduce(f64::max);
            if let (Some(skill), Some(best)) = (taken.skill, best) {
                skills.push(skill);
                shortfalls.push(best - skill);
            }
        }
        fs::write(out.join("draws.csv"), &rows)?;
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len().max(1) as f64;
        let reached = skills.iter().filter(|&&skill| WANTED <= skill).count() as f64 / skills.len().max(1) as f64;
        println!(
            "{problem},{trades},{},{:.4},{:.4},{reached:.2},{:.4},{:.4},{}",
            skills.len(),
            mean(&skills),
            skills.iter().copied().fold(f64::INFINITY, f64::min),
            mean(&shortfalls),
            shortfalls.iter().copied().fold(0.0, f64::max),
            found.len() - skills.len()
        );
        is_behind |= SHORTFALL < mean(&shortfalls);
    }
    Ok(if is_behind { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// All learners at the parameters of draw `number`.
fn draw(problem: &str, ranges: &[Range], trades: usize, number: u64) -> Result<Draw, Box<dyn Error + Send + Sync>> {
    let mut rng = ChaCha8Rng::seed_from_u64(number);
    let value = |&(name, low, high): &Range| format!("{name}={:.3}", low + (high - low) * rng.random::<f64>());
    let settings: Vec<String> = ranges.iter().map(value).collect();
    let request = ReferenceRequest {
        problem: problem.to_owned(),
        settings: settings.clone(),
        learners: reference_learners("all")?,
        paths: trades,
        seed: number,
        caution: Caution::Chosen,
    };
    let learners = reference(&request, &Silent, &mut |_| ())?;
    match learners.iter().find_map(|one| one.error.as_ref()) {
        Some(error) => Err(format!("{problem} with {}: {error}", settings.join(" ")).into()),
        None => Ok(Draw { settings, learners }),
    }
}

//! How good a learned exit is with the trades that people have: reference problems with few trades, many seeds.
//!
//! `cargo run --release -p scaleout-experiment --example sample_efficiency -- OUT TRADES,TRADES,… SEEDS [FIRST_SEED [LEARNER [MARKETS]]]`
//! (`best` is the default learner of the table, `MARKETS` some names separated by commas) writes `OUT/fits.csv` (one row a fit) and `OUT/curves.csv` (means), and ends with status 1 where the learned exit is
//! worse than its floor: by more than .01 R and two standard errors in the mean, or by .05 R with more than 5 % of
//! seeds. The floor is the plain rule that was chosen on the
//! training trades, or selling at once.
//!
//! Beside the default learner stands the plain regression, which is least-squares Monte Carlo with products of splines.
#![allow(clippy::result_large_err, reason = "an error ends the program")]

use std::{error::Error, fmt::Write, fs, path::Path, process::ExitCode};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use scaleout_experiment::{Caution, ReferenceRequest, ReferenceResult, Silent, reference, reference_learners};

/// A market: its name in the tables, the problem, and what differs from the tabled parameters.
const MARKETS: [(&str, &str, &[&str]); 8] = [
    ("B5", "B5", &[]),
    ("B7", "B7", &[]),
    ("B8", "B8", &[]),
    ("B11", "B11", &[]),
    ("B13", "B13", &[]),
    ("P1", "P1", &[]),
    ("nothing to find", "B7", &["signal_sd=.001", "noise_features=5", "risk_aversion=.1", "impact=0"]),
    ("drift and noise", "B13", &["signal_mean=.04", "signal_sd=.001", "risk_aversion=.01", "stop=20"]),
];

/// Both learners on the trades of one seed.
struct Fit {
    market: &'static str,
    trades: usize,
    seed: u64,
    cautious: ReferenceResult,
    plain: ReferenceResult,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = |place: usize, default: &str| arguments.get(place).cloned().unwrap_or_else(|| default.to_owned());
    let out = text(0, "runs/sample-efficiency");
    let out = Path::new(&out);
    let trades: Vec<usize> = text(1, "300").split(',').map(str::parse).collect::<Result<_, _>>()?;
    let (seeds, first): (u64, u64) = (text(2, "20").parse()?, text(3, "1000").parse()?);
    let (learner, wanted) = (text(4, "linear"), text(5, ""));
    let is_wanted = |market: &str| wanted.is_empty() || wanted.split(',').any(|name| name == market);
    fs::create_dir_all(out)?;
    let mut fits = "market,trades,seed,optimum,base,floor,floor_rule,kappa,cautious,plain\n".to_owned();
    let mut curves =
        "market,trades,seeds,optimum,base,floor,cautious,plain,difference,standard_error,below_floor\n".to_owned();
    let mut is_worse = false;
    for &(market, problem, settings) in MARKETS.iter().filter(|(market, ..)| is_wanted(market)) {
        for &trades in &trades {
            let found: Vec<Fit> = (first..first + seeds)
                .into_par_iter()
                .map(|seed| fit(market, problem, settings, &learner, trades, seed).map_err(|error| error.to_string()))
                .collect::<Result<_, _>>()?;
            for one in &found {
                writeln!(
                    fits,
                    "{},{},{},{:.5},{:.5},{:.5},{:?},{},{:.5},{:.5}",
                    one.market,
                    one.trades,
                    one.seed,
                    one.cautious.optimum,
                    one.cautious.base,
                    floor(one),
                    one.cautious.floor_rule.as_deref().unwrap_or_default(),
                    one.cautious.caution.map_or("inf".to_owned(), |kappa| kappa.to_string()),
                    learned(&one.cautious),
                    learned(&one.plain)
                )?;
            }
            let mean = |of: &dyn Fn(&Fit) -> f64| found.iter().map(of).sum::<f64>() / found.len().max(1) as f64;
            let difference = |one: &Fit| learned(&one.cautious) - floor(one);
            let centre = mean(&difference);
            let spread = mean(&|one: &Fit| (difference(one) - centre).powi(2)).sqrt();
            let error = spread / (found.len().max(2) as f64 - 1.0).sqrt();
            let below = mean(&|one: &Fit| f64::from(difference(one) < -0.05));
            is_worse |= centre < -0.01 - 2.0 * error || 0.05 < below;
            let row = format!(
                "{market},{trades},{},{:.4},{:.4},{:.4},{:.4},{:.4},{centre:.4},{error:.4},{below:.3}",
                found.len(),
                mean(&|one: &Fit| one.cautious.optimum),
                mean(&|one: &Fit| one.cautious.base),
                mean(&floor),
                mean(&|one: &Fit| learned(&one.cautious)),
                mean(&|one: &Fit| learned(&one.plain)),
            );
            println!("{row}");
            writeln!(curves, "{row}")?;
        }
    }
    fs::write(out.join("fits.csv"), fits)?;
    fs::write(out.join("curves.csv"), curves)?;
    Ok(if is_worse { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn fit(
    market: &'static str,
    problem: &str,
    settings: &[&str],
    learner: &str,
    trades: usize,
    seed: u64,
) -> Result<Fit, Box<dyn Error + Send + Sync>> {
    let under = |caution| -> Result<ReferenceResult, Box<dyn Error + Send + Sync>> {
        let request = ReferenceRequest {
            problem: problem.to_owned(),
            settings: settings.iter().map(|&text| text.to_owned()).collect(),
            learners: reference_learners(learner)?,
            paths: trades,
            seed,
            caution,
        };
        let result = reference(&request, &Silent, &mut |_| ())?.swap_remove(0);
        match &result.error {
            Some(error) => Err(format!("{market} with seed {seed}: {error}").into()),
            None => Ok(result),
        }
    };
    Ok(Fit { market, trades, seed, cautious: under(Caution::Chosen)?, plain: under(Caution::None)? })
}

fn learned(result: &ReferenceResult) -> f64 {
    result.learned.unwrap_or(f64::NAN)
}

/// The value of the plain rule that the model may depart from.
fn floor(fit: &Fit) -> f64 {
    fit.cautious.floor.unwrap_or(fit.cautious.base)
}

//! Boosted trees beside LightGBM on a million rows of low signal: time and held-out error of both in one run.
//!
//! One of the features acts by a step. Where it lies decides how near a bin of either comes to it, and with it up to a
//! third of what is told, so that the two are compared on tables with the step at several places.
//!
//! `SCALEOUT_PYTHON` names a Python that has lightgbm and numpy; without it only our own trees are timed.
//! `SCALEOUT_TREES` changes the number of our trees, and not of LightGBM's.
#![allow(missing_docs)]

mod peer;

use std::{env, num::NonZeroUsize, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_model::Regressor;
use scaleout_training::{TreesConfig, fit_trees};

use peer::{Peer, cpu_seconds, r_squared};

const WIDTH: usize = 60;
const TREES: usize = 100;
const LEAVES: usize = 31;
const LEARNING_RATE: f64 = 0.1;
const BINS: usize = 63;
const STEPS: [f64; 5] = [-0.7, -0.2, 0.3, 0.5, 0.8];

/// LightGBM on the same rows with the same number and size of trees, bins and threads.
const PEER: &str = r#"
import sys, time, numpy, lightgbm
folder, threads = sys.argv[1], int(sys.argv[2])
load = lambda name, kind: numpy.fromfile(f"{folder}/{name}", dtype=kind)
width, trees, leaves, rate, bins = int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6]), int(sys.argv[7])
x, y = load("train.x", "f4").reshape(-1, width), load("train.y", "f8")
tx, ty = load("test.x", "f4").reshape(-1, width), load("test.y", "f8")
settings = dict(objective="l2", num_leaves=leaves, learning_rate=rate, max_bin=bins, min_data_in_leaf=len(y) // 200,
                num_threads=threads, verbosity=-1, seed=1, deterministic=True)
start, cpu = time.perf_counter(), time.process_time()
data = lightgbm.Dataset(x, y, params=settings)
model = lightgbm.train(settings, data, trees)
end, end_cpu = time.perf_counter(), time.process_time()
predicted = model.predict(tx)
print(lightgbm.__version__, end - start, end_cpu - cpu, 1 - ((predicted - ty) ** 2).mean() / ty.var())
"#;

struct Table {
    features: Vec<f32>,
    targets: Vec<f64>,
    /// The part of the targets that the features tell.
    signal: Vec<f64>,
}

/// Ten of the features tell a hundredth of the variance; one of them acts by a step at `step`.
fn table(rows: usize, step: f64, seed: u64) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut table = Table { features: Vec::with_capacity(rows * WIDTH), targets: vec![], signal: vec![] };
    for _ in 0..rows {
        let row: Vec<f32> = (0..WIDTH).map(|_| rng.sample::<f32, _>(StandardNormal)).collect();
        let at = |place: usize| f64::from(row[place]);
        let told = 0.5 * at(0)
            + (2.0 * at(1)).sin()
            + at(2) * at(3)
            + if at(4) > step { 1.0 } else { -0.5 }
            + 0.5 * at(5).abs() * at(6)
            + (at(7) + at(8)).tanh()
            + 0.3 * at(9);
        table.signal.push(0.05 * told);
        table.targets.push(0.05 * told + rng.sample::<f64, _>(StandardNormal));
        table.features.extend(row);
    }
    table
}

/// What one of the two took and reached.
#[derive(Debug, Clone, Copy, Default)]
struct Outcome {
    seconds: f64,
    cpu_seconds: f64,
    r_squared: f64,
}

impl Outcome {
    fn plus(self, other: Self) -> Self {
        Self {
            seconds: self.seconds + other.seconds,
            cpu_seconds: self.cpu_seconds + other.cpu_seconds,
            r_squared: self.r_squared + other.r_squared,
        }
    }
}

fn ours(config: &TreesConfig, train: &Table, test: &Table) -> Outcome {
    let weights = vec![1.0; train.targets.len()];
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let fitted = fit_trees(config, &train.features, WIDTH, &train.targets, 1, &weights)
        .expect("Invariant: the table is fit to learn from");
    let (seconds, cpu_seconds) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let predicted = Regressor::Trees(fitted).predict(&test.features, WIDTH);
    Outcome { seconds, cpu_seconds, r_squared: r_squared(&predicted, &test.targets) }
}

/// LightGBM's version and outcome; `None` without a Python.
fn theirs(train: &Table, test: &Table, threads: usize) -> Option<(String, Outcome)> {
    let [train, test] = [train, test].map(|table| peer::Table { features: &table.features, targets: &table.targets });
    let peer = Peer::with("trees", train, test, f64::to_le_bytes)?;
    let [width, threads, trees, leaves, bins] = [WIDTH, threads, TREES, LEAVES, BINS].map(|value| value.to_string());
    let (version, said) = peer.said(PEER, &[threads, width, trees, leaves, LEARNING_RATE.to_string(), bins]);
    Some((version, Outcome { seconds: said[0], cpu_seconds: said[1], r_squared: said[2] }))
}

fn main() {
    let number = |name| env::var(name).ok().and_then(|text: String| text.parse().ok());
    let rows = number("SCALEOUT_ROWS").unwrap_or(1_000_000);
    let threads = rayon::current_num_threads();
    let config = TreesConfig {
        trees: number("SCALEOUT_TREES").unwrap_or(TREES),
        learning_rate: LEARNING_RATE,
        leaves: NonZeroUsize::new(LEAVES).expect("Invariant: leaves are not 0"),
        // The share that is in force is a two-hundredth of the rows, as LightGBM's.
        min_leaf_share: 0.005 * (rows as f64 / 100_000.0).max(1.0).sqrt(),
        l2_share: 0.0,
        bins: BINS,
        ..TreesConfig::default()
    };
    println!("{rows} x {WIDTH} rows, {} trees of {LEAVES} leaves, {BINS} bins, {threads} threads", config.trees);
    println!("step   signal R2 | scaleout: s, CPU s, R2     | LightGBM: s, CPU s, R2");
    let (mut our_sum, mut their_sum) = (Outcome::default(), None::<Outcome>);
    for (number, step) in (1..).zip(STEPS) {
        let (train, test) = (table(rows, step, number), table(rows / 4, step, number + 1_000));
        let ours = ours(&config, &train, &test);
        our_sum = our_sum.plus(ours);
        let signal = r_squared(&test.signal, &test.targets);
        print!("{step:>4}    {signal:.5} |  {}", told(ours));
        match theirs(&train, &test, threads) {
            Some((version, theirs)) => {
                println!(" |  {} ({version})", told(theirs));
                their_sum = Some(their_sum.unwrap_or_default().plus(theirs));
            }
            None => println!(" | not run: set SCALEOUT_PYTHON to a Python that has lightgbm and numpy"),
        }
    }
    if let Some(their_sum) = their_sum {
        let (time, cpu) = (our_sum.seconds / their_sum.seconds, our_sum.cpu_seconds / their_sum.cpu_seconds);
        let [ours, theirs] = [our_sum, their_sum].map(|sum| sum.r_squared / STEPS.len() as f64);
        println!("scaleout takes {time:.2} x LightGBM's time, {cpu:.2} x its CPU time");
        println!("mean held-out R2 {ours:.5} and {theirs:.5}, error {:.5} x LightGBM's", (1.0 - ours) / (1.0 - theirs));
    }
}

fn told(outcome: Outcome) -> String {
    format!("{:>6.2} {:>6.2} {:.5}", outcome.seconds, outcome.cpu_seconds, outcome.r_squared)
}

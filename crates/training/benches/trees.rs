//! Boosted trees beside LightGBM on a million rows of low signal: time and held-out error of both in one run.
//!
//! `SCALEOUT_PYTHON` names a Python that has lightgbm and numpy; without it only our own trees are timed.
//! `SCALEOUT_TREES` changes the number of our trees, and not of LightGBM's.
#![allow(missing_docs)]

mod peer;

use std::{env, num::NonZeroUsize, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_training::{Regressor, TreeRegressor, TreesConfig};

use peer::{Peer, cpu_seconds, r_squared};

const WIDTH: usize = 60;
const TREES: usize = 100;
const LEAVES: usize = 31;
const LEARNING_RATE: f64 = 0.1;
const BINS: usize = 63;

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
data.construct()
binned = time.perf_counter()
model = lightgbm.train(settings, data, trees)
end, end_cpu = time.perf_counter(), time.process_time()
predicted = model.predict(tx)
print(lightgbm.__version__, end - start, binned - start, end_cpu - cpu, 1 - ((predicted - ty) ** 2).mean() / ty.var())
"#;

struct Table {
    features: Vec<f32>,
    targets: Vec<f64>,
    /// The part of the targets that the features tell.
    signal: Vec<f64>,
}

/// Ten of the features tell a hundredth of the variance.
fn table(rows: usize, seed: u64) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut table = Table { features: Vec::with_capacity(rows * WIDTH), targets: vec![], signal: vec![] };
    for _ in 0..rows {
        let row: Vec<f32> = (0..WIDTH).map(|_| rng.sample::<f32, _>(StandardNormal)).collect();
        let at = |place: usize| f64::from(row[place]);
        let told = 0.5 * at(0)
            + (2.0 * at(1)).sin()
            + at(2) * at(3)
            + if at(4) > 0.5 { 1.0 } else { -0.5 }
            + 0.5 * at(5).abs() * at(6)
            + (at(7) + at(8)).tanh()
            + 0.3 * at(9);
        table.signal.push(0.05 * told);
        table.targets.push(0.05 * told + rng.sample::<f64, _>(StandardNormal));
        table.features.extend(row);
    }
    table
}

fn main() {
    let rows = env::var("SCALEOUT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let threads = rayon::current_num_threads();
    let (train, test) = (table(rows, 1), table(rows / 4, 2));
    println!("{rows} x {WIDTH} rows, {TREES} trees of {LEAVES} leaves, {BINS} bins, {threads} threads");
    println!("the signal itself: held-out R2 {:.5}", r_squared(&test.signal, &test.targets));
    let config = TreesConfig {
        trees: env::var("SCALEOUT_TREES").ok().and_then(|trees| trees.parse().ok()).unwrap_or(TREES),
        learning_rate: LEARNING_RATE,
        leaves: NonZeroUsize::new(LEAVES).expect("Invariant: leaves are not 0"),
        // The share that is in force is a two-hundredth of the rows, as LightGBM's.
        min_leaf_share: 0.005 * (rows as f64 / 100_000.0).max(1.0).sqrt(),
        l2_share: 0.0,
        bins: BINS,
        ..TreesConfig::default()
    };
    let weights = vec![1.0; rows];
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let fitted = TreeRegressor::fitted(&config, &train.features, WIDTH, &train.targets, 1, &weights)
        .expect("Invariant: the table is fit to learn from");
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let error = r_squared(&Regressor::Trees(fitted).predict(&test.features, WIDTH), &test.targets);
    println!("scaleout: {seconds:.2} s, {cpu:.2} CPU s, held-out R2 {error:.5}");
    let tables = [&train, &test].map(|table| peer::Table { features: &table.features, targets: &table.targets });
    let [train, test] = tables;
    let Some(peer) = Peer::with("trees", train, test, f64::to_le_bytes) else {
        println!("LightGBM: not run, set SCALEOUT_PYTHON to a Python that has lightgbm and numpy");
        return;
    };
    let [width, threads, trees, leaves, bins] = [WIDTH, threads, TREES, LEAVES, BINS].map(|value| value.to_string());
    let (version, said) = peer.said(PEER, &[threads, width, trees, leaves, LEARNING_RATE.to_string(), bins]);
    println!(
        "LightGBM {version}: {:.2} s ({:.2} s of it binning), {:.2} CPU s, held-out R2 {:.5}",
        said[0], said[1], said[2], said[3]
    );
    println!("scaleout takes {:.2} x LightGBM's time, {:.2} x its CPU time", seconds / said[0], cpu / said[2]);
}

//! The multilayer perceptron beside the same one in PyTorch: time and held-out error of both in one run.
//!
//! `SCALEOUT_PYTHON` names a Python that has torch and numpy; without it only our own network is timed.
#![allow(missing_docs)]

mod peer;

use std::{env, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use scaleout_model::Regressor;
use scaleout_training::{MlpConfig, fit_perceptron};

use peer::{Peer, cpu_seconds, r_squared};

const WIDTH: usize = 40;
const OUTPUTS: usize = 4;

/// The same layers, batches, steps, optimiser and learning rates in PyTorch, on as many threads as it is told.
const PEER: &str = r#"
import sys, time, math, numpy, torch
folder, threads, width, outputs, batch, steps, rate, decay = sys.argv[1], *map(float, sys.argv[2:9])
width, outputs, batch, steps = int(width), int(outputs), int(batch), int(steps)
hidden = [int(size) for size in sys.argv[9].split(",")]
torch.set_num_threads(int(threads)); torch.manual_seed(1)
load = lambda name, columns: torch.from_numpy(numpy.fromfile(f"{folder}/{name}", dtype="f4").reshape(-1, columns))
x, y, tx, ty = load("train.x", width), load("train.y", outputs), load("test.x", width), load("test.y", outputs)
start, cpu = time.perf_counter(), time.process_time()
centre, spread, base, scale = x.mean(0), x.std(0), y.mean(0), y.std(0)
x, y = (x - centre) / spread, (y - base) / scale
sizes = [width] + hidden + [outputs]
layers = []
for a, b in zip(sizes, sizes[1:]):
    layers += [torch.nn.Linear(a, b), torch.nn.ReLU()]
network = torch.nn.Sequential(*layers[:-1])
optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=decay)
warm = max(steps // 20, 1)
at = lambda step: (step + 1) / warm if step < warm else .5 * (1 + math.cos(math.pi * (step - warm) / max(steps - warm, 1)))
schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, at)
order, place = torch.randperm(len(x)), 0
for _ in range(steps):
    if place + batch > len(x):
        order, place = torch.randperm(len(x)), 0
    rows = order[place:place + batch]
    place += batch
    loss = ((network(x[rows]) - y[rows]) ** 2).mean()
    optimiser.zero_grad(); loss.backward(); optimiser.step(); schedule.step()
end, end_cpu = time.perf_counter(), time.process_time()
with torch.no_grad():
    missed = (network((tx - centre) / spread) * scale + base - ty) ** 2
print(torch.__version__, end - start, end_cpu - cpu, 1 - float(missed.mean() / ty.var()))
"#;

struct Table {
    features: Vec<f32>,
    targets: Vec<f64>,
}

/// Ten of the features tell half of the variance; the last is the bars to the horizon.
fn table(rows: usize, seed: u64) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut table = Table { features: Vec::with_capacity(rows * WIDTH), targets: Vec::with_capacity(rows * OUTPUTS) };
    for _ in 0..rows {
        let mut row: Vec<f32> = (0..WIDTH).map(|_| rng.sample::<f32, _>(StandardNormal)).collect();
        row[WIDTH - 1] = rng.random_range(1..=60_u8).into();
        let at = |place: usize| f64::from(row[place]);
        let told = 0.5 * at(0) + (2.0 * at(1)).sin() + at(2) * at(3) + 0.5 * at(5).abs() * at(6) + at(7).tanh();
        for output in 0..OUTPUTS {
            let told = told + 0.3 * output as f64 * at(8);
            table.targets.push(told + 1.5 * rng.sample::<f64, _>(StandardNormal));
        }
        table.features.extend(row);
    }
    table
}

fn main() {
    let rows = env::var("SCALEOUT_ROWS").ok().and_then(|rows| rows.parse().ok()).unwrap_or(200_000);
    let (train, test) = (table(rows, 1), table(rows / 4, 2));
    let config = MlpConfig { hidden: vec![64, 64], epochs: 5.0, least_steps: 1, ..MlpConfig::default() };
    let steps = (config.epochs * rows as f64 / config.batch as f64).ceil() as usize;
    println!("{rows} x {WIDTH} rows, hidden {:?}, {steps} batches of {}", config.hidden, config.batch);
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let fitted = fit_perceptron(&config, &train.features, WIDTH, WIDTH - 1, &train.targets, OUTPUTS, 1)
        .expect("Invariant: the table is fit to learn from");
    let (seconds, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let regressor = Regressor::Mlp(fitted);
    let start = Instant::now();
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("one thread");
    let predicted = alone.install(|| regressor.predict(&test.features, WIDTH));
    let rate = (rows / 4) as f64 / start.elapsed().as_secs_f64();
    let error = r_squared(&predicted, &test.targets);
    println!("scaleout, 1 thread: {seconds:.2} s, {cpu:.2} CPU s, held-out R2 {error:.5}; predicts {rate:.0} rows/s");
    let tables = [&train, &test].map(|table| peer::Table { features: &table.features, targets: &table.targets });
    let [train, test] = tables;
    let Some(peer) = Peer::with("mlp", train, test, |target| (target as f32).to_le_bytes()) else {
        println!("PyTorch: not run, set SCALEOUT_PYTHON to a Python that has torch and numpy");
        return;
    };
    let hidden = config.hidden.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    for threads in [1, rayon::current_num_threads()] {
        let numbers = [threads, WIDTH, OUTPUTS, config.batch, steps].map(|value| value.to_string());
        let rates = [config.learning_rate.to_string(), config.weight_decay.to_string(), hidden.clone()];
        let (version, said) = peer.said(PEER, &[&numbers[..], &rates].concat());
        println!(
            "PyTorch {version}, {threads} threads: {:.2} s, {:.2} CPU s, held-out R2 {:.5}; scaleout takes {:.2} x its \
             time, {:.2} x its CPU time",
            said[0],
            said[1],
            said[2],
            seconds / said[0],
            cpu / said[1],
        );
    }
}

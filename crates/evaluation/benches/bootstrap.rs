//! Hansen's test over many contestants, beside arch's.
//!
//! `cargo bench -p scaleout-evaluation -p scaleout --bench bootstrap -- [CONTESTANTS] [CELLS] [DRAWS]` times ours, by
//! default 1,000 x 10,000 x 10,000. With SCALEOUT_PYTHON set to a Python that has arch
//! (tests/referees/statistics/requirements.txt) it times arch on the same series in the same run: the variances once,
//! and SCALEOUT_PEER_DRAWS draws (100), from which the time of all draws follows, since each costs the same.
#![allow(missing_docs)]

use std::{env, fs, path::PathBuf, process::Command, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_evaluation::stats::spa::superior_predictive_ability;

const MEAN_BLOCK: f64 = 20.0;

const PEER: &str = r#"
import sys, time, numpy, arch
from arch.bootstrap import SPA
path, cells, draws = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
gains = numpy.fromfile(path, dtype="f8").reshape(-1, cells).T.copy()
def cpu(reps):
    test = SPA(numpy.zeros(cells), -gains, block_size=20, reps=reps, bootstrap="stationary", seed=1)
    start = time.process_time()
    test.compute()
    return time.process_time() - start, test.pvalues["consistent"]
few, _ = cpu(1)
many, p = cpu(1 + draws)
print(arch.__version__, few, (many - few) / draws, p)
"#;

/// CPU time of this process so far, all threads together; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// arch's version, its CPU seconds for the variances and for one draw, and its p-value; `None` without a Python.
fn peer(gains: &[Vec<f64>], draws: usize) -> Option<(String, Vec<f64>)> {
    let python = env::var("SCALEOUT_PYTHON").ok()?;
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-bootstrap.f8");
    let bytes: Vec<u8> = gains.iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
    fs::write(&path, bytes).expect("the series are written");
    let arguments = [gains[0].len().to_string(), draws.to_string()];
    let output = Command::new(python).args(["-c", PEER]).arg(&path).args(arguments).output();
    fs::remove_file(&path).expect("the series are removed");
    let output = output.expect("SCALEOUT_PYTHON can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout);
    let mut words = said.split_whitespace();
    let version = words.next().expect("the peer prints its version").to_owned();
    Some((version, words.map(|word| word.parse().expect("the peer prints numbers")).collect()))
}

fn main() {
    let numbers: Vec<usize> = env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let number = |place: usize, default: usize| numbers.get(place).copied().unwrap_or(default);
    let (contestants, cells, draws) = (number(0, 1_000), number(1, 10_000), number(2, 10_000));
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let gains: Vec<Vec<f64>> =
        (0..contestants).map(|_| (0..cells).map(|_| rng.random::<f64>() - 0.5).collect()).collect();
    let threads = env::var("RAYON_NUM_THREADS").unwrap_or_else(|_| "all".to_owned());
    println!("{contestants} contestants x {cells} cells x {draws} draws, threads: {threads}");
    let (start, cpu) = (Instant::now(), cpu_seconds());
    let test = superior_predictive_ability(&gains, MEAN_BLOCK, draws, 1);
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    println!("scaleout: {wall:.1} s, {cpu:.1} CPU s, p {:.3}", test.map_or(f64::NAN, |test| test.consistent));
    let peer_draws = env::var("SCALEOUT_PEER_DRAWS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    match peer(&gains, peer_draws) {
        Some((version, said)) => {
            let (variances, draw, p) = (said[0], said[1], said[2]);
            let all = variances + draw * draws as f64;
            println!(
                "arch {version}: {variances:.1} CPU s for the variances, {draw:.3} for a draw, {all:.0} for all, p {p:.3} of {peer_draws} draws"
            );
            println!("scaleout takes {:.4} x arch's CPU time", cpu / all);
        }
        None => println!("arch was not run: set SCALEOUT_PYTHON to a Python that has it"),
    }
}

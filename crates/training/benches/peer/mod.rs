//! What the benchmarks beside a Python library share: tables on disk, the call, and what it cost.

use std::{env, fs, path::PathBuf, process::Command};

/// Rows of features and targets.
pub struct Table<'a> {
    pub features: &'a [f32],
    pub targets: &'a [f64],
}

/// A Python with the peer in it, and a folder of tables that is gone with it.
pub struct Peer {
    python: String,
    folder: PathBuf,
}

impl Peer {
    /// The Python of `SCALEOUT_PYTHON` with `train` and `test` written down for it, each as `NAME.x` (features, f32) and
    /// `NAME.y` (targets, as `bytes` writes them); `None` where it is not set.
    pub fn with<const B: usize>(
        name: &str,
        train: Table<'_>,
        test: Table<'_>,
        bytes: fn(f64) -> [u8; B],
    ) -> Option<Self> {
        let python = env::var("SCALEOUT_PYTHON").ok()?;
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}"));
        fs::create_dir_all(&folder).expect("a folder for the tables");
        for (name, table) in [("train", &train), ("test", &test)] {
            let features: Vec<u8> = table.features.iter().flat_map(|value| value.to_le_bytes()).collect();
            let targets: Vec<u8> = table.targets.iter().flat_map(|value| bytes(*value)).collect();
            fs::write(folder.join(format!("{name}.x")), features).expect("the features are written");
            fs::write(folder.join(format!("{name}.y")), targets).expect("the targets are written");
        }
        Some(Self { python, folder })
    }

    /// The version that `script` prints first and the numbers after it, called with the folder and `arguments`.
    pub fn said(&self, script: &str, arguments: &[String]) -> (String, Vec<f64>) {
        let command = Command::new(&self.python).args(["-c", script]).arg(&self.folder).args(arguments).output();
        let output = command.expect("SCALEOUT_PYTHON can be run");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8_lossy(&output.stdout);
        let mut words = said.split_whitespace();
        let version = words.next().expect("the peer prints its version").to_owned();
        (version, words.map(|word| word.parse().expect("the peer prints numbers")).collect())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).expect("the tables are removed");
    }
}

/// Share of the variance of `targets` that is predicted.
pub fn r_squared(predicted: &[f64], targets: &[f64]) -> f64 {
    let mean = targets.iter().sum::<f64>() / targets.len() as f64;
    let error: f64 = predicted.iter().zip(targets).map(|(a, b)| (a - b).powi(2)).sum();
    1.0 - error / targets.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
}

/// CPU time of this process so far, all threads together; 0 where the system does not tell.
pub fn cpu_seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

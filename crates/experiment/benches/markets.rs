//! One experiment on many markets: seconds and peak memory of `check`, `features` and `run`, each in a process of its own.
//!
//! `cargo bench -p scaleout-experiment -p scaleout --bench markets -- MARKETS BARS ENTRIES [check|features|run …]` makes random
//! walks with BARS bars in each of MARKETS markets and ENTRIES entries over all of them; by default 50 markets of 2,500
//! bars, 2,000 entries, and `check features`. The experiment has twelve features, the linear and the tree learner and all
//! baselines.
#![allow(clippy::unwrap_used, missing_docs)]

mod usage;

use std::{fmt::Write, fs, path::Path, process::Command, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_data::{TableColumn, TableWriter, Values};
use scaleout_experiment::{FeatureSource, LoadedConfig, Silent, Unfinished, check, run, write_feature_table};
use usage::{peak_mb, processor_secs};

const BAR_SECS: i64 = 60;
const START: i64 = 1_600_000_000;
const HORIZON: usize = 30;

const CONFIG: &str = r#"name = "markets"
seed = 1
[data]
markets = "bars/*.parquet"
content = "bars"
[data.instrument]
currency = "USD"
tick_size = 0.01
[data.instrument.fees]
per_unit = 0.005
[entries]
source = "file"
path = "entries.csv"
[replay]
horizon_bars = 30
[validation]
folds = 5
[training]
features = ["atr(window=14)", "atr_percent(window=14)", "realised_volatility(window=20)", "rsi(window=14)", "rate_of_change(window=5)", "rate_of_change(window=20)", "bollinger_width(window=20)", "ema_distance(window=20)", "sma_distance(window=50)", "donchian_position(window=20)", "relative_volume(window=20)", "cci(window=20)"]
learners = [{ kind = "linear" }, { kind = "boosted-trees" }]
"#;

/// A random walk in cents; returns the open of each bar.
fn write_market(path: &Path, bars: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut writer = TableWriter::create(path).unwrap();
    let (mut cents, mut opens, mut written) = (10_000_i64, Vec::with_capacity(bars), 0);
    while written < bars {
        let count = (bars - written).min(100_000);
        let (mut ts, mut prices, mut volume) = (vec![], [vec![], vec![], vec![], vec![]], vec![]);
        for place in written..written + count {
            let (open, mut high, mut low) = (cents, cents, cents);
            for _ in 0..4 {
                cents = (cents + rng.random_range(-6..=6)).max(100);
                (high, low) = (high.max(cents), low.min(cents));
            }
            ts.push((START + BAR_SECS * (place as i64 + 1)) * 1_000_000_000);
            for (column, value) in prices.iter_mut().zip([open, high, low, cents]) {
                column.push(Some(value as f64 / 100.0));
            }
            volume.push(Some(rng.random_range(1_000..9_000) as f64));
            opens.push(open as f64 / 100.0);
        }
        let [open, high, low, close] = prices.map(Values::Numbers);
        let columns = [
            TableColumn::new("ts", Values::Integers(ts)),
            TableColumn::new("open", open),
            TableColumn::new("high", high),
            TableColumn::new("low", low),
            TableColumn::new("close", close),
            TableColumn::new("volume", Values::Numbers(volume)),
        ];
        writer.write(&columns).unwrap();
        written += count;
    }
    writer.finish().unwrap();
    opens
}

fn make(folder: &Path, markets: usize, bars: usize, entries: usize) {
    fs::create_dir_all(folder.join("bars")).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut rows = Vec::new();
    for market in 0..markets {
        let opens = write_market(&folder.join(format!("bars/M{market:03}.parquet")), bars, market as u64);
        for _ in 0..entries / markets {
            let bar = rng.random_range(100..bars - HORIZON - 2);
            let (sign, side) = if rng.random::<bool>() { (-1.0, "long") } else { (1.0, "short") };
            let (price, risk) = (opens[bar], 0.40);
            let stop = price + sign * risk;
            rows.push((
                bar,
                format!("M{market:03},{},{side},{price},{stop:.2},{risk},100", START + BAR_SECS * bar as i64),
            ));
        }
    }
    rows.sort();
    let mut text = "id,symbol,ts,side,price,stop,risk,qty\n".to_owned();
    for (place, (_, row)) in rows.iter().enumerate() {
        writeln!(text, "t{place},{row}").unwrap();
    }
    fs::write(folder.join("entries.csv"), text).unwrap();
    fs::write(folder.join("config.toml"), CONFIG).unwrap();
}

/// One command on the experiment in `folder`; prints seconds, processor seconds, peak memory and what was done.
fn measure(command: &str, folder: &Path) {
    let (start, before) = (Instant::now(), processor_secs());
    let loaded = LoadedConfig::read(&folder.join("config.toml")).unwrap();
    let done = match command {
        "check" => format!("{} entries", check(&loaded).unwrap().entries),
        "features" => {
            let source = FeatureSource::Experiment(Box::new(loaded));
            format!("{} bars", write_feature_table(&source, None, &folder.join("features.parquet")).unwrap().bars)
        }
        "run" => {
            run(&loaded, &folder.join("run"), Unfinished::Discard, &Silent).unwrap().table.lines().count().to_string()
        }
        other => panic!("`{other}` must be check, features or run"),
    };
    let (secs, processor) = (start.elapsed().as_secs_f64(), processor_secs() - before);
    println!("{secs:.1} {processor:.1} {:.0} {done}", peak_mb());
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [command, folder] = arguments.as_slice()
        && folder.contains('/')
    {
        return measure(command, Path::new(folder));
    }
    let number = |place: usize, default: usize| arguments.get(place).map_or(default, |text| text.parse().unwrap());
    let (markets, bars, entries) = (number(0, 50), number(1, 2_500), number(2, 2_000));
    let asked: Vec<&str> = arguments.iter().skip(3).map(String::as_str).collect();
    let commands = if asked.is_empty() { vec!["check", "features"] } else { asked };
    let folder = std::env::temp_dir().join(format!("scaleout-markets-{}", std::process::id()));
    make(&folder, markets, bars, entries);
    println!("{markets} markets of {bars} bars, {entries} entries, {} threads", rayon::current_num_threads());
    println!("command    seconds  CPU s  peak MB");
    for command in commands {
        let child = Command::new(std::env::current_exe().unwrap()).arg(command).arg(&folder).output().unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        print!("{command:10} {}", String::from_utf8_lossy(&child.stdout));
    }
    fs::remove_dir_all(&folder).unwrap();
}

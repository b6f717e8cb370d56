//! Indicators beside TA-Lib and pandas on the same million bars, one thread each.
//!
//! `cargo bench -p scaleout-features -p scaleout --bench talib` times ours; with SCALEOUT_PYTHON set to a Python that
//! has TA-Lib, NumPy and pandas (tests/referees/features/requirements.txt) it times theirs in turn with ours, round
//! after round, and prints the ratios. Theirs are timed as they are called: arrays in, arrays out. Words after `--`
//! choose the indicators whose names hold one of them.
//!
//! NumPy asks the system for large pages for its arrays. glibc is asked to do the same for ours, so that both read the
//! same kind of memory.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a benchmark reads clocks"
)]
#![allow(clippy::unwrap_used, missing_docs)]

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_features::{BarColumns, FeatureSet, FurtherColumns};
use scaleout_market::{Bar, BarSeries, Column, MarketHistory, Timestamp};

const BARS: usize = 1_000_000;
const ROUNDS: usize = 10;
const REPEATS: usize = 5;

const SPECS: [&str; 27] = [
    "atr",
    "atr_percent",
    "rsi",
    "macd",
    "macd_signal",
    "macd_histogram",
    "rate_of_change",
    "bollinger_upper",
    "bollinger_lower",
    "stochastic_k(smooth=1)",
    "stochastic_k",
    "stochastic_d",
    "plus_di",
    "minus_di",
    "adx",
    "cci",
    "mfi",
    "aroon_up",
    "aroon_down",
    "aroon_oscillator",
    "donchian_high",
    "donchian_low",
    "donchian_position",
    "sma_distance",
    "ema_distance",
    "correlation:other",
    "beta:other",
];

struct Market {
    ts: Vec<Timestamp>,
    open_ts: Vec<Timestamp>,
    fields: BTreeMap<&'static str, Vec<f64>>,
}

/// A random walk in ticks of 0.01 around 2,000.
fn market() -> Market {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut fields: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    let (mut close, mut other) = (2_000.0_f64, 500.0_f64);
    let mut push = |name, value| fields.entry(name).or_default().push(value);
    for _ in 0..BARS {
        let mut step = || (100.0 * (rng.random::<f64>() + rng.random::<f64>() - 1.0)).round() / 100.0;
        let open = close;
        close += step();
        other = (other + 0.3 * step()).max(100.0);
        let (up, down) = (step().abs(), step().abs());
        push("open", open);
        push("high", open.max(close) + up);
        push("low", open.min(close) - down);
        push("close", close);
        push("other", other);
        push("volume", 1.0 + (1_000.0 * step().abs()).round());
    }
    let minute = |t: usize| Timestamp::from_secs(60 * t as i64);
    Market { ts: (1..=BARS).map(minute).collect(), open_ts: (0..BARS).map(minute).collect(), fields }
}

impl Market {
    fn series(&self) -> BarSeries {
        let bar = |t: usize| Bar {
            open_ts: self.open_ts[t],
            ts: self.ts[t],
            open: self.fields["open"][t],
            high: self.fields["high"][t],
            low: self.fields["low"][t],
            close: self.fields["close"][t],
            volume: self.fields["volume"][t],
        };
        let other = self.fields["other"].iter().map(|&value| Some(value)).collect();
        BarSeries::new((0..BARS).map(bar).collect(), vec![Column { name: "other".into(), values: other }]).unwrap()
    }

    fn columns<'a>(&'a self, further: &'a [f64]) -> BarColumns<'a> {
        BarColumns {
            open_ts: &self.open_ts,
            ts: &self.ts,
            open: &self.fields["open"],
            high: &self.fields["high"],
            low: &self.fields["low"],
            close: &self.fields["close"],
            volume: &self.fields["volume"],
            further: FurtherColumns::new(further, self.ts.len()),
        }
    }
}

/// Least seconds of some repeats.
fn best(mut work: impl FnMut()) -> f64 {
    let timed = (0..REPEATS).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    });
    timed.fold(f64::INFINITY, f64::min)
}

/// A Python that times the peers on request.
struct Peers {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
}

impl Peers {
    fn start(market: &Market) -> Option<Self> {
        let python = std::env::var_os("SCALEOUT_PYTHON")?;
        let folder = std::env::temp_dir().join(format!("scaleout-talib-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (name, values) in &market.fields {
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            fs::write(folder.join(format!("{name}.f64")), bytes).unwrap();
        }
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers.py");
        let mut command = Command::new(python);
        let command =
            command.env_remove(TUNABLES).arg(script).arg(&folder).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (asks, answers) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Some(Self { child, asks, answers, folder })
    }

    /// Least seconds of `repeats` calls.
    fn best(&mut self, peer: &str, spec: &str, repeats: usize) -> f64 {
        writeln!(self.asks, "{peer} {spec} {repeats}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        answer.trim().parse().unwrap()
    }

    fn finish(mut self) {
        drop(self.asks);
        self.child.wait().unwrap();
        fs::remove_dir_all(&self.folder).unwrap();
    }
}

const TUNABLES: &str = "GLIBC_TUNABLES";

fn main() {
    if std::env::var_os(TUNABLES).is_none() {
        let mut again = Command::new(std::env::current_exe().unwrap());
        let again = again.args(std::env::args_os().skip(1)).env(TUNABLES, "glibc.malloc.hugetlb=1");
        std::process::exit(again.status().unwrap().code().unwrap_or(2));
    }
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let is_wanted = |spec: &&str| wanted.is_empty() || wanted.iter().any(|word| spec.contains(word.as_str()));
    let specs: Vec<&str> = SPECS.into_iter().filter(is_wanted).collect();
    let market = market();
    let (plain, beside) = (market.columns(&[]), market.columns(&market.fields["other"]));
    let names = ["other".to_owned()];
    let mut peers = Peers::start(&market);
    let mut ours = vec![f64::INFINITY; specs.len()];
    let mut talib = ours.clone();
    for _ in 0..ROUNDS {
        for (place, spec) in specs.iter().enumerate() {
            if let Some(peers) = &mut peers {
                talib[place] = talib[place].min(peers.best("talib", spec, REPEATS));
            }
            let set = FeatureSet::parse(&[spec]).unwrap();
            let (names, bars) = if spec.contains(':') { (&names[..], beside) } else { (&[][..], plain) };
            ours[place] = ours[place].min(best(|| {
                std::hint::black_box(set.columns_of_bars(names, bars).unwrap());
            }));
        }
    }
    let pandas = |spec: &&str| peers.as_mut().map_or(f64::INFINITY, |peers| peers.best("pandas", spec, 1));
    let pandas: Vec<f64> = specs.iter().map(pandas).collect();
    peers.into_iter().for_each(Peers::finish);

    println!("{BARS} bars, one thread, milliseconds, best of {ROUNDS} x {REPEATS} in turn (pandas: of 1)");
    println!("{:26} {:>8} {:>8} {:>7} {:>9} {:>7}", "indicator", "ours", "TA-Lib", "ratio", "pandas", "ratio");
    for (place, spec) in specs.iter().enumerate() {
        let [ours, talib, pandas] = [ours[place], talib[place], pandas[place]];
        print!("{spec:26} {:8.2}", 1e3 * ours);
        if talib.is_finite() {
            print!(" {:8.2} {:7.2} {:9.1} {:7.3}", 1e3 * talib, ours / talib, 1e3 * pandas, ours / pandas);
        }
        println!();
    }
    let history = MarketHistory::from_series(market.series());
    let set = FeatureSet::parse(&specs).unwrap();
    let whole = best(|| {
        std::hint::black_box(set.columns_of(&history).unwrap());
    });
    let sum: f64 = ours.iter().sum();
    println!("one by one {:.1}; the whole set from a history of bars {:.1}", 1e3 * sum, 1e3 * whole);
    if talib.iter().all(|secs| secs.is_finite()) {
        let within = ours.iter().zip(&talib).filter(|(ours, talib)| ours <= talib).count();
        println!("at least as fast as TA-Lib: {within} of {}", specs.len());
        let pandas: f64 = pandas.iter().sum();
        println!("pandas, the whole set: {:.1}; {:.1} x ours", 1e3 * pandas, pandas / whole);
    }
}

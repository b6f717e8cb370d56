//! Indicators beside TA-Lib and pandas on the same million bars, one thread each.
//!
//! `cargo bench -p scaleout-features -p scaleout --bench talib` times ours; with SCALEOUT_PYTHON set to a Python that
//! has TA-Lib, NumPy and pandas (tests/referees/features/requirements.txt) it times theirs in the same run and prints
//! the ratios. Theirs are timed as they are called: arrays in, arrays out.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{collections::BTreeMap, fs, process::Command, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_features::{BarColumns, FeatureSet};
use scaleout_market::{Bar, BarSeries, Column, MarketHistory, Timestamp};

const BARS: usize = 1_000_000;
const REPEATS: usize = 15;

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

    fn columns<'a>(&'a self, rows: &'a [Option<f64>]) -> BarColumns<'a> {
        BarColumns {
            open_ts: &self.open_ts,
            ts: &self.ts,
            open: &self.fields["open"],
            high: &self.fields["high"],
            low: &self.fields["low"],
            close: &self.fields["close"],
            volume: &self.fields["volume"],
            rows,
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

fn theirs(market: &Market) -> BTreeMap<String, f64> {
    let Some(python) = std::env::var_os("SCALEOUT_PYTHON") else { return BTreeMap::new() };
    let folder = std::env::temp_dir().join(format!("scaleout-talib-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for (name, values) in &market.fields {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        fs::write(folder.join(format!("{name}.f64")), bytes).unwrap();
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/peers.py");
    let output = Command::new(python).arg(script).arg(&folder).arg(REPEATS.to_string()).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let parse = |line: &str| {
        let (name, seconds) = line.rsplit_once(' ').unwrap();
        (name.to_owned(), seconds.parse().unwrap())
    };
    String::from_utf8(output.stdout).unwrap().lines().map(parse).collect()
}

fn main() {
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let market = market();
    let rows: Vec<Option<f64>> = market.fields["other"].iter().map(|&value| Some(value)).collect();
    let (plain, beside) = (market.columns(&[]), market.columns(&rows));
    let names = ["other".to_owned()];
    let theirs = theirs(&market);
    let (mut sum, mut pandas_sum, mut within) = (0.0, 0.0, 0);
    println!("{BARS} bars, one thread, milliseconds, best of {REPEATS} (pandas: of 1)");
    println!("{:26} {:>8} {:>8} {:>7} {:>9} {:>7}", "indicator", "ours", "TA-Lib", "ratio", "pandas", "ratio");
    for spec in SPECS {
        let set = FeatureSet::parse(&[spec]).unwrap();
        let (names, bars) = if spec.contains(':') { (&names[..], beside) } else { (&[][..], plain) };
        let ours = best(|| {
            std::hint::black_box(set.columns_of_bars(names, bars).unwrap());
        });
        sum += ours;
        print!("{spec:26} {:8.2}", 1e3 * ours);
        if let (Some(talib), Some(pandas)) =
            (theirs.get(&format!("talib {spec}")), theirs.get(&format!("pandas {spec}")))
        {
            pandas_sum += pandas;
            within += usize::from(ours <= *talib);
            print!(" {:8.2} {:7.2} {:9.1} {:7.3}", 1e3 * talib, ours / talib, 1e3 * pandas, ours / pandas);
        }
        println!();
    }
    let history = MarketHistory::from_series(market.series());
    let set = FeatureSet::parse(&SPECS).unwrap();
    let whole = best(|| {
        std::hint::black_box(set.columns_of(&history).unwrap());
    });
    println!("one by one {:.1}; the whole set from a history of bars {:.1}", 1e3 * sum, 1e3 * whole);
    if pandas_sum > 0.0 {
        println!("at least as fast as TA-Lib: {within} of {}", SPECS.len());
        println!("pandas, the whole set: {:.1}; {:.1} x ours", 1e3 * pandas_sum, pandas_sum / whole);
    }
}

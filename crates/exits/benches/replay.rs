//! A million replays of 100 bars on one thread and on two, beside vectorbt's simulation of the same orders.
//!
//! `cargo bench -p scaleout-exits -p scaleout --bench replay` times ours; with SCALEOUT_PYTHON set to a Python that has
//! vectorbt (tests/referees/exits/requirements.txt) it times vectorbt on the first paths in the same run and compares
//! what both earned.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    reason = "a benchmark reads clocks"
)]
#![allow(clippy::unwrap_used, missing_docs)]

use std::{env, fs, process::Command, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::{ThreadPool, ThreadPoolBuilder};
use scaleout_exits::{
    Fraction, LimitFill, Market, Money, Objective, PlacedEntry, ReplayConfig,
    policies::{Armed, Distance, Follow, Ladder, Rung, Spacing, StopRule, Trail},
    replay_all,
};
use scaleout_features::FeatureTable;
use scaleout_market::{Bar, BarSeries, Entry, Fees, Instrument, MarketHistory, Side, Timestamp};

const HORIZON: usize = 100;
const QTY: f64 = 100.0;
const FEE_RATE: f64 = 0.0005;
/// Percent of the entry price at which a quarter leaves.
const LEVELS: [f64; 4] = [0.5, 1.0, 2.0, 4.0];
/// Percent of the best price by which the stop follows it, moved at the closes.
const TRAIL: f64 = 3.0;
/// Replays whose outcomes are kept in memory together.
const BATCH: usize = 10_000;
/// Paths that vectorbt simulates: its arrays hold every bar of every path and rung.
const PEER_PATHS: usize = 10_000;

/// A random walk of one fifth of a percent a bar; one bar in ten gaps.
fn history(bars: usize) -> MarketHistory {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut before = 100.0;
    let bars = (0..bars).map(|t| {
        let mut step = |size: f64| size * (rng.random::<f64>() + rng.random::<f64>() - 1.0);
        let gap = if step(1.0).abs() < 0.05 { step(0.005) } else { 0.0 };
        let open = before * (1.0 + gap);
        let close = open * (1.0 + step(0.005));
        let high = open.max(close) * (1.0 + step(0.002).abs());
        let low = open.min(close) * (1.0 - step(0.002).abs());
        // Pulled back to where it began, so that prices stay ordinary over a million bars.
        before = close * (1.0 + 0.001 * (100.0 / close - 1.0));
        let minute = |t: usize| Timestamp::from_secs(60 * t as i64);
        Bar { open_ts: minute(t), ts: minute(t + 1), open, high, low, close, volume: 1_000.0 }
    });
    MarketHistory::from_series(BarSeries::new(bars.collect(), Vec::new()).unwrap())
}

/// One entry at the open of every bar but the first, long and short in turn.
fn entries(bars: &[Bar], count: usize) -> Vec<Entry> {
    let entry = |(place, bar): (usize, &Bar)| Entry {
        id: place.to_string(),
        symbol: "X".to_owned(),
        ts: bar.open_ts,
        side: if place % 2 == 0 { Side::Long } else { Side::Short },
        price: bar.open,
        risk: 0.01 * TRAIL * bar.open,
        stop: None,
        qty: QTY,
        tags: Vec::new(),
        adds: Vec::new(),
    };
    bars[1..].iter().take(count).enumerate().map(entry).collect()
}

fn ladder() -> Ladder {
    let rung = |level| Rung { level, fraction: Fraction::ratio(1, 4).unwrap() };
    let trail = Trail { distance: Distance::Percent(TRAIL), follow: Follow::Extreme, from_r: 0.0, armed: Armed::Close };
    Ladder {
        name: None,
        rungs: LEVELS.map(rung).to_vec(),
        spacing: Spacing::Percent,
        stop: StopRule::Trail(trail),
        expires_bars: None,
    }
}

/// CPU time of this process so far, all threads together; 0 where the system does not tell.
fn cpu_seconds() -> f64 {
    const TICKS: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// What the replays on one pool came to so far.
struct Run {
    pool: ThreadPool,
    wall: f64,
    cpu: f64,
    /// Bar-steps a second of the batch that other programs disturbed least.
    best: f64,
    /// Bars in which some of a position was held: a replay ends with its position.
    steps: u64,
    legs: usize,
    nets: Vec<Money>,
}

impl Run {
    fn on(threads: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        Self { pool, wall: 0.0, cpu: 0.0, best: 0.0, steps: 0, legs: 0, nets: Vec::new() }
    }

    /// Replays `batch` and returns the seconds it took.
    fn replay(&mut self, batch: &[PlacedEntry<'_>], market: Market<'_>, config: &ReplayConfig) -> f64 {
        let (inputs, objective, ladder) = (FeatureTable::new(vec![], vec![]), Objective::mean_variance(0.0), ladder());
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let outcomes =
            self.pool.install(|| replay_all(batch, market, &inputs, |_| &ladder, &objective, config)).unwrap();
        let wall = start.elapsed().as_secs_f64();
        let steps: u64 = outcomes.iter().map(|outcome| u64::from(outcome.bars_held)).sum();
        self.wall += wall;
        self.cpu += cpu_seconds() - cpu;
        self.best = self.best.max(steps as f64 / wall);
        self.steps += steps;
        self.legs += outcomes.iter().map(|outcome| outcome.legs.len()).sum::<usize>();
        self.nets.extend(outcomes.iter().map(|outcome| outcome.net));
        wall
    }

    fn say(&self) {
        let million_steps = self.steps as f64 / 1e6;
        println!(
            "scaleout, {} thread(s): {:.2} s, {:.2} CPU s; M bar-steps a second: {:.2}, {:.2} a CPU second, {:.2} best batch",
            self.pool.current_num_threads(),
            self.wall,
            self.cpu,
            million_steps / self.wall,
            million_steps / self.cpu,
            self.best / 1e6
        );
    }
}

/// Times vectorbt on the first `paths` paths and says how it compares with `ours`, one thread each.
fn compare_with_vectorbt(bars: &[Bar], paths: usize, ours: &Run) {
    let Some(python) = env::var_os("SCALEOUT_PYTHON") else {
        println!("vectorbt: not run, set SCALEOUT_PYTHON to a Python that has vectorbt");
        return;
    };
    let folder = env::temp_dir().join(format!("scaleout-replay-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let prices = bars[1..].iter().take(paths + HORIZON).flat_map(|bar| [bar.open, bar.high, bar.low, bar.close]);
    fs::write(folder.join("bars.f64"), prices.flat_map(f64::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    let settings = [paths, HORIZON].map(|value| value.to_string());
    let numbers = [QTY, FEE_RATE, 0.01 * TRAIL].into_iter().chain(LEVELS.map(|level| 0.01 * level));
    let output = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/vectorbt_peer.py"))
        .arg(&folder)
        .args(settings)
        .args(numbers.map(|value| value.to_string()))
        .output()
        .unwrap();
    if !output.status.success() {
        fs::remove_dir_all(&folder).unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        println!("vectorbt: not run: {}", said.lines().last().unwrap_or("it failed and said nothing"));
        return;
    }
    let nets = fs::read(folder.join("nets.f64")).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let (version, times) = said.trim().split_once(' ').unwrap();
    let times: Vec<f64> = times.split(' ').map(|value| value.parse().unwrap()).collect();
    let per_replay = |seconds: f64| 1e6 * seconds / paths as f64;
    let count = ours.nets.len() as f64;
    println!(
        "vectorbt {version}, {paths} of the paths: {:.2} s, {:.2} CPU s; microseconds a replay: {:.1}, {:.1} CPU",
        times[0],
        times[1],
        per_replay(times[0]),
        per_replay(times[1])
    );
    println!(
        "scaleout on one thread: {:.1} microseconds a replay, {:.1} CPU: {:.2} x vectorbt's time, {:.2} x its CPU time",
        1e6 * ours.wall / count,
        1e6 * ours.cpu / count,
        1e6 * ours.wall / count / per_replay(times[0]),
        1e6 * ours.cpu / count / per_replay(times[1])
    );
    let theirs = nets.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes));
    let same = theirs.zip(&ours.nets).filter(|(theirs, ours)| (theirs - ours.as_f64()).abs() < 1e-6).count();
    println!("the same net result to a millionth of the currency in {same} of {paths}");
}

fn main() {
    let count = env::var("SCALEOUT_REPLAYS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000_000);
    let history = history(count + HORIZON + 1);
    let fees = Fees { maker_rate: FEE_RATE, taker_rate: FEE_RATE, per_unit: 0.0, per_order: 0.0, minimum: 0.0 };
    let instrument = Instrument { fees, ..Instrument::frictionless("X", "USD") };
    let market = Market { history: &history, instrument: &instrument };
    let config = ReplayConfig { horizon_bars: HORIZON as u32, limit_fill: LimitFill::Touch, ..ReplayConfig::default() };
    let entries = entries(market.bars(), count);
    let placed: Vec<PlacedEntry<'_>> =
        entries.iter().enumerate().map(|(place, entry)| PlacedEntry { entry, first_bar: place + 1 }).collect();
    let (mut one, mut two) = (Run::on(1), Run::on(2));
    // In turn, so that a changing load of the machine meets both.
    let mut gains: Vec<f64> = placed
        .chunks(BATCH)
        .map(|batch| one.replay(batch, market, &config) / two.replay(batch, market, &config))
        .collect();
    gains.sort_by(f64::total_cmp);
    assert_eq!(one.nets, two.nets, "two threads gave other results than one");
    println!(
        "{count} replays over {HORIZON} bars, {:.1} of them held on average, {:.2} legs",
        one.steps as f64 / count as f64,
        one.legs as f64 / count as f64
    );
    one.say();
    two.say();
    println!(
        "two threads: {:.2} x the rate of one ({:.2} x in the median batch, {:.2} x best to best), {:.2} x its CPU time",
        one.wall / two.wall,
        gains[gains.len() / 2],
        two.best / one.best,
        two.cpu / one.cpu
    );
    compare_with_vectorbt(market.bars(), PEER_PATHS.min(count), &one);
}

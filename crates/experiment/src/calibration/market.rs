//! Markets for calibration: a random walk on a grid of ticks.
//!
//! Every step is one tick, so stops and limits on the grid fill exactly where they lie and nothing is won or lost by
//! overshooting: without drift, and without costs, every rule has the expected J of 0. The number of steps of a bar
//! follows a slow process, so volatility clusters; entries overlap.

use std::fmt::Write;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_market::Timestamp;

/// Which learners compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalibrationLearner {
    /// A linear model that is given the one signal that counts: a learner told the family.
    ToldTheFamily,
    /// The learners and features of a usual config, the signal among others.
    Usual,
}

/// How a market for calibration is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CalibrationMarket {
    /// Entries; two in five are before every test.
    pub trades: usize,
    /// Drift of a bar in the direction of the signal, in R; 0 plants nothing. At most .4.
    pub drift_r: f64,
}

/// The files of a market.
pub(super) struct Made {
    pub bars: String,
    pub entries: String,
}

/// What is planted: the drift of a bar in R, and the probability that the signal stays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub drift_r: f64,
    pub stays: f64,
}

const HORIZON: usize = 20;
/// Ticks of 1 R; halves, thirds and quarters are whole ticks.
const RISK_TICKS: i64 = 24;
/// Bars between two entries, so that four are open at once.
const SPACING: usize = 5;
/// Bars before the first entry, for the warm-up of features.
const WARM_UP: usize = 60;
/// Mean steps of a bar.
const STEPS: f64 = 16.0;
/// Probability that the signal keeps its sign from one bar to the next.
const STAYS: f64 = 0.9;
const START: i64 = 100_000;
const BAR_SECS: i64 = 3_600;

impl CalibrationMarket {
    pub(super) fn horizon_bars(&self) -> usize {
        HORIZON
    }

    /// What is planted, if anything is.
    pub(super) fn edge(&self) -> Option<Edge> {
        (self.drift_r > 0.0).then_some(Edge { drift_r: self.drift_r, stays: STAYS })
    }

    /// The market of `seed`.
    pub(super) fn make(&self, seed: u64) -> Made {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let bars = WARM_UP + self.trades * SPACING + HORIZON + 2;
        let close_of = |bar: usize| Timestamp::from_secs(1_600_000_000 + BAR_SECS * bar as i64);
        let mut text = "ts,open,high,low,close,volume,signal\n".to_owned();
        let (mut price, mut signal, mut activity) = (START, 1.0, 0.0_f64);
        let mut closes = Vec::with_capacity(bars);
        for bar in 0..bars {
            // The activity is that of 16 steps or more, so that the drift of a bar fits into its steps.
            activity = 0.95 * activity + 0.25 * normal(&mut rng);
            let steps = (STEPS * activity.abs().exp().min(4.0)).round();
            let up = 0.5 + signal * self.drift_r * RISK_TICKS as f64 / (2.0 * steps);
            let open = price;
            let (mut high, mut low) = (price, price);
            for _ in 0..steps as usize {
                price += if rng.random::<f64>() < up { 1 } else { -1 };
                (high, low) = (high.max(price), low.min(price));
            }
            // What the bar shows at its close is what drives the next one.
            if rng.random::<f64>() >= STAYS {
                signal = -signal;
            }
            closes.push(price);
            let written = writeln!(text, "{},{open},{high},{low},{price},{steps},{signal}", close_of(bar));
            written.expect("Invariant: text takes what is written");
        }
        let mut entries = "id,ts,side,price,stop,risk,qty\n".to_owned();
        for trade in 0..self.trades {
            let bar = WARM_UP + trade * SPACING + rng.random_range(0..SPACING);
            let price = closes[bar];
            // An edge is planted for longs without a stop, so that its best exit is known exactly.
            let (side, stop) = match (self.edge(), rng.random::<bool>()) {
                (Some(_), _) => ("long", String::new()),
                (None, true) => ("long", (price - RISK_TICKS).to_string()),
                (None, false) => ("short", (price + RISK_TICKS).to_string()),
            };
            let written = writeln!(entries, "t{trade},{},{side},{price},{stop},{RISK_TICKS},100", close_of(bar));
            written.expect("Invariant: text takes what is written");
        }
        Made { bars: text, entries }
    }

    /// The config that runs it: no costs, γ = 0, rules whose levels lie on the grid.
    pub(super) fn config(&self, learner: CalibrationLearner, seed: u64) -> String {
        let (features, learners, fit) = match learner {
            CalibrationLearner::ToldTheFamily => ("\"column:signal\"", "{ kind = \"linear\" }", "search = \"none\""),
            CalibrationLearner::Usual => (
                "\"column:signal\", \"atr(window=14)\", \"rsi(window=14)\", \"rate_of_change(window=10)\"",
                "{ kind = \"linear\" }, { kind = \"boosted-trees\" }",
                "",
            ),
        };
        format!(
            r#"name = "calibration"
seed = {seed}
[data]
path = "bars.csv"
content = "bars"
[data.instrument]
symbol = "WALK"
currency = "USD"
tick_size = 1
[entries]
source = "file"
path = "entries.csv"
[replay]
horizon_bars = {HORIZON}
limit_fill = "touch"
[objective]
risk_aversion = "none"
[baselines]
families = ["at-fill", "target", "time", "hold", "even-schedule", "geometric-schedule", "ladder-25-25-50", "ladder-2", "ladder-3", "ladder-4", "staged-stops", "turtle", "rsi-band"]
[validation]
folds = 3
[evaluation]
draws = 500
metric_draws = 200
[training]
features = [{features}]
learners = [{learners}]
[training.fit]
tranches = 2
{fit}
"#
        )
    }
}

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.random::<f64>()).sum::<f64>() - 6.0
}

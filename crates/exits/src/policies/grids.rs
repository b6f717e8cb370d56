//! The settings that each family is tuned over.

use super::{
    AllOutStop, AllOutTarget, AllOutTime, Armed, Bracket, Brackets, BreakEvenLadder, Chandelier, Climax, Distance,
    ExitWhen, Expression, Follow, Ladder, MoonBag, Offset, PolicyConfig, PolicyFamily, ProfitLock, RoiStep, RoiTable,
    RsiBand, Rung, Schedule, Spacing, StageWork, StagedStops, SteppedLadder, StopLimit, StopRule, TimeDecayedLadder,
    Trailing, TrailingLimit, TripleBarrier, Turtle, rungs::parts_by_weight,
};
use crate::Fraction;

/// Equal, front-loaded and back-loaded parts, and for three rungs the common 25/25/50.
const WEIGHTS: [&[&[u32]]; 5] = [
    &[],
    &[&[1]],
    &[&[1, 1], &[2, 1], &[1, 2]],
    &[&[1, 1, 1], &[3, 2, 1], &[1, 2, 3], &[1, 1, 2]],
    &[&[1, 1, 1, 1], &[4, 3, 2, 1], &[1, 2, 3, 4]],
];

const SCALES: [f64; 5] = [0.5, 0.75, 1.0, 1.5, 2.0];

impl PolicyFamily {
    /// The candidates it is tuned over.
    pub fn grid(self) -> Vec<PolicyConfig> {
        let thirds: &[f64] = &[1.0, 2.0, 3.0];
        match self {
            Self::Target => each([0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0], |target_r| {
                PolicyConfig::AllOutTarget(AllOutTarget { target_r })
            }),
            Self::AtFill => vec![schedule(&[1.0])],
            Self::EvenSchedule => each([2, 3, 4, 5, 8, 10, 15, 20, 30, 45, 60], |bars| schedule(&vec![1.0; bars])),
            Self::GeometricSchedule => each([0.75, 0.5, 0.33, 0.25, 0.15, 0.1, 0.05], geometric),
            Self::AlmgrenChriss => almgren_chriss(),
            Self::Time => {
                each([1, 2, 3, 5, 10, 15, 20, 30, 45, 60], |bars| PolicyConfig::AllOutTime(AllOutTime { bars }))
            }
            Self::Hold => vec![PolicyConfig::AllOutStop(AllOutStop::default())],
            Self::TripleBarrier => barriers(),
            Self::Ladder252550 => vec![PolicyConfig::Ladder(Ladder::weighted(thirds, &[1, 1, 2]))],
            Self::Ladder2 => ladders(&[1.0, 2.0], Spacing::R, &SCALES),
            Self::Ladder3 => ladders(thirds, Spacing::R, &SCALES),
            Self::Ladder4 => ladders(&[1.0, 2.0, 3.0, 4.0], Spacing::R, &SCALES),
            Self::LadderAtr => ladders(thirds, Spacing::Atr { window: 14 }, &[0.5, 1.0, 2.0, 3.0]),
            Self::LadderPercent => ladders(thirds, Spacing::Percent, &[0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]),
            Self::LadderFibonacci => ladders(&[0.618, 1.0, 1.618], Spacing::Swing { window: 20 }, &[0.5, 1.0]),
            Self::BreakEvenLadder => break_even_ladders(),
            Self::MoonBag => each([0.1, 0.25, 1.0, 5.0, 25.0], |step| {
                let rungs = rungs(&[step, 2.0 * step, 4.0 * step, 8.0 * step], &[1, 1, 1, 1]);
                PolicyConfig::MoonBag(MoonBag { rungs: rungs[..3].to_vec(), stop: StopRule::Entry })
            }),
            Self::TimeDecayedLadder => time_decayed(),
            Self::StagedStops => vec![
                staged(&[0.5], &[1, 1]),
                staged(&[1.0 / 3.0, 2.0 / 3.0], &[1, 1, 1]),
                staged(&[0.25, 0.5, 0.75], &[1, 1, 1, 1]),
            ],
            Self::TrailingPercent => each([0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0], |percent| {
                trailing(Distance::Percent(percent))
            }),
            Self::TrailingAtr => {
                each([1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0], |multiple| trailing(Distance::Atr { multiple, window: 14 }))
            }
            Self::Chandelier => each([2.0, 3.0, 4.0, 6.0, 8.0], |multiple| {
                PolicyConfig::Chandelier(Chandelier { multiple, window: 22 })
            }),
            Self::Turtle => each([5, 10, 20, 40], |window| PolicyConfig::Turtle(Turtle { window })),
            Self::RsiBand => each([60.0, 65.0, 70.0, 75.0, 80.0], |level| {
                PolicyConfig::RsiBand(RsiBand { level, ..RsiBand::default() })
            }),
            Self::Climax => climaxes(),
            Self::RoiTable => roi_tables(),
            Self::ProfitLock => profit_locks(),
            Self::SteppedLadder => {
                weighted(thirds, &SCALES).map(|ladder| PolicyConfig::SteppedLadder(SteppedLadder { ladder })).collect()
            }
            Self::RestingStops => vec![
                resting(&[0.5], &[1, 1]),
                resting(&[1.0 / 3.0, 2.0 / 3.0], &[1, 1, 1]),
                resting(&[0.25, 0.5, 0.75], &[1, 1, 1, 1]),
            ],
            Self::Brackets => brackets(),
            Self::ExitWhen => conditions(),
            Self::StopLimit => each([0.0, 0.1, 0.25, 0.5], |limit_r| {
                PolicyConfig::StopLimit(StopLimit { limit_r, ladder: None, stop: StopRule::Entry })
            }),
            Self::TrailingLimit => trailing_limits(),
        }
    }
}

fn each<T, const N: usize>(values: [T; N], policy: impl Fn(T) -> PolicyConfig) -> Vec<PolicyConfig> {
    values.into_iter().map(policy).collect()
}

/// Most bars of a schedule; what is left then goes with its last part.
const LONGEST: usize = 60;

/// The schedule whose parts are in proportion to `weights`, the first sold at the fill.
fn schedule(weights: &[f64]) -> PolicyConfig {
    let total: f64 = weights.iter().sum();
    let mut sold = Vec::with_capacity(weights.len());
    let (mut until, mut before) = (0.0, Fraction::ZERO);
    for (place, weight) in weights.iter().enumerate() {
        until += weight;
        let share = if place + 1 == weights.len() { 1.0 } else { (until / total).min(1.0) };
        let gone = Fraction::from_share(share).expect("Invariant: a share from 0 to 1");
        sold.push(gone.saturating_sub(before));
        before = gone;
    }
    PolicyConfig::Schedule(Schedule { sold })
}

/// The share `share` of what is left at every bar.
fn geometric(share: f64) -> PolicyConfig {
    let left = |bar: usize| if bar == LONGEST { 0.0 } else { (1.0 - share).powi(bar as i32) };
    schedule(&(0..LONGEST).map(|bar| left(bar) - left(bar + 1)).collect::<Vec<f64>>())
}

/// What is left after `j` of `n` bars is sinh(κ (n − j)) ÷ sinh(κ n), with κ n the urgency: the best liquidation under
/// impact and risk. Source: Almgren & Chriss (2001), "Optimal execution of portfolio transactions", *J. Risk* 3.
fn almgren_chriss() -> Vec<PolicyConfig> {
    let mut grid = Vec::new();
    for bars in [3_u32, 5, 10, 20, 30, 60] {
        for urgency in [1.0, 2.0, 4.0] {
            let left = |bar: u32| (urgency * f64::from(bars - bar) / f64::from(bars)).sinh() / f64::sinh(urgency);
            grid.push(schedule(&(0..bars).map(|bar| left(bar) - left(bar + 1)).collect::<Vec<f64>>()));
        }
    }
    grid
}

fn rungs(levels: &[f64], weights: &[u32]) -> Vec<Rung> {
    levels.iter().zip(parts_by_weight(weights)).map(|(&level, fraction)| Rung { level, fraction }).collect()
}

fn trailing(distance: Distance) -> PolicyConfig {
    PolicyConfig::Trailing(Trailing { distance, follow: Follow::Close, from_r: 0.0, armed: Armed::Close })
}

fn staged(levels: &[f64], weights: &[u32]) -> PolicyConfig {
    PolicyConfig::StagedStops(StagedStops { stages: rungs(levels, weights), work: StageWork::Close })
}

fn resting(levels: &[f64], weights: &[u32]) -> PolicyConfig {
    PolicyConfig::StagedStops(StagedStops { stages: rungs(levels, weights), work: StageWork::Level })
}

/// A target in R that halves twice and then is any gain.
fn roi_tables() -> Vec<PolicyConfig> {
    let mut grid = Vec::new();
    for level in [1.0, 2.0, 4.0] {
        for bars in [5, 10, 20] {
            let step = |bars, level| RoiStep { bars, level };
            let steps = vec![step(0, level), step(bars, level / 2.0), step(2 * bars, level / 4.0), step(4 * bars, 0.0)];
            grid.push(PolicyConfig::RoiTable(RoiTable { steps, spacing: Spacing::R, stop: StopRule::Entry }));
        }
    }
    grid
}

fn profit_locks() -> Vec<PolicyConfig> {
    let mut grid = Vec::new();
    for give_back in [25.0, 40.0, 60.0] {
        for from_r in [0.5, 1.0, 2.0] {
            grid.push(PolicyConfig::ProfitLock(ProfitLock { give_back, from_r }));
        }
    }
    grid
}

fn trailing_limits() -> Vec<PolicyConfig> {
    let mut grid = Vec::new();
    for multiple in [2.0, 3.0, 4.0] {
        for limit_r in [0.0, 0.25] {
            let distance = Distance::Atr { multiple, window: 14 };
            let trailing = Trailing { distance, follow: Follow::Close, from_r: 0.0, armed: Armed::Close };
            grid.push(PolicyConfig::TrailingLimit(TrailingLimit { limit_r, trailing }));
        }
    }
    grid
}

/// Halves and thirds whose stops lie the further off the further their targets do.
fn brackets() -> Vec<PolicyConfig> {
    let of = |weights: &[u32], targets: &[f64], stops: &[f64]| {
        let parts = parts_by_weight(weights).into_iter().zip(targets).zip(stops);
        let parts =
            parts.map(|((fraction, &target_r), &stop_r)| Bracket { fraction, target_r: Some(target_r), stop_r });
        PolicyConfig::Brackets(Brackets { parts: parts.collect() })
    };
    vec![
        of(&[1, 1], &[1.0, 2.0], &[0.5, 1.0]),
        of(&[1, 1], &[1.0, 3.0], &[0.5, 1.0]),
        of(&[1, 1], &[2.0, 4.0], &[0.5, 1.0]),
        of(&[1, 1, 1], &[1.0, 2.0, 3.0], &[0.5, 0.75, 1.0]),
    ]
}

fn conditions() -> Vec<PolicyConfig> {
    let text = "rsi(window=14) > {60 to 80 step 10} and unrealised_r > {0.5, 1, 2}";
    let exit_when: Expression = text.parse().expect("Invariant: the condition of the family is one");
    let rule =
        ExitWhen { exit_when, fraction: Fraction::ONE, min_bars_between: 1, ladder: None, stop: StopRule::Entry };
    PolicyConfig::ExitWhen(rule).settings()
}

/// Ladders at `levels` times each of `scales`, in every weighting.
fn ladders(levels: &[f64], spacing: Spacing, scales: &[f64]) -> Vec<PolicyConfig> {
    weighted(levels, scales).map(|ladder| PolicyConfig::Ladder(Ladder { spacing, ..ladder })).collect()
}

fn weighted(levels: &[f64], scales: &[f64]) -> impl Iterator<Item = Ladder> {
    scales.iter().flat_map(move |scale| {
        let levels: Vec<f64> = levels.iter().map(|level| level * scale).collect();
        WEIGHTS[levels.len()].iter().map(move |weights| Ladder::weighted(&levels, weights))
    })
}

fn break_even_ladders() -> Vec<PolicyConfig> {
    weighted(&[1.0, 2.0, 3.0], &SCALES)
        .map(|ladder| PolicyConfig::BreakEvenLadder(BreakEvenLadder { ladder, offset: Offset::Costs }))
        .collect()
}

fn time_decayed() -> Vec<PolicyConfig> {
    let floors = [0.0, 0.25, 0.5];
    floors
        .iter()
        .flat_map(|&floor| {
            weighted(&[1.0, 2.0, 3.0], &[0.5, 1.0, 2.0])
                .map(move |ladder| PolicyConfig::TimeDecayedLadder(TimeDecayedLadder { rungs: ladder.rungs, floor }))
        })
        .collect()
}

fn barriers() -> Vec<PolicyConfig> {
    let mut grid = Vec::new();
    for target_r in [1.0, 2.0, 3.0] {
        for stop_r in [0.5, 1.0] {
            for bars in [10, 20, 40] {
                grid.push(PolicyConfig::TripleBarrier(TripleBarrier { target_r, stop_r, bars }));
            }
        }
    }
    grid
}

fn climaxes() -> Vec<PolicyConfig> {
    let mut grid = Vec::new();
    for parts in [2, 4] {
        for range_multiple in [1.5, 2.5] {
            for volume_multiple in [1.5, 3.0] {
                let fraction = parts_by_weight(&vec![1; parts])[0];
                grid.push(PolicyConfig::Climax(Climax { fraction, range_multiple, volume_multiple, window: 20 }));
            }
        }
    }
    grid
}

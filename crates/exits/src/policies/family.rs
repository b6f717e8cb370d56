use serde::{Deserialize, Serialize};

use super::{
    AllOutStop, AllOutTarget, AllOutTime, Armed, Bracket, Brackets, BreakEvenLadder, Chandelier, Climax, Distance,
    ExitWhen, Expression, Follow, Ladder, MoonBag, Offset, PolicyConfig, ProfitLock, RoiStep, RoiTable, RsiBand, Rung,
    Schedule, Spacing, StageWork, StagedStops, SteppedLadder, StopRule, TimeDecayedLadder, Trailing, TripleBarrier,
    Turtle, rungs::parts_by_weight,
};
use crate::Fraction;

/// A baseline with a grid of parameters that it is tuned over, in J on the training span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyFamily {
    /// Everything at the fill: nothing is held.
    AtFill,
    /// Everything at one target.
    Target,
    /// Everything after some bars.
    Time,
    /// Nothing but stop and horizon.
    Hold,
    /// Target, stop or time.
    TripleBarrier,
    /// The common 25/25/50 at 1, 2 and 3 R, as it is.
    #[serde(rename = "ladder-25-25-50")]
    Ladder252550,
    /// Equal parts at every bar from the fill on.
    EvenSchedule,
    /// The same share of what is left at every bar from the fill on.
    GeometricSchedule,
    /// The liquidation of Almgren & Chriss from the fill on.
    AlmgrenChriss,
    /// Two rungs in R.
    #[serde(rename = "ladder-2")]
    Ladder2,
    /// Three rungs in R.
    #[serde(rename = "ladder-3")]
    Ladder3,
    /// Four rungs in R.
    #[serde(rename = "ladder-4")]
    Ladder4,
    /// Three rungs in average true ranges.
    LadderAtr,
    /// Three rungs in percent.
    LadderPercent,
    /// Fibonacci extensions of the swing before the entry.
    LadderFibonacci,
    /// Three rungs in R, the stop to the entry price after the first.
    BreakEvenLadder,
    /// Percent rungs and a quarter that stays.
    MoonBag,
    /// Three rungs in R that sink with time.
    TimeDecayedLadder,
    /// A loser leaves in parts.
    StagedStops,
    /// A stop at a percentage from the best close.
    TrailingPercent,
    /// A stop at average true ranges from the best close.
    TrailingAtr,
    /// A stop at average true ranges below the highest high.
    Chandelier,
    /// The extreme of the last N bars.
    Turtle,
    /// A quarter when overbought.
    RsiBand,
    /// A part into a wide, busy bar.
    Climax,
    /// A target that comes down in steps.
    RoiTable,
    /// At most a share of the best gain is given back.
    ProfitLock,
    /// Three rungs in R, the stop one target behind.
    SteppedLadder,
    /// A loser leaves in parts at resting stops.
    RestingStops,
    /// Parts with a target and a stop each.
    Brackets,
    /// A condition on indicator and gain.
    ExitWhen,
}

/// How a family takes positions off, as far as a verdict must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyStyle {
    /// In parts at levels fixed beforehand.
    Ladder,
    /// All at once, or against the trader alone.
    AllOut,
    /// In parts at bars fixed beforehand.
    Schedule,
    /// By a stop that follows the price.
    Trailing,
    /// By an indicator.
    Signal,
}

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
    /// Every family, in the order of the documentation.
    pub const ALL: [Self; 31] = [
        Self::AtFill,
        Self::Target,
        Self::Time,
        Self::Hold,
        Self::TripleBarrier,
        Self::EvenSchedule,
        Self::GeometricSchedule,
        Self::AlmgrenChriss,
        Self::Ladder252550,
        Self::Ladder2,
        Self::Ladder3,
        Self::Ladder4,
        Self::LadderAtr,
        Self::LadderPercent,
        Self::LadderFibonacci,
        Self::BreakEvenLadder,
        Self::MoonBag,
        Self::TimeDecayedLadder,
        Self::StagedStops,
        Self::TrailingPercent,
        Self::TrailingAtr,
        Self::Chandelier,
        Self::Turtle,
        Self::RsiBand,
        Self::Climax,
        Self::RoiTable,
        Self::ProfitLock,
        Self::SteppedLadder,
        Self::RestingStops,
        Self::Brackets,
        Self::ExitWhen,
    ];

    /// How many of [`Self::ALL`], from the first on, are baselines unless a config names others.
    const USUAL: usize = 25;

    /// The baselines of a config that names none. The other families take part if a config names them.
    pub fn usual() -> Vec<Self> {
        Self::ALL[..Self::USUAL].to_vec()
    }

    /// The family's name, as in a config and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AtFill => "at-fill",
            Self::Target => "target",
            Self::Time => "time",
            Self::Hold => "hold",
            Self::TripleBarrier => "triple-barrier",
            Self::EvenSchedule => "even-schedule",
            Self::GeometricSchedule => "geometric-schedule",
            Self::AlmgrenChriss => "almgren-chriss",
            Self::Ladder252550 => "ladder-25-25-50",
            Self::Ladder2 => "ladder-2",
            Self::Ladder3 => "ladder-3",
            Self::Ladder4 => "ladder-4",
            Self::LadderAtr => "ladder-atr",
            Self::LadderPercent => "ladder-percent",
            Self::LadderFibonacci => "ladder-fibonacci",
            Self::BreakEvenLadder => "break-even-ladder",
            Self::MoonBag => "moon-bag",
            Self::TimeDecayedLadder => "time-decayed-ladder",
            Self::StagedStops => "staged-stops",
            Self::TrailingPercent => "trailing-percent",
            Self::TrailingAtr => "trailing-atr",
            Self::Chandelier => "chandelier",
            Self::Turtle => "turtle",
            Self::RsiBand => "rsi-band",
            Self::Climax => "climax",
            Self::RoiTable => "roi-table",
            Self::ProfitLock => "profit-lock",
            Self::SteppedLadder => "stepped-ladder",
            Self::RestingStops => "resting-stops",
            Self::Brackets => "brackets",
            Self::ExitWhen => "exit-when",
        }
    }

    /// The same in words that a trader says.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtFill => "selling at the fill",
            Self::Target => "one target",
            Self::Time => "the time stop",
            Self::Hold => "holding to the stop or the horizon",
            Self::TripleBarrier => "the triple barrier",
            Self::EvenSchedule => "equal parts over time",
            Self::GeometricSchedule => "shrinking parts over time",
            Self::AlmgrenChriss => "the Almgren–Chriss schedule",
            Self::Ladder252550 => "the 25/25/50 ladder",
            Self::Ladder2 => "the two-rung ladder",
            Self::Ladder3 => "the three-rung ladder",
            Self::Ladder4 => "the four-rung ladder",
            Self::LadderAtr => "the ATR ladder",
            Self::LadderPercent => "the percent ladder",
            Self::LadderFibonacci => "the Fibonacci ladder",
            Self::BreakEvenLadder => "the break-even ladder",
            Self::MoonBag => "the moon bag",
            Self::TimeDecayedLadder => "the time-decayed ladder",
            Self::StagedStops => "the staged stops",
            Self::TrailingPercent => "the percent trail",
            Self::TrailingAtr => "the ATR trail",
            Self::Chandelier => "the chandelier stop",
            Self::Turtle => "the turtle exit",
            Self::RsiBand => "the RSI band",
            Self::Climax => "the climax exit",
            Self::RoiTable => "the ROI table",
            Self::ProfitLock => "the profit lock",
            Self::SteppedLadder => "the ladder with a stepped stop",
            Self::RestingStops => "the resting staged stops",
            Self::Brackets => "the brackets",
            Self::ExitWhen => "the condition",
        }
    }

    /// How it takes positions off.
    pub fn style(self) -> PolicyStyle {
        self.grid().first().expect("Invariant: every family has a setting").style()
    }

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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{PolicyFamily, PolicyStyle};
    use crate::{Fraction, policies::PolicyConfig};

    #[test]
    fn every_candidate_is_in_range_distinct_and_survives_its_own_text() {
        for family in PolicyFamily::ALL {
            let grid = family.grid();
            let mut texts = BTreeSet::new();
            for policy in &grid {
                assert_eq!(policy.clone().checked().as_ref(), Ok(policy));
                assert_eq!(policy.style(), family.style(), "{policy:?}");
                let text = toml::to_string(policy).unwrap();
                assert_eq!(toml::from_str::<PolicyConfig>(&text).as_ref(), Ok(policy));
                texts.insert(text);
            }
            assert_eq!(texts.len(), grid.len(), "{family:?}");
        }
    }

    #[test]
    fn schedules_sell_from_the_fill_on_and_in_the_end_everything() {
        let families = PolicyFamily::ALL.into_iter().filter(|family| family.style() == PolicyStyle::Schedule);
        for policy in families.flat_map(PolicyFamily::grid) {
            let PolicyConfig::Schedule(schedule) = &policy else { panic!("{policy:?}") };
            assert!(!schedule.sold[0].is_zero() && schedule.sold.iter().copied().sum::<Fraction>() == Fraction::ONE);
        }
        let PolicyConfig::Schedule(half) = &PolicyFamily::GeometricSchedule.grid()[1] else { panic!() };
        assert_eq!(half.sold[..3].iter().map(|part| part.as_f64()).collect::<Vec<_>>(), [0.5, 0.25, 0.125]);
        let PolicyConfig::Schedule(urgent) = &PolicyFamily::AlmgrenChriss.grid()[2] else { panic!() };
        let kept = f64::sinh(4.0 * 2.0 / 3.0) / f64::sinh(4.0);
        assert!((urgent.sold[0].as_f64() - (1.0 - kept)).abs() < 1e-6, "one unit in five million");
    }

    #[test]
    fn every_input_is_a_known_feature() {
        for policy in PolicyFamily::ALL.into_iter().flat_map(PolicyFamily::grid) {
            for input in policy.build().inputs() {
                assert!(input.build(&[]).is_ok(), "{input} of {policy:?}");
            }
        }
    }

    #[test]
    fn names_are_those_of_configs() {
        for family in PolicyFamily::ALL {
            let text = format!("a = \"{}\"", family.name());
            let read: std::collections::BTreeMap<String, PolicyFamily> = toml::from_str(&text).unwrap();
            assert_eq!(read["a"], family);
        }
    }
}

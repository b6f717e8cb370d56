use serde::{Deserialize, Serialize};

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
    /// A stop that becomes a limit order.
    StopLimit,
    /// A trailing stop that becomes a limit order.
    TrailingLimit,
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

impl PolicyFamily {
    /// Every family, in the order of the documentation.
    pub const ALL: [Self; 33] = [
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
        Self::StopLimit,
        Self::TrailingLimit,
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
            Self::StopLimit => "stop-limit",
            Self::TrailingLimit => "trailing-limit",
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
            Self::StopLimit => "the stop-limit",
            Self::TrailingLimit => "the trailing stop-limit",
        }
    }

    /// How it takes positions off.
    pub fn style(self) -> PolicyStyle {
        self.grid().first().expect("Invariant: every family has a setting").style()
    }
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

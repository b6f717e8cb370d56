use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    AllOutStop, AllOutTarget, AllOutTime, BreakEvenLadder, Chandelier, Climax, Ladder, MoonBag, Plan, PolicyFamily,
    RsiBand, Schedule, StagedStops, TimeDecayedLadder, Trailing, TripleBarrier, Turtle,
};
use crate::{ExitError, ExitPolicy};

/// An exit rule as a config writes it: `kind = "ladder"` and the parameters of that kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(remote = "Self", tag = "kind", rename_all = "kebab-case")]
pub enum PolicyConfig {
    /// Everything at one target.
    AllOutTarget(AllOutTarget),
    /// Everything after some bars.
    AllOutTime(AllOutTime),
    /// Nothing but stop and horizon.
    AllOutStop(AllOutStop),
    /// Target, stop or time.
    TripleBarrier(TripleBarrier),
    /// Parts at fixed levels.
    Ladder(Ladder),
    /// A ladder, the stop to the entry price after its first rung.
    BreakEvenLadder(BreakEvenLadder),
    /// Percent rungs and a part that stays.
    MoonBag(MoonBag),
    /// Rungs that sink with time.
    TimeDecayedLadder(TimeDecayedLadder),
    /// A ladder with times by which less must be held.
    Plan(Plan),
    /// A loser leaves in parts.
    StagedStops(StagedStops),
    /// A stop at a distance from the price.
    Trailing(Trailing),
    /// A stop below the highest high.
    Chandelier(Chandelier),
    /// The extreme of the last N bars.
    Turtle(Turtle),
    /// A quarter when overbought.
    RsiBand(RsiBand),
    /// A part into a wide, busy bar.
    Climax(Climax),
    /// Given parts at given bars.
    Schedule(Schedule),
}

impl PolicyConfig {
    /// The rule, ready for a replay.
    pub fn build(&self) -> Box<dyn ExitPolicy> {
        match self.clone() {
            Self::AllOutTarget(policy) => Box::new(policy),
            Self::AllOutTime(policy) => Box::new(policy),
            Self::AllOutStop(policy) => Box::new(policy),
            Self::TripleBarrier(policy) => Box::new(policy),
            Self::Ladder(policy) => Box::new(policy),
            Self::BreakEvenLadder(policy) => Box::new(policy),
            Self::MoonBag(policy) => Box::new(policy),
            Self::TimeDecayedLadder(policy) => Box::new(policy),
            Self::Plan(policy) => Box::new(policy),
            Self::StagedStops(policy) => Box::new(policy),
            Self::Trailing(policy) => Box::new(policy),
            Self::Chandelier(policy) => Box::new(policy),
            Self::Turtle(policy) => Box::new(policy),
            Self::RsiBand(policy) => Box::new(policy),
            Self::Climax(policy) => Box::new(policy),
            Self::Schedule(policy) => Box::new(policy),
        }
    }

    /// The rule itself, if its parameters are in range.
    ///
    /// # Errors
    /// Names the first parameter that is not, and what would be accepted.
    pub fn checked(self) -> Result<Self, ExitError> {
        match &self {
            Self::AllOutTarget(policy) => policy.check(),
            Self::AllOutTime(policy) => policy.check(),
            Self::AllOutStop(policy) => policy.check(),
            Self::TripleBarrier(policy) => policy.check(),
            Self::Ladder(policy) => policy.check(),
            Self::BreakEvenLadder(policy) => policy.check(),
            Self::MoonBag(policy) => policy.check(),
            Self::TimeDecayedLadder(policy) => policy.check(),
            Self::Plan(policy) => policy.check(),
            Self::StagedStops(policy) => policy.check(),
            Self::Trailing(policy) => policy.check(),
            Self::Chandelier(policy) => policy.check(),
            Self::Turtle(policy) => policy.check(),
            Self::RsiBand(policy) => policy.check(),
            Self::Climax(policy) => policy.check(),
            Self::Schedule(policy) => policy.check(),
        }?;
        Ok(self)
    }

    /// Whether it takes positions off in parts at levels fixed beforehand: what a model is held against.
    pub const fn is_ladder(&self) -> bool {
        matches!(
            self,
            Self::Ladder(_) | Self::BreakEvenLadder(_) | Self::MoonBag(_) | Self::TimeDecayedLadder(_) | Self::Plan(_)
        )
    }

    /// The candidates that `family` is tuned over.
    pub fn grid(family: PolicyFamily) -> Vec<Self> {
        family.grid()
    }
}

impl<'de> Deserialize<'de> for PolicyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)?.checked().map_err(serde::de::Error::custom)
    }
}

impl Serialize for PolicyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::PolicyConfig;

    #[test]
    fn what_is_out_of_range_is_refused_with_what_would_be_accepted() {
        let cases = [
            ("kind = \"all-out-target\"\ntarget_r = -1.0", "target_r = -1 must be a finite number above 0"),
            ("kind = \"ladder\"\nrungs = []", "rungs = 0 parts of 0 must be one part or more, together at most 1"),
            (
                "kind = \"ladder\"\nrungs = [{ level = 2, fraction = 0.5 }, { level = 1, fraction = 0.5 }]",
                "rungs.level = 1 must be a finite number above 0 and above the rung before",
            ),
            (
                "kind = \"ladder\"\nrungs = [{ level = 1, fraction = 0.75 }, { level = 2, fraction = 0.5 }]",
                "rungs = 2 parts of 1.25 must be one part or more, together at most 1",
            ),
            ("kind = \"ladder\"\nrungs = [{ level = 1, fraction = 1.5 }]", "`1.5` is no part from 0 to 1"),
            ("kind = \"moon-bag\"\nrungs = [{ level = 1, fraction = 1.0 }]", "so that a bag is left"),
            (
                "kind = \"rsi-band\"\nfraction = 0.25\nlevel = 40.0\nrsi_window = 14\nband_window = 20\nmin_bars_between = 1",
                "level = 40 must be above 50 and below 100",
            ),
            ("kind = \"plan\"", "rungs = 0 must be one rung or one time, or more"),
            (
                "kind = \"plan\"\ntimes = [{ bars = 5, held = 0.5 }, { bars = 9, held = 0.5 }]",
                "times.held = 0.5 must be below 1 and below the time before",
            ),
            ("kind = \"turtle\"\nwindow = 0", "window = 0 must be a finite number above 0"),
            ("kind = \"turtle\"\nwindow = 10\ndays = 3", "unknown field `days`"),
            ("kind = \"tortoise\"", "unknown variant `tortoise`"),
        ];
        for (text, expected) in cases {
            let error = toml::from_str::<PolicyConfig>(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}\n{error}");
        }
    }
}

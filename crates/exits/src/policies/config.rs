use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    AllOutStop, AllOutTarget, AllOutTime, BreakEvenLadder, Chandelier, Climax, Ladder, MoonBag, Plan, PolicyAbout,
    PolicyFamily, PolicyStyle, RsiBand, Schedule, StagedStops, TimeDecayedLadder, Trailing, TripleBarrier, Turtle,
};
use crate::{ExitError, ExitPolicy};

/// Names every rule once: a variant, its file, and with them how it is built, checked and described.
macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident in $file:literal,)*) => {
        /// An exit rule as a config writes it: `kind = "ladder"` and the parameters of that kind.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(remote = "Self", tag = "kind", rename_all = "kebab-case")]
        pub enum PolicyConfig {
            $($(#[$doc])* $rule($rule),)*
        }

        impl PolicyConfig {
            /// The rule, ready for a replay.
            pub fn build(&self) -> Box<dyn ExitPolicy> {
                match self.clone() {
                    $(Self::$rule(policy) => Box::new(policy),)*
                }
            }

            /// The rule itself, if its parameters are in range.
            ///
            /// # Errors
            /// Names the first parameter that is not, and what would be accepted.
            pub fn checked(self) -> Result<Self, ExitError> {
                match &self {
                    $(Self::$rule(policy) => policy.check(),)*
                }?;
                Ok(self)
            }

            /// What its file says about it.
            pub fn about(&self) -> PolicyAbout {
                match self {
                    $(Self::$rule(_) => PolicyAbout::read(stringify!($rule), include_str!($file)),)*
                }
            }

            /// What the files of all rules say, in the order of the documentation.
            pub fn all_about() -> Vec<PolicyAbout> {
                vec![$(PolicyAbout::read(stringify!($rule), include_str!($file)),)*]
            }
        }
    };
}

rules! {
    /// Everything at one target.
    AllOutTarget in "all_out_target.rs",
    /// Everything after some bars.
    AllOutTime in "all_out_time.rs",
    /// Nothing but stop and horizon.
    AllOutStop in "all_out_stop.rs",
    /// Target, stop or time.
    TripleBarrier in "triple_barrier.rs",
    /// Parts at fixed levels.
    Ladder in "ladder.rs",
    /// A ladder, the stop to the entry price after its first rung.
    BreakEvenLadder in "break_even_ladder.rs",
    /// Percent rungs and a part that stays.
    MoonBag in "moon_bag.rs",
    /// Rungs that sink with time.
    TimeDecayedLadder in "time_decayed_ladder.rs",
    /// A ladder with times by which less must be held.
    Plan in "plan.rs",
    /// A loser leaves in parts.
    StagedStops in "staged_stops.rs",
    /// A stop at a distance from the price.
    Trailing in "trailing.rs",
    /// A stop below the highest high.
    Chandelier in "chandelier.rs",
    /// The extreme of the last N bars.
    Turtle in "turtle.rs",
    /// A quarter when overbought.
    RsiBand in "rsi_band.rs",
    /// A part into a wide, busy bar.
    Climax in "climax.rs",
    /// Given parts at given bars.
    Schedule in "schedule.rs",
}

impl PolicyConfig {
    /// How it takes positions off: the one place that says what a ladder is.
    pub const fn style(&self) -> PolicyStyle {
        match self {
            Self::Ladder(_)
            | Self::BreakEvenLadder(_)
            | Self::MoonBag(_)
            | Self::TimeDecayedLadder(_)
            | Self::Plan(_) => PolicyStyle::Ladder,
            Self::AllOutTarget(_)
            | Self::AllOutTime(_)
            | Self::AllOutStop(_)
            | Self::TripleBarrier(_)
            | Self::StagedStops(_) => PolicyStyle::AllOut,
            Self::Schedule(_) => PolicyStyle::Schedule,
            Self::Trailing(_) | Self::Chandelier(_) | Self::Turtle(_) => PolicyStyle::Trailing,
            Self::RsiBand(_) | Self::Climax(_) => PolicyStyle::Signal,
        }
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

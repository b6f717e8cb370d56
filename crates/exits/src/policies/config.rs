use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{PolicyAbout, PolicyFamily, PolicyStyle};
use crate::{ExitError, ExitPolicy};

/// Makes every rule a variant, and says how it is built, checked and described.
macro_rules! define {
    ($($(#[$doc:meta])* $rule:ident in $file:ident, $style:ident;)*) => {
        /// An exit rule as a config writes it: `kind = "ladder"` and the parameters of that kind.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(remote = "Self", tag = "kind", rename_all = "kebab-case")]
        pub enum PolicyConfig {
            $($(#[$doc])* $rule(super::$rule),)*
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

            /// How it takes positions off: what a ladder is stands in the list of the rules, and nowhere else.
            pub const fn style(&self) -> PolicyStyle {
                match self {
                    $(Self::$rule(_) => PolicyStyle::$style,)*
                }
            }

            /// What its file says about it.
            pub fn about(&self) -> PolicyAbout {
                match self {
                    $(Self::$rule(_) => PolicyAbout::read(stringify!($rule), include_str!(concat!(stringify!($file), ".rs"))),)*
                }
            }

            /// What the files of all rules say, in the order of the documentation.
            pub fn all_about() -> Vec<PolicyAbout> {
                vec![$(PolicyAbout::read(stringify!($rule), include_str!(concat!(stringify!($file), ".rs"))),)*]
            }
        }
    };
}

rules!(define);

impl PolicyConfig {
    /// What it is tuned over: one rule for each combination of values in the ranges of its condition, or itself.
    pub fn settings(&self) -> Vec<Self> {
        match self {
            Self::ExitWhen(rule) => rule.settings().into_iter().map(Self::ExitWhen).collect(),
            written => vec![written.clone()],
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

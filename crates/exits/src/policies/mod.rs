//! The exit rules that traders use, which a model has to beat. One file each.
//!
//! `crates/exits/docs/policies.md` shows each rule on the same trade, with parameters and source. `scaleout inspect policies
//! --out DIR` writes that page from these files and from replays.
//!
//! | kind | rule | kind of family |
//! |---|---|---|
//! | `all-out-target` | everything at one target | all out |
//! | `all-out-time` | everything after some bars | all out |
//! | `all-out-stop` | nothing but stop and horizon | all out |
//! | `triple-barrier` | target, stop or time | all out |
//! | `ladder` | parts at fixed levels in R, ATR, percent or swings | ladder |
//! | `break-even-ladder` | a ladder whose stop moves to the entry price after the first rung | ladder |
//! | `moon-bag` | percent rungs and a part without a target | ladder |
//! | `time-decayed-ladder` | rungs that sink with time | ladder |
//! | `plan` | a ladder with time limits | ladder |
//! | `staged-stops` | a losing trade is sold in parts | all out |
//! | `trailing` | a stop at a distance from the price | trailing |
//! | `chandelier` | a stop below the highest high | trailing |
//! | `turtle` | the extreme of the last N bars | trailing |
//! | `rsi-band` | a part when overbought | signal |
//! | `climax` | a part after a climax bar | signal |
//! | `roi-table` | a target that falls in steps | all out |
//! | `profit-lock` | a stop that gives back at most a share of the best gain | trailing |
//! | `stepped-ladder` | a ladder whose stop stays one target behind | ladder |
//! | `brackets` | parts with a target and a stop each | all out |
//! | `stop-limit` | a stop that becomes a limit order | all out |
//! | `trailing-limit` | a trailing stop that becomes a limit order | trailing |
//! | `loss-limit` | a stop at a loss in the currency, of the trade or of a day | all out |
//! | `exit-when` | a condition written by the user | signal |
//! | `schedule` | given parts at given bars | schedule; hindsight and permuted schedules use it too |
//!
//! In a config a rule is written in TOML:
//! ```
//! use scaleout_exits::policies::PolicyConfig;
//! let text = r#"
//!     kind = "ladder"
//!     rungs = [{ level = 1.0, fraction = "1/3" }, { level = 2.5, fraction = "1/3" }]
//!     stop = { trail = { distance = { r = 1.0 }, from_r = 1.0 } }
//! "#;
//! let policy = toml::from_str::<PolicyConfig>(text)?.build();
//! assert_eq!(policy.name(), "ladder 33%@1 33%@2.5 R");
//! # Ok::<(), toml::de::Error>(())
//! ```

/// Passes every rule to the macro `$then`: description, name, file and style. A new rule is one file and one entry.
macro_rules! rules {
    ($then:ident) => {
        $then! {
            /// Everything at one target.
            AllOutTarget in all_out_target, AllOut;
            /// Everything after some bars.
            AllOutTime in all_out_time, AllOut;
            /// Nothing but stop and horizon.
            AllOutStop in all_out_stop, AllOut;
            /// Target, stop or time.
            TripleBarrier in triple_barrier, AllOut;
            /// Parts at fixed levels.
            Ladder in ladder, Ladder;
            /// A ladder whose stop moves to the entry price after the first rung.
            BreakEvenLadder in break_even_ladder, Ladder;
            /// Percent rungs and a part without a target.
            MoonBag in moon_bag, Ladder;
            /// Rungs that sink with time.
            TimeDecayedLadder in time_decayed_ladder, Ladder;
            /// A ladder with time limits.
            Plan in plan, Ladder;
            /// A losing trade is sold in parts.
            StagedStops in staged_stops, AllOut;
            /// A stop at a distance from the price.
            Trailing in trailing, Trailing;
            /// A stop below the highest high.
            Chandelier in chandelier, Trailing;
            /// The extreme of the last N bars.
            Turtle in turtle, Trailing;
            /// A part when overbought.
            RsiBand in rsi_band, Signal;
            /// A part after a climax bar.
            Climax in climax, Signal;
            /// A target that falls in steps.
            RoiTable in roi_table, AllOut;
            /// A stop that gives back at most a share of the best gain.
            ProfitLock in profit_lock, Trailing;
            /// A ladder whose stop stays one target behind.
            SteppedLadder in stepped_ladder, Ladder;
            /// Parts with a target and a stop each.
            Brackets in brackets, AllOut;
            /// A stop that becomes a limit order.
            StopLimit in stop_limit, AllOut;
            /// A trailing stop that becomes a limit order.
            TrailingLimit in trailing_limit, Trailing;
            /// A stop at a loss in the currency.
            LossLimit in loss_limit, AllOut;
            /// A condition written by the user.
            ExitWhen in exit_when, Signal;
            /// Given parts at given bars.
            Schedule in schedule, Schedule;
        }
    };
}

/// Declares the file of every rule.
macro_rules! declare {
    ($($(#[$doc:meta])* $rule:ident in $file:ident, $style:ident;)*) => {
        $(
            mod $file;
            pub use $file::$rule;
        )*
    };
}
rules!(declare);

mod about;
mod config;
mod expression;
mod family;
mod grids;
mod rungs;
mod stop_rule;
mod windows;

use windows::{check_positive, feature};

pub use about::{About, PolicyAbout, rule_parts};
pub use brackets::Bracket;
pub use config::PolicyConfig;
pub use expression::{Expression, ExpressionError};
pub use family::{PolicyFamily, PolicyStyle};
pub use ladder::Spacing;
pub use loss_limit::LossPer;
pub use plan::TimeLimit;
pub use roi_table::RoiStep;
pub use rungs::Rung;
pub use staged_stops::StageWork;
pub use stop_rule::{Armed, Distance, Follow, Offset, StopRule, Trail, Trigger};

//! The exit rules that people use: what a model has to beat. One file each.
//!
//! `crates/exits/docs/policies.md` shows each at work on one and the same trade, with parameters and source;
//! `scaleout inspect policies --out DIR` writes that page from these files and from replays.
//!
//! | kind | rule | kind of family |
//! |---|---|---|
//! | `all-out-target` | everything at one target | all out |
//! | `all-out-time` | everything after some bars | all out |
//! | `all-out-stop` | nothing but stop and horizon | all out |
//! | `triple-barrier` | target, stop or time | all out |
//! | `ladder` | parts at fixed levels in R, ATR, percent or swings | ladder |
//! | `break-even-ladder` | a ladder, the stop to the entry price after its first rung | ladder |
//! | `moon-bag` | percent rungs and a part that stays | ladder |
//! | `time-decayed-ladder` | rungs that sink with time | ladder |
//! | `plan` | a ladder with times by which less must be held | ladder |
//! | `staged-stops` | a loser leaves in parts | all out |
//! | `trailing` | a stop at a distance from the price | trailing |
//! | `chandelier` | a stop below the highest high | trailing |
//! | `turtle` | the extreme of the last N bars | trailing |
//! | `rsi-band` | a quarter when overbought | signal |
//! | `climax` | a part into a wide, busy bar | signal |
//! | `schedule` | given parts at given bars | schedule; also what hindsight and chance trade |
//!
//! A user's own rule is one of these in TOML:
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

mod about;
mod all_out_stop;
mod all_out_target;
mod all_out_time;
mod break_even_ladder;
mod chandelier;
mod climax;
mod config;
mod family;
mod ladder;
mod moon_bag;
mod plan;
mod rsi_band;
mod rungs;
mod schedule;
mod staged_stops;
mod stop_rule;
mod time_decayed_ladder;
mod trailing;
mod triple_barrier;
mod turtle;

pub use about::{About, PolicyAbout, rule_parts};
pub use all_out_stop::AllOutStop;
pub use all_out_target::AllOutTarget;
pub use all_out_time::AllOutTime;
pub use break_even_ladder::BreakEvenLadder;
pub use chandelier::Chandelier;
pub use climax::Climax;
pub use config::PolicyConfig;
pub use family::{PolicyFamily, PolicyStyle};
pub use ladder::{Ladder, Spacing};
pub use moon_bag::MoonBag;
pub use plan::{Plan, TimeLimit};
pub use rsi_band::RsiBand;
pub use rungs::Rung;
pub use schedule::Schedule;
pub use staged_stops::StagedStops;
pub use stop_rule::{Armed, Distance, Follow, Offset, StopRule, Trail, Trigger};
pub use time_decayed_ladder::TimeDecayedLadder;
pub use trailing::Trailing;
pub use triple_barrier::TripleBarrier;
pub use turtle::Turtle;

use std::collections::BTreeMap;

use scaleout_features::FeatureSpec;

use crate::ExitError;

/// The feature `name(window=…)`.
fn feature(name: &str, window: u32) -> FeatureSpec {
    FeatureSpec { name: name.to_owned(), parameters: BTreeMap::from([("window".to_owned(), f64::from(window))]) }
}

fn check_positive(field: &'static str, value: f64) -> Result<(), ExitError> {
    if value.is_finite() && 0.0 < value {
        Ok(())
    } else {
        Err(ExitError::range(field, value, "a finite number above 0"))
    }
}

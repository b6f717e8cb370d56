//! Where trades begin: the user's own list, or a named generator, so that exits can be judged apart from entries.
//!
//! A generator looks at closed bars only and enters at the next open.

mod channel_breakout;
mod moving_average_cross;
mod placement;
mod random;
mod signal;
mod time_grid;

use std::path::PathBuf;

use rand_chacha::ChaCha8Rng;
use scaleout_data::TimeConfig;
use scaleout_market::{BarSeries, Entry, Instrument};
use serde::{Deserialize, Serialize};

pub use channel_breakout::ChannelBreakout;
pub use moving_average_cross::MovingAverageCross;
pub use placement::{Directions, Placement, PlacementError};
pub use random::RandomEntries;
pub use signal::Signal;
pub use time_grid::TimeGrid;

/// The section `[entries]`: which list or generator, by the key `source`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EntriesConfig {
    /// The user's own list.
    File {
        /// CSV with `id, ts, side, price, stop` or `risk`, `qty`; relative to the config's folder.
        path: PathBuf,
        /// How its times are written.
        #[serde(default)]
        time: TimeConfig,
        /// CSV with the exits that were made: `id, ts, price, qty`. They become the contestant `as-traded`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exits: Option<PathBuf>,
        /// CSV with later entries into the same positions: `id, ts, price, qty`. `qty` of the entry is then the planned quantity
        /// of which they are parts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        adds: Option<PathBuf>,
        /// What becomes of entries, of adds, and of exits that were made, at a price that the market did not show.
        #[serde(default, skip_serializing_if = "OutsideBar::is_refuse")]
        outside_bar: OutsideBar,
    },
    /// The close leaves the range of the bars before it.
    ChannelBreakout {
        /// The rule.
        rule: ChannelBreakout,
        /// Stop, size and sides.
        placement: Placement,
    },
    /// A fast average of closes crosses a slow one.
    MovingAverageCross {
        /// The rule.
        rule: MovingAverageCross,
        /// Stop, size and sides.
        placement: Placement,
    },
    /// One entry every so many bars.
    TimeGrid {
        /// The rule.
        rule: TimeGrid,
        /// Stop, size and sides.
        placement: Placement,
    },
    /// Entries at random bars in random directions, from the run's seed.
    Random {
        /// The rule.
        rule: RandomEntries,
        /// Stop, size and sides.
        placement: Placement,
    },
}

/// What becomes of an entry whose price lies outside the bar that holds its fill moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsideBar {
    /// It is refused, and with it the run.
    #[default]
    Refuse,
    /// It is left out for every contestant and counted.
    Skip,
}

impl OutsideBar {
    fn is_refuse(&self) -> bool {
        *self == Self::Refuse
    }
}

/// The entries that a generator finds in `series`; `None` for a file, which the data room reads.
///
/// # Errors
/// As [`Placement::place`].
pub fn generate(
    config: &EntriesConfig,
    series: &BarSeries,
    instrument: &Instrument,
    rng: &mut ChaCha8Rng,
) -> Option<Result<Vec<Entry>, PlacementError>> {
    let (signals, placement) = match config {
        EntriesConfig::File { .. } => return None,
        EntriesConfig::ChannelBreakout { rule, placement } => (rule.signals(series.bars()), placement),
        EntriesConfig::MovingAverageCross { rule, placement } => (rule.signals(series.bars()), placement),
        EntriesConfig::TimeGrid { rule, placement } => (rule.signals(series.bars()), placement),
        EntriesConfig::Random { rule, placement } => (rule.signals(series.bars(), rng), placement),
    };
    Some(placement.place(&signals, series, instrument))
}

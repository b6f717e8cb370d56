//! What every source of market history has in common: what it is asked, and what it gives.

use std::path::{Path, PathBuf};

use scaleout_market::{Instrument, MarketHistory};

use crate::bar_builder::BarSpec;
use crate::content::{BAR_SPECS, Content};
use crate::error::DataError;
use crate::input::FileDigest;
use crate::load_report::LoadReport;
use crate::quotes::QuoteConfig;
use crate::rows::RowConfig;
use crate::sides::SideRule;
use crate::sources::Tables;

/// A place that market history comes from. The type that implements it is what the config writes under the source's
/// key.
pub(crate) trait Source {
    /// What the rows are, where the config alone tells. Metadata beside the data tells otherwise.
    fn content(&self) -> Option<Content>;

    /// Reads the whole history; what is left out on the way is counted in `report`.
    fn read(&self, request: &Request<'_>, report: &mut LoadReport) -> Result<Read, DataError>;

    /// The tables whose rows became the bars; `None` where there are none.
    fn bar_tables(&self, request: &Request<'_>) -> Result<Option<Tables>, DataError> {
        let _ = request;
        Ok(None)
    }

    /// The column that says whose row it is, where the data themselves tell that they hold several markets.
    fn symbol_column(&self, request: &Request<'_>) -> Result<Option<String>, DataError> {
        let _ = request;
        Ok(None)
    }
}

/// What a config says whatever the source is.
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    /// The folder that relative paths start from.
    pub(crate) base_dir: &'a Path,
    /// How the rows of the user's own tables are read; of other sources only `on_bad_rows` counts.
    pub(crate) rows: RowConfig,
    /// What is traded, where the config says so.
    pub(crate) instrument: Option<&'a Instrument>,
    /// The bars to make of trades.
    pub(crate) bars: Option<BarSpec>,
    /// How the aggressor of a trade is told.
    pub(crate) sides: Option<SideRule>,
    /// Best bids and offers beside the user's own trades.
    pub(crate) quotes: Option<&'a QuoteConfig>,
}

/// What a source gives, before other series join.
pub(crate) struct Read {
    pub(crate) name: String,
    /// Named in errors about the whole.
    pub(crate) path: PathBuf,
    pub(crate) history: MarketHistory,
    pub(crate) instrument: Instrument,
    pub(crate) digests: Vec<FileDigest>,
}

/// What `instrument` must be, for messages.
pub(crate) const NO_INSTRUMENT: &str = "the name of a known instrument, or [data.instrument] with symbol and currency";

impl Request<'_> {
    /// The instrument of a source that has none of its own.
    pub(crate) fn own_instrument(&self) -> Result<Instrument, DataError> {
        self.instrument.cloned().ok_or_else(|| DataError::config("instrument", "missing", NO_INSTRUMENT))
    }

    /// The bars to make of a source that holds trades.
    pub(crate) fn own_bars(&self) -> Result<BarSpec, DataError> {
        self.bars.ok_or_else(|| DataError::config("bars", "missing, though trades need bars", BAR_SPECS))
    }
}

//! What the rows of a table are.

use serde::{Deserialize, Serialize};

use crate::bar_builder::BarSpec;
use crate::error::DataError;

/// What a row of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A bar.
    Bars,
    /// A trade.
    Trades,
}

impl Content {
    /// The name of a dataset's data file.
    pub(crate) const fn file_name(self) -> &'static str {
        match self {
            Self::Bars => "bars.parquet",
            Self::Trades => "trades.parquet",
        }
    }

    /// Its name where another file stands under that one: with the first digits of its digest.
    pub(crate) fn file_name_of(self, sha256: &str) -> String {
        let digits = sha256.get(..12).unwrap_or(sha256);
        match self {
            Self::Bars => format!("bars-{digits}.parquet"),
            Self::Trades => format!("trades-{digits}.parquet"),
        }
    }
}

/// What `bars` may be, for messages.
pub(crate) const BAR_SPECS: &str = "bars = { time = \"60s\" }, { volume = 500 }, { trades = 200 }, { dollar = 1e6 }, { range = 2.5 }, { tick_imbalance = 200 } or { volume_imbalance = 200 }";

/// Whether the config has bars to make exactly where the files hold trades.
pub(crate) fn check_bars(content: Content, bars: Option<BarSpec>) -> Result<(), DataError> {
    match (content, bars) {
        (Content::Trades, Some(_)) | (Content::Bars, None) => Ok(()),
        (Content::Trades, None) => Err(DataError::config("bars", "missing, though trades need bars", BAR_SPECS)),
        (Content::Bars, Some(_)) => {
            Err(DataError::config("bars", "given, though the file holds bars already", "no bars"))
        }
    }
}

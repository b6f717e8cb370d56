//! What every format of trades has in common.

use crate::error::DataError;
use crate::trade_lists::{Deal, Habits, ListFile, ListReader};

/// A program whose lists of trades are read as they are.
pub(crate) trait TradeList: Sync {
    /// Its name, as `--format` writes it.
    fn name(&self) -> &'static str;

    /// What its lists are, in a line.
    fn about(&self) -> &'static str;

    /// Whether the file is of this format.
    fn recognise(&self, file: &ListFile) -> bool;

    /// How it writes what the list itself does not say.
    fn habits(&self) -> Habits {
        Habits::USUAL
    }

    /// The fills in the list, in any order.
    fn deals(&self, file: &ListFile, reader: &mut ListReader<'_>) -> Result<Vec<Deal>, DataError>;
}

use scaleout_market::{Bar, Entry, Instrument};

use crate::{ExitError, LotGrid, ReplayConfig, TradeTerms, costs::TradeCosts};

/// What decisions know of the costs and lots of `entry`, from the `bars` that closed before its fill: the terms that a
/// replay of it has.
///
/// # Errors
/// A quantity that is no whole number of lots, or an impact by volume where the bars before had none.
pub fn terms_at_fill(
    entry: &Entry,
    bars: &[Bar],
    instrument: &Instrument,
    config: &ReplayConfig,
) -> Result<TradeTerms, ExitError> {
    let costs = TradeCosts::of(entry, bars.len(), bars, instrument, config)?;
    Ok(costs.terms(LotGrid::of(entry, instrument)?, bars, bars.len()))
}

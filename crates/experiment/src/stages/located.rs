//! Entries in the bars of their markets.

use scaleout_data::MarketRead;
use scaleout_exits::{Market, ReplayConfig, locate_entry};
use scaleout_market::Entry;

use crate::DroppedEntries;

/// An entry, its market and the bar in which it fills.
#[derive(Debug, Clone)]
pub(super) struct Located {
    pub(super) entry: Entry,
    /// Place of the market.
    pub(super) market: usize,
    pub(super) first_bar: usize,
}

/// The markets of an experiment before anything is computed on them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Markets<'a>(pub(super) &'a [MarketRead]);

impl<'a> Markets<'a> {
    /// The market at `place` as exits see it.
    pub(super) fn view(self, place: usize) -> Market<'a> {
        let market = &self.0[place].market;
        Market { history: &market.history, instrument: &market.instrument }
    }

    /// Puts each of `entries`, whose markets' places stand beside them, into its bar; those without one, or without bars
    /// up to the horizon, are counted.
    pub(super) fn locate(self, entries: Vec<(usize, Entry)>, replay: &ReplayConfig) -> (Vec<Located>, DroppedEntries) {
        let horizon = replay.horizon_bars as usize;
        let mut dropped = DroppedEntries::default();
        let mut located = Vec::with_capacity(entries.len());
        for (market, entry) in entries {
            let series = &self.0[market].market.history.series;
            match locate_entry(&entry, series) {
                Some(0) => dropped.before_first_close += 1,
                Some(first_bar) if replay.is_at_event(&entry, &series.bars()[first_bar]) => dropped.before_event += 1,
                Some(first_bar) if replay.refused_since(&entry, series.bars()[first_bar].open_ts).is_some() => {
                    dropped.after_flat_at += 1;
                }
                Some(first_bar) if first_bar + horizon < series.len() => {
                    located.push(Located { entry, market, first_bar });
                }
                Some(_) | None => dropped.horizon_beyond_data += 1,
            }
        }
        (located, dropped)
    }
}

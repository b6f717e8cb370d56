use std::borrow::Cow;

use scaleout_exits::{ExitError, Fraction, LotGrid, ReplayConfig, TradeTerms, seen_bar, terms_at_fill};
use scaleout_market::{Bar, Entry, Instrument, PathSinceEntry, Trade};

/// A position that an adviser follows.
#[derive(Debug, Clone)]
pub(crate) struct FollowedPosition {
    pub entry: Entry,
    pub terms: TradeTerms,
    pub path: PathSinceEntry,
    pub inputs_at_entry: Vec<Option<f64>>,
    /// Bars that it may be held.
    pub horizon: u32,
    grid: Option<LotGrid>,
    sold_qty: f64,
    /// Bars held when the last part was sold.
    last_sale: Option<u32>,
}

impl FollowedPosition {
    /// The position at its fill; `bars` are those that closed before.
    pub(crate) fn open(
        entry: Entry,
        bars: &[Bar],
        inputs_at_entry: Vec<Option<f64>>,
        horizon: u32,
        instrument: &Instrument,
        config: &ReplayConfig,
    ) -> Result<Self, ExitError> {
        let terms = terms_at_fill(&entry, bars, instrument, config)?;
        let grid = LotGrid::of(&entry, instrument)?;
        let path = PathSinceEntry::at_fill();
        Ok(Self { entry, terms, path, inputs_at_entry, horizon, grid, sold_qty: 0.0, last_sale: None })
    }

    /// Takes in a bar that closed after the fill; `trades` are those in it.
    pub(crate) fn close_bar(&mut self, bar: &Bar, trades: &[Trade], config: &ReplayConfig) {
        let seen = if self.path.bars_held == 0 {
            seen_bar(&self.entry, bar, trades, &[], config.entry_bar)
        } else {
            Cow::Borrowed(bar)
        };
        self.path = self.path.after(&self.entry, &seen);
    }

    /// Takes in a sale; `false` where more was sold than is left.
    pub(crate) fn sell(&mut self, qty: f64) -> bool {
        let left = self.entry.qty - self.sold_qty;
        if left * (1.0 + 1e-9) < qty {
            return false;
        }
        self.sold_qty += qty;
        self.last_sale = Some(self.path.bars_held);
        true
    }

    /// Part of the initial size that is left.
    pub(crate) fn remaining(&self) -> Fraction {
        let left = (self.entry.qty - self.sold_qty).max(0.0);
        match self.grid {
            Some(grid) => {
                let sold = (self.sold_qty / grid.qty(1)).round() as u64;
                grid.fraction(grid.lots().saturating_sub(sold))
            }
            None => Fraction::from_share((left / self.entry.qty).min(1.0)).unwrap_or(Fraction::ZERO),
        }
    }

    /// The quantity of `part` of the initial size, in whole lots where there are lots.
    pub(crate) fn qty_of(&self, part: Fraction) -> f64 {
        match self.grid {
            Some(grid) => grid.qty(grid.nearest(part)),
            None => self.entry.qty * part.as_f64(),
        }
    }

    /// Bars from the last sale to the bar that is decided about.
    pub(crate) fn bars_since_sale(&self) -> Option<u32> {
        self.last_sale.map(|sale| self.path.bars_held - sale)
    }

    /// Bars until everything left is closed.
    pub(crate) fn bars_to_horizon(&self) -> u32 {
        self.horizon.saturating_sub(self.path.bars_held)
    }
}

//! How much market parts and limits may sell in one bar.

use crate::{Fraction, LotGrid, prepared::PreparedReplay};

/// The cap that keeps an order from filling in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cap {
    /// The most that may leave in one bar.
    BarFraction,
    /// The share of the bar's volume.
    Volume,
    /// The most sales in one bar.
    Tranches,
    /// The bars that must lie between sales.
    Spacing,
    /// What a cap left is less than a lot or the minimum order.
    Lots,
}

/// How much market parts and limits may still take in this bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Capacity {
    pub fraction: Fraction,
    pub tranches: u32,
    pub grid: Option<LotGrid>,
    /// What `fraction` comes from.
    pub fraction_cap: Cap,
    /// What `tranches` comes from.
    pub tranche_cap: Cap,
}

impl Capacity {
    /// No bound at all.
    pub(crate) const UNBOUNDED: Self = Self {
        fraction: Fraction::ONE,
        tranches: u32::MAX,
        grid: None,
        fraction_cap: Cap::BarFraction,
        tranche_cap: Cap::Tranches,
    };

    /// What market parts and limits may take in step `step`, whose bar trades `volume`, after a last sale in `last_sale`.
    pub(crate) fn of(trade: &PreparedReplay<'_>, step: usize, volume: f64, last_sale: Option<usize>) -> Self {
        let config = trade.config;
        let spacing = config.min_bars_between_sales as usize;
        let too_soon = last_sale.is_some_and(|sale| step - sale < spacing);
        let most = config.max_tranches_per_bar.unwrap_or(u32::MAX);
        let (tranches, tranche_cap) = if too_soon {
            (0, Cap::Spacing)
        } else if 0 < spacing {
            (1, if most == 1 { Cap::Tranches } else { Cap::Spacing })
        } else {
            (most, Cap::Tranches)
        };
        let share = config.max_fraction_per_bar.and_then(Fraction::from_share).unwrap_or(Fraction::ONE);
        let by_volume = trade.volume_cap(volume);
        let fraction_cap = if by_volume < share { Cap::Volume } else { Cap::BarFraction };
        Self { fraction: share.min(by_volume), tranches, grid: trade.grid, fraction_cap, tranche_cap }
    }

    /// Takes as much of `size` as the bar allows, where `held` is held, and says what kept the rest; nothing if that is
    /// below the minimum order.
    pub(crate) fn take(&mut self, size: Fraction, held: Fraction) -> (Fraction, Option<Cap>) {
        if size.is_zero() {
            return (Fraction::ZERO, None);
        }
        if self.tranches == 0 {
            return (Fraction::ZERO, Some(self.tranche_cap));
        }
        let mut allowed = size.min(self.fraction);
        let mut cap = (allowed < size).then_some(self.fraction_cap);
        if cap.is_some()
            && let Some(grid) = self.grid
        {
            let held_lots = grid.nearest(held);
            let mut lots = grid.floor(allowed, 1);
            let rest = held_lots.saturating_sub(lots);
            if 0 < rest && rest < grid.min_lots() {
                lots = held_lots.saturating_sub(grid.min_lots());
            }
            if lots < grid.min_lots().max(1) {
                // Nothing of a cap that is used up is the cap's doing; a part too small to sell is the lots'.
                let is_used_up = self.fraction.is_zero();
                return (Fraction::ZERO, Some(if is_used_up { self.fraction_cap } else { Cap::Lots }));
            }
            allowed = held.saturating_sub(grid.fraction(held_lots - lots));
            cap = (allowed < size).then_some(self.fraction_cap);
        }
        if !allowed.is_zero() {
            self.tranches -= 1;
            self.fraction = self.fraction.saturating_sub(allowed);
        }
        (allowed, cap)
    }
}

use crate::{ExitOrders, Fraction, Position};

/// A resting limit with the size it may sell, in gain coordinates (price × side).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Resting {
    /// Index in [`ExitOrders::limits`].
    pub order: usize,
    /// Limit price × side, on the tick grid.
    pub level: f64,
    /// Part of the initial size.
    pub size: Fraction,
}

/// Where price × side may rest: away from the market, so that a rounded order is never easier to fill.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TickGrid(pub f64);

impl TickGrid {
    /// The limit level at or above `level`.
    pub(crate) fn limit(self, level: f64) -> f64 {
        self.round(level, f64::ceil)
    }

    /// The stop level at or below `level`.
    pub(crate) fn stop(self, level: f64) -> f64 {
        self.round(level, f64::floor)
    }

    fn round(self, level: f64, direction: fn(f64) -> f64) -> f64 {
        if self.0 == 0.0 {
            return level;
        }
        let ticks = level / self.0;
        // A price on the grid but for its last bits stays as it is.
        if (ticks - ticks.round()).abs() < 1e-6 { level } else { direction(ticks) * self.0 }
    }
}

/// Sizes `orders` to what is left: fills `resting` with the limits, nearest first, and returns the market part.
///
/// Together they never exceed what is left: the market part comes first, then the nearest limits. In lots the parts
/// go by largest remainder on the initial size; one below the least order is merged into the next (the last into the
/// one before), a lone one waits, and a rest below the least order is taken along.
pub(crate) fn size_orders(
    orders: &ExitOrders,
    position: &Position,
    sign: f64,
    ticks: TickGrid,
    resting: &mut Vec<Resting>,
) -> Fraction {
    resting.clear();
    resting.extend(
        orders.limits.iter().enumerate().filter(|(_, limit)| !limit.fraction.is_zero()).map(|(order, limit)| Resting {
            order,
            level: ticks.limit(sign * limit.price),
            size: limit.fraction,
        }),
    );
    if !resting.is_sorted_by(|a, b| a.level <= b.level) {
        resting.sort_by(|a, b| a.level.total_cmp(&b.level));
    }
    let mut market = orders.market;
    if position.grid().is_some() {
        market = in_lots(market, position, resting);
    }
    let mut left = position.remaining();
    market = market.min(left);
    left = left.saturating_sub(market);
    for limit in resting.iter_mut() {
        limit.size = limit.size.min(left);
        left = left.saturating_sub(limit.size);
    }
    resting.retain(|limit| !limit.size.is_zero());
    market
}

/// Replaces the sizes by whole lots; returns the market part.
fn in_lots(market: Fraction, position: &Position, resting: &mut [Resting]) -> Fraction {
    let Some(grid) = position.grid() else { return market };
    let held = grid.nearest(position.remaining());
    let asked = |index: usize, resting: &[Resting]| if index == 0 { market } else { resting[index - 1].size };
    let count = resting.len() + 1;
    let whole = u64::from(Fraction::WHOLE);
    let exact = |part: Fraction| u64::from(part.units()) * u64::from(grid.lots());
    let total_exact: u64 = (0..count).map(|index| exact(asked(index, resting))).sum();
    let total = ((total_exact + whole / 2) / whole).min(u64::from(held)) as u32;
    // Largest remainder, exact parts forgiven the unit they were rounded by.
    let mut lots: Vec<u32> = (0..count).map(|index| grid.floor(asked(index, resting))).collect();
    let mut left = total.saturating_sub(lots.iter().sum());
    while left > 0 {
        let short = |index: &usize| exact(asked(*index, resting)).saturating_sub(u64::from(lots[*index]) * whole);
        let Some(largest) = (0..count).rev().max_by_key(short).filter(|index| short(index) > 0) else { break };
        lots[largest] += 1;
        left -= 1;
    }
    let mut free = held;
    for part in &mut lots {
        *part = (*part).min(free);
        free -= *part;
    }
    merge_small(&mut lots, grid.min_lots(), held);
    let mut sold = grid.lots() - held;
    let mut part_of = |lots: u32| {
        let before = grid.fraction(sold);
        sold += lots;
        grid.fraction(sold).saturating_sub(before)
    };
    let market = part_of(lots[0]);
    for (limit, &lots) in resting.iter_mut().zip(&lots[1..]) {
        limit.size = part_of(lots);
    }
    market
}

/// Merges orders below `least` lots into the next, and takes a rest below it along with the last order.
fn merge_small(lots: &mut [u32], least: u32, held: u32) {
    if least > 1 {
        for part in 0..lots.len() {
            if lots[part] == 0 || least <= lots[part] {
                continue;
            }
            let small = std::mem::take(&mut lots[part]);
            let next = (part + 1..lots.len()).find(|&later| lots[later] > 0);
            let before = || (0..part).rev().find(|&earlier| lots[earlier] > 0);
            match next.or_else(before) {
                Some(into) => lots[into] += small,
                // Alone and too small: it waits, unless it is all there is.
                None if small == held => lots[part] = small,
                None => {}
            }
        }
        let rest = held - lots.iter().sum::<u32>();
        if 0 < rest
            && rest < least
            && let Some(last) = (0..lots.len()).rev().find(|&part| lots[part] > 0)
        {
            lots[last] += rest;
        }
    }
}

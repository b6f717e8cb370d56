use crate::{ExitOrders, Fraction, LimitFill, LotGrid, lots::whole_lots, tick_grid::TickGrid};

/// A resting order with the size it may sell, in gain coordinates (price × side).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Resting {
    /// Index in [`ExitOrders::limits`] or [`ExitOrders::stops`].
    pub order: usize,
    /// Price × side, on the tick grid.
    pub level: f64,
    /// Of a limit: the least price × side at which it counts as filled.
    pub fills_from: f64,
    /// Part of the initial size.
    pub size: Fraction,
    /// Of a stop: the limit for the same part.
    pub limit: Option<usize>,
}

/// The orders that rest in one bar.
#[derive(Debug, Default)]
pub(crate) struct Working {
    /// Nearest first.
    pub limits: Vec<Resting>,
    /// Nearest first.
    pub stops: Vec<Resting>,
}

/// What is needed to size orders.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizing {
    pub remaining: Fraction,
    pub grid: Option<LotGrid>,
    pub sign: f64,
    pub ticks: TickGrid,
    pub fill_on: LimitFill,
}

impl Sizing {
    /// Sizes `orders` to what is left: fills `working` with limits and stops, nearest first, and returns the market part.
    ///
    /// Together they never exceed what is left: the market part comes first, then the nearest limits. In lots the parts
    /// go by largest remainder on the initial size; one below the minimum order is merged into the next (the last into the
    /// one before), a lone one waits, and a rest below the minimum order is taken along. Stops of parts share what the
    /// market part leaves, nearest first.
    pub(crate) fn size(&self, orders: &ExitOrders, working: &mut Working) -> Fraction {
        let limits = &mut working.limits;
        limits.clear();
        limits.extend(orders.limits.iter().enumerate().filter(|(_, limit)| !limit.fraction.is_zero()).map(
            |(order, limit)| {
                let level = self.ticks.limit(self.sign * limit.price);
                let fills_from = self.fill_on.fills_from(level, self.ticks);
                Resting { order, level, fills_from, size: limit.fraction, limit: None }
            },
        ));
        if !limits.is_sorted_by(|a, b| a.level <= b.level) {
            limits.sort_by(|a, b| a.level.total_cmp(&b.level));
        }
        let market = self.size_limits(orders.market, limits);
        self.size_stops(orders, self.remaining.saturating_sub(market), &mut working.stops);
        market
    }

    /// The market part alone, as [`Self::size`] gives it.
    pub(crate) fn market(&self, orders: &ExitOrders) -> Fraction {
        if self.grid.is_none() || orders.market.is_zero() {
            return orders.market.min(self.remaining);
        }
        self.size(orders, &mut Working::default())
    }

    fn size_limits(&self, market: Fraction, limits: &mut Vec<Resting>) -> Fraction {
        let mut market = match self.grid {
            Some(grid) => in_lots(market, self.remaining, grid, limits),
            None => market,
        };
        let mut left = self.remaining;
        market = market.min(left);
        left = left.saturating_sub(market);
        for limit in limits.iter_mut() {
            limit.size = limit.size.min(left);
            left = left.saturating_sub(limit.size);
        }
        limits.retain(|limit| !limit.size.is_zero());
        market
    }

    fn size_stops(&self, orders: &ExitOrders, held: Fraction, stops: &mut Vec<Resting>) {
        stops.clear();
        if orders.stops.is_empty() {
            return;
        }
        stops.extend(orders.stops.iter().enumerate().map(|(order, stop)| {
            let level = self.ticks.stop(self.sign * stop.price);
            Resting { order, level, fills_from: level, size: stop.fraction, limit: stop.limit }
        }));
        stops.sort_by(|a, b| b.level.total_cmp(&a.level));
        let (mut asked, mut sized) = (Fraction::ZERO, Fraction::ZERO);
        let count = stops.len();
        for (place, stop) in stops.iter_mut().enumerate() {
            asked = [asked, stop.size].into_iter().sum::<Fraction>().min(held);
            let upto = match self.grid {
                None => asked,
                Some(grid) => upto_whole_lots(grid, held, asked, sized, place + 1 == count),
            };
            stop.size = upto.saturating_sub(sized);
            sized = sized.max(upto);
        }
        stops.retain(|stop| !stop.size.is_zero());
    }
}

/// How much of `held` the stops up to one have sold once it has, in whole lots: parts are rounded cumulatively, and one
/// below the minimum order waits for the next.
fn upto_whole_lots(grid: LotGrid, held: Fraction, asked: Fraction, sized: Fraction, is_last: bool) -> Fraction {
    let lots_left = grid.nearest(held.saturating_sub(asked));
    let before = grid.nearest(held.saturating_sub(sized));
    let part = before.saturating_sub(lots_left);
    let is_too_small = part < grid.min_lots().max(1);
    let leaves_too_little = is_last && 0 < lots_left && lots_left < grid.min_lots();
    if is_too_small || leaves_too_little {
        return sized;
    }
    held.saturating_sub(grid.fraction(lots_left))
}

/// Replaces the sizes by whole lots; returns the market part.
fn in_lots(market: Fraction, remaining: Fraction, grid: LotGrid, resting: &mut [Resting]) -> Fraction {
    let held = grid.nearest(remaining);
    let asked = |index: usize, resting: &[Resting]| if index == 0 { market } else { resting[index - 1].size };
    let count = resting.len() + 1;
    let whole = u128::from(Fraction::WHOLE);
    let total_exact: u128 = (0..count).map(|index| grid.exact(asked(index, resting))).sum();
    let most = u128::from(held) * whole;
    // Half a lot is half a lot, whatever unit it was rounded by: what is left of 23 lots lies between the units.
    let half = whole / 2 + u128::from(grid.lots()).min(whole / 100);
    let total = whole_lots((total_exact + half).min(most));
    let mut lots: Vec<u64> = (0..count).map(|index| grid.floor(asked(index, resting), count)).collect();
    let left = total.saturating_sub(lots.iter().sum());
    grid.to_largest_remainders(&mut lots, left, |index| grid.exact(asked(index, resting)));
    let mut free = held;
    for part in &mut lots {
        *part = (*part).min(free);
        free -= *part;
    }
    merge_small(&mut lots, grid.min_lots(), held);
    let mut sold = grid.lots() - held;
    let mut part_of = |lots: u64| {
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
fn merge_small(lots: &mut [u64], least: u64, held: u64) {
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
        let rest = held - lots.iter().sum::<u64>();
        if 0 < rest
            && rest < least
            && let Some(last) = (0..lots.len()).rev().find(|&part| lots[part] > 0)
        {
            lots[last] += rest;
        }
    }
}

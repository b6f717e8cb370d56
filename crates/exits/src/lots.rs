use scaleout_market::{Decimal, Entry, Instrument};

use crate::{ExitError, Fraction};

/// The whole lots of one trade. It turns parts of the initial size into quantities that can be sold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LotGrid {
    lots: u64,
    step_qty: f64,
    min_lots: u64,
}

impl LotGrid {
    /// The most lots of one trade: 2⁵³, up to which every whole number is an `f64`.
    pub const MOST: u64 = 1 << 53;

    /// The grid of `entry`, or `None` where the instrument's quantity is continuous.
    ///
    /// The minimum order is the larger of `min_qty` and `min_notional` at the entry price, in whole lots.
    ///
    /// # Errors
    /// If the quantity is no whole number of lots, or more than [`Self::MOST`] of them.
    pub fn of(entry: &Entry, instrument: &Instrument) -> Result<Option<Self>, ExitError> {
        let step_qty = instrument.lot_step;
        if step_qty == 0.0 {
            return Ok(None);
        }
        let lots = (entry.qty / step_qty).round();
        // A millionth of a lot is rounding of the file, not a quantity; nor is what the division of large numbers loses.
        let rounding = (4.0 * f64::EPSILON * lots).max(1e-6);
        if !((1.0..=Self::MOST as f64).contains(&lots) && (entry.qty / step_qty - lots).abs() < rounding) {
            return Err(ExitError::NotWholeLots { id: entry.id.clone(), qty: entry.qty, lot_step: step_qty });
        }
        let lots = lots as u64;
        let notional = instrument.notional(entry.price, step_qty);
        let for_notional = if instrument.min_notional == 0.0 { 0.0 } else { instrument.min_notional / notional };
        let least = (instrument.min_qty / step_qty).max(for_notional);
        // What is as small as the minimum order can still be sold as a whole.
        let min_lots = ((least - 1e-9).ceil().max(0.0)).min(lots as f64) as u64;
        Ok(Some(Self { lots, step_qty, min_lots }))
    }

    /// A grid of `lots` lots of one unit, with orders of at least `min_lots`.
    pub fn of_units(lots: u64, min_lots: u64) -> Self {
        Self { lots: lots.max(1), step_qty: 1.0, min_lots: min_lots.min(lots.max(1)) }
    }

    /// The lots of `qty`, if it is a whole number of them.
    pub(crate) fn whole_lots_of(self, qty: f64) -> Option<u64> {
        let lots = (qty / self.step_qty).round();
        let rounding = (4.0 * f64::EPSILON * lots).max(1e-6);
        let is_whole = (qty / self.step_qty - lots).abs() < rounding && (0.0..=Self::MOST as f64).contains(&lots);
        is_whole.then_some(lots as u64)
    }

    /// Lots in the initial size.
    pub const fn lots(self) -> u64 {
        self.lots
    }

    /// Least lots in an order; 0 where there is no minimum.
    pub const fn min_lots(self) -> u64 {
        self.min_lots
    }

    /// The quantity of `lots` lots.
    pub fn qty(self, lots: u64) -> f64 {
        let lots = i64::try_from(lots).expect("Invariant: no more lots than the most of one trade");
        Decimal::whole(lots).times(Decimal::of(self.step_qty)).to_f64()
    }

    /// The part of the initial size that `lots` lots are: exact sums, since parts are differences of these.
    ///
    /// Of more than 5,040,000 lots the part is the finer: several numbers of lots are one part, and
    /// [`Self::nearest`] gives one of them, the same each time.
    pub fn fraction(self, lots: u64) -> Fraction {
        Fraction::of_shares(lots, self.lots).expect("Invariant: no more lots than the initial size has")
    }

    /// The whole lots nearest to `part` of the initial size.
    pub fn nearest(self, part: Fraction) -> u64 {
        whole_lots(self.exact(part) + u128::from(Fraction::WHOLE / 2))
    }

    /// The lots of `part` of the initial size, in 1/5,040,000 of a lot.
    pub(crate) fn exact(self, part: Fraction) -> u128 {
        u128::from(part.units()) * u128::from(self.lots)
    }

    /// Gives `left` lots to the parts that lack most of their next lot, at most one each; `exact` is what a part asks for, in
    /// 1/5,040,000 of a lot. What parts lack is tied where it differs by no more than the two units that parts are rounded
    /// by, and ties go to the earlier part.
    pub(crate) fn to_largest_remainders(self, lots: &mut [u64], left: u64, exact: impl Fn(usize) -> u128) {
        let tie = 2 * i128::from(self.lots);
        for _ in 0..left {
            // What has been served lacks nothing.
            let lacks = |index: usize| exact(index) as i128 - i128::from(lots[index]) * i128::from(Fraction::WHOLE);
            let largest = (0..lots.len()).map(lacks).max().unwrap_or(0);
            let first = (0..lots.len()).find(|&index| 0 < lacks(index) && largest <= lacks(index) + tie);
            let Some(first) = first else { break };
            lots[first] += 1;
        }
    }

    /// The whole lots that `part` of the initial size holds, where `count` parts share the lots.
    ///
    /// A part of whole lots may lie a unit of rounding below them, which is forgiven. The forgiven units of all parts
    /// together stay below half a lot: so a part never gets a lot of which half is missing, and the parts of a whole never
    /// get more lots than there are.
    pub(crate) fn floor(self, part: Fraction, count: usize) -> u64 {
        let most = u64::from(Fraction::WHOLE / 2 - 1) / count.max(1) as u64;
        whole_lots(self.exact(part) + u128::from(self.lots.min(most))).min(self.lots)
    }
}

/// The whole lots in `exact` of 1/5,040,000 of a lot.
pub(crate) fn whole_lots(exact: u128) -> u64 {
    let whole = Fraction::WHOLE;
    match u64::try_from(exact) {
        Ok(exact) => exact / u64::from(whole),
        Err(_) => u64::try_from(exact / u128::from(whole)).expect("Invariant: no more lots than a trade has"),
    }
}

/// A part that was too small to be sold alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// Index of the part in the plan that was asked for.
    pub part: usize,
    /// Index of the part that takes its lots.
    pub into: usize,
    /// Lots it would have had; 0 if it is smaller than any lot.
    pub lots: u64,
}

/// Parts of a position in whole lots, and the merges that this needed.
#[derive(Debug, Clone, PartialEq)]
pub struct LotPlan {
    /// One for each part asked for, 0 for a merged one; with the same sum as the parts asked for, as near as lots
    /// allow.
    pub parts: Vec<Fraction>,
    /// The merges, in order.
    pub merges: Vec<Merge>,
}

/// Turns planned `parts` of the initial size, which leave one after another, into whole lots.
///
/// Lots go by largest remainder on the initial size, ties to the earlier part. A part below one lot or below the
/// minimum order is merged into the next one, the last into the one before it. No order is refused later, and nothing is
/// dropped. A runner (what the parts leave over) counts as the last part.
///
/// ```
/// use scaleout_exits::{Fraction, LotGrid, plan_lots};
/// let quarter = Fraction::ratio(1, 4).unwrap();
/// let plan = plan_lots(&[quarter; 4], Some(LotGrid::of_units(2, 0)));
/// let lots: Vec<f64> = plan.parts.iter().map(|part| part.as_f64() * 2.0).collect();
/// assert_eq!(lots, [1.0, 1.0, 0.0, 0.0]);
/// assert_eq!(plan.merges.len(), 2);
/// ```
pub fn plan_lots(parts: &[Fraction], grid: Option<LotGrid>) -> LotPlan {
    let Some(grid) = grid else {
        return LotPlan { parts: parts.to_vec(), merges: Vec::new() };
    };
    let mut merges = Vec::new();
    let fractions = planned(parts, grid, |merge| merges.push(merge)).collect();
    LotPlan { parts: fractions, merges }
}

/// The planned parts in whole lots, one after another; `merged` hears of every merge.
pub(crate) fn planned(
    parts: &[Fraction],
    grid: LotGrid,
    mut merged: impl FnMut(Merge),
) -> impl Iterator<Item = Fraction> {
    // What the parts leave over is a runner. Parts above the whole are cut.
    let mut left = Fraction::ONE;
    let all = parts.iter().copied().chain([Fraction::ONE]);
    let asked: Vec<Fraction> = all
        .map(|part| {
            let part = part.min(left);
            left = left.saturating_sub(part);
            part
        })
        .collect();
    let asked = |part: usize| asked[part];
    let mut lots = largest_remainder(parts.len() + 1, asked, grid);
    let least = grid.min_lots().max(1);
    for part in 0..lots.len() {
        if asked(part).is_zero() || least <= lots[part] {
            continue;
        }
        let next = (part + 1..lots.len()).find(|&later| !asked(later).is_zero());
        let before = || (0..part).rev().find(|&earlier| lots[earlier] > 0);
        let Some(into) = next.or_else(before) else { continue };
        merged(Merge { part, into, lots: lots[part] });
        lots[into] += std::mem::take(&mut lots[part]);
    }
    lots.truncate(parts.len());
    let mut sold = 0;
    lots.into_iter().map(move |part| {
        let before = grid.fraction(sold);
        sold += part;
        grid.fraction(sold).saturating_sub(before)
    })
}

/// Shares out `lots` over `count` parts that make the whole: each its whole lots, and the rest to the largest
/// remainders, ties to the earlier part.
fn largest_remainder(count: usize, part: impl Fn(usize) -> Fraction, grid: LotGrid) -> Vec<u64> {
    let mut shares: Vec<u64> = (0..count).map(|index| grid.floor(part(index), count)).collect();
    let left = grid.lots().saturating_sub(shares.iter().sum());
    grid.to_largest_remainders(&mut shares, left, |index| grid.exact(part(index)));
    shares
}

#[cfg(test)]
mod tests {
    use scaleout_market::{Instrument, Side};

    use super::{LotGrid, plan_lots};
    use crate::{
        Fraction,
        test_market::{entry, instrument},
    };

    fn check(percents: &[u32], lots: u64, min_lots: u64, expected: &[u64], merges: usize) {
        let parts: Vec<Fraction> = percents.iter().map(|&percent| Fraction::ratio(percent, 100).unwrap()).collect();
        let grid = LotGrid::of_units(lots, min_lots);
        let plan = plan_lots(&parts, Some(grid));
        let got: Vec<u64> = plan.parts.iter().map(|&part| grid.nearest(part)).collect();
        assert_eq!(got, expected, "{percents:?} of {lots} lots, least {min_lots}");
        assert_eq!(plan.merges.len(), merges, "{percents:?} of {lots} lots, least {min_lots}");
        if percents.iter().sum::<u32>() == 100 {
            assert_eq!(plan.parts.iter().map(|part| part.units()).sum::<u32>(), Fraction::WHOLE);
        }
    }

    /// An account of thousands of coins of a thousandth each.
    #[test]
    fn millions_of_lots_are_shared_out_to_the_last() {
        for lots in [1_000_003, 2_520_001, 4_999_997, 5_000_000, 5_039_999, 5_040_000, 5_040_001, 90_000_001] {
            for parts in [vec![1, 1, 2], vec![1, 1, 1], vec![3, 5, 7, 11], vec![1; 11]] {
                let whole: u32 = parts.iter().sum();
                let parts: Vec<Fraction> = parts.iter().map(|&part| Fraction::ratio(part, whole).unwrap()).collect();
                let plan = plan_lots(&parts, Some(LotGrid::of_units(lots, 1)));
                let sold: f64 = plan.parts.iter().map(|part| part.as_f64() * lots as f64).sum();
                let asked: f64 = parts.iter().map(|part| part.as_f64() * lots as f64).sum();
                let rounding = lots as f64 / f64::from(Fraction::WHOLE);
                assert!((sold - asked).abs() <= 2.0 + 2.0 * rounding, "{sold} of {lots} lots, not {asked}");
            }
        }
    }

    /// One unit of rounding is most of a lot of 5,039,999: a part that lacks half of one does not get it.
    #[test]
    fn what_is_forgiven_stays_below_half_a_lot() {
        for lots in [7, 96, 100_000, 1_000_003, 2_519_999, 2_520_001, 5_039_999, 5_040_000, 90_000_001] {
            let grid = LotGrid::of_units(lots, 0);
            for units in (0..2_000).chain(2_519_000..2_521_000).chain(5_039_000..=5_040_000) {
                let part = Fraction::of_shares(units, Fraction::WHOLE.into()).unwrap();
                let exact = units as f64 * lots as f64 / f64::from(Fraction::WHOLE);
                for count in [1, 3, 12] {
                    let got = grid.floor(part, count) as f64;
                    let most = exact + 0.5 / count as f64;
                    assert!(exact - 1.0 < got && got < most, "{units} units of {lots} lots, {count}: {got}");
                }
            }
        }
        // Whole lots whose parts were rounded down are still whole lots.
        for lots in [7, 96, 100_000, 419_000] {
            let grid = LotGrid::of_units(lots, 0);
            for sold in [0, 1, lots / 3, lots - 2] {
                let part = grid.fraction(sold + 1).saturating_sub(grid.fraction(sold));
                assert_eq!(grid.floor(part, 4), 1, "{sold} of {lots} lots");
            }
        }
    }

    #[test]
    fn ladders_in_lots() {
        check(&[25, 25, 50], 4, 0, &[1, 1, 2], 0);
        check(&[25, 25, 50], 3, 0, &[1, 1, 1], 0);
        check(&[50, 25, 25], 3, 0, &[1, 1, 1], 0);
        check(&[25, 25, 25, 25], 2, 0, &[1, 1, 0, 0], 2);
        check(&[33, 33, 34], 1, 0, &[0, 0, 1], 2);
        check(&[25, 25, 50], 8, 3, &[0, 4, 4], 1);
        check(&[50, 30, 20], 10, 3, &[5, 5, 0], 1);
        check(&[25, 25], 3, 0, &[1, 1], 0);
        check(&[10, 10], 3, 0, &[0, 0], 2);
        check(&[100], 7, 7, &[7], 0);
        check(&[0, 100], 5, 2, &[0, 5], 0);
        check(&[34, 33, 33], 7, 0, &[3, 2, 2], 0);
    }

    /// Of so many lots a part is the finer: none is lost, and none is sold twice.
    #[test]
    fn ladders_in_more_lots_than_parts_can_tell_apart() {
        for lots in [5_040_001, 6_000_000, u64::from(u32::MAX), (1 << 32) + 1, 1_000_000_000_000_007, LotGrid::MOST] {
            let third = lots / 3;
            let grid = LotGrid::of_units(lots, 1);
            for percents in [&[50, 50][..], &[25, 25, 50], &[33, 33, 34], &[1; 100]] {
                let parts: Vec<Fraction> = percents.iter().map(|&part| Fraction::ratio(part, 100).unwrap()).collect();
                let plan = plan_lots(&parts, Some(grid));
                assert_eq!(plan.parts.iter().map(|part| part.units()).sum::<u32>(), Fraction::WHOLE, "{lots} lots");
                assert!(plan.merges.is_empty(), "{lots} lots");
                let first = grid.nearest(plan.parts[0]);
                let wanted = u128::from(lots) * u128::from(percents[0]) / 100;
                assert!(u128::from(first).abs_diff(wanted) <= u128::from(lots / 5_040_000 + 1), "{lots} lots: {first}");
            }
            // What is held is the same part after it was counted in lots.
            for part in [Fraction::ZERO, grid.fraction(third), grid.fraction(lots - 1), Fraction::ONE] {
                assert_eq!(grid.fraction(grid.nearest(part)), part, "{lots} lots");
            }
        }
    }

    #[test]
    fn quantities_in_many_lots_are_whole_lots() {
        let cheap = Instrument { lot_step: 0.1, ..instrument() };
        for (qty, lots) in [(0.3, 3), (123_456_789_012.3, 1_234_567_890_123), (9e14, 9_000_000_000_000_000)] {
            let entry = entry(Side::Long, 100.0, Some(99.0), qty);
            assert_eq!(LotGrid::of(&entry, &cheap).unwrap().unwrap().lots(), lots);
        }
        for (qty, accepted) in [(0.35, false), (1e15, false)] {
            let error = LotGrid::of(&entry(Side::Long, 100.0, Some(99.0), qty), &cheap).is_ok();
            assert_eq!(error, accepted, "{qty}");
        }
    }

    #[test]
    fn equal_parts_tie_whatever_they_were_rounded_to() {
        // Eleven elevenths are 458,181 or 458,182 units each.
        let mut before = Fraction::ZERO;
        let elevenths: Vec<Fraction> = (1..=11)
            .map(|part| {
                let upto = Fraction::ratio(part, 11).unwrap();
                let own = upto.saturating_sub(before);
                before = upto;
                own
            })
            .collect();
        let grid = LotGrid::of_units(96, 0);
        let lots: Vec<u64> = plan_lots(&elevenths, Some(grid)).parts.iter().map(|&part| grid.nearest(part)).collect();
        assert_eq!(lots, [9, 9, 9, 9, 9, 9, 9, 9, 8, 8, 8]);
    }
}

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

    /// The first of `count` parts whose remainder, as [`largest_remainder`] counts it, is the largest: those that differ
    /// by no more than the two units of 1/5,040,000 that parts are rounded by are tied.
    pub(crate) fn first_largest(self, count: usize, remainder: impl Fn(usize) -> i128) -> Option<usize> {
        let largest = (0..count).map(&remainder).max()?;
        (0..count).find(|&index| largest <= remainder(index) + 2 * i128::from(self.lots))
    }

    /// The whole lots that `part` of the initial size holds, a unit of rounding forgiven where that is less than a lot.
    pub(crate) fn floor(self, part: Fraction) -> u64 {
        let forgiven = if self.lots < u64::from(Fraction::WHOLE) { self.lots } else { 0 };
        whole_lots(self.exact(part) + u128::from(forgiven)).min(self.lots)
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
    let runner = Fraction::ONE.saturating_sub(parts.iter().copied().sum());
    let asked = |part: usize| parts.get(part).copied().unwrap_or(runner);
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
    let whole = i128::from(Fraction::WHOLE);
    let exact = |index: usize| grid.exact(part(index)) as i128;
    let mut shares: Vec<u64> = (0..count).map(|index| grid.floor(part(index))).collect();
    let remainder = |index: usize, shares: &[u64]| exact(index) - i128::from(shares[index]) * whole;
    // With millions of lots the forgiven rounding is most of a lot, so the floors may be more than there is.
    for _ in grid.lots()..shares.iter().sum() {
        let served = (0..count).filter(|&index| 0 < shares[index]).min_by_key(|&index| remainder(index, &shares));
        if let Some(least) = served {
            shares[least] -= 1;
        }
    }
    let left = grid.lots().saturating_sub(shares.iter().sum());
    for _ in 0..left {
        // A remainder that has been served is below 0.
        let remainder = |index: usize| remainder(index, &shares);
        if let Some(largest) = grid.first_largest(count, remainder) {
            shares[largest] += 1;
        }
    }
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

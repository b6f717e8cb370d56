use serde::{Deserialize, Deserializer, Serialize};

use crate::{Decision, ExitError, Fraction, LimitOrder, LotGrid, TradeTerms, fraction::WrittenShare, lots::planned};

/// One step of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// How far from the entry price, in the unit of the ladder's spacing; above 0.
    pub level: f64,
    /// Part of the initial size sold there.
    pub fraction: Fraction,
}

/// Rungs as a config writes them: their parts are rounded cumulatively, and the last takes the rest where all are meant to
/// be the whole, so that eleven times 1/11 and three times .333333 leave nothing.
pub(super) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Rung>, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        level: f64,
        fraction: WrittenShare,
    }
    let written = Vec::<Written>::deserialize(deserializer)?;
    let shares: Vec<f64> = written.iter().map(|rung| rung.fraction.0).collect();
    let too_many = || shares.iter().filter_map(|&share| Fraction::from_share(share)).collect();
    let parts = Fraction::cumulative(&shares).unwrap_or_else(too_many);
    Ok(written.iter().zip(parts).map(|(rung, fraction)| Rung { level: rung.level, fraction }).collect())
}

/// The parts of `rungs`; the last takes the rest where all are meant to be the whole.
fn parts(rungs: &[Rung]) -> impl Iterator<Item = Fraction> {
    let units: u64 = rungs.iter().map(|rung| u64::from(rung.fraction.units())).sum();
    let is_whole = Fraction::is_meant_whole(units);
    let mut left = Fraction::ONE;
    rungs.iter().enumerate().map(move |(place, rung)| {
        let part = if is_whole && place + 1 == rungs.len() { left } else { rung.fraction.min(left) };
        left = left.saturating_sub(part);
        part
    })
}

/// Refuses rungs that are no ladder: none, levels that do not rise from above 0, parts of nothing or above the whole.
pub(super) fn check_rungs(rungs: &[Rung]) -> Result<(), ExitError> {
    let units: u64 = rungs.iter().map(|rung| u64::from(rung.fraction.units())).sum();
    let is_whole = Fraction::is_meant_whole(units);
    if rungs.is_empty() || (u64::from(Fraction::WHOLE) < units && !is_whole) {
        return Err(ExitError::range(
            "rungs",
            format!("{} parts of {}", rungs.len(), units as f64 / f64::from(Fraction::WHOLE)),
            "one part or more, together at most 1",
        ));
    }
    for (index, rung) in rungs.iter().enumerate() {
        let above = if index == 0 { 0.0 } else { rungs[index - 1].level };
        if !(rung.level.is_finite() && above < rung.level) {
            return Err(ExitError::range(
                "rungs.level",
                rung.level,
                "a finite number above 0 and above the rung before",
            ));
        }
        if rung.fraction.is_zero() {
            return Err(ExitError::range("rungs.fraction", 0, "a part above 0"));
        }
    }
    Ok(())
}

/// Parts of the initial size as `terms` can sell them: in whole lots where there are lots, the last taking the rest where
/// all are meant to be the whole.
pub(super) fn in_lots(asked: &[Fraction], terms: &TradeTerms) -> Vec<Fraction> {
    let rungs: Vec<Rung> = asked.iter().map(|&fraction| Rung { level: 0.0, fraction }).collect();
    let asked: Vec<Fraction> = parts(&rungs).collect();
    match terms.lots {
        None => asked,
        Some(lots) => planned(&asked, LotGrid::of_units(lots, terms.min_lots), |_| ()).collect(),
    }
}

/// The limits of the rungs that are still to come, in whole lots; `price_of` gives the price of a level.
///
/// The plan in lots is made from the initial size, so it is the same at every close, and what was sold tells which
/// rungs are done.
pub(super) fn resting(rungs: &[Rung], decision: &Decision<'_>, price_of: impl Fn(f64) -> f64) -> Vec<LimitOrder> {
    let sold = decision.gone();
    let mut limits = Vec::with_capacity(rungs.len());
    let mut push = |rung: &Rung, planned_before: Fraction, part: Fraction| {
        let left = part.saturating_sub(sold.saturating_sub(planned_before));
        if !left.is_zero() {
            limits.push(LimitOrder { price: price_of(rung.level), fraction: left });
        }
    };
    let mut before = Fraction::ZERO;
    match decision.terms.lots {
        None => {
            for (rung, part) in rungs.iter().zip(parts(rungs)) {
                push(rung, before, part);
                before = [before, part].into_iter().sum();
            }
        }
        Some(lots) => {
            let asked: Vec<Fraction> = parts(rungs).collect();
            let grid = LotGrid::of_units(lots, decision.terms.min_lots);
            for (rung, part) in rungs.iter().zip(planned(&asked, grid, |_| ())) {
                push(rung, before, part);
                before = [before, part].into_iter().sum();
            }
        }
    }
    limits
}

/// `count` parts of the whole in proportion to `weights`, summing to exactly 1.
pub(super) fn parts_by_weight(weights: &[u32]) -> Vec<Fraction> {
    let total: u32 = weights.iter().sum();
    let mut before = 0;
    weights
        .iter()
        .map(|weight| {
            let start = Fraction::ratio(before, total);
            before += weight;
            let end = Fraction::ratio(before, total);
            end.zip(start).map_or(Fraction::ZERO, |(end, start)| end.saturating_sub(start))
        })
        .collect()
}

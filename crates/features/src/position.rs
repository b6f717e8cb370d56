//! What a decision knows about its own position: features of the entry and of the path since, never of what was sold.
//!
//! One function makes the training row and the live row, so the two cannot differ.

use scaleout_market::PathSinceEntry;

/// The number of position features.
pub const COUNT: usize = 7;

/// Name and unit of each position feature, in the order of [`position_features`].
pub const NAMES: [(&str, &str); COUNT] = [
    ("bars_held", "bars"),
    ("bars_to_horizon", "bars"),
    ("unrealised_r", "R"),
    ("mfe_r", "R"),
    ("mae_r", "R"),
    ("drawdown_r", "R"),
    ("volatility_ratio", "1"),
];

/// What each says, in the order of [`NAMES`].
pub const MEANINGS: [&str; COUNT] = [
    "bars since the entry was filled",
    "bars until the horizon closes everything",
    "gain of one unit at the last close",
    "best gain so far (maximum favourable excursion)",
    "worst gain so far (maximum adverse excursion), at most 0",
    "how far the gain is below its best",
    "the volatility feature of the config now over its value at the entry; empty where either is missing or the \
     latter is 0",
];

/// The position features in the order of [`NAMES`]: bars held, bars to the horizon, gain at the last close, best and
/// worst gain so far, distance from the best gain, and volatility now ÷ volatility at the entry.
///
/// The two volatilities are values of one feature of the user's choice; their ratio is `None` unless both are there
/// and the one at entry is above 0.
///
/// ```
/// use scaleout_features::position::position_features;
/// use scaleout_market::PathSinceEntry;
/// let path = PathSinceEntry { bars_held: 3, unrealised_r: 1.0, mfe_r: 1.5, mae_r: -0.25 };
/// let row = position_features(&path, 17, Some(3.0), Some(2.0));
/// assert_eq!(row, [3.0, 17.0, 1.0, 1.5, -0.25, 0.5, 1.5].map(Some));
/// ```
pub fn position_features(
    path: &PathSinceEntry,
    bars_to_horizon: u32,
    volatility_now: Option<f64>,
    volatility_at_entry: Option<f64>,
) -> [Option<f64>; COUNT] {
    let volatility_ratio = match (volatility_now, volatility_at_entry) {
        (Some(now), Some(at_entry)) if at_entry > 0.0 => Some(now / at_entry).filter(|ratio| ratio.is_finite()),
        _ => None,
    };
    [
        Some(f64::from(path.bars_held)),
        Some(f64::from(bars_to_horizon)),
        Some(path.unrealised_r),
        Some(path.mfe_r),
        Some(path.mae_r),
        Some(path.drawdown_r()),
        volatility_ratio,
    ]
}

#[cfg(test)]
mod tests {
    use super::position_features;
    use scaleout_market::PathSinceEntry;

    #[test]
    fn the_volatility_ratio_needs_both_volatilities() {
        let path = PathSinceEntry::at_fill();
        for (now, at_entry) in [(None, Some(1.0)), (Some(1.0), None), (Some(1.0), Some(0.0)), (Some(1e308), Some(1e-9))]
        {
            assert_eq!(position_features(&path, 5, now, at_entry)[6], None);
        }
    }
}

use std::{fmt, iter::Sum};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A part of a position's initial size, exact: an integer count of 1/5,040,000.
///
/// 5,040,000 is divisible by every number up to 10 and by 10,000, so halves, thirds, sevenths and hundredths of a
/// percent are exact and parts of a whole sum to exactly 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fraction(u32);

impl Fraction {
    /// How many units make the whole position.
    pub const WHOLE: u32 = 5_040_000;
    /// By how many units parts may miss the whole and still be meant to be it: 1/10,000.
    const SLACK: u32 = Self::WHOLE / 10_000;
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The whole initial size.
    pub const ONE: Self = Self(Self::WHOLE);

    /// `units` of 1/5,040,000; `None` above the whole.
    pub const fn from_units(units: u32) -> Option<Self> {
        if units <= Self::WHOLE { Some(Self(units)) } else { None }
    }

    /// `numerator / denominator` of the whole, rounded to the nearest unit; `None` outside 0 to 1.
    ///
    /// ```
    /// use scaleout_exits::Fraction;
    /// let third = Fraction::ratio(1, 3).unwrap();
    /// assert_eq!(third.units() * 3, Fraction::WHOLE);
    /// assert_eq!(Fraction::ratio(4, 3), None);
    /// ```
    pub fn ratio(numerator: u32, denominator: u32) -> Option<Self> {
        Self::of_shares(numerator.into(), denominator.into())
    }

    /// The same of more shares than 32 bits hold.
    pub(crate) fn of_shares(numerator: u64, denominator: u64) -> Option<Self> {
        if denominator == 0 || numerator > denominator {
            return None;
        }
        let rounded =
            match numerator.checked_mul(Self::WHOLE.into()).and_then(|exact| exact.checked_add(denominator / 2)) {
                Some(exact) => u128::from(exact / denominator),
                None => {
                    let exact = u128::from(numerator) * u128::from(Self::WHOLE);
                    (exact + u128::from(denominator / 2)) / u128::from(denominator)
                }
            };
        Some(Self(u32::try_from(rounded).expect("Invariant: a ratio of at most 1 is at most the whole")))
    }

    /// The part nearest to `share`; `None` if it is not a number from 0 to 1.
    pub fn from_share(share: f64) -> Option<Self> {
        (0.0..=1.0).contains(&share).then(|| Self((share * f64::from(Self::WHOLE)).round() as u32))
    }

    /// Parts of a whole from `shares` of it, rounded cumulatively, so that their sum is rounded once: eleven times 1/11 is
    /// the whole. Shares that sum to the whole but for 1/10,000 of it are meant to be the whole, and the last part takes
    /// the rest. `None` if they sum to more.
    ///
    /// ```
    /// use scaleout_exits::Fraction;
    /// let thirds = Fraction::cumulative(&[0.333333; 3]).unwrap();
    /// assert_eq!(thirds.iter().map(|third| third.units()).sum::<u32>(), Fraction::WHOLE);
    /// assert_eq!(Fraction::cumulative(&[0.6, 0.5]), None);
    /// ```
    pub fn cumulative(shares: &[f64]) -> Option<Vec<Self>> {
        let whole: f64 = shares.iter().sum();
        let slack = 1.0 / f64::from(Self::WHOLE / Self::SLACK);
        if !(0.0..=1.0 + slack).contains(&whole) || shares.iter().any(|share| *share < 0.0) {
            return None;
        }
        let (mut sum, mut before) = (0.0, Self::ZERO);
        let parts = shares.iter().enumerate().map(|(place, share)| {
            sum += share;
            let is_whole = place + 1 == shares.len() && (whole - 1.0).abs() <= slack;
            let upto = if is_whole { Self::ONE } else { Self::from_share(sum.min(1.0)).unwrap_or(Self::ONE) };
            let part = upto.saturating_sub(before);
            before = upto;
            part
        });
        Some(parts.collect())
    }

    /// Whether parts of `units` together are meant to be the whole.
    pub(crate) const fn is_meant_whole(units: u64) -> bool {
        units.abs_diff(Self::WHOLE as u64) <= Self::SLACK as u64
    }

    /// The count of 1/5,040,000.
    pub const fn units(self) -> u32 {
        self.0
    }

    /// The part as a number from 0 to 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / f64::from(Self::WHOLE)
    }

    /// Whether nothing is left.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// This part less `other`, or nothing if `other` is larger.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This part and `other`; `None` above the whole.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_units(self.0 + other.0)
    }
}

impl Sum for Fraction {
    /// The sum, at most the whole.
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        let units: u64 = parts.map(|part| u64::from(part.0)).sum();
        Self(u32::try_from(units.min(u64::from(Self::WHOLE))).expect("Invariant: capped at the whole"))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_f64())
    }
}

/// As a number from 0 to 1.
impl Serialize for Fraction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.as_f64())
    }
}

/// A part of a whole as a config writes it: a number from 0 to 1, or a text like `"1/3"`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WrittenShare(pub f64);

impl<'de> Deserialize<'de> for WrittenShare {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a part from 0 to 1, or a text like \"1/3\"")]
        enum Written {
            Share(f64),
            Ratio(String),
        }
        let ratio = |text: &str| {
            let (part, whole) = text.split_once('/')?;
            let (part, whole): (u32, u32) = (part.trim().parse().ok()?, whole.trim().parse().ok()?);
            (part <= whole && 0 < whole).then(|| f64::from(part) / f64::from(whole))
        };
        let (share, text) = match Written::deserialize(deserializer)? {
            Written::Share(share) => (Some(share), share.to_string()),
            Written::Ratio(text) => (ratio(&text), text),
        };
        share.filter(|share| (0.0..=1.0).contains(share)).map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is no part from 0 to 1, such as 0.25 or \"1/3\""))
        })
    }
}

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenShare(share) = WrittenShare::deserialize(deserializer)?;
        Ok(Self::from_share(share).expect("Invariant: a written share lies between 0 and 1"))
    }
}

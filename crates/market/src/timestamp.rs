//! Moments.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment in UTC, in nanoseconds since 1970-01-01: when a fact became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `nanos` nanoseconds after the epoch (before it, if negative).
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The moment `secs` seconds after the epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1_000_000_000)
    }

    /// The moment that `text` names in RFC 3339, as `2024-05-01T14:30:00Z`; `None` for anything else.
    ///
    /// ```
    /// use scaleout_market::Timestamp;
    /// let moment = Timestamp::parse_rfc3339("1970-01-01T01:00:01.5+01:00").unwrap();
    /// assert_eq!(moment.nanos(), 1_500_000_000);
    /// assert_eq!(Timestamp::parse_rfc3339("yesterday"), None);
    /// ```
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        let instant: jiff::Timestamp = text.parse().ok()?;
        i64::try_from(instant.as_nanosecond()).ok().map(Self)
    }

    /// Nanoseconds since the epoch.
    pub const fn nanos(self) -> i64 {
        self.0
    }

    /// Seconds from `earlier` to this moment; negative if `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> f64 {
        (self.0 - earlier.0) as f64 * 1e-9
    }

    /// The moment `nanos` nanoseconds later (earlier, if negative).
    pub const fn plus_nanos(self, nanos: i64) -> Self {
        Self(self.0 + nanos)
    }

    /// The number of whole UTC days since the epoch.
    ///
    /// ```
    /// use scaleout_market::Timestamp;
    /// assert_eq!(Timestamp::from_secs(86_400).utc_day(), 1);
    /// assert_eq!(Timestamp::from_secs(-1).utc_day(), -1);
    /// ```
    pub const fn utc_day(self) -> i64 {
        self.0.div_euclid(86_400_000_000_000)
    }
}

/// RFC 3339 in UTC, with as many decimals as the value needs.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = jiff::Timestamp::from_nanosecond(i128::from(self.0))
            .expect("Invariant: every i64 nanosecond lies inside jiff's range");
        write!(f, "{instant}")
    }
}

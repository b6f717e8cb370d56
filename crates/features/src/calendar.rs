//! The clock in UTC: days, weeks and hours as nanoseconds since the epoch.

/// A day.
pub(crate) const DAY_NANOS: i64 = 86_400_000_000_000;

/// A week.
pub(crate) const WEEK_NANOS: i64 = 7 * DAY_NANOS;

/// 1970-01-05, the first Monday, which weeks are counted from.
pub(crate) const FIRST_MONDAY_NANOS: i64 = 4 * DAY_NANOS;

/// The nanoseconds of `hours`.
pub(crate) fn nanos_of(hours: f64) -> i64 {
    (hours * 3.6e12).round() as i64
}

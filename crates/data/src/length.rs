//! A length of time as people write it.

use serde::{Deserialize, Serialize};

/// A length of time, written as a number and a unit: `250ms`, `60s`, `5m`, `1h`, `1d`; above 0.
///
/// ```
/// use scaleout_data::Length;
/// assert_eq!("5m".parse::<Length>().unwrap().nanos(), 300_000_000_000);
/// assert!("5 parsecs".parse::<Length>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Length {
    nanos: i64,
}

const UNITS: [(&str, i64); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

impl Length {
    /// A span of `nanos` nanoseconds, if that is above 0.
    pub fn from_nanos(nanos: i64) -> Option<Self> {
        (nanos > 0).then_some(Self { nanos })
    }

    /// Its nanoseconds, above 0.
    pub const fn nanos(self) -> i64 {
        self.nanos
    }
}

impl std::str::FromStr for Length {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let no_length = || {
            format!(
                "`{text}` is not a length of time; accepted: a whole number above 0 and ns, us, ms, s, m, h or d, for example `60s`"
            )
        };
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(no_length)?;
        let count: i64 = text[..split].parse().map_err(|_| no_length())?;
        let unit = text[split..].trim();
        let (_, unit_nanos) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(no_length)?;
        count.checked_mul(*unit_nanos).and_then(Self::from_nanos).ok_or_else(no_length)
    }
}

impl TryFrom<String> for Length {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Length> for String {
    fn from(length: Length) -> Self {
        length.to_string()
    }
}

/// The largest unit that divides it.
impl std::fmt::Display for Length {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (name, unit) =
            UNITS.iter().find(|(_, unit)| self.nanos % unit == 0).expect("Invariant: a nanosecond divides every span");
        write!(f, "{}{name}", self.nanos / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written() {
        for (text, written) in [("60s", "1m"), ("90s", "90s"), ("250ms", "250ms"), ("1d", "1d"), ("24 h", "1d")] {
            assert_eq!(text.parse::<Length>().unwrap().to_string(), written);
        }
        for text in ["", "60", "0s", "-1s", "1.5h", "1w", "99999999999d", "s"] {
            assert!(text.parse::<Length>().is_err(), "{text}");
        }
    }
}

//! Money as text: the exact decimal amount, so that what is written and read again is the same to the last unit.

use std::{borrow::Cow, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Money;

/// Decimals of the ledger.
const DECIMALS: usize = 9;

impl Money {
    /// The exact decimal amount, without trailing zeros: `12.5`, `-0.000000001`.
    pub fn to_exact_text(self) -> String {
        let (sign, size) = (if self.nanos() < 0 { "-" } else { "" }, self.nanos().unsigned_abs());
        let decimals = format!("{:09}", size % 1_000_000_000);
        let text = format!("{sign}{}.{}", size / 1_000_000_000, decimals.trim_end_matches('0'));
        text.trim_end_matches('.').to_owned()
    }
}

impl FromStr for Money {
    type Err = String;

    /// From the exact decimal amount: digits, at most nine of them after the point.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is no amount; accepted: digits with at most {DECIMALS} after the point");
        let size = text.strip_prefix('-').unwrap_or(text);
        let (whole, part) = size.split_once('.').unwrap_or((size, ""));
        let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(part) || DECIMALS < part.len() {
            return Err(refused());
        }
        let nanos: i128 = format!("{whole}{part:0<DECIMALS$}").parse().map_err(|_| refused())?;
        Ok(Self::from_nanos(if size.len() < text.len() { -nanos } else { nanos }))
    }
}

/// As text: a number would lose units above some millions.
impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_exact_text())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Cow<'de, str> = Cow::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use crate::Money;

    #[test]
    fn amounts_come_back_to_the_last_unit() {
        for (nanos, text) in [
            (12_500_000_000, "12.5"),
            (-1, "-0.000000001"),
            (0, "0"),
            (-3_000_000_000, "-3"),
            (123_456_789_012_345_678_901_234_567, "123456789012345678.901234567"),
        ] {
            let money = Money::from_nanos(nanos);
            assert_eq!(money.to_exact_text(), text);
            assert_eq!(text.parse(), Ok(money));
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in
            ["", "-", ".5", "1.0000000001", "1e3", "+1", "1.2.3", "--1", " 1", "99999999999999999999999999999999999"]
        {
            assert!(text.parse::<Money>().unwrap_err().contains("accepted: digits"), "{text}");
        }
    }
}

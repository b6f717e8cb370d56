//! Who crossed the spread, as files write it.

use scaleout_market::Aggressor;

/// Who crossed the spread, as files write it.
pub(super) fn aggressor(text: &str) -> Option<Option<Aggressor>> {
    let text = text.trim();
    let is = |names: &[&str]| names.iter().any(|name| text.eq_ignore_ascii_case(name));
    if text.is_empty() || is(&["unknown"]) {
        Some(None)
    } else if is(&["buy", "b", "1", "+1"]) {
        Some(Some(Aggressor::Buy))
    } else if is(&["sell", "s", "-1"]) {
        Some(Some(Aggressor::Sell))
    } else {
        None
    }
}

pub(super) const SIDES: &str = "buy, sell, b, s, 1, -1, unknown or nothing";

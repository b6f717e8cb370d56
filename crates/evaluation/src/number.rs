//! Numbers as people read them; the minus is a true one, and nothing is shown as NaN.

/// Three decimals with a sign.
pub fn signed(value: f64) -> String {
    let rounded = format!("{:.3}", value.abs());
    if rounded == "0.000" {
        return rounded;
    }
    format!("{}{rounded}", if value < 0.0 { '−' } else { '+' })
}

/// A 95 % interval in words.
pub fn interval(ci95: Option<[f64; 2]>) -> String {
    match ci95 {
        Some([low, high]) => format!("95 % interval {} to {}", signed(low), signed(high)),
        None => "no interval".to_owned(),
    }
}

/// A count of trades in words.
pub fn trades(count: usize) -> String {
    if count == 1 { "1 trade".to_owned() } else { format!("{count} trades") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_true_and_zero_has_none() {
        assert_eq!(signed(-0.0004), "0.000");
        assert_eq!(signed(-0.25), "−0.250");
        assert_eq!(signed(0.25), "+0.250");
        assert_eq!(interval(Some([-0.1, 0.2])), "95 % interval −0.100 to +0.200");
    }
}

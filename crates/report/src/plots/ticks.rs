//! Round values and times for axes.

use scaleout_market::Timestamp;

/// Round values from `low` to `high`, about `wanted` of them, and the decimals they need.
pub(super) fn nice(low: f64, high: f64, wanted: usize) -> (Vec<f64>, usize) {
    let span = (high - low).max(f64::MIN_POSITIVE);
    let raw = span / wanted.max(1) as f64;
    let power = raw.log10().floor();
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|factor| factor * 10f64.powf(power))
        .into_iter()
        .find(|step| span / step <= wanted as f64 + 0.5)
        .unwrap_or(10.0 * 10f64.powf(power));
    let decimals = (-step.log10().floor()).max(0.0) as usize;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    ((first..=last).map(|count| count as f64 * step).collect(), decimals.min(6))
}

/// `value` with `decimals` and a true minus.
pub(super) fn label(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !is_zero { format!("−{text}") } else { text }
}

const STEPS_SECS: [i64; 16] = [
    60, 300, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000, 7_776_000,
    15_552_000, 31_536_000,
];

/// Round moments from `first` to `last`, at most `most` of them, with labels in UTC.
pub(super) fn times(first: Timestamp, last: Timestamp, most: usize) -> Vec<(Timestamp, String)> {
    let span = (last.nanos() - first.nanos()) / 1_000_000_000;
    let step = STEPS_SECS.into_iter().find(|step| span / step < most as i64).unwrap_or(span.max(1));
    let step_ns = step * 1_000_000_000;
    let start = first.nanos().div_euclid(step_ns) + i64::from(first.nanos().rem_euclid(step_ns) != 0);
    (start..=last.nanos().div_euclid(step_ns))
        .map(|count| {
            let ts = Timestamp::from_nanos(count * step_ns);
            // RFC 3339: 2013-09-02T14:00:00Z.
            let text = ts.to_string();
            let label =
                if step < 86_400 { format!("{} {}", &text[5..10], &text[11..16]) } else { text[..10].to_owned() };
            (ts, label)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(nice(-0.3, 1.2, 5), (vec![0.0, 0.5, 1.0], 1));
        assert_eq!(nice(0.0, 100.0, 5).0, vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(label(-0.001, 2), "0.00");
        assert_eq!(label(-1.5, 1), "−1.5");
    }

    #[test]
    fn times_are_round() {
        let day = times(Timestamp::from_secs(1_378_054_860), Timestamp::from_secs(1_378_141_260), 8);
        assert_eq!(day.first().map(|(_, label)| label.as_str()), Some("09-01 20:00"));
        assert!(day.len() <= 8);
    }
}

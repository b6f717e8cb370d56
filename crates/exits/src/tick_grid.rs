//! Where price × side may rest.

use scaleout_market::Decimal;

/// The prices that an order may have: whole ticks, or any decimal where prices are continuous.
///
/// A level between two ticks is rounded away from the market, so that a rounded order is never easier to fill: limits
/// up, stops down in gain coordinates (price × side). A level within a millionth of a tick of a tick is that tick: what
/// indicators and models compute carries the noise of floating point. The result is the number nearest to
/// `ticks · tick_size` as decimals, the same that a file's text gives, so prices on ticks compare as whole numbers of
/// ticks do, and prices between ticks (adjusted closes) as the decimals that they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TickGrid {
    size: f64,
    step: Decimal,
}

/// Below so many ticks a quotient of two numbers is right to a ten-millionth of a tick.
const PLAIN: f64 = 1e9;
/// Part of a tick by which a level may miss it.
const NOISE: f64 = 1e-6;

impl TickGrid {
    /// The grid of ticks of `size`; any price where it is 0.
    pub(crate) fn of(size: f64) -> Self {
        Self { size, step: Decimal::of(size) }
    }

    /// The limit level at or above `level`.
    pub(crate) fn limit(self, level: f64) -> f64 {
        self.rounded(level, Away::Up)
    }

    /// The stop level at or below `level`.
    pub(crate) fn stop(self, level: f64) -> f64 {
        self.rounded(level, Away::Down)
    }

    /// The least price beyond `level` by a tick, or by anything where prices are continuous.
    pub(crate) fn beyond(self, level: f64) -> f64 {
        if self.size == 0.0 { level.next_up() } else { Decimal::of(level).plus(self.step).to_f64() }
    }

    /// The tick before the tick `level`; `None` where prices are continuous.
    pub(crate) fn before(self, level: f64) -> Option<f64> {
        (!self.is_continuous()).then(|| Decimal::of(level).minus(self.step).to_f64())
    }

    /// Whether any price can be an order's.
    pub(crate) fn is_continuous(self) -> bool {
        self.size == 0.0
    }

    /// Size of a tick; 0 where prices are continuous.
    pub(crate) const fn size(self) -> f64 {
        self.size
    }

    fn rounded(self, level: f64, away: Away) -> f64 {
        if self.size == 0.0 || !level.is_finite() {
            return level;
        }
        let ticks = level / self.size;
        if ticks.abs() < PLAIN {
            let nearest = ticks.round();
            let count = match away {
                _ if (ticks - nearest).abs() < NOISE => nearest,
                Away::Up => ticks.ceil(),
                Away::Down => ticks.floor(),
            };
            return Decimal::whole(count as i64).times(self.step).to_f64();
        }
        let Some((below, is_whole)) = Decimal::of(level).steps(self.step) else { return level };
        let count = if is_whole || matches!(away, Away::Down) { below } else { below + 1 };
        i64::try_from(count).map_or(level, |count| Decimal::whole(count).times(self.step).to_f64())
    }
}

#[derive(Debug, Clone, Copy)]
enum Away {
    Up,
    Down,
}

#[cfg(test)]
mod tests {
    use super::TickGrid;

    #[test]
    fn a_tick_is_the_number_that_its_text_is() {
        for (size, decimals) in [(0.05, 2), (0.01, 2), (0.1, 1), (0.001, 3), (1e-4, 4), (1e-5, 5), (0.25, 2), (1.0, 0)]
        {
            let grid = TickGrid::of(size);
            for count in [1_i64, 3, 7, 501, 5_009, 50_301, 123_457, 99_999_999] {
                let level = count as f64 * size;
                let read: f64 = format!("{:.decimals$}", (count as f64) * size).parse().unwrap();
                assert_eq!((grid.limit(level), grid.stop(level)), (read, read), "{count} ticks of {size}");
                assert_eq!((grid.limit(-level), grid.stop(-level)), (-read, -read), "{count} ticks of {size}");
            }
            let far: f64 = format!("{:.decimals$}", 1_234_567_890_123.0 * size).parse().unwrap();
            assert_eq!((grid.limit(far), grid.stop(far)), (far, far), "{size}");
            assert_eq!(grid.limit(1.4 * size), grid.stop(2.4 * size), "{size}");
        }
    }

    #[test]
    fn levels_are_rounded_away_from_the_market() {
        let grid = TickGrid::of(0.1);
        assert_eq!((grid.limit(50.11), grid.stop(50.19)), (50.2, 50.1));
        assert_eq!((grid.limit(50.100_000_01), grid.beyond(50.1)), (50.1, 50.2));
        assert_eq!((grid.limit(-50.19), grid.stop(-50.11)), (-50.1, -50.2));
        let any = TickGrid::of(0.0);
        assert_eq!((any.limit(50.11), any.stop(50.11)), (50.11, 50.11));
        assert!(50.11 < any.beyond(50.11));
    }
}

use super::stack::Summary;

/// Count, mean and sum of squared deviations (Chan, Golub & LeVeque 1979, updating formulae).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    /// Number of samples.
    pub(crate) count: f64,
    /// Their mean.
    pub(crate) mean: f64,
    /// Σ(x − mean)².
    pub(crate) squares: f64,
}

impl Moments {
    /// The summary of one sample.
    pub(crate) const fn of(value: f64) -> Self {
        Self { count: 1.0, mean: value, squares: 0.0 }
    }

    /// Σ(x − mean)² / n, exactly 0 for equal samples.
    pub(crate) fn variance(&self) -> f64 {
        self.squares / self.count
    }

    /// Σ(x − mean)² / (n − 1).
    pub(crate) fn sample_variance(&self) -> f64 {
        self.squares / (self.count - 1.0)
    }
}

impl Summary for Moments {
    fn merge(self, newer: Self) -> Self {
        let count = self.count + newer.count;
        let share = newer.count / count;
        let step = newer.mean - self.mean;
        Self {
            count,
            mean: self.mean + step * share,
            squares: self.squares + newer.squares + step * step * share * self.count,
        }
    }
}

/// Means, squared deviations and their product for pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Comoments {
    /// Number of pairs.
    pub(crate) count: f64,
    /// Mean of x.
    pub(crate) mean_x: f64,
    /// Mean of y.
    pub(crate) mean_y: f64,
    /// Σ(x − mean)².
    pub(crate) xx: f64,
    /// Σ(x − mean)(y − mean).
    pub(crate) xy: f64,
    /// Σ(y − mean)².
    pub(crate) yy: f64,
}

impl Comoments {
    /// The summary of one pair.
    pub(crate) const fn of(x: f64, y: f64) -> Self {
        Self { count: 1.0, mean_x: x, mean_y: y, xx: 0.0, xy: 0.0, yy: 0.0 }
    }

    /// The least-squares slope of y on x; `None` if x does not vary.
    pub(crate) fn slope(&self) -> Option<f64> {
        (self.xx > 0.0).then(|| self.xy / self.xx)
    }

    /// The correlation; `None` if either does not vary.
    pub(crate) fn correlation(&self) -> Option<f64> {
        (self.xx > 0.0 && self.yy > 0.0).then(|| (self.xy / (self.xx.sqrt() * self.yy.sqrt())).clamp(-1.0, 1.0))
    }
}

impl Summary for Comoments {
    fn merge(self, newer: Self) -> Self {
        let count = self.count + newer.count;
        let share = newer.count / count;
        let (step_x, step_y) = (newer.mean_x - self.mean_x, newer.mean_y - self.mean_y);
        let weight = share * self.count;
        Self {
            count,
            mean_x: self.mean_x + step_x * share,
            mean_y: self.mean_y + step_y * share,
            xx: self.xx + newer.xx + step_x * step_x * weight,
            xy: self.xy + newer.xy + step_x * step_y * weight,
            yy: self.yy + newer.yy + step_y * step_y * weight,
        }
    }
}

/// The highest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Highest(pub(crate) f64);

impl Summary for Highest {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        Self(if self.0 > newer.0 { self.0 } else { newer.0 })
    }
}

/// The lowest value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Lowest(pub(crate) f64);

impl Summary for Lowest {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        Self(if self.0 < newer.0 { self.0 } else { newer.0 })
    }
}

/// The highest value and when it was last reached.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct LatestHighest {
    /// Highest value.
    pub(crate) value: f64,
    /// Step of the latest one.
    pub(crate) step: f64,
}

impl Summary for LatestHighest {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        let is_newer = newer.value >= self.value;
        Self {
            value: if is_newer { newer.value } else { self.value },
            step: if is_newer { newer.step } else { self.step },
        }
    }
}

use std::hint::select_unpredictable;

use super::stack::Summary;

/// Count, mean and squared deviations, kept as sums of distances from one of the samples.
///
/// A sample of the stretch itself as reference leaves nothing to lose in the subtraction at the end: with n samples
/// their squared deviations are at least 1/n of the squared distances, and of equal samples both are exactly 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    count: f64,
    /// One of the samples.
    reference: f64,
    /// Σ(x − reference).
    sum: f64,
    /// Σ(x − reference)².
    squares: f64,
}

impl Moments {
    /// The summary of one sample.
    pub(crate) const fn of(value: f64) -> Self {
        Self { count: 1.0, reference: value, sum: 0.0, squares: 0.0 }
    }

    /// The mean.
    #[inline]
    pub(crate) fn mean(&self) -> f64 {
        self.reference + self.sum / self.count
    }

    /// Σ(x − mean)², exactly 0 for equal samples.
    #[inline]
    pub(crate) fn squares(&self) -> f64 {
        self.squares - self.sum * (self.sum / self.count)
    }

    /// Σ(x − mean)² / n, exactly 0 for equal samples.
    #[inline]
    pub(crate) fn variance(&self) -> f64 {
        self.squares() / self.count
    }

    /// Σ(x − mean)² / (n − 1).
    pub(crate) fn sample_variance(&self) -> f64 {
        self.squares() / (self.count - 1.0)
    }

    #[inline]
    fn with(self, sample: f64) -> Self {
        let distance = sample - self.reference;
        Self { count: self.count + 1.0, sum: self.sum + distance, squares: self.squares + distance * distance, ..self }
    }
}

impl Summary for Moments {
    #[inline]
    fn append(self, newer: Self) -> Self {
        self.with(newer.reference)
    }

    #[inline]
    fn prepend(self, older: Self) -> Self {
        self.with(older.reference)
    }

    #[inline]
    fn merge(self, newer: Self) -> Self {
        let step = newer.reference - self.reference;
        let shift = newer.count * step;
        Self {
            count: self.count + newer.count,
            reference: self.reference,
            sum: self.sum + (newer.sum + shift),
            squares: self.squares + (newer.squares + step * (newer.sum + (newer.sum + shift))),
        }
    }
}

/// Means, squared deviations and their product for pairs, kept as [`Moments`] are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Comoments {
    /// Number of pairs.
    pub(crate) count: f64,
    /// One of the pairs.
    reference: [f64; 2],
    /// Σ(x − reference), Σ(y − reference).
    sum: [f64; 2],
    /// Σ of the products of these distances: x with x, y with y, x with y.
    products: [f64; 3],
}

impl Comoments {
    /// The summary of one pair.
    pub(crate) const fn of(x: f64, y: f64) -> Self {
        Self { count: 1.0, reference: [x, y], sum: [0.0; 2], products: [0.0; 3] }
    }

    /// Σ(x − mean)².
    #[inline]
    pub(crate) fn xx(&self) -> f64 {
        self.products[0] - self.sum[0] * (self.sum[0] / self.count)
    }

    /// Σ(y − mean)².
    #[inline]
    pub(crate) fn yy(&self) -> f64 {
        self.products[1] - self.sum[1] * (self.sum[1] / self.count)
    }

    /// Σ(x − mean)(y − mean).
    #[inline]
    pub(crate) fn xy(&self) -> f64 {
        self.products[2] - self.sum[0] * (self.sum[1] / self.count)
    }

    /// The least-squares slope of y on x; `None` if x does not vary.
    #[inline]
    pub(crate) fn slope(&self) -> Option<f64> {
        let xx = self.xx();
        (xx > 0.0).then(|| self.xy() / xx)
    }

    /// The correlation; `None` if either does not vary.
    #[inline]
    pub(crate) fn correlation(&self) -> Option<f64> {
        let (xx, yy) = (self.xx(), self.yy());
        (xx > 0.0 && yy > 0.0).then(|| (self.xy() / (xx.sqrt() * yy.sqrt())).clamp(-1.0, 1.0))
    }

    #[inline]
    fn with(self, [x, y]: [f64; 2]) -> Self {
        let (x, y) = (x - self.reference[0], y - self.reference[1]);
        let ([sum_x, sum_y], [xx, yy, xy]) = (self.sum, self.products);
        Self {
            count: self.count + 1.0,
            sum: [sum_x + x, sum_y + y],
            products: [xx + x * x, yy + y * y, xy + x * y],
            ..self
        }
    }
}

impl Summary for Comoments {
    #[inline]
    fn append(self, newer: Self) -> Self {
        self.with(newer.reference)
    }

    #[inline]
    fn prepend(self, older: Self) -> Self {
        self.with(older.reference)
    }

    #[inline]
    fn merge(self, newer: Self) -> Self {
        let [step_x, step_y] = [newer.reference[0] - self.reference[0], newer.reference[1] - self.reference[1]];
        let [shift_x, shift_y] = [newer.count * step_x, newer.count * step_y];
        let ([sum_x, sum_y], [xx, yy, xy]) = (newer.sum, newer.products);
        let moved = [
            xx + step_x * (sum_x + (sum_x + shift_x)),
            yy + step_y * (sum_y + (sum_y + shift_y)),
            xy + (step_x * sum_y + step_y * (sum_x + shift_x)),
        ];
        Self {
            count: self.count + newer.count,
            reference: self.reference,
            sum: [self.sum[0] + (sum_x + shift_x), self.sum[1] + (sum_y + shift_y)],
            products: std::array::from_fn(|place| self.products[place] + moved[place]),
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
    pub(crate) step: i64,
}

impl Summary for LatestHighest {
    #[inline]
    fn merge(self, newer: Self) -> Self {
        let is_newer = newer.value >= self.value;
        Self {
            value: select_unpredictable(is_newer, newer.value, self.value),
            step: select_unpredictable(is_newer, newer.step, self.step),
        }
    }
}

//! The equity of stretches of time, and how they join.

/// The equity of a stretch of time as its neighbours must know it: stretches join into longer ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EquityPath {
    /// Gain from start to end, in R.
    pub total: f64,
    /// Highest gain since the start; 0 or more.
    pub peak: f64,
    /// Lowest gain since the start; 0 or less.
    pub trough: f64,
    /// Deepest fall from a peak inside; 0 or more.
    pub drawdown: f64,
}

impl EquityPath {
    /// A stretch in which nothing happens.
    pub const FLAT: Self = Self { total: 0.0, peak: 0.0, trough: 0.0, drawdown: 0.0 };

    /// This stretch, and then one step with the gain `step`.
    #[must_use]
    pub fn then_step(self, step: f64) -> Self {
        self.then(Self { total: step, peak: step.max(0.0), trough: step.min(0.0), drawdown: (-step).max(0.0) })
    }

    /// This stretch, and then `later`.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            total: self.total + later.total,
            peak: self.peak.max(self.total + later.peak),
            trough: self.trough.min(self.total + later.trough),
            drawdown: self.drawdown.max(later.drawdown).max(self.peak - self.total - later.trough),
        }
    }
}

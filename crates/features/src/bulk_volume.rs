use crate::rolling::{Moments, Rolling};

/// Bulk-volume classification: which share of a bar's volume buyers started, guessed from its change of price.
///
/// Easley, López de Prado & O'Hara (2012): buys = volume · Φ(Δclose / σ). Given here as the imbalance
/// (buys − sells) / volume = 2Φ − 1.
#[derive(Debug, Clone)]
pub(crate) struct BulkVolume {
    previous: Option<f64>,
    changes: Rolling<Moments>,
}

impl BulkVolume {
    /// A classifier whose σ is the sample deviation of the last `sigma` changes of the close.
    pub(crate) fn new(sigma: usize) -> Self {
        Self { previous: None, changes: Rolling::new(sigma) }
    }

    /// The imbalance of the bar that closes at `close`, from −1 to 1; 0 where prices stand still.
    pub(crate) fn push(&mut self, close: f64) -> Option<f64> {
        let change = close - self.previous.replace(close)?;
        self.changes.push(Some(Moments::of(change)));
        let sigma = self.changes.full()?.sample_variance().sqrt();
        Some(if sigma > 0.0 { libm::erf(change / sigma * std::f64::consts::FRAC_1_SQRT_2) } else { 0.0 })
    }
}

/// The imbalance of every bar, from its definition.
#[cfg(test)]
pub(crate) fn direct_imbalances(history: &scaleout_market::MarketHistory, sigma: usize) -> Vec<Option<f64>> {
    use crate::contract::{closes, over, pick, population_variance};
    let closes = closes(history);
    let changes = pick(closes.len(), |t| Some(closes[t] - closes[t.checked_sub(1)?]));
    over(&changes, sigma, |changes| {
        let n = changes.len() as f64;
        let deviation = (population_variance(changes) * n / (n - 1.0)).sqrt();
        let change = changes[changes.len() - 1];
        Some(if deviation > 0.0 { libm::erf(change / deviation / 2.0_f64.sqrt()) } else { 0.0 })
    })
}

//! What risk aversion costs and spares.

use serde::{Deserialize, Serialize};

/// What risk aversion costs and spares: for a row of γ the fixed exit that is then best, on the trades before every
/// test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskScale {
    /// Trades measured on; none of them is tested.
    pub trades: usize,
    /// γ of the run, per R.
    pub in_force: Option<f64>,
    /// The words it was asked for in.
    pub asked: Option<String>,
    /// Rising in γ.
    pub rows: Vec<RiskRow>,
}

/// One γ.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskRow {
    /// γ, per R.
    pub risk_aversion: f64,
    /// The words that mean this number: `none`, `low`, `moderate`, `high`.
    pub words: Vec<String>,
    /// What being spared the swings of holding the whole position to its stop or horizon is worth, in R a trade.
    pub premium_r: f64,
    /// The fixed exit with the highest J.
    pub exit: String,
    /// Its mean net R a trade.
    pub mean_net_r: f64,
    /// Share of the mean of the first row that is given up; `None` where that earns nothing.
    pub given_up_share: Option<f64>,
    /// √ of the mean over trades of Σ q² v, in R: what γ puts a price on.
    pub swing_r: f64,
    /// Share by which it is smaller than in the first row.
    pub swing_cut_share: Option<f64>,
    /// Deviation of net R over trades.
    pub deviation_r: f64,
    /// Mean of the worst 5 % of trades, in R.
    pub cvar_5_r: f64,
    /// Largest fall of the sum of net R, trades in the order in which they ended.
    pub max_drawdown_r: f64,
    /// Mean bars in which some of the position was held.
    pub bars_held: f64,
}

use scaleout_exits::{ExitReason, Leg, TradeOutcome};
use scaleout_market::Entry;

/// The figures of one trade that metrics of trades are made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradeRow {
    /// J of the trade, in R.
    pub objective: f64,
    /// Gain after all costs, in R.
    pub net_r: f64,
    /// Gain before fees and carry, in R.
    pub gross_r: f64,
    /// What spread, slippage and impact of the exits took, in R.
    pub slippage_r: f64,
    /// Best excursion while held, in R.
    pub mfe_r: f64,
    /// Bars held.
    pub bars_held: f64,
    /// Hours from the entry to the last exit.
    pub hours_held: f64,
    /// Sales.
    pub legs: u32,
    /// Sales with a net gain.
    pub legs_won: u32,
    /// Sales of choice (limit or market), as against stop and horizon.
    pub rungs: u32,
    /// Whether gains taken covered the whole initial risk of the rest while some was still held.
    pub was_free: bool,
    /// Whether the intrabar rule decided a fill.
    pub is_ambiguous: bool,
}

impl TradeRow {
    /// The figures of `outcome`, the trade of `entry`.
    pub(crate) fn new(outcome: &TradeOutcome, entry: &Entry) -> Self {
        let one_r = outcome.one_r.as_f64();
        let shortfall = |leg: &Leg| entry.side.sign() * (leg.reference - leg.price) / entry.risk * leg.qty / entry.qty;
        let (mut taken_r, mut left, mut was_free) = (0.0, 1.0, false);
        for leg in &outcome.legs {
            taken_r += leg.net().as_f64() / one_r;
            left -= leg.fraction.as_f64();
            was_free |= left > 1e-9 && taken_r >= left;
        }
        let of_choice = |reason| matches!(reason, ExitReason::Limit | ExitReason::Market);
        Self {
            objective: outcome.objective,
            net_r: outcome.net_r,
            gross_r: outcome.gross_r,
            slippage_r: outcome.legs.iter().map(shortfall).sum(),
            mfe_r: outcome.mfe_r,
            bars_held: f64::from(outcome.bars_held),
            hours_held: outcome.exit_ts.seconds_since(outcome.entry_ts) / 3600.0,
            legs: outcome.legs.len() as u32,
            legs_won: outcome.legs.iter().filter(|leg| leg.net().nanos() > 0).count() as u32,
            rungs: outcome.legs.iter().filter(|leg| of_choice(leg.reason)).count() as u32,
            was_free,
            is_ambiguous: outcome.is_ambiguous(),
        }
    }
}

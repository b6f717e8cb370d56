//! Explains the fills of one trade of a finished run, bar by bar.

use std::path::Path;

use scaleout_data::{Limit, read_text};
use scaleout_exits::{
    ExitPolicy,
    explain::{Explanation, explain},
};
use scaleout_report::plots::{Plot, TradePicture, trade_plot};

use crate::{
    ExperimentError, Fitted, LoadedConfig, Prepared, PreparedMarket, PreparedTrade, RunFolder, stages::judge::Field,
};

/// One trade of a run under one contestant.
pub struct ExplainedTrade {
    /// The record, bar by bar.
    pub record: Explanation,
    contestant: String,
    market: PreparedMarket,
}

impl ExplainedTrade {
    /// The trade as a picture: bars, orders, sales and what is left.
    ///
    /// # Errors
    /// If the drawing library fails.
    pub fn picture(&self) -> Result<Plot, ExperimentError> {
        let title = format!("{}: {}", self.record.id, self.contestant);
        let (trade, bars) = (&self.record, self.market.view().bars());
        Ok(trade_plot(&TradePicture { name: "trade".to_owned(), title, trade, bars })?)
    }
}

/// How `contestant` exited the trade `id` in the run whose lessons are stored at `model`.
///
/// # Errors
/// If the run, the trade or the contestant does not exist.
pub fn explain_trade(
    loaded: &LoadedConfig,
    model: &Path,
    id: &str,
    contestant: &str,
) -> Result<ExplainedTrade, ExperimentError> {
    RunFolder::settle(model)?;
    let text = read_text(model, Limit::Model)?;
    let fitted = Fitted::from_json(&text, model)?;
    let mut prepared = Prepared::new(loaded)?;
    fitted.check_trades(prepared.trades.len(), model)?;
    let (market, record) = record_of(&prepared, &Field::new(&prepared, &fitted)?, model, id, contestant)?;
    let market = prepared.markets.swap_remove(market);
    Ok(ExplainedTrade { record, contestant: contestant.to_owned(), market })
}

/// The place of the trade's market, and its record.
fn record_of(
    prepared: &Prepared,
    field: &Field<'_>,
    model: &Path,
    id: &str,
    contestant: &str,
) -> Result<(usize, Explanation), ExperimentError> {
    if let Some((trade, policy)) = field.policy(contestant, id) {
        return record(prepared, trade, policy);
    }
    if let Some((trade, schedule)) = field.schedule(contestant, id)? {
        return record(prepared, trade, &schedule);
    }
    if field.names().all(|name| name != contestant) {
        return Err(no_contestant(field, model, contestant));
    }
    let accepted = format!("ids of trades.csv, as `{}`", field.first_id().unwrap_or("-"));
    Err(ExperimentError::NotInRun { path: model.to_owned(), what: "tested trade", name: id.to_owned(), accepted })
}

pub(crate) fn no_contestant(field: &Field<'_>, model: &Path, name: &str) -> ExperimentError {
    let accepted = field.names().collect::<Vec<_>>().join(", ");
    ExperimentError::NotInRun { path: model.to_owned(), what: "contestant", name: name.to_owned(), accepted }
}

fn record(
    prepared: &Prepared,
    trade: &PreparedTrade,
    policy: &dyn ExitPolicy,
) -> Result<(usize, Explanation), ExperimentError> {
    let market = &prepared.markets[trade.market];
    let table = market.table(&policy.inputs())?;
    let (objective, config) = (&prepared.objective, &prepared.config.replay);
    let explained = explain(&trade.entry, trade.first_bar, market.view(), &table, policy, objective, config)?;
    Ok((trade.market, explained.1))
}

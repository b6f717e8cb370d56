//! Explains the fills of one trade of a finished run, bar by bar.

use std::{ffi::OsStr, path::Path};

use scaleout_data::{Limit, read_text, write_atomically};
use scaleout_exits::{
    ExitPolicy,
    explain::{Explanation, explain},
};
use scaleout_report::plots::{Plot, TradePicture, trade_plot};

use crate::{
    ExperimentError, Fitted, LoadedConfig, Prepared, PreparedMarket, PreparedTrade, RunFolder,
    folder::OwnFiles,
    inspect::{exported::run_around, signed::Signature},
    stages::judge::Field,
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

    /// Writes [`Self::picture`] to `path`, as PNG where the name ends so, else as SVG. In the folder of a run it becomes
    /// a file of the run.
    ///
    /// # Errors
    /// If something stands there that is no picture of this command, or the disk refuses.
    pub fn write_picture(&self, path: &Path) -> Result<(), ExperimentError> {
        let Plot { svg, png, .. } = self.picture()?;
        let is_png = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"));
        let bytes = if is_png { png } else { Signature::Explain.on(&svg) };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if let (Some((run, below)), Some(name)) = (run_around(folder), path.file_name().and_then(OsStr::to_str)) {
            return OwnFiles::of(&run)?.write_all(&[(format!("{below}{name}"), bytes)]);
        }
        Signature::Explain.may_replace(path)?;
        Ok(write_atomically(path, &bytes)?)
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
    let table = market.table(&policy.inputs(), policy.bars_back())?;
    let (objective, config) = (&prepared.objective, &prepared.config.replay);
    let explained = explain(&trade.entry, trade.first_bar, market.view(), &table, policy, objective, config)?;
    Ok((trade.market, explained.1))
}

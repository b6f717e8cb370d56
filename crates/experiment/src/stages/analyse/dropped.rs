//! Everything that was given and not used, counted.

use scaleout_exits::AsTraded;
use scaleout_report::Dropped;
use scaleout_training::{Silence, TrainingData};

use crate::{ExperimentError, Fitted, Prepared, stages::analyse::missing::missing_values};

/// Everything that was given and not used, counted.
pub(crate) fn dropped(
    prepared: &Prepared,
    fitted: &Fitted,
    data: &TrainingData,
) -> Result<Vec<Dropped>, ExperimentError> {
    // Only a backtest on other data has a fold without training trades.
    let not_new = match fitted.folds.as_slice() {
        [only] if only.train.is_empty() => prepared.trades.len() - only.test.len(),
        _ => 0,
    };
    let report = prepared.load_report();
    let entries = "entries".to_owned();
    let rows = "rows".to_owned();
    let horizon = prepared.config.replay.horizon_bars as usize;
    let sales = prepared.trades.iter().filter_map(|trade| trade.as_traded.as_ref()).flat_map(AsTraded::sales);
    let after_horizon = sales.filter(|sale| horizon <= sale.step).count();
    let counted = [
        ("exits as traded".to_owned(), after_horizon, "they were made after the horizon, where the rest is sold"),
        (entries.clone(), prepared.dropped.horizon_beyond_data, "the horizon passes the end of the data"),
        (entries.clone(), prepared.dropped.before_first_close, "no bar had closed before the fill"),
        (entries.clone(), prepared.dropped.outside_bar, "the price lies outside the bar that holds the fill"),
        (entries.clone(), not_new, "the model learned from their prices"),
        (entries.clone(), prepared.dropped.before_event, "they fill too shortly before an event of flat_before"),
        (entries, prepared.dropped.after_flat_at, "they fill at or after flat_at, and late = \"refuse\""),
        ("bars".to_owned(), report.before_listing, "another company had the ticker before the security was listed"),
        ("trades".to_owned(), report.trades_after_last_bar, "they come after the last complete bar"),
        (rows, report.skipped.count as usize, "they could not be used, and on_bad_rows = \"skip\""),
    ];
    let counted = counted.into_iter().filter(|(_, count, _)| 0 < *count).map(|(what, count, reason)| Dropped {
        what,
        count,
        reason: reason.to_owned(),
    });
    Ok(counted.chain(missing_values(prepared)?).chain(silent_features(data)).collect())
}

/// Features that the learners passed over, by what is wrong with them.
fn silent_features(data: &TrainingData) -> Vec<Dropped> {
    let silent = data.silent_features();
    let kinds = [
        (Silence::Missing, "no training row has a value of"),
        (Silence::Constant, "over all training rows they never change:"),
    ];
    kinds
        .into_iter()
        .filter_map(|(kind, reason)| {
            let names: Vec<&str> =
                silent.iter().filter(|(_, found)| *found == kind).map(|(name, _)| name.as_str()).collect();
            let reason = format!("{reason} {}", names.join(", "));
            (!names.is_empty()).then(|| Dropped { what: "features".to_owned(), count: names.len(), reason })
        })
        .collect()
}

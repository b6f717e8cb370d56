use std::{fs, path::Path};

use scaleout_exits::explain::{Explanation, explain};

use crate::{ExperimentError, Fitted, LoadedConfig, Prepared, judge::Field};

/// The record of how `contestant` took the trade `id` off in the run whose lessons are stored at `model`, bar by bar.
///
/// # Errors
/// If the run, the trade or the contestant does not exist.
pub fn explain_trade(
    loaded: &LoadedConfig,
    model: &Path,
    id: &str,
    contestant: &str,
) -> Result<Explanation, ExperimentError> {
    let text = fs::read_to_string(model).map_err(|source| ExperimentError::Io { path: model.to_owned(), source })?;
    let fitted = Fitted::from_json(&text, model)?;
    let prepared = Prepared::new(loaded)?;
    let field = Field::new(&prepared, &fitted)?;
    let missing = |what, name: &str, accepted: String| ExperimentError::NotInRun {
        path: model.to_owned(),
        what,
        name: name.to_owned(),
        accepted,
    };
    let Some(policy) = field.policy(contestant, id) else {
        return Err(if field.names().any(|name| name == contestant) {
            missing("tested trade", id, format!("ids of trades.csv, as `{}`", field.first_id().unwrap_or("-")))
        } else {
            missing("contestant", contestant, field.names().collect::<Vec<_>>().join(", "))
        });
    };
    let (trade, policy) = policy;
    let table = prepared.table(&policy.inputs())?;
    let config = &prepared.config;
    let (_, explanation) =
        explain(&trade.entry, trade.first_bar, prepared.view(), &table, policy, &prepared.objective, &config.replay)?;
    Ok(explanation)
}

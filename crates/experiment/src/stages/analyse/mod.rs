//! The analysing stage: everything in a report beside the judgement, so that the result is complete before anything is
//! drawn. It covers importance, readable rules, policy maps, the price of risk aversion and what was left out.

mod ceiling;
mod dropped;
mod floors;
mod importance;
mod missing;
mod new_data;
mod plan_card;
mod policy_maps;
pub(crate) mod readable_rule;
pub(crate) mod risk;
mod rules;
pub(crate) mod stored_model;

use std::path::Path;

use scaleout_data::FileDigest;
use scaleout_report::{
    Dataset, LedgerFacts, NetRHistogram, Provenance, RiskScale, RunResult, SCHEMA_VERSION, SplitSummary, TradeRecords,
    View,
};

pub(crate) use stored_model::StoredModel;

use crate::{
    ExperimentError, Fitted, FittedFold, Judged, Prepared, Progress,
    stages::{bars_read::bars_read, views::Views},
};

/// The complete result of a run: the judgement and everything that is reported beside it; `stored` is the model of another
/// experiment, if one was replayed.
///
/// # Errors
/// If a feature does not exist. A part of the result that cannot be made is told in its place.
pub(crate) fn analyse(
    prepared: &Prepared,
    fitted: &Fitted,
    judged: Judged,
    stored: Option<&StoredModel<'_>>,
    progress: &dyn Progress,
) -> Result<RunResult, ExperimentError> {
    progress.stage("analysing", 6);
    let data = prepared.rows()?;
    let Judged { entries, contestants, books, lots, evaluation, symbols, paths, ledger, withheld } = judged;
    let mut views = Views { withheld };
    let risk_scale = views.made(View::RiskScale, || risk::scale(prepared)).map(|scale| RiskScale {
        in_force: Some(prepared.objective.risk_aversion),
        asked: prepared.config.objective.risk_aversion_asked.map(|wish| wish.to_string()),
        ..scale
    });
    progress.step("risk scale");
    let importance = views.made(View::Importance, || Ok(importance::importance(prepared, fitted, &data)));
    progress.step("importance");
    let readable_rules = views.made(View::ReadableRules, || readable_rule::readable_in_report(fitted, &data));
    progress.step("readable rules");
    let policy_maps = views.made(View::PolicyMaps, || Ok(policy_maps::policy_maps(fitted, &data)));
    progress.step("policy maps");
    let ceiling = views.made(View::Ceiling, || ceiling::ceiling(prepared, fitted, &data, &evaluation, &contestants));
    progress.step("ceiling");
    let dropped = views.made(View::Dropped, || dropped::dropped(prepared, fitted, &data));
    let new_data = stored.map(|stored| {
        let contract = views.made(View::Drift, || stored.contract().map(Some));
        new_data::new_data(fitted, &evaluation, contract.as_ref(), &data)
    });
    let trades = TradeRecords::new(&contestants, &books, &entries, &symbols);
    let result = RunResult {
        schema_version: SCHEMA_VERSION,
        title: prepared.config.name.clone(),
        provenance: provenance(prepared, ledger),
        config: serde_json::to_value(&prepared.config).expect("Invariant: a config has only text keys"),
        splits: fitted.folds.iter().enumerate().map(|(fold, fitted)| split(prepared, fold, fitted)).collect(),
        dropped,
        paths,
        rules: rules::rules(prepared),
        risk_scale,
        plan_card: plan_card::summary(prepared, fitted, &evaluation),
        floors: floors::floors(fitted),
        ceiling,
        readable_rules,
        importance,
        policy_maps,
        lots,
        new_data,
        currency: prepared.currency().to_owned(),
        net_r_histogram: NetRHistogram::new(&evaluation, &trades),
        evaluation,
        trades,
        withheld: views.withheld,
    };
    progress.step("");
    Ok(result)
}

fn provenance(prepared: &Prepared, ledger: Option<LedgerFacts>) -> Provenance {
    // A file of several markets is named once.
    let mut files: Vec<&FileDigest> = Vec::new();
    for file in prepared.markets.iter().flat_map(|market| &market.loaded.files) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    Provenance {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: prepared.config.seed,
        datasets: files
            .into_iter()
            .map(|file| Dataset { name: shown(&file.name), sha256: file.sha256.clone() })
            .collect(),
        bars: bars_read(prepared),
        ledger,
    }
}

/// The file's name without its folder, so that the result does not reveal paths of this machine.
fn shown(name: &str) -> String {
    Path::new(name).file_name().map_or_else(|| name.to_owned(), |file| file.to_string_lossy().into_owned())
}

fn split(prepared: &Prepared, fold: usize, fitted: &FittedFold) -> SplitSummary {
    let filled = fitted.test.iter().map(|&place| prepared.trades[place].entry.ts);
    SplitSummary {
        name: format!("fold {}", fold + 1),
        train: fitted.train.len(),
        test: fitted.test.len(),
        purged: fitted.purged,
        embargoed: fitted.embargoed,
        test_start: filled.clone().min().expect("Invariant: a fold tests at least one trade"),
        test_end: filled.max().expect("Invariant: a fold tests at least one trade"),
    }
}

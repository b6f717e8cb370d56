//! The writing stage: the run folder's files from what was judged.

use std::path::Path;

use scaleout_report::{
    Dataset, Dropped, Provenance, Report, RiskScale, SplitSummary, book_csv, equity_csv, legs_csv,
    plots::{Extras, plots},
    returns_csv, summary_table, trades_csv,
};
use scaleout_training::{Silence, TrainingData};

use crate::{
    ExperimentError, Fitted, FittedFold, Judged, Prepared, RunFolder,
    lessons::plan,
    stages::{
        analyse::{importance, missing::missing_values, policy_maps::policy_maps, readable_rule, risk, rules::rules},
        learn::training_data,
    },
};

/// What was written.
pub struct Written {
    /// Names below the run folder, to be read first first.
    pub names: Vec<String>,
    /// The report for a terminal.
    pub table: String,
    /// The contents of `report.json`.
    pub report_json: String,
}

/// Writes everything but the log.
pub fn write(
    prepared: &Prepared,
    fitted: &Fitted,
    judged: &Judged,
    folder: &RunFolder,
) -> Result<Written, ExperimentError> {
    let data = training_data(prepared)?;
    let report = report(prepared, fitted, judged, &data)?;
    let maps = policy_maps(fitted, &data);
    let importance: Vec<_> = report.importance.iter().map(importance::picture).collect();
    let extras = Extras { policy_maps: &maps, importance: &importance };
    let pictures = plots(&report.evaluation, &judged.contestants, extras)?;
    let report_json = report.json()?;
    folder.write("report.md", report.markdown(&pictures).as_bytes())?;
    folder.write("report.html", report.html(&pictures).as_bytes())?;
    folder.write("report.json", report_json.as_bytes())?;
    for plot in &pictures {
        folder.write(&format!("plots/{}.svg", plot.name), plot.svg.as_bytes())?;
        folder.write(&format!("plots/{}.png", plot.name), &plot.png)?;
    }
    let mut table = Vec::new();
    trades_csv(&judged.contestants, &judged.entries, &judged.symbols, &mut table)?;
    folder.write("trades.csv", &std::mem::take(&mut table))?;
    legs_csv(&judged.contestants, &mut table)?;
    folder.write("legs.csv", &std::mem::take(&mut table))?;
    book_csv(&judged.contestants, &judged.books, &judged.entries, &mut table)?;
    folder.write("book.csv", &std::mem::take(&mut table))?;
    equity_csv(&judged.evaluation, &mut table)?;
    folder.write("equity.csv", &std::mem::take(&mut table))?;
    returns_csv(&judged.evaluation, &mut table)?;
    folder.write("returns.csv", &table)?;
    folder.write("model/model.json", fitted.to_json().as_bytes())?;
    let mut names = vec![
        "report.html",
        "report.md",
        "report.json",
        "plots",
        "trades.csv",
        "legs.csv",
        "book.csv",
        "equity.csv",
        "returns.csv",
        "model/model.json",
        "run.log",
    ];
    if let Some(card) = &report.plan_card {
        let text = serde_json::to_string_pretty(card).expect("Invariant: a card has only finite numbers") + "\n";
        folder.write("model/ladder.json", text.as_bytes())?;
        names.insert(names.len() - 1, "model/ladder.json");
    }
    let names = names.into_iter().map(str::to_owned).collect();
    Ok(Written { names, table: summary_table(&judged.evaluation), report_json })
}

fn report(
    prepared: &Prepared,
    fitted: &Fitted,
    judged: &Judged,
    data: &TrainingData,
) -> Result<Report, ExperimentError> {
    let risk = risk::scale(prepared)?.map(|scale| RiskScale {
        in_force: Some(prepared.objective.risk_aversion),
        asked: prepared.config.objective.risk_aversion_asked.map(|wish| wish.to_string()),
        ..scale
    });
    Ok(Report {
        title: prepared.config.name.clone(),
        config: serde_json::to_value(&prepared.config).expect("Invariant: a config has only text keys"),
        provenance: Provenance {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: prepared.config.seed,
            datasets: prepared
                .market
                .files
                .iter()
                .map(|file| Dataset { name: shown(&file.name), sha256: file.sha256.clone() })
                .collect(),
            ledger: judged.ledger.clone(),
        },
        splits: fitted.folds.iter().enumerate().map(|(fold, fitted)| split(prepared, fold, fitted)).collect(),
        dropped: dropped(prepared, fitted, data)?,
        paths: judged.paths.clone(),
        rules: rules(prepared),
        risk,
        plan_card: plan::summary(prepared, fitted, &judged.evaluation),
        readable_rules: readable_rule::readable_in_report(fitted, data)?,
        importance: importance::importance(prepared, fitted, data),
        lots: judged.lots.clone(),
        currency: prepared.market.instrument.currency.clone(),
        evaluation: judged.evaluation.clone(),
    })
}

/// The file's own name: where it lies on this machine is nobody's business.
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

/// Everything that was given and not used, counted.
fn dropped(prepared: &Prepared, fitted: &Fitted, data: &TrainingData) -> Result<Vec<Dropped>, ExperimentError> {
    // Only a backtest on other data has a fold without training trades.
    let not_new = match fitted.folds.as_slice() {
        [only] if only.train.is_empty() => prepared.trades.len() - only.test.len(),
        _ => 0,
    };
    let report = &prepared.market.report;
    let entries = "entries".to_owned();
    let rows = "rows".to_owned();
    let counted = [
        (entries.clone(), prepared.dropped.horizon_beyond_data, "the horizon passes the end of the data"),
        (entries.clone(), prepared.dropped.before_first_close, "no bar had closed before the fill"),
        ("trades".to_owned(), report.trades_after_last_bar, "they come after the last complete bar"),
        (entries.clone(), not_new, "the model learned from their prices"),
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

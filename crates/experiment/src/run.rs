//! A run from config to folder, and a backtest of stored models.

use std::path::{Path, PathBuf};

use scaleout_data::{Limit, read_text};
use scaleout_report::View;

use crate::{
    ExperimentError, Fitted, FittedFold, LoadedConfig, Obstacle, Prepared, Progress, RunFolder, Unfinished,
    inspect::obstacles::obstacles,
    lessons::checkpoint::CHECKPOINTS,
    log::Log,
    stages::{
        analyse::{StoredModel, analyse},
        judge::judge,
        learn::learn,
        ledger::TrialLedger,
        new_trades::new_trades,
        views::Views,
        write::{self, Written},
    },
};

/// A run that is done.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The run folder.
    pub folder: PathBuf,
    /// The report for a terminal: every contestant and the verdict.
    pub table: String,
    /// The files that were written, the most useful first.
    pub written: Vec<PathBuf>,
    /// The contents of `report.json`.
    pub report_json: String,
}

/// Learns, judges and writes the run folder `out`. Nothing is written before the config, the data and the entries
/// have been read. Until the end everything is in `<out>.partial/`.
///
/// # Errors
/// If the input is bad, the models cannot be fitted or the folder cannot be written.
pub fn run(
    loaded: &LoadedConfig,
    out: &Path,
    unfinished: Unfinished,
    progress: &dyn Progress,
) -> Result<Finished, ExperimentError> {
    let log = Log::new(progress);
    log.stage("reading", 1);
    let prepared = Prepared::new(loaded)?;
    log.step(&format!("{} trades", prepared.trades.len()));
    if let Some(Obstacle { path, message }) = obstacles(loaded, &prepared)?.into_iter().next() {
        return Err(ExperimentError::Obstacle { path, message });
    }
    let folder = RunFolder::open(out, unfinished)?;
    finish(folder, |folder| {
        let fitted = learn(&prepared, folder, &log)?;
        judged_and_written(&prepared, &fitted, None, folder, &log)
    })
}

/// Replays the lessons stored at `model` on the experiment, without fitting anything, and writes the run folder
/// `out`.
///
/// On the experiment of the lessons, each fold's lesson is replayed on its own test trades, and the folder holds the same
/// bytes as the run's. On another experiment, the refit is replayed on the trades that are new to it. If it has seen the
/// prices of all trades, or does not state what it has seen, all trades are replayed and marked, and nothing is concluded.
///
/// # Errors
/// If the input is bad, the models do not fit the experiment or the folder cannot be written.
pub fn backtest(
    loaded: &LoadedConfig,
    model: &Path,
    out: &Path,
    progress: &dyn Progress,
) -> Result<Finished, ExperimentError> {
    let log = Log::new(progress);
    log.stage("reading", 1);
    RunFolder::settle(model)?;
    let text = read_text(model, Limit::Model)?;
    let stored = Fitted::from_json(&text, model)?;
    let prepared = Prepared::new(loaded)?;
    log.step(&format!("{} trades", prepared.trades.len()));
    let fitted = for_these_trades(stored, &prepared, model)?;
    let other = (!is_own(&fitted, &prepared)).then_some(StoredModel { path: model, text: &text });
    let folder = RunFolder::open(out, Unfinished::Discard)?;
    finish(folder, |folder| judged_and_written(&prepared, &fitted, other.as_ref(), folder, &log))
}

/// The lessons `stored` at `model` as they are replayed on the trades of `prepared`.
///
/// # Errors
/// If they are of this very experiment, and name trades that it does not have.
pub(crate) fn for_these_trades(stored: Fitted, prepared: &Prepared, model: &Path) -> Result<Fitted, ExperimentError> {
    if !is_own(&stored, prepared) {
        return Ok(on_new_data(stored, prepared));
    }
    stored.check_trades(prepared.trades.len(), model)?;
    Ok(stored)
}

/// Whether `fitted` was learned in the experiment of `prepared`, from its data.
fn is_own(fitted: &Fitted, prepared: &Prepared) -> bool {
    fitted.experiment == prepared.config && fitted.data_sha256 == prepared.data_sha256
}

/// The refit as the one lesson for the trades of another experiment that are new to it.
fn on_new_data(stored: Fitted, prepared: &Prepared) -> Fitted {
    let (test, sample) = new_trades(stored.learned_from.as_ref(), prepared);
    let fold = FittedFold { train: Vec::new(), test, purged: 0, embargoed: 0, lesson: stored.refit.clone() };
    Fitted { folds: vec![fold], sample, ..stored }
}

fn judged_and_written(
    prepared: &Prepared,
    fitted: &Fitted,
    stored: Option<&StoredModel<'_>>,
    folder: &RunFolder,
    log: &Log<'_>,
) -> Result<Written, ExperimentError> {
    let judged = judge(prepared, fitted, log)?;
    let mut result = analyse(prepared, fitted, judged, stored, log)?;
    log.stage("writing", 1);
    // Entered before anything is written: what was judged on these trades counts, whatever becomes of the files. A run
    // that is done again has the same line, which counts once.
    let mut views = Views { withheld: std::mem::take(&mut result.withheld) };
    views.made(View::Ledger, || TrialLedger::of(prepared, fitted)?.map_or(Ok(()), |ledger| ledger.enter()));
    result.withheld = views.withheld;
    let written = write::write(prepared, fitted, result, folder)?;
    log.step("");
    folder.write("run.log", log.text().as_bytes())?;
    // Last, so that whatever fails before leaves the models that were learned.
    folder.remove(CHECKPOINTS)?;
    Ok(written)
}

/// Does the `work` and gives the folder its name. If it fails, the half-written folder is removed, unless it holds models
/// that were learned: the same run continues from them.
fn finish(
    folder: RunFolder,
    work: impl FnOnce(&RunFolder) -> Result<Written, ExperimentError>,
) -> Result<Finished, ExperimentError> {
    let Written { names, table, report_json } = match work(&folder) {
        Ok(written) => written,
        Err(error) => {
            // What went wrong before is what the user must hear of.
            return Err(match folder.fail() {
                Ok(Some(partial)) => ExperimentError::Kept { source: Box::new(error), partial },
                Ok(None) | Err(_) => error,
            });
        }
    };
    let folder = folder.finish()?;
    let written = names.iter().map(|name| folder.join(name)).collect();
    Ok(Finished { folder, table, written, report_json })
}

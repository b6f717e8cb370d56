//! `scaleout init`: a config of the user's own files.

use std::path::PathBuf;

use clap::Args;
use scaleout_experiment::{InitRequest, init};

use crate::{answer::Answer, imports::TimeArguments, print::print};

#[derive(Debug, Args)]
pub(crate) struct InitArguments {
    /// Files of bars or trades of one market, a folder, or a pattern such as 'daily/*.csv'; each continues where the one
    /// before ends
    #[arg(required = true, value_name = "FILE")]
    pub sources: Vec<PathBuf>,
    /// Your own entries (CSV: id, ts, side, price, qty, and stop or risk), or a list of trades as for `import-trades`; by
    /// default a rule makes entries
    #[arg(long, value_name = "FILE")]
    pub entries: Option<PathBuf>,
    /// Name of a known instrument (`scaleout inspect registry` lists them); by default told by the name of the file
    #[arg(long, value_name = "NAME")]
    pub instrument: Option<String>,
    #[command(flatten)]
    pub time: TimeArguments,
    /// The config to write; by default the name of the first file with the ending .toml, in the current folder
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Writes a config and says what was told of the files.
pub(crate) fn init_command(arguments: &InitArguments) -> anyhow::Result<Answer> {
    let TimeArguments { zone, bar_time, bar_length } = arguments.time.clone();
    let report = init(&InitRequest {
        sources: arguments.sources.clone(),
        entries: arguments.entries.clone(),
        instrument: arguments.instrument.clone(),
        zone,
        bar_time: bar_time.map(Into::into),
        bar_length,
        out: arguments.out.clone(),
    })?;
    let config = report.config.display();
    print(&format!("{}\nconfig: {config}\nnext: scaleout run {config}", report.lines.join("\n")))
}

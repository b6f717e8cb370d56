//! `scaleout init`: a config of the user's own files.

use std::path::PathBuf;

use clap::Args;
use scaleout_experiment::{InitRequest, Length, init};

use crate::{answer::Answer, imports::BarTimeArgument, print::print};

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
    /// Zone of times without an offset, for example America/New_York; overrides the format's assumption
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Whether a bar's time is its open or its close; overrides the format's assumption
    #[arg(long, value_enum, value_name = "END")]
    pub bar_time: Option<BarTimeArgument>,
    /// Length of a bar, for example 1m; overrides what the rows say
    #[arg(long, value_name = "LENGTH")]
    pub bar_length: Option<Length>,
    /// The config to write; by default the name of the first file with the ending .toml, in the current folder
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Writes a config and says what was told of the files.
pub(crate) fn init_command(arguments: &InitArguments) -> anyhow::Result<Answer> {
    let report = init(&InitRequest {
        sources: arguments.sources.clone(),
        entries: arguments.entries.clone(),
        instrument: arguments.instrument.clone(),
        zone: arguments.zone.clone(),
        bar_time: arguments.bar_time.map(Into::into),
        bar_length: arguments.bar_length,
        out: arguments.out.clone(),
    })?;
    let config = report.config.display();
    print(&format!("{}\nconfig: {config}\nnext: scaleout run {config}", report.lines.join("\n")))
}

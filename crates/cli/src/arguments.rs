use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use scaleout_experiment::{BarSpec, Length, TableFormat};

/// Learns when to take a position off, proves offline whether that beats a fixed ladder, and says so honestly.
#[derive(Debug, Parser)]
#[command(name = "scaleout", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// Threads to use; by default one a core. The results do not depend on it.
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Learns the exits of an experiment, judges them against every baseline and writes the report
    Run(RunArguments),
    /// Reads events as JSON lines and says at each close what to hold of every open position
    Advise(AdviseArguments),
    /// Replays the models of a finished run, without fitting anything
    Backtest(BacktestArguments),
    /// Says whether an experiment can be run: its data, entries, folds and features
    Check {
        /// The experiment; by default the embedded one
        config: Option<PathBuf>,
    },
    /// Marks the run that scaleout 0.1.0 left in a folder as one that later runs may replace
    Adopt {
        /// The run folder
        run: PathBuf,
    },
    /// Tells bar by bar why a trade of a finished run was filled where it was
    Explain(ExplainArguments),
    /// Writes the model of a finished run for other tools: ONNX, weights, code
    Export(ExportArguments),
    /// Writes the values of features at every bar close as a table
    Features(FeaturesArguments),
    /// Turns files, among them exports of other programs, into a dataset with checked rows, digests and metadata
    Import(ImportArguments),
    /// Looks into things behind the reports
    #[command(subcommand)]
    Inspect(InspectCommand),
    /// Draws the report of a finished run again from its result.json, without data or models
    Report(ReportArguments),
    /// Solves problems with a known optimal exit, and scores a learner on them
    Reference(ReferenceArguments),
    /// Says whether a model folder is what it says it is: digests, contract, and our own evaluator against golden.csv
    Verify {
        /// The run, or its model folder
        #[arg(value_name = "DIR")]
        run: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// The experiment; by default the embedded one, on two days of E-mini S&P 500 trades
    pub config: Option<PathBuf>,
    /// Folder to write; by default runs/<name of the experiment>
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Continue an interrupted run from its checkpoints
    #[arg(long)]
    pub resume: bool,
    /// Print report.json instead of the table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BacktestArguments {
    /// The model folder of a run, or the model.json in it
    #[arg(long, value_name = "PATH")]
    pub model: PathBuf,
    /// Replay on this experiment instead of the one the model was trained in
    pub config: Option<PathBuf>,
    /// Folder to write; by default runs/<name of the experiment>-backtest
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print report.json instead of the table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AdviseArguments {
    /// The run, or its model folder
    #[arg(long, value_name = "DIR")]
    pub model: PathBuf,
    /// Events to take before those of the standard input: open positions with what was sold of them
    #[arg(long, value_name = "FILE")]
    pub positions: Option<PathBuf>,
    /// The journal of events, which an adviser goes on from; by default advise.jsonl in the model folder
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Name the three features that matter most for each decision
    #[arg(long)]
    pub why: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The run, or its model folder
    #[arg(required_unless_present = "list")]
    pub run: Option<PathBuf>,
    /// Formats to write
    #[arg(long, value_name = "FORMAT", num_args = 1.., required_unless_present = "list")]
    pub to: Vec<String>,
    /// Folder to write; by default the model folder of the run
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Export the refit of this learner instead of the chosen one
    #[arg(long, value_name = "NAME", requires = "out")]
    pub learner: Option<String>,
    /// Rows of golden.csv; by default those of the run
    #[arg(long, value_name = "N")]
    pub rows: Option<usize>,
    /// List the formats
    #[arg(long)]
    pub list: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Id of the trade, as in trades.csv
    #[arg(long, value_name = "ID")]
    pub trade: String,
    /// Whose exit of it, as in trades.csv
    #[arg(long, value_name = "NAME", default_value = scaleout_experiment::CANDIDATE)]
    pub contestant: String,
    /// The experiment; by default the embedded one
    pub config: Option<PathBuf>,
    /// The finished run; by default runs/<name of the experiment>
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// Print the record as JSON
    #[arg(long)]
    pub json: bool,
    /// Draw the trade into this file too, SVG or PNG by its ending
    #[arg(long, value_name = "FILE")]
    pub picture: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("made_of").args(["bars", "every"]))]
pub(crate) struct FeaturesArguments {
    /// The experiment whose data is read; by default the embedded one
    #[arg(conflicts_with_all = ["bars", "every", "docs"])]
    pub config: Option<PathBuf>,
    /// Read bars from this file instead (ts, open, high, low, close, volume)
    #[arg(long, value_name = "FILE")]
    pub bars: Option<PathBuf>,
    /// Trades beside the bars, or with --every one or more tapes of trades (ts, price, qty and perhaps side)
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "made_of")]
    pub trades: Vec<PathBuf>,
    /// Make bars of this size from the trades, as 60s, trades=200, volume=500 or dollar=1e6, and stream: tapes may be
    /// larger than memory, and each gets a table of its own
    #[arg(long, value_name = "SIZE", requires = "trades", conflicts_with_all = ["bars", "quality", "docs"])]
    pub every: Option<BarSpec>,
    /// Features, separated by semicolons; by default those of the experiment
    #[arg(long, value_name = "SPEC;SPEC;…")]
    pub set: Option<String>,
    /// The table to write, CSV or Parquet by its ending; of several tapes the folder of their tables
    #[arg(long, value_name = "PATH", required_unless_present_any = ["docs", "quality"])]
    pub out: Option<PathBuf>,
    /// Write the quality sheet into this folder: coverage, spread, stationarity, clusters, and what each feature says
    /// about the hold value on the first training span
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    pub quality: Option<PathBuf>,
    /// Print the page that defines every feature instead, as Markdown
    #[arg(long)]
    pub docs: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// The files to convert, each beginning where the one before ends
    #[arg(required = true, value_name = "FILE")]
    pub sources: Vec<PathBuf>,
    /// Folder of the dataset; an existing metadata.json there says how to read the file
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// What the rows are, where there is no metadata.json yet
    #[arg(long, value_enum)]
    pub content: Option<ContentArgument>,
    /// How the files are stored: auto, csv, parquet, or the name of an export of bars (any other name lists them)
    #[arg(long, value_name = "NAME")]
    pub format: Option<TableFormat>,
    /// Zone of times without an offset, as America/New_York, in place of what the format assumes
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Which end of a bar its time names, in place of what the format assumes
    #[arg(long, value_enum, value_name = "END")]
    pub bar_time: Option<BarTimeArgument>,
    /// The length of a bar, as 1m, in place of what the rows say
    #[arg(long, value_name = "LENGTH")]
    pub bar_length: Option<Length>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BarTimeArgument {
    Open,
    Close,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ContentArgument {
    Bars,
    Trades,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The finished run
    #[arg(required_unless_present = "list")]
    pub run: Option<PathBuf>,
    /// Folder to write; by default the run itself
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// List the sections and tables of a report instead
    #[arg(long, conflicts_with = "run")]
    pub list: bool,
    /// Print report.json instead of the table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReferenceArguments {
    /// Id of one problem, as B7; by default all of them
    #[arg(long, value_name = "ID")]
    pub problem: Option<String>,
    /// List the problems and their parameters
    #[arg(long)]
    pub list: bool,
    /// A parameter of the problem
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "problem")]
    pub settings: Vec<String>,
    /// Learners to score, separated by commas; `best` takes the best on validation, `none` solves only, `ensemble` is
    /// five of `linear`
    #[arg(long, value_name = "NAMES", default_value = "best")]
    pub learner: String,
    /// Trades to learn from
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub paths: usize,
    /// Seed of the trades and of the learner
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Write the problem as bars, entries and a config instead
    #[arg(long, value_name = "DIR", requires = "problem")]
    pub write: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InspectCommand {
    /// Replays the trades of a job file on the bars it holds and prints every fill as JSON
    Fills {
        /// JSON with `replay`, `instrument` and `trades`
        job: PathBuf,
    },
    /// Shows a contestant's trades as the lots of one account: which purchase each sale closes
    Lots(LotsArguments),
    /// Writes the page of all exit rules: parameters, sources, and a trade under each as a picture
    Policies {
        /// Folder of policies.html, policies.md and plots/
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Lists features, metrics, exit rules, learners, data sources, export formats and sections of the report
    Registry {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Prints the readable tree of a finished run as a rule
    Rule {
        /// The run, its model folder, or the model.json in it
        #[arg(long, value_name = "PATH")]
        model: PathBuf,
    },
    /// Shows what risk aversion costs and spares on an experiment's own trades before every test
    Risk {
        /// The experiment; by default the embedded one
        config: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LotsArguments {
    /// The experiment; by default the embedded one
    pub config: Option<PathBuf>,
    /// The finished run; by default runs/<name of the experiment>
    #[arg(long, value_name = "DIR")]
    pub run: Option<PathBuf>,
    /// Whose trades, as in trades.csv
    #[arg(long, value_name = "NAME", default_value = scaleout_experiment::CANDIDATE)]
    pub contestant: String,
    /// Which lot a sale closes: the oldest, the youngest, or a part of one pool at its average price
    #[arg(long, value_enum, default_value_t = MatchingArgument::Fifo)]
    pub matching: MatchingArgument,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum MatchingArgument {
    Fifo,
    Lifo,
    Average,
}

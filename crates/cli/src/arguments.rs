use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use scaleout_experiment::BarSpec;

use crate::{
    imports::{ImportArguments, ImportTradesArguments},
    init::InitArguments,
};

/// Learns a scale-out policy, backtests it against tuned ladders, stops and targets under the same fills and costs, and
/// reports whether it wins.
///
/// R is the profit of a trade divided by the risk at entry. J is the objective: mean profit in R minus a penalty for risk.
#[derive(Debug, Parser)]
#[command(name = "scaleout", version, propagate_version = true)]
pub(crate) struct Arguments {
    /// Threads to use; by default one per core. The results do not depend on it
    #[arg(long, global = true, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Learns the exits of an experiment, compares them with every baseline and writes the report
    Run(RunArguments),
    /// Reads events as JSON lines and answers at each close how much of every open position to hold
    Advise(AdviseArguments),
    /// Replays the models of a finished run without fitting
    Backtest(BacktestArguments),
    /// Checks whether an experiment can run: its data, entries, folds and features
    Check {
        /// The experiment; by default the embedded one
        config: Option<PathBuf>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Marks a run folder of scaleout 0.1.0 as one that later runs may replace
    Adopt {
        /// The run folder
        run: PathBuf,
    },
    /// Shows bar by bar why each fill of a trade happened
    Explain(ExplainArguments),
    /// Writes the model of a finished run for other tools: ONNX, weights, code
    Export(ExportArguments),
    /// Writes a table of feature values at every bar close
    Features(FeaturesArguments),
    /// Converts files, including exports of other programs, into a dataset with checked rows, digests and metadata
    Import(ImportArguments),
    /// Makes entries of a list of trades that were made: entries.csv, and exits.csv with the exits as traded
    ImportTrades(ImportTradesArguments),
    /// Looks at your files of bars or trades and writes a commented config that runs on them
    Init(InitArguments),
    /// Shows what a model file is, or details behind a report: fills, lots, policies, registry, rule, risk
    #[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
    Inspect(InspectArguments),
    /// Rebuilds the report of a finished run from its result.json, without data or models
    Report(ReportArguments),
    /// Solves problems with a known optimal exit and scores learners on them
    Reference(ReferenceArguments),
    /// Checks a model folder; with --fills, compares executions with the run's plan
    Verify(VerifyArguments),
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
    /// The market to advise on, if the model has several
    #[arg(long, value_name = "SYMBOL")]
    pub symbol: Option<String>,
    /// Events to read before standard input: open positions and what was sold of them
    #[arg(long, value_name = "FILE")]
    pub positions: Option<PathBuf>,
    /// Journal of events, from which a restarted adviser continues; by default advise.jsonl in the model folder
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Name the three most important features of each decision
    #[arg(long)]
    pub why: bool,
    /// Answer over HTTP instead of standard input: POST the same lines to / of this loopback address, for example
    /// 127.0.0.1:8315. Port 0 takes a free one, which is printed
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = loopback)]
    pub listen: Option<SocketAddr>,
}

/// An address that no other machine can reach.
fn loopback(text: &str) -> Result<SocketAddr, String> {
    let accepted = "accepted: a loopback address with a port, as 127.0.0.1:8315 or [::1]:8315";
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        Ok(_) => Err(format!("other machines could reach it; {accepted}")),
        Err(_) => Err(format!("not an address; {accepted}")),
    }
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArguments {
    /// The run, or its model folder
    #[arg(value_name = "DIR")]
    pub run: PathBuf,
    /// Actual executions (CSV: id, ts, qty, price), compared leg by leg with the run's legs.csv
    #[arg(long, value_name = "FILE")]
    pub fills: Option<PathBuf>,
    /// Contestant whose legs they are compared with
    #[arg(long, value_name = "NAME", requires = "fills", default_value = scaleout_experiment::CANDIDATE)]
    pub contestant: String,
    /// Most seconds between an execution and its planned time
    #[arg(long, value_name = "SECONDS", requires = "fills", default_value_t = 60.0)]
    pub tolerance: f64,
    /// Print the comparison of executions as JSON
    #[arg(long, requires = "fills")]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The run, or its model folder
    #[arg(required_unless_present = "list")]
    pub run: Option<PathBuf>,
    /// Formats to write
    #[arg(long, value_name = "FORMAT", num_args = 1.., value_delimiter = ',', required_unless_present = "list")]
    pub to: Vec<String>,
    /// Folder to write; by default the model folder of the run
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Export the refit of this learner instead of the chosen learner
    #[arg(long, value_name = "NAME", requires = "out")]
    pub learner: Option<String>,
    /// Number of rows in golden.csv; by default as in the run
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
    /// Contestant whose exit is explained, as in trades.csv
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
    /// Also draw the trade into this file (.svg or .png)
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
    /// Trades beside the bars, or with --every one or more files of trades (ts, price, qty, optionally side)
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "made_of")]
    pub trades: Vec<PathBuf>,
    /// Build bars of this size from the trades: 60s, trades=200, volume=500, dollar=1e6, range=2.5,
    /// tick-imbalance=200 or volume-imbalance=200. Files may be larger than memory, and each gets its own table
    #[arg(long, value_name = "SIZE", requires = "trades", conflicts_with_all = ["bars", "quality", "docs"])]
    pub every: Option<BarSpec>,
    /// Features, separated by semicolons; by default those of the experiment
    #[arg(long, value_name = "SPEC;SPEC;…")]
    pub set: Option<String>,
    /// Table to write (.csv or .parquet); for several files of trades, the folder of their tables
    #[arg(long, value_name = "PATH", required_unless_present_any = ["docs", "quality"])]
    pub out: Option<PathBuf>,
    /// Write the quality sheet into this folder: coverage, dispersion, stationarity, clusters, and each feature's rank
    /// correlation with the hold value on the first training span
    #[arg(long, value_name = "DIR", conflicts_with = "docs")]
    pub quality: Option<PathBuf>,
    /// Print a Markdown page that defines every feature
    #[arg(long)]
    pub docs: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReportArguments {
    /// The finished run
    #[arg(required_unless_present = "list")]
    pub run: Option<PathBuf>,
    /// Folder to write; by default the run itself
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// List the sections and tables of a report
    #[arg(long, conflicts_with = "run")]
    pub list: bool,
    /// Print report.json instead of the table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReferenceArguments {
    /// Id of one problem, for example B7; by default all of them
    #[arg(long, value_name = "ID")]
    pub problem: Option<String>,
    /// List the problems and their parameters
    #[arg(long)]
    pub list: bool,
    /// A parameter of the problem
    #[arg(long = "set", value_name = "KEY=VALUE", requires = "problem")]
    pub settings: Vec<String>,
    /// Learners to score, separated by commas. `best` uses the best on validation, `all` scores each that `best` chooses
    /// from, `none` only solves, `ensemble` is five `linear` learners
    #[arg(long, value_name = "NAMES", default_value = "best")]
    pub learner: String,
    /// Number of trades to learn from
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub paths: usize,
    /// Seed of the trades and of the learner
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// `chosen` departs from a plain rule only where the advantage is sure; `none` is the plain regression
    #[arg(long, value_enum, default_value_t = CautionArgument::Chosen)]
    pub caution: CautionArgument,
    /// Write the problem as bars, entries and a config
    #[arg(long, value_name = "DIR", requires = "problem")]
    pub write: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum CautionArgument {
    Chosen,
    None,
}

#[derive(Debug, Args)]
pub(crate) struct InspectArguments {
    /// A run, a model folder, or a file in it: model.json, model.onnx or contract.json
    pub model: Option<PathBuf>,
    /// Print JSON
    #[arg(long, requires = "model")]
    pub json: bool,
    #[command(subcommand)]
    pub command: Option<InspectCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum InspectCommand {
    /// Replays the trades of a job file on the bars it holds and prints every fill as JSON
    Fills {
        /// JSON with `replay`, `instrument` and `trades`
        job: PathBuf,
    },
    /// Shows a contestant's trades as the lots of one account, and which lot each sale closes
    Lots(LotsArguments),
    /// Writes the page of all exit rules: parameters, sources, and a picture of one trade under each
    Policies {
        /// Folder to write policies.html, policies.md and plots/ into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Lists features, metrics, exit rules, fill profiles, learners, data sources, lists of trades, instruments, export formats and sections of the report
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
    /// Shows what risk aversion costs and saves on an experiment's trades before every test
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
    /// Contestant whose trades are shown, as in trades.csv
    #[arg(long, value_name = "NAME", default_value = scaleout_experiment::CANDIDATE)]
    pub contestant: String,
    /// Which lot a sale closes: fifo (the oldest), lifo (the newest) or average (one pool at its average price)
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

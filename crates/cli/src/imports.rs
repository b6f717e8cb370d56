//! `scaleout import` and `scaleout import-trades`: other programs' files as datasets, entries and exits.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use scaleout_experiment::{
    Adds, AdjustConfig, BarTime, Content, ExperimentError, ImportMarkets, ImportRequest, Length, OneR, RowConfig,
    TableFormat, TimeConfig, TradeListFormat, TradeListRequest, content_of, import, import_trades,
};

use crate::{answer::Answer, print::print};

/// How the times of bars are written, where the user knows better than the format.
#[derive(Debug, Clone, Args)]
pub(crate) struct TimeArguments {
    /// Zone of times without an offset, for example America/New_York; overrides the format's assumption
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Whether a bar's time is its open or its close; overrides the format's assumption
    #[arg(long, value_enum, value_name = "END")]
    pub bar_time: Option<BarTimeArgument>,
    /// Length of a bar, for example 1m; overrides what the rows say
    #[arg(long, value_name = "LENGTH")]
    pub bar_length: Option<Length>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportArguments {
    /// Files to convert, a folder, or a pattern such as 'daily/*.csv'; each continues where the one before ends
    #[arg(required = true, value_name = "FILE")]
    pub sources: Vec<PathBuf>,
    /// Folder of the dataset; an existing metadata.json there defines how to read the files
    #[arg(long, value_name = "DIR")]
    pub into: PathBuf,
    /// Content of the rows, if there is no metadata.json yet
    #[arg(long, value_enum)]
    pub content: Option<ContentArgument>,
    /// Format of the files: auto, csv, parquet, or the name of an export (an unknown name lists them)
    #[arg(long, value_name = "NAME")]
    pub format: Option<TableFormat>,
    #[command(flatten)]
    pub time: TimeArguments,
    /// Each file is a market of its own, named by the file
    #[arg(long)]
    pub each_file: bool,
    /// Table of splits and dividends to take out of the bars; {symbol} stands for the market
    #[arg(long, value_name = "FILE")]
    pub adjust: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportTradesArguments {
    /// The list of trades: CSV, JSON or zip
    #[arg(value_name = "FILE")]
    pub source: PathBuf,
    /// Format of the list: auto, or the name of one (an unknown name lists them)
    #[arg(long, value_name = "NAME", default_value = "auto")]
    pub format: TradeListFormat,
    /// Folder to write entries.csv, exits.csv and, with adds, adds.csv into
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The market to take, as the list calls it, or LISTED=NAME to rename it for the experiment
    #[arg(long, value_name = "NAME")]
    pub symbol: Option<String>,
    /// Zone of times without an offset, for example America/New_York; overrides the format's assumption
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// 1 R of a trade without a stop: this share of its entry price, in percent
    #[arg(long, value_name = "PERCENT", value_parser = above_zero, conflicts_with = "risk")]
    pub risk_percent: Option<f64>,
    /// 1 R of a trade without a stop: this distance of price
    #[arg(long, value_name = "DISTANCE", value_parser = above_zero)]
    pub risk: Option<f64>,
    /// Column of the list with the price distance of 1 R
    #[arg(long, value_name = "NAME")]
    pub risk_column: Option<String>,
    /// What becomes of later entries into an open position
    #[arg(long, value_enum, value_name = "WHAT", default_value = "refuse")]
    pub adds: AddsArgument,
    /// Multiply quantities by this, for example 100000 for lots of a currency pair
    #[arg(long, value_name = "FACTOR", value_parser = above_zero, default_value = "1")]
    pub qty_times: f64,
}

fn above_zero(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.is_finite() && 0.0 < *number);
    number.ok_or_else(|| "accepted: a number above 0".to_owned())
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum AddsArgument {
    /// The list is refused
    Refuse,
    /// Before the first exit they join the entry, at the average price
    Merge,
    /// They become dated parts of one planned position, in adds.csv
    Plan,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum BarTimeArgument {
    Open,
    Close,
}

impl From<BarTimeArgument> for BarTime {
    fn from(end: BarTimeArgument) -> Self {
        match end {
            BarTimeArgument::Open => Self::Open,
            BarTimeArgument::Close => Self::Close,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ContentArgument {
    Bars,
    Trades,
}

/// Makes a dataset of files.
pub(crate) fn import_command(arguments: &ImportArguments) -> anyhow::Result<Answer> {
    let content = arguments.content.map(|content| match content {
        ContentArgument::Bars => Content::Bars,
        ContentArgument::Trades => Content::Trades,
    });
    let TimeArguments { zone, bar_time, bar_length } = arguments.time.clone();
    let time = TimeConfig { zone, stamped: bar_time.map(BarTime::from), bar_length, ..TimeConfig::default() };
    let is_told = content.is_some() || arguments.format.is_some() || time != TimeConfig::default();
    // Without a word the metadata.json in the folder says how to read; where there is none, the file itself does.
    let is_known = arguments.into.join("metadata.json").exists();
    let format = arguments.format.or((!is_known && content.is_none()).then_some(TableFormat::Auto));
    let content = match (content.or(format.and_then(TableFormat::content)), format, arguments.sources.first()) {
        (None, Some(TableFormat::Auto), Some(first)) => content_of(first).map_err(ExperimentError::from)?,
        (told, _, _) => told,
    };
    let reading = (is_told || !is_known)
        .then(|| (content.unwrap_or(Content::Bars), RowConfig { format, time, ..RowConfig::default() }));
    let request = ImportRequest {
        sources: arguments.sources.clone(),
        into: arguments.into.clone(),
        markets: if arguments.each_file { ImportMarkets::EachFile } else { ImportMarkets::One },
        adjust: arguments.adjust.clone().map(|path| AdjustConfig { path }),
        reading,
    };
    let report = import(&request).map_err(ExperimentError::from)?;
    let mut lines: Vec<String> = report.detected.iter().map(ToString::to_string).collect();
    lines.push(format!("{} rows: {}", report.metadata.rows, report.data_file.display()));
    if 0 < report.before_listing {
        let count = report.before_listing;
        lines.push(format!("left out: {count} bars of other companies that had a ticker before the listing"));
    }
    print(&lines.join("\n"))
}

/// Makes entries and exits of a list of trades.
pub(crate) fn import_trades_command(arguments: &ImportTradesArguments) -> anyhow::Result<Answer> {
    let (symbol, symbol_as) = match arguments.symbol.as_deref().map(|symbol| symbol.split_once('=').ok_or(symbol)) {
        None => (None, None),
        Some(Ok((listed, name))) => (Some(listed.to_owned()), Some(name.to_owned())),
        Some(Err(symbol)) => (Some(symbol.to_owned()), None),
    };
    let one_r = match (arguments.risk_percent, arguments.risk) {
        (Some(percent), _) => OneR::Percent(percent),
        (None, Some(distance)) => OneR::Distance(distance),
        (None, None) => OneR::InTheList,
    };
    let request = TradeListRequest {
        source: arguments.source.clone(),
        format: arguments.format,
        out: arguments.out.clone(),
        symbol,
        symbol_as,
        zone: arguments.zone.clone(),
        one_r,
        risk_column: arguments.risk_column.clone(),
        adds: match arguments.adds {
            AddsArgument::Refuse => Adds::Refuse,
            AddsArgument::Merge => Adds::Merge,
            AddsArgument::Plan => Adds::Plan,
        },
        qty_times: arguments.qty_times,
    };
    print(&import_trades(&request).map_err(ExperimentError::from)?.to_string())
}

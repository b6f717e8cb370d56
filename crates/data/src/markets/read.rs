//! From a config of markets to their histories.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use scaleout_market::{BarSeries, MarketHistory};

use super::universe::columns;
use super::{
    MOST_MARKETS, ManyMarkets, MarketColumn, MarketList, MarketsConfig, NotShared, check_shared, named, symbol_of,
};
use crate::config::{DataConfig, RowsOf};
use crate::error::{DataError, shown};
use crate::history::series as series_of;
use crate::input::files_of_pattern;
use crate::load::{LoadedMarket, load, with_joins};
use crate::source::Read;
use crate::sources::{DataSource, FilesSource, MarketOfTables};

/// Characters of a symbol at most.
const LONGEST_SYMBOL: usize = 64;

/// One market as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketRead {
    /// How it was read.
    pub config: DataConfig,
    /// Its history.
    pub market: LoadedMarket,
}

/// Reads every market that `config` names, in order of the list, of the file names or of the symbols. Relative paths start
/// at `base_dir`.
///
/// # Errors
/// As [`load`]; if a pattern matches no file, a symbol is not in the table or two markets have one symbol.
pub fn load_markets(config: &MarketsConfig, base_dir: &Path) -> Result<Vec<MarketRead>, DataError> {
    let mut markets = read(config, base_dir)?;
    for MarketRead { market, .. } in &markets {
        let symbol = &market.instrument.symbol;
        if symbol.chars().any(char::is_control) || LONGEST_SYMBOL < symbol.chars().count() {
            let problem = format!("`{}` is no name", shown(symbol));
            return Err(DataError::config("symbol", problem, "at most 64 characters without control characters"));
        }
    }
    if let Some(universe) = config.universe() {
        if let Some(one) = markets.first().filter(|_| markets.len() == 1) {
            let problem = format!("`{}` is the only market", one.market.name);
            return Err(DataError::config("universe", problem, "two markets or more"));
        }
        let series: Vec<&BarSeries> = markets.iter().map(|read| &read.market.history.series).collect();
        let is_at_zero = |series: &&&BarSeries| series.bars().iter().any(|bar| bar.close <= 0.0);
        if let Some(place) = series.iter().position(|series| is_at_zero(&series)) {
            let problem = format!("`{}` has closes of 0 or below", markets[place].market.name);
            return Err(DataError::config("universe", problem, "markets whose closes are above 0"));
        }
        let made = columns(&series, &universe);
        for (MarketRead { market, .. }, made) in markets.iter_mut().zip(made) {
            let mut columns = market.history.series.columns().to_vec();
            columns.extend(made);
            let bars = market.history.series.bars().to_vec();
            market.history.series = series_of(bars, columns, Path::new(&market.name))?;
        }
    }
    Ok(markets)
}

/// The markets by themselves.
fn read(config: &MarketsConfig, base_dir: &Path) -> Result<Vec<MarketRead>, DataError> {
    let configs = match config {
        MarketsConfig::One(config) | MarketsConfig::Many(ManyMarkets { members: MarketList::Dataset(config), .. }) => {
            let column = config.source.source().symbol_column(&config.request(base_dir))?;
            match column {
                Some(column) => return by_symbol(config, &MarketColumn { column, only: None }, base_dir),
                None => vec![config.clone()],
            }
        }
        MarketsConfig::Many(ManyMarkets { members: MarketList::Column { column, whole }, .. }) => {
            return by_symbol(whole, column, base_dir);
        }
        MarketsConfig::Many(ManyMarkets { members: MarketList::Listed(configs), .. }) => configs.clone(),
        MarketsConfig::Many(ManyMarkets { members: MarketList::Files { pattern, each }, .. }) => {
            of_files(pattern, each, base_dir)?
        }
    };
    let mut markets: Vec<MarketRead> = Vec::with_capacity(configs.len());
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for config in configs {
        let market = load(&config, base_dir)?;
        let symbol = &market.instrument.symbol;
        if let Some(earlier) = places.insert(symbol.clone(), markets.len()) {
            let problem = format!("`{}` and `{}` are both `{symbol}`", markets[earlier].market.name, market.name);
            return Err(DataError::config("markets", problem, "one market a symbol"));
        }
        markets.push(MarketRead { config, market });
    }
    Ok(markets)
}

/// One market for each file of a pattern.
fn of_files(pattern: &Path, each: &DataConfig, base_dir: &Path) -> Result<Vec<DataConfig>, DataError> {
    let files = files_of_pattern(base_dir, pattern)?;
    if MOST_MARKETS < files.len() {
        let problem = format!("{} files match `{}`", files.len(), pattern.display());
        return Err(DataError::config("markets", problem, format!("at most {MOST_MARKETS} markets")));
    }
    let DataSource::Files(FilesSource { content, .. }) = &each.source else {
        return Err(DataError::config(
            "markets",
            "a pattern of files needs `content`",
            "content = \"bars\" or \"trades\"",
        ));
    };
    let market = |path: PathBuf| DataConfig {
        instrument: each.instrument.as_ref().map(|instrument| named(instrument, &symbol_of(&path))),
        source: DataSource::Files(FilesSource { content: *content, paths: vec![path] }),
        ..each.clone()
    };
    Ok(files.into_iter().map(market).collect())
}

/// Every market of one table.
fn by_symbol(whole: &DataConfig, column: &MarketColumn, base_dir: &Path) -> Result<Vec<MarketRead>, DataError> {
    check_shared(whole.finer.is_some(), whole.quotes.is_some(), whole.adjust.as_ref())
        .map_err(|NotShared { key, problem, accepted }| DataError::config(key, problem, accepted))?;
    let request = whole.request(base_dir);
    let Some(tables) = whole.source.source().bar_tables(&request)? else {
        return Err(DataError::config("markets", "the data are no bars", "a table of bars with a column of symbols"));
    };
    let mut markets = tables.read_by_symbol(&column.column)?;
    if let Some(only) = &column.only {
        let has = |symbol: &String| markets.iter().any(|market| market.symbol == *symbol);
        if let Some(missing) = only.iter().find(|symbol| !has(symbol)) {
            let some: Vec<&str> = markets.iter().take(20).map(|market| market.symbol.as_str()).collect();
            let problem = format!("`{missing}` is not in the data");
            return Err(DataError::config("markets.only", problem, some.join(", ")));
        }
        markets.retain(|market| only.contains(&market.symbol));
    }
    if MOST_MARKETS < markets.len() {
        let problem = format!("{} symbols in column `{}`", markets.len(), column.column);
        return Err(DataError::config("markets", problem, format!("at most {MOST_MARKETS}")));
    }
    let market = |MarketOfTables { symbol, series, digests, mut report }: MarketOfTables| {
        let instrument = named(&tables.instrument, &symbol);
        let config = DataConfig {
            instrument: Some(instrument.clone()),
            rows_of: Some(RowsOf { column: column.column.clone(), symbol: symbol.clone() }),
            ..whole.clone()
        };
        let read = Read {
            name: format!("{} {symbol}", tables.name),
            path: tables.path.clone(),
            history: MarketHistory::from_series(series),
            instrument,
            digests,
        };
        let market = with_joins(read, &config, base_dir, &mut report)?;
        Ok(MarketRead { config, market })
    };
    markets.into_iter().map(market).collect()
}

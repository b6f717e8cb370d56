//! Features of tapes too large for memory: trades stream in, bars and values stream out, whatever the length.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rayon::prelude::{IntoParallelRefIterator, ParallelIterator};
use scaleout_data::{BarBuilder, BarSpec, RowConfig, TableColumn, TableFormat, TableWriter, Values, trade_batches};
use scaleout_features::{FeatureSet, TableFold};
use scaleout_market::{Bar, BarRow, MarketEvent, PriceDomain, Trade};

use crate::{
    ExperimentError, FeatureTableReport,
    feature_tables::{inputs::check_files, table::name_of},
};

/// Events folded at a time.
const EVENTS: usize = 8_192;

/// Least rows written at once: what a Parquet file says of each group of rows stays in memory until it is complete.
const ROWS: usize = 16_384;

/// Writes the values of the features `specs` (by default the presets `bars` and `trades`) at the close of every bar of
/// the trades in each of `tapes`; days and symbols side by side on all threads, with the same bytes on any number.
///
/// Of one tape `out` is the table (CSV or Parquet by its ending), of several the folder of tables named as the tapes,
/// in Parquet. Memory is a few batches a thread. The bar that the last trades leave unfinished is not written.
///
/// # Errors
/// If a tape cannot be read, a feature needs more than trades, two tapes have one name, a table would replace a tape, or
/// a file cannot be written.
pub fn write_feature_tapes(
    tapes: &[PathBuf],
    every: BarSpec,
    specs: Option<&[String]>,
    out: &Path,
) -> Result<Vec<(PathBuf, FeatureTableReport)>, ExperimentError> {
    let set = match specs {
        Some(specs) => FeatureSet::parse(specs),
        None => FeatureSet::parse(&["preset:bars", "preset:trades"]),
    }?;
    // What cannot be computed is refused before anything is read.
    TableFold::new(&set, &[])?;
    if let [tape] = tapes {
        check_files(&[out.to_owned()], tapes)?;
        return Ok(vec![(out.to_owned(), write_tape(tape, every, &set, out)?)]);
    }
    let table_of = |tape: &PathBuf| out.join(format!("{}.parquet", name_of(tape)));
    for (place, tape) in tapes.iter().enumerate() {
        if tapes[..place].iter().any(|earlier| table_of(earlier) == table_of(tape)) {
            let message =
                "another tape has this name; accepted: tapes of different names, of which the tables' are made";
            return Err(ExperimentError::ConfigValue { path: tape.clone(), message: message.to_owned() });
        }
    }
    check_files(&tapes.iter().map(table_of).collect::<Vec<_>>(), tapes)?;
    fs::create_dir_all(out).map_err(|source| ExperimentError::Io { path: out.to_owned(), source })?;
    let written: Vec<Result<_, ExperimentError>> = tapes
        .par_iter()
        .map(|tape| {
            let table = table_of(tape);
            let report = write_tape(tape, every, &set, &table)?;
            Ok((table, report))
        })
        .collect();
    written.into_iter().collect()
}

fn write_tape(
    tape: &Path,
    every: BarSpec,
    set: &FeatureSet,
    out: &Path,
) -> Result<FeatureTableReport, ExperimentError> {
    let reading = RowConfig { format: Some(TableFormat::Auto), price: PriceDomain::Real, ..RowConfig::default() };
    let mut writer = TableWriter::create(out)?;
    let mut fold = TableFold::new(set, &[])?;
    let mut builder = BarBuilder::new(every, 1.0);
    let names = set.names();
    let (mut bars, mut known) = (0, vec![0_usize; names.len()]);
    let mut closes: Vec<i64> = Vec::with_capacity(ROWS);
    let mut write_rows = |fold: &mut TableFold, closes: &mut Vec<i64>| {
        let rows = fold.take_rows();
        bars += closes.len();
        let mut columns = vec![TableColumn::new("ts", Values::Integers(std::mem::take(closes)))];
        for (place, name) in names.iter().enumerate() {
            let values: Vec<Option<f64>> = rows.column(place).collect();
            known[place] += values.iter().flatten().count();
            columns.push(TableColumn::new(name, Values::Numbers(values)));
        }
        writer.write(&columns)
    };
    for batch in trade_batches(tape, &reading)? {
        let trades = batch?;
        let closed = closed_bars(&mut builder, &trades);
        for_each_chunk(&trades, &closed, |events| fold.extend(events));
        closes.extend(closed.iter().map(|(_, bar)| bar.ts.nanos()));
        if ROWS <= closes.len() {
            write_rows(&mut fold, &mut closes)?;
        }
    }
    if !closes.is_empty() {
        write_rows(&mut fold, &mut closes)?;
    }
    writer.finish()?;
    let coverage = names.into_iter().zip(known).map(|(name, known)| (name, known as f64 / bars.max(1) as f64));
    Ok(FeatureTableReport { bars, coverage: coverage.collect() })
}

/// The bars that close among `trades`, each with the place of the trade before which it does.
fn closed_bars(builder: &mut BarBuilder, trades: &[Trade]) -> Vec<(usize, Bar)> {
    trades.iter().enumerate().filter_map(|(place, trade)| Some((place, builder.update(trade)?))).collect()
}

/// Trades and bars in order of time, some thousands at a time.
fn for_each_chunk(trades: &[Trade], closed: &[(usize, Bar)], mut take: impl FnMut(&[MarketEvent<'_>])) {
    let mut events = Vec::with_capacity(EVENTS + 1);
    let mut closed = closed.iter().peekable();
    for (place, trade) in trades.iter().enumerate() {
        if let Some((_, bar)) = closed.next_if(|(before, _)| *before == place) {
            events.push(MarketEvent::Bar(BarRow { bar, columns: &[] }));
        }
        events.push(MarketEvent::Trade(trade));
        if EVENTS <= events.len() {
            take(&events);
            events.clear();
        }
    }
    take(&events);
}

//! Arrow files: exact values, and files that were damaged.

use std::fs;
use std::path::{Path, PathBuf};

use scaleout_market::Aggressor;

use crate::scratch::Scratch;
use crate::{DataConfig, LoadedMarket, RowConfig, load, trade_batches};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

fn bars(path: &Path, more: &str) -> Result<LoadedMarket, String> {
    let json =
        format!(r#"{{"path": {path:?}, "content": "bars", "instrument": {{"symbol": "X", "currency": "USD"}}{more}}}"#);
    let config: DataConfig = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    load(&config, Path::new("")).map_err(|error| error.to_string())
}

#[test]
fn plain_bars_of_many_types() {
    let market = bars(&sample("bars.arrow"), r#", "time": {"zone": "UTC"}"#).unwrap();
    let rows: Vec<String> = market
        .history
        .series
        .bars()
        .iter()
        .map(|bar| {
            format!("{} {} {} {} {} {} {}", bar.open_ts, bar.ts, bar.open, bar.high, bar.low, bar.close, bar.volume)
        })
        .collect();
    assert_eq!(rows[0], "2024-01-01T00:00:00Z 2024-01-02T00:00:00Z 1 2 1 2 1");
    assert_eq!(rows[2], "2024-01-03T00:00:00Z 2024-01-04T00:00:00Z 3 4 2 3 1");
    let columns = market.history.series.columns();
    assert_eq!((columns[0].name.as_str(), &columns[0].values[..]), ("mood", &[None, Some(-0.5), None][..]));
    assert_eq!(market.sha256, crate::sha256_of(&fs::read(sample("bars.arrow")).unwrap()));
}

#[test]
fn trades_in_packed_batches_beside_columns_that_are_not_read() {
    let mut batches = trade_batches(&sample("trades.arrow"), &RowConfig::default()).unwrap();
    let error = batches.find_map(Result::err).unwrap().to_string();
    assert!(error.contains("trades.arrow: row 3, column `price`: `` is missing; accepted: a price above 0"), "{error}");
    let rows = RowConfig { on_bad_rows: crate::OnBadRows::Skip, ..RowConfig::default() };
    let batches = trade_batches(&sample("trades.arrow"), &rows).unwrap();
    let trades: Vec<_> = batches.flat_map(Result::unwrap).collect();
    let shown: Vec<String> = trades.iter().map(|trade| format!("{} {} {}", trade.ts, trade.price, trade.qty)).collect();
    assert_eq!(shown, ["2024-01-02T14:30:00Z 10 1.5", "2024-01-02T14:30:01Z 11 2", "2024-01-02T14:30:02.5Z 12 3"]);
    let sides: Vec<_> = trades.iter().map(|trade| trade.aggressor).collect();
    assert_eq!(sides, [Some(Aggressor::Buy), Some(Aggressor::Sell), Some(Aggressor::Buy)]);
}

#[test]
fn candles_of_freqtrade_name_the_open() {
    let path = sample("exports/freqtrade.feather");
    let market = bars(&path, r#", "format": "auto""#).unwrap();
    let bar = market.history.series.bars()[0];
    assert_eq!(
        (bar.open_ts.to_string(), bar.ts.to_string()),
        ("2024-01-01T00:00:00Z".into(), "2024-01-01T01:00:00Z".into())
    );
    assert_eq!((bar.close, bar.volume), (42_475.23, 1_271.681_08));
    let told = market.report.detected[0].to_string();
    assert!(told.ends_with("freqtrade; bar time = open (assumed: the convention of the format); bar length = 1h (the commonest distance between the first rows)"), "{told}");
    // As a plain table its `date` is taken for the close, as any other.
    let market = bars(&path, r#", "format": "arrow""#).unwrap();
    assert_eq!(market.history.series.bars()[0].ts.to_string(), "2024-01-01T00:00:00Z");
    let market = bars(&path, r#", "format": "freqtrade", "time": {"stamped": "close"}"#).unwrap();
    assert_eq!(market.history.series.bars()[0].ts.to_string(), "2024-01-01T00:00:00Z");
}

#[test]
fn damaged_files_are_named_and_end_nothing() {
    let scratch = Scratch::new();
    let path = scratch.path().join("x.feather");
    let read = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        bars(&path, r#", "format": "auto""#).map(|_| ())
    };
    let good = fs::read(sample("exports/freqtrade.feather")).unwrap();
    let refused = |bytes: &[u8], expected: &str| {
        let error = read(bytes).unwrap_err();
        assert!(error.contains(&format!("x.feather: not a readable Arrow file: {expected}")), "{error}");
    };
    refused(b"", "it is shorter than the shortest Arrow file");
    refused(&good[..good.len() - 1], "it does not end with ARROW1");
    refused(b"ts,open,high,low,close,volume\n", "it does not end with ARROW1");
    let mut long = good.clone();
    let end = long.len();
    long[end - 10..end - 6].copy_from_slice(&i32::MAX.to_le_bytes());
    refused(&long, "its footer is larger than the file");
    // Whatever byte is another one, the file is read or refused in a line that names it.
    for place in 0..good.len() {
        for flip in [0xff, 0x01, 0x80] {
            let mut bytes = good.clone();
            bytes[place] ^= flip;
            if let Err(error) = read(&bytes) {
                assert!(error.contains("x.feather") && !error.contains('\n') && error.len() < 600, "{place}: {error}");
            }
        }
    }
}

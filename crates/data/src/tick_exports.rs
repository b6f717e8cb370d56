//! Trades and quotes of exchanges and vendors, read as they are: exact values, what was told, and damaged variants.

use std::fs;
use std::path::{Path, PathBuf};

use scaleout_market::Aggressor;

use crate::scratch::Scratch;
use crate::{Content, DataConfig, RowConfig, TableFormat, content_of, load, trade_batches};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/exports").join(name)
}

/// The trades as `ts price qty side`, and what was told of the file.
fn read(path: &Path, format: &str) -> Result<(Vec<String>, String), String> {
    let format: TableFormat = format.parse()?;
    let rows = RowConfig { format: Some(format), ..RowConfig::default() };
    let mut batches = trade_batches(path, &rows).map_err(|error| error.to_string())?;
    let detected = batches.detected().map(ToString::to_string).unwrap_or_default();
    let mut trades = Vec::new();
    for batch in batches.by_ref() {
        for trade in batch.map_err(|error| error.to_string())? {
            let side = match trade.aggressor {
                Some(Aggressor::Buy) => "buy",
                Some(Aggressor::Sell) => "sell",
                None => "-",
            };
            trades.push(format!("{} {} {} {side}", trade.ts, trade.price, trade.qty));
        }
    }
    Ok((trades, detected))
}

/// Reads a sample by its name and by detection; no other format takes it for its own.
fn check(file: &str, format: &str, expected: &[&str], told: &[&str]) {
    let path = sample(file);
    assert_eq!(content_of(&path).unwrap(), Some(Content::Trades), "{file}");
    for asked in [format, "auto"] {
        let (trades, detected) = read(&path, asked).unwrap_or_else(|error| panic!("{file} as {asked}: {error}"));
        assert_eq!(trades[..expected.len()], *expected, "{file}");
        assert!(detected.contains(format), "{file}: {detected}");
        for fact in told {
            assert!(detected.contains(fact), "`{fact}` is not told: {detected}");
        }
    }
    for other in ["binance-trades", "binance-agg-trades", "bitmex", "bybit", "tardis-trades"] {
        if other != format {
            let error = read(&path, other).unwrap_err();
            assert!(error.contains(&format!("not a readable {other} file: its first rows")), "{file}: {error}");
        }
    }
}

#[test]
fn trades_of_binance() {
    check(
        "binance-trades-spot.csv",
        "binance-trades",
        &["2024-01-01T00:00:00.008Z 42283.58 0.00183 sell", "2024-01-01T00:00:00.008Z 42283.59 0.0241 buy"],
        &["unit = ms", "side = of the taker (proved by"],
    );
    check(
        "binance-trades-futures.csv",
        "binance-trades",
        &["2024-01-01T00:00:00.011Z 42313.9 0.003 sell", "2024-01-01T00:00:00.094Z 42314 0.25 buy"],
        &["unit = ms"],
    );
    check(
        "binance-agg-trades-spot.csv",
        "binance-agg-trades",
        &["2025-01-01T00:00:00.004511Z 93576 0.0015 buy", "2025-01-01T00:00:00.017904Z 93575.99 0.01 sell"],
        &["unit = us"],
    );
    check(
        "binance-agg-trades-futures.csv",
        "binance-agg-trades",
        &["2024-01-01T00:00:00.011Z 42313.9 0.253 sell", "2024-01-01T00:00:00.094Z 42314 1.1 buy"],
        &["unit = ms"],
    );
}

#[test]
fn trades_of_other_exchanges_and_vendors() {
    check(
        "bitmex.csv",
        "bitmex",
        &["2019-08-01T00:00:01.256364Z 10083.5 1000 buy", "2019-08-01T00:00:01.801126Z 10083 25 sell"],
        &["zone = UTC (assumed"],
    );
    check(
        "bybit-derivatives.csv",
        "bybit",
        &["2024-01-01T00:00:00.0972Z 42324.9 0.061 sell", "2024-01-01T00:00:00.1401Z 42325 0.002 buy"],
        &["unit = s"],
    );
    check(
        "bybit-spot.csv",
        "bybit",
        &["2024-01-01T00:00:00.254Z 42330.5 0.002366 buy", "2024-01-01T00:00:00.611Z 42330.49 0.004 sell"],
        &["unit = ms"],
    );
    check(
        "tardis-trades.csv",
        "tardis-trades",
        &["2020-04-01T00:00:00.250121Z 6425.5 1210 buy", "2020-04-01T00:00:00.251004Z 6425 10 -"],
        &["unit = us", "time = local_timestamp (assumed"],
    );
}

#[test]
fn quotes_stand_beside_trades() {
    let quotes = |format: &str, quotes: &str, trades: &str| {
        let json = format!(
            r#"{{"path": {:?}, "content": "trades", "format": "auto", "bars": {{"trades": 1}},
                "quotes": {{"path": {:?}, "format": "{format}"}}, "instrument": {{"symbol": "X", "currency": "USD"}}}}"#,
            sample(trades),
            sample(quotes)
        );
        let config: DataConfig = serde_json::from_str(&json).unwrap();
        load(&config, Path::new("")).map_err(|error| error.to_string())
    };
    let market = quotes("auto", "binance-book-ticker.csv", "binance-trades-futures.csv").unwrap();
    let quote = market.history.quotes[0];
    let shown = format!("{} {} {} {} {}", quote.ts, quote.bid, quote.bid_qty, quote.ask, quote.ask_qty);
    assert_eq!(shown, "2024-01-01T00:00:00.001Z 42313.9 6.412 42314 3.181");
    let told: Vec<&str> = market.report.detected.iter().map(|detected| detected.format).collect();
    assert_eq!(told, ["binance-trades", "binance-book-ticker"]);
    let market = quotes("tardis-quotes", "tardis-quotes.csv", "tardis-trades.csv").unwrap();
    let quote = market.history.quotes[1];
    let shown = format!("{} {} {} {} {}", quote.ts, quote.bid, quote.bid_qty, quote.ask, quote.ask_qty);
    assert_eq!(shown, "2020-04-01T00:00:00.250121Z 6425 48720 6425.5 35320");
    let error = quotes("bybit", "tardis-quotes.csv", "tardis-trades.csv").unwrap_err();
    assert!(error.contains("data.format: `bybit`, though quotes are read from"), "{error}");
    assert!(error.ends_with("accepted: auto, csv, parquet, arrow, binance-book-ticker, tardis-quotes"), "{error}");
}

/// Damages a sample and reads it; the error without its folder.
fn damaged(file: &str, format: &str, damage: impl Fn(&str) -> String) -> String {
    let scratch = Scratch::new();
    let path = scratch.file(file, &damage(&fs::read_to_string(sample(file)).unwrap()));
    let error = read(&path, format).unwrap_err();
    assert!(!error.contains('\n') && error.len() < 600, "{error}");
    error.replace(&format!("{}/", scratch.path().display()), "")
}

#[test]
fn damaged_trades_are_named() {
    // The sample ends before the row that is damaged.
    let long = |text: &str, row: &str| {
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len() - 1];
        format!("{text}{}{row}\n", format!("{last}\n").repeat(100))
    };
    for (file, format, row, expected) in [
        (
            "binance-trades-spot.csv",
            "binance-trades",
            "1,2,3,4,1704067200131,maybe,True",
            "row 104, column `side`: `maybe` is not a truth value; accepted: true or false: whether the buyer was the maker",
        ),
        (
            "binance-trades-spot.csv",
            "binance-trades",
            "1,2,3",
            "row 104: 3 values under 7 columns; accepted: one value a column",
        ),
        (
            "binance-agg-trades-spot.csv",
            "binance-agg-trades",
            "1,2,0,4,5,1735689600017904,True,True",
            "row 103, column `qty`: `0` is out of range; accepted: a number above 0",
        ),
        (
            "binance-agg-trades-spot.csv",
            "binance-agg-trades",
            "1,2,3,4,5,1735689600017,True,True",
            "row 103, column `ts`: 1970-01-21",
        ),
        (
            "bybit-spot.csv",
            "bybit",
            "3,1704067200711000,1,1,buy",
            "row 104, column `ts`: `1704067200711000` is out of range",
        ),
        (
            "bybit-derivatives.csv",
            "bybit",
            "1704067300,ETHUSDT,Buy,1,2,PlusTick,a,1,1,1",
            "row 104, column `symbol`: `ETHUSDT` is another market; accepted: `BTCUSDT`, the market of the rows before: one market a file",
        ),
        (
            "bitmex.csv",
            "bitmex",
            "2019-08-02,XBTUSD,Buy,1,2,PlusTick,a,1,1,1",
            "row 104, column `ts`: `2019-08-02Z` is not a time",
        ),
        (
            "tardis-trades.csv",
            "tardis-trades",
            "deribit,BTC-PERPETUAL,1,1585699200251005,1,hold,1,1",
            "row 104, column `side`: `hold` is not a side",
        ),
    ] {
        let error = damaged(file, format, |text| long(text, row));
        assert!(error.starts_with(&format!("{file}: {expected}")), "{error}");
        let semicolons = damaged(file, format, |text| text.replace(',', "|"));
        assert!(semicolons.contains(&format!("not a readable {format} file: its first rows")), "{semicolons}");
    }
}

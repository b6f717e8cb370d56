//! Exports of other programs, read as they are: exact values, what was told, and damaged variants.

use std::fs;
use std::path::{Path, PathBuf};

use crate::scratch::Scratch;
use crate::{Content, DataConfig, ImportRequest, LoadedMarket, RowConfig, TableFormat, import, load};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/exports").join(name)
}

fn read(path: &Path, format: &str, more: &str) -> Result<LoadedMarket, String> {
    let json = format!(
        r#"{{"path": "{}", "content": "bars", "format": "{format}", "instrument": {{"symbol": "X", "currency": "USD"}}{more}}}"#,
        path.display()
    );
    let config: DataConfig = serde_json::from_str(&json).map_err(|error| error.to_string())?;
    load(&config, Path::new("")).map_err(|error| error.to_string())
}

/// The first bar as `open_ts ts open high low close volume`, then the columns of its row.
fn first(market: &LoadedMarket) -> String {
    let bar = market.history.series.bars()[0];
    let columns = market.history.series.columns().iter();
    let columns = columns.map(|column| format!(" {}={}", column.name, column.values[0].unwrap_or(f64::NAN)));
    let numbers = [bar.open, bar.high, bar.low, bar.close, bar.volume].map(|value| format!(" {value}")).concat();
    format!("{} {}{numbers}{}", bar.open_ts, bar.ts, columns.collect::<String>())
}

/// Reads a sample by its name and by detection; compares the first bar and what was told.
fn check(file: &str, format: &str, bars: usize, expected: &str, told: &[&str]) {
    for asked in [format, "auto"] {
        let market = read(&sample(file), asked, "").unwrap_or_else(|error| panic!("{file} as {asked}: {error}"));
        assert_eq!(first(&market), expected, "{file}");
        assert_eq!(market.history.series.len(), bars, "{file}");
        let [detected] = &market.report.detected[..] else { panic!("{file}: {:?}", market.report.detected) };
        assert_eq!(detected.format, format);
        let shown = detected.to_string();
        for fact in told {
            assert!(shown.contains(fact), "`{fact}` is not told: {shown}");
        }
    }
    let of_bars = |name: &&str| name.parse::<TableFormat>().is_ok_and(|of| of.content() == Some(Content::Bars));
    for name in TableFormat::names().into_iter().filter(of_bars).filter(|name| *name != format) {
        let error = read(&sample(file), name, "").unwrap_err();
        assert!(error.contains(&format!("not a readable {name} file: its first rows")), "{file} as {name}: {error}");
    }
}

#[test]
fn binance_klines() {
    let taker =
        "quote_volume=53957248.973789 trades=47134 taker_buy_volume=682.57581 taker_buy_quote_volume=28957416.819645";
    check(
        "binance-klines-spot.csv",
        "binance-klines",
        3,
        &format!("2024-01-01T00:00:00Z 2024-01-01T01:00:00Z 42283.58 42554.57 42261.02 42475.23 1271.68108 {taker}"),
        &["unit = ms", "bar time = open (proved by column `close_time`)", "bar length = 1h (proved"],
    );
    check(
        "binance-klines-2025.csv",
        "binance-klines",
        2,
        "2025-01-01T00:00:00Z 2025-01-01T01:00:00Z 93576 94509.42 93489.03 94401.14 755.9901 quote_volume=71074543.7128207 trades=128207 taker_buy_volume=441.9086 taker_buy_quote_volume=41556730.3102151",
        &["unit = us", "bar length = 1h"],
    );
    check(
        "binance-klines-futures.csv",
        "binance-klines",
        2,
        "2024-01-01T00:00:00Z 2024-01-01T00:05:00Z 42314 42437.1 42289.6 42437.1 2057.832 quote_volume=87154911.1794 trades=20218 taker_buy_volume=1202.416 taker_buy_quote_volume=50929812.3521",
        &["bar length = 5m"],
    );
}

#[test]
fn metatrader_5() {
    check(
        "metatrader-5-m15.csv",
        "metatrader-5",
        3,
        "2024-01-02T00:00:00Z 2024-01-02T00:15:00Z 1.10427 1.10431 1.10398 1.10415 812 real_volume=0 spread=10",
        &["zone = UTC (assumed", "bar time = open (assumed", "bar length = 15m", "volume = TICKVOL"],
    );
    check(
        "metatrader-5-daily.csv",
        "metatrader-5",
        2,
        "2024-01-02T00:00:00Z 2024-01-03T00:00:00Z 1.10427 1.1046 1.0939 1.0942 68212 real_volume=0 spread=0",
        &["zone = UTC (assumed"],
    );
    // What the user knows goes before what is assumed.
    let market =
        read(&sample("metatrader-5-m15.csv"), "auto", r#", "time": {"zone": "Europe/Athens", "stamped": "close"}"#);
    let market = market.unwrap();
    assert_eq!(market.history.series.bars()[0].ts.to_string(), "2024-01-01T22:00:00Z");
    let shown = market.report.detected[0].to_string();
    assert!(
        shown.contains("zone = Europe/Athens (declared)") && shown.contains("bar time = close (declared)"),
        "{shown}"
    );
}

#[test]
fn tradingview() {
    check(
        "tradingview.csv",
        "tradingview",
        3,
        "2024-01-02T14:30:00Z 2024-01-02T15:30:00Z 187.15 188.44 186.92 187.7 11839240 MA=NaN MA.2=NaN RSI=NaN",
        &["unit = s", "bar time = open (assumed", "bar length = 1h"],
    );
    check(
        "tradingview-without-volume.csv",
        "tradingview",
        2,
        "2024-01-02T00:00:00Z 2024-01-02T04:00:00Z 1.10427 1.10431 1.09398 1.09415 0 EMA=1.1",
        &["volume = 0 in every bar (proved by the header", "bar length = 4h"],
    );
    let plain = damaged("tradingview.csv", "tradingview", |text| text.replacen("Volume", "volume", 1));
    assert!(plain.contains("not a readable tradingview file: its first rows"), "{plain}");
    let market = read(&sample("tradingview.csv"), "tradingview", "").unwrap();
    let values = market.history.series.columns().iter().map(|column| column.values[2]).collect::<Vec<_>>();
    assert_eq!(values, [Some(185.93), Some(186.4), Some(43.1)]);
}

#[test]
fn yahoo_and_stooq() {
    check(
        "yahoo.csv",
        "yahoo",
        3,
        "2024-01-02T05:00:00Z 2024-01-03T05:00:00Z 187.149994 188.440002 183.889999 185.639999 82488700 adj_close=184.938217",
        &["zone = America/New_York (assumed", "adjusted for splits"],
    );
    check(
        "stooq-daily.csv",
        "stooq",
        2,
        "2024-01-02T00:00:00Z 2024-01-03T00:00:00Z 186.12 187.41 182.88 184.62 82959600",
        &["zone = UTC (assumed"],
    );
    check(
        "stooq-5.txt",
        "stooq",
        2,
        "2024-01-02T14:35:00Z 2024-01-02T14:40:00Z 187.15 187.36 186.21 186.4 4101212",
        &["zone = Europe/Warsaw (assumed", "bar length = 5m (proved by column `<PER>`)"],
    );
}

#[test]
fn candles_of_bots_and_exchanges() {
    let bar = "2024-01-01T00:00:00Z 2024-01-01T01:00:00Z 42283.58 42554.57 42261.02 42475.23 1271.68108";
    check("freqtrade.json", "freqtrade", 3, bar, &["unit = ms", "bar length = 1h"]);
    check("coinbase.json", "coinbase", 3, bar, &["columns = low before high (proved", "order = newest row first"]);
    check("jesse.csv", "jesse", 3, bar, &["columns = close before high (proved"]);
    check(
        "kraken.csv",
        "kraken",
        2,
        "2024-01-01T00:00:00Z 2024-01-01T01:00:00Z 42280.4 42546.2 42270 42473.9 78.63482104 trades=1321",
        &["unit = s", "bar length = 1h"],
    );
}

/// Damages a sample and reads it; the error without its folder.
fn damaged(file: &str, format: &str, damage: impl Fn(&str) -> String) -> String {
    let scratch = Scratch::new();
    let path = scratch.file(file, &damage(&fs::read_to_string(sample(file)).unwrap()));
    let error = read(&path, format, "").unwrap_err();
    assert!(!error.contains('\n') && error.len() < 600, "{error}");
    error.replace(&format!("{}/", scratch.path().display()), "")
}

#[test]
fn damaged_exports_are_named() {
    let cut = |text: &str| text[..text.len() - text.len() / 5].to_owned();
    for (file, format, expected) in [
        ("binance-klines-spot.csv", "binance-klines", "row 3: "),
        ("metatrader-5-m15.csv", "metatrader-5", "row 4: "),
        ("tradingview.csv", "tradingview", "row 4: "),
        ("yahoo.csv", "yahoo", "row 4: "),
        ("stooq-5.txt", "stooq", "row 3: "),
        ("jesse.csv", "jesse", "row 3: "),
        ("kraken.csv", "kraken", "row 2: "),
    ] {
        // The last row is cut off, so that what is recognised is the rows before it.
        let long = |text: &str| cut(text);
        let error = damaged(file, format, long);
        assert!(error.starts_with(&format!("{file}: {expected}")) || error.contains("its first rows"), "{error}");
        let semicolons = damaged(file, format, |text| text.replace(['\t', ','], "|"));
        assert!(semicolons.contains(&format!("not a readable {format} file: its first rows")), "{semicolons}");
    }
    let later = |text: &str| text.replacen("],[1704067200,", "],[1704078000,", 1);
    let error = damaged("coinbase.json", "coinbase", |text| {
        let (first, rest) = text.split_at(text.len() - 3);
        let many = (1..100).map(|hour| format!(",[{},9,12,10,11,5]", 1_704_067_200 - 3_600 * hour)).collect::<String>();
        format!("{first}]{many},[1704078000,9,12,10,11,5{rest}")
    });
    assert!(error.contains("2024-01-01T04:00:00Z comes after the row before it"), "{error}");
    let error = damaged("coinbase.json", "coinbase", later);
    assert!(error.contains("comes before the row before it"), "{error}");
    let error = damaged("freqtrade.json", "freqtrade", cut);
    assert!(error.contains("the file is cut off"), "{error}");
}

#[test]
fn units_are_not_mixed_within_a_file() {
    let mixed = |text: &str| text.replacen("\n1704074400000,", "\n1704074400000000,", 1);
    let error = damaged("binance-klines-spot.csv", "binance-klines", mixed);
    assert!(error.contains("binance-klines-spot.csv"), "{error}");
    let many = |text: &str| {
        let rows = (0..100).map(|hour: i64| {
            let open = 1_704_067_200_000 + hour * 3_600_000;
            let ts = if hour == 90 { open * 1_000 } else { open };
            format!("{ts},1,2,.5,1.5,9,{},1,1,1,1,0\n", ts + 3_599_999)
        });
        text.chars().take(0).collect::<String>() + &rows.collect::<String>()
    };
    let error = damaged("binance-klines-spot.csv", "binance-klines", many);
    assert!(error.contains("row 91, column `ts`: `1704391200000000` is out of range"), "{error}");
}

#[test]
fn an_export_becomes_a_dataset() {
    let scratch = Scratch::new();
    let reading = RowConfig { format: Some(TableFormat::Auto), ..RowConfig::default() };
    let into = scratch.path().join("btc");
    let mut request = ImportRequest {
        sources: vec![sample("binance-klines-spot.csv")],
        into: into.clone(),
        reading: Some((Content::Bars, reading)),
        ..ImportRequest::default()
    };
    let report = import(&request).unwrap();
    assert_eq!((report.metadata.rows, report.detected.len()), (3, 1));
    assert_eq!(report.metadata.original.format, Some(TableFormat::Export("binance-klines")));
    assert!(report.metadata.notes.iter().any(|note| note.contains("bar time = open (proved")), "{:?}", report.metadata);
    let config: DataConfig = serde_json::from_str(r#"{"dataset": "btc"}"#).unwrap();
    let market = load(&config, scratch.path()).unwrap();
    let bar = market.history.series.bars()[0];
    assert_eq!((bar.open_ts.to_string(), bar.close), ("2024-01-01T00:00:00Z".into(), 42_475.23));
    request.reading = None;
    assert_eq!(import(&request).unwrap().metadata, report.metadata);
}

#[test]
fn several_files_are_one_series() {
    let scratch = Scratch::new();
    let rows = |from: i64| {
        let row = |hour: i64| format!("{},10,12,9,11,5\n", 1_704_067_200_000 + hour * 3_600_000);
        (from..from + 3).map(row).collect::<String>()
    };
    let files = [("a.csv", 0), ("b.csv", 3)].map(|(name, from)| scratch.file(name, &rows(from)));
    let reading = RowConfig { format: Some(TableFormat::Auto), ..RowConfig::default() };
    let mut request = ImportRequest {
        sources: files.to_vec(),
        into: scratch.path().join("made"),
        reading: Some((Content::Bars, reading)),
        ..ImportRequest::default()
    };
    assert_eq!(import(&request).unwrap().metadata.rows, 6);
    request.sources.reverse();
    request.into = scratch.path().join("other");
    let error = import(&request).unwrap_err().to_string();
    assert!(error.contains("b.csv at 2024-01-01T06:00:00Z; accepted: files in order of time that do not"), "{error}");
}

#[test]
fn a_folder_or_pattern_is_one_series() {
    let scratch = Scratch::new();
    let rows = |from: i64| {
        let row = |hour: i64| format!("{},10,12,9,11,5\n", 1_704_067_200_000 + hour * 3_600_000);
        (from..from + 3).map(row).collect::<String>()
    };
    fs::create_dir(scratch.path().join("hourly")).unwrap();
    for (name, from) in [("hourly/2.csv", 3), ("hourly/1.csv", 0), ("hourly/10.txt", 3)] {
        scratch.file(name, &rows(from));
    }
    let pattern = scratch.path().join("hourly/*.csv");
    let market = read(&pattern, "auto", "").unwrap();
    assert_eq!((market.history.series.len(), market.report.detected.len()), (6, 2));
    let names: Vec<&str> = market.files.iter().filter_map(|file| file.name.rsplit('/').next()).collect();
    assert_eq!(names, ["1.csv", "2.csv"]);
    // In byte order of names `10.txt` stands between the two, and repeats what `2.csv` holds.
    let error = read(&scratch.path().join("hourly"), "auto", "").unwrap_err();
    let expected = "hourly/2.csv: its first bar closes at 2024-01-01T04:00:00Z, not after the last of ";
    assert!(error.contains(expected) && error.contains("hourly/10.txt at 2024-01-01T06:00:00Z"), "{error}");
    let request = ImportRequest {
        sources: vec![pattern],
        into: scratch.path().join("made"),
        reading: Some((Content::Bars, RowConfig { format: Some(TableFormat::Auto), ..RowConfig::default() })),
        ..ImportRequest::default()
    };
    let report = import(&request).unwrap();
    assert_eq!((report.metadata.rows, report.metadata.source.file.as_str()), (6, "1.csv 2.csv"));
    let error = read(&scratch.path().join("hourly/*.gz"), "auto", "").unwrap_err();
    assert!(error.ends_with("hourly/*.gz: no file matches; accepted: one file at least"), "{error}");
}

#[test]
fn packed_exports_and_tables_are_read_as_they_are() {
    let scratch = Scratch::new();
    let text = fs::read(sample("binance-klines-spot.csv")).unwrap();
    let expected = first(&read(&sample("binance-klines-spot.csv"), "auto", "").unwrap());
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("BTCUSDT-1h-2024-01.csv", zip::write::SimpleFileOptions::default()).unwrap();
    std::io::Write::write_all(&mut zip, &text).unwrap();
    let packed = [
        ("a.csv.zst", zstd::encode_all(&text[..], 0).unwrap()),
        ("BTCUSDT-1h-2024-01.zip", zip.finish().unwrap().into_inner()),
    ];
    for (name, bytes) in packed {
        let path = scratch.path().join(name);
        fs::write(&path, &bytes).unwrap();
        let market = read(&path, "auto", "").unwrap();
        assert_eq!(first(&market), expected, "{name}");
        assert_eq!(market.sha256, crate::sha256_of(&bytes), "the digest is that of the packed file");
        // A packed file under another name is named for what it is.
        let wrong = scratch.path().join("wrong.csv");
        fs::write(&wrong, &bytes).unwrap();
        let error = read(&wrong, "auto", "").unwrap_err();
        assert!(
            error.contains("wrong.csv: not a readable CSV file: it is ") && error.contains("its name should end in"),
            "{error}"
        );
    }
}

#[test]
fn a_format_that_is_none_lists_those_that_are() {
    let error = read(&sample("yahoo.csv"), "bloomberg", "").unwrap_err();
    let names = "auto, csv, parquet, arrow, binance-klines, metatrader-5, stooq, yahoo, tradingview, lean, kraken, freqtrade, jesse, coinbase, \
                 binance-agg-trades, binance-trades, bitmex, bybit, tardis-trades, binance-book-ticker, tardis-quotes";
    assert!(error.contains(&format!("`bloomberg` is not a format; accepted: {names}")), "{error}");
}

#[test]
fn every_format_has_its_line_in_the_table() {
    let page = include_str!("../docs/formats.md");
    for name in TableFormat::names().into_iter().skip(4) {
        assert!(page.contains(&format!("\n| `{name}` | ")), "`{name}` is missing in docs/formats.md");
    }
}

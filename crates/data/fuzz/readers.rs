//! Every way in, each with good files of its kind.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};
use scaleout_data::{
    Adds, Content, DataConfig, ImportRequest, Limit, Metadata, OnBadRows, OneR, RowConfig, TimeConfig, TradeListFormat,
    TradeListRequest, import, import_trades, load, read_entries_csv, read_exits_csv, read_text, shown, trade_batches,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::corpus::{lines, parquet, plain_parquet, recording, zipped};
use crate::root;

const LOBSTER: [&str; 2] =
    ["AAPL_2012-06-21_34200000_57600000_message_2.csv", "AAPL_2012-06-21_34200000_57600000_orderbook_2.csv"];

/// A way in.
pub struct Reader {
    pub name: &'static str,
    /// Under which name the damaged file is put into the folder of the case.
    pub file: &'static str,
    pub wrapping: Wrapping,
    pub is_text: bool,
    /// Good files.
    pub corpus: Vec<Vec<u8>>,
    /// Reads the case in a folder; an error is a message.
    pub read: fn(&Path) -> Result<(), String>,
}

/// What is done to the text after it was damaged; one case in four is damaged afterwards instead.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wrapping {
    None,
    Gzip,
    Zip,
    Zstd,
    Bzip2,
}

impl Wrapping {
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::None => bytes.to_vec(),
            Self::Gzip => {
                let mut writer = GzEncoder::new(Vec::new(), Compression::fast());
                writer.write_all(bytes).expect("memory can be written");
                writer.finish().expect("memory can be written")
            }
            Self::Zip => {
                let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
                writer.start_file("20131007_ibm.csv", SimpleFileOptions::default()).expect("memory can be written");
                writer.write_all(bytes).expect("memory can be written");
                writer.finish().expect("memory can be written").into_inner()
            }
            Self::Zstd => zstd::encode_all(bytes, 1).expect("memory can be written"),
            Self::Bzip2 => {
                let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
                writer.write_all(bytes).expect("memory can be written");
                writer.finish().expect("memory can be written")
            }
        }
    }
}

/// All readers; `folder` is a place for files that the corpus is made of.
pub fn all(folder: &Path) -> Vec<Reader> {
    let trades =
        b"ts,price,qty,side\n1704067200,10,1,buy\n1704067201,10.5,2,sell\n2024-01-01T00:00:02Z,11,1,\n".to_vec();
    let quoted = b"\"Time\";\"Price\";\"Size\"\r\n\"1704067200.25\";\"10\";\"1\"\r\n1704067201;11;2\r\n".to_vec();
    let ticks = vec![trades.clone(), quoted.clone()];
    let bars = lines("experiments/own-csv/bars.csv", 60);
    let quotes = b"ts,bid,bid_size,ask,ask_size\n1704067200,10,5,11,6\n1704067202,9,5,9.5,6\n".to_vec();
    let tables =
        vec![parquet(folder, 3, 40, true), parquet(folder, 1, 2_000, false), plain_parquet(50), plain_parquet(400)];
    let configs = [
        r#"{"path": "b.csv", "content": "bars", "instrument": {"symbol": "X", "currency": "USD", "tick_size": 0.25}, "time": {"zone": "UTC", "bar_time": "open", "bar_length": "1m"}, "join": [{"path": "n.csv", "max_age": "1d"}]}"#,
        r#"{"lean": {"folder": "x", "security": "equity", "resolution": "tick", "zone": "UTC", "session": "09:30-16:00", "from": "2013-10-07"}, "bars": {"time": "60s"}, "instrument": {"symbol": "X", "currency": "USD", "carry": {"funding": {"rate": 0.0001, "interval_hours": 8.0}}}}"#,
    ];
    let configs = configs.map(|text| text.as_bytes().to_vec()).to_vec();
    let exports = fs::read_dir(root().join("crates/data/testdata/exports")).expect("the repository has its samples");
    let mut exports: Vec<_> = exports.map(|item| item.expect("the folder can be read").path()).collect();
    exports.sort();
    let sample = |name: &str| fs::read(root().join("crates/data/testdata").join(name)).expect("a sample can be read");
    let arrow = vec![sample("bars.arrow"), sample("trades.arrow"), sample("exports/freqtrade.feather")];
    exports.retain(|path| path.extension().is_some_and(|ending| ending != "feather"));
    let lobster = vec![sample(&format!("lobster/{}", LOBSTER[0]))];
    let exports: Vec<Vec<u8>> = exports.iter().map(|path| fs::read(path).expect("a sample can be read")).collect();
    let made = b"id,ts,price,qty\ne001,2024-01-03T16:00:00Z,97.5,50\ne001,1704300000,98,50\ne002,1704400000,95,100\n";
    let metadata = ["es-ticks", "lean-ibm-excerpt", "binance-btcusdt-excerpt"];
    let metadata = metadata.map(|name| lines(&format!("datasets/{name}/metadata.json"), 500)).to_vec();
    let (none, text) = (Wrapping::None, true);
    let reader = |name, file, wrapping, is_text, corpus, read| Reader { name, file, wrapping, is_text, corpus, read };
    vec![
        reader("trades in text", "t.csv", none, text, vec![trades.clone(), quoted.clone()], |folder| {
            of_trades(folder, "t.csv")
        }),
        reader("trades in gzip", "t.csv.gz", Wrapping::Gzip, text, ticks.clone(), |folder| {
            of_trades(folder, "t.csv.gz")
        }),
        reader("trades in zstd", "t.csv.zst", Wrapping::Zstd, text, ticks.clone(), |folder| {
            of_trades(folder, "t.csv.zst")
        }),
        reader("trades in bzip2", "t.csv.bz2", Wrapping::Bzip2, text, ticks.clone(), |folder| {
            of_trades(folder, "t.csv.bz2")
        }),
        reader("trades in a zip", "t.zip", Wrapping::Zip, text, ticks, |folder| of_trades(folder, "t.zip")),
        reader("trades in Arrow", "t.arrow", none, false, arrow.clone(), |folder| of_trades(folder, "t.arrow")),
        reader("bars in Arrow", "b.feather", none, false, arrow, |folder| of_config(folder, &export("b.feather"))),
        reader("LOBSTER messages", LOBSTER[0], none, text, lobster, |folder| {
            let books = root().join("crates/data/testdata/lobster").join(LOBSTER[1]);
            beside(folder, LOBSTER[1], &fs::read(books).map_err(|error| error.to_string())?)?;
            let lobster = format!(r#"{{"lobster": {{"messages": "{}"}}, "bars": {{"trades": 1}}, "#, LOBSTER[0]);
            of_config(folder, &format!("{lobster}{INSTRUMENT}}}"))
        }),
        reader("exports of trades", "x.csv", none, text, exports.clone(), |folder| {
            let ticks = r#""content": "trades", "format": "auto", "bars": {"trades": 1}, "#;
            of_config(folder, &format!(r#"{{"path": "x.csv", {ticks}{INSTRUMENT}}}"#))
        }),
        reader("trades in Parquet", "t.parquet", none, false, tables.clone(), |folder| of_trades(folder, "t.parquet")),
        reader("bars in Parquet", "b.parquet", none, false, tables.clone(), |folder| {
            of_config(folder, &bars_of("b.parquet", ""))
        }),
        reader("bars in text", "b.csv", none, text, vec![bars.clone()], |folder| {
            of_config(folder, &bars_of("b.csv", ""))
        }),
        reader("a joined series", "n.csv", none, text, vec![bars.clone()], joined),
        reader("finer bars", "f.csv", none, text, vec![bars], finer),
        reader("quotes", "q.csv", none, text, vec![quotes], with_quotes),
        reader("entries", "e.csv", none, text, vec![lines("experiments/own-csv/entries.csv", 20)], |folder| {
            read_entries_csv(&folder.join("e.csv"), &TimeConfig::default(), &["X"])
                .map(drop)
                .map_err(|error| error.to_string())
        }),
        reader("exits that were made", "m.csv", none, text, vec![made.to_vec()], |folder| {
            read_exits_csv(&folder.join("m.csv"), &TimeConfig::default()).map(drop).map_err(|error| error.to_string())
        }),
        reader("lists of trades", "l.csv", none, text, samples("trades"), |folder| list_of_trades(folder, "l.csv")),
        reader("lists of trades in JSON", "l.json", none, text, samples("trades"), |folder| {
            list_of_trades(folder, "l.json")
        }),
        reader(
            "LEAN trades",
            "20131007_trade.zip",
            Wrapping::Zip,
            text,
            vec![zipped("20131007_trade.zip", 40)],
            |folder| of_config(folder, &lean("tick")),
        ),
        reader(
            "LEAN quotes",
            "20131007_quote.zip",
            Wrapping::Zip,
            text,
            vec![zipped("20131007_quote.zip", 40)],
            |folder| {
                fs::write(
                    folder.join("20131007_trade.zip"),
                    Wrapping::Zip.of(b"34200000,1840000,5,P,,0\n34300000,1840000,5,P,,0\n"),
                )
                .map_err(|error| error.to_string())?;
                of_config(folder, &lean("tick"))
            },
        ),
        reader(
            "LEAN minutes",
            "20131007_trade.zip",
            Wrapping::Zip,
            text,
            vec![
                b"34200000,1840000,1850000,1830000,1840000,500\n34260000,1840000,1850000,1830000,1840000,500\n"
                    .to_vec(),
            ],
            |folder| of_config(folder, &lean("minute")),
        ),
        reader("Binance recordings", "r.txt", none, text, vec![recording(60)], |folder| {
            of_config(folder, &binance("r.txt"))
        }),
        reader("Binance recordings in gzip", "r.gz", Wrapping::Gzip, text, vec![recording(60)], |folder| {
            of_config(folder, &binance("r.gz"))
        }),
        reader("exports of bars", "x.csv", none, text, exports.clone(), |folder| of_config(folder, &export("x.csv"))),
        reader("exports in gzip", "x.csv.gz", Wrapping::Gzip, text, exports, |folder| {
            of_config(folder, &export("x.csv.gz"))
        }),
        reader("metadata", "metadata.json", none, text, metadata, |folder| {
            Metadata::read(folder).map(drop).map_err(|error| error.to_string())
        }),
        reader("configs of data", "data.json", none, text, configs, |folder| {
            let text = read_text(&folder.join("data.json"), Limit::Config).map_err(|error| error.to_string())?;
            // The command line cuts what a library quotes.
            serde_json::from_str::<DataConfig>(&text).map(drop).map_err(|error| shown(&error.to_string()))
        }),
        reader("imports", "i.parquet", none, false, tables, |folder| {
            let reading = Some((Content::Trades, RowConfig { on_bad_rows: OnBadRows::Skip, ..RowConfig::default() }));
            let request = ImportRequest {
                sources: vec![folder.join("i.parquet")],
                into: folder.join("made"),
                reading,
                ..ImportRequest::default()
            };
            import(&request).map(drop).map_err(|error| error.to_string())
        }),
    ]
}

/// The files in a folder of samples, in order of their names.
fn samples(folder: &str) -> Vec<Vec<u8>> {
    let files = fs::read_dir(root().join("crates/data/testdata").join(folder)).expect("the repository has its samples");
    let mut paths: Vec<_> = files.map(|item| item.expect("the folder can be read").path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a sample can be read")).collect()
}

fn list_of_trades(folder: &Path, file: &str) -> Result<(), String> {
    let request = TradeListRequest {
        source: folder.join(file),
        format: TradeListFormat::Auto,
        out: folder.join("made"),
        symbol: None,
        symbol_as: Some("X".to_owned()),
        zone: Some("UTC".to_owned()),
        one_r: OneR::Percent(1.0),
        risk_column: None,
        adds: Adds::Merge,
        qty_times: 1.0,
    };
    import_trades(&request).map(drop).map_err(|error| error.to_string())
}

fn of_trades(folder: &Path, file: &str) -> Result<(), String> {
    for on_bad_rows in [OnBadRows::Refuse, OnBadRows::Skip] {
        let rows = RowConfig { on_bad_rows, ..RowConfig::default() };
        let batches = trade_batches(&folder.join(file), &rows).map_err(|error| error.to_string())?;
        for batch in batches {
            let told = batch.map(drop).map_err(|error| error.to_string());
            if on_bad_rows == OnBadRows::Skip {
                told?;
            } else if told.is_err() {
                break;
            }
        }
    }
    Ok(())
}

fn of_config(folder: &Path, json: &str) -> Result<(), String> {
    let config: DataConfig = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    for on_bad_rows in [OnBadRows::Refuse, OnBadRows::Skip] {
        let told =
            load(&DataConfig { on_bad_rows, ..config.clone() }, folder).map(drop).map_err(|error| error.to_string());
        if on_bad_rows == OnBadRows::Skip {
            return told;
        }
    }
    Ok(())
}

const INSTRUMENT: &str = r#""instrument": {"symbol": "X", "currency": "USD"}"#;

fn bars_of(file: &str, more: &str) -> String {
    format!(r#"{{"path": "{file}", "content": "bars", {INSTRUMENT}{more}}}"#)
}

fn export(file: &str) -> String {
    bars_of(file, r#", "format": "auto", "time": {"zone": "UTC"}"#)
}

fn lean(resolution: &str) -> String {
    let bars = if resolution == "tick" { r#", "bars": {"time": "1m"}"# } else { "" };
    format!(
        r#"{{"lean": {{"folder": ".", "security": "equity", "resolution": "{resolution}", "zone": "America/New_York"}}, {INSTRUMENT}{bars}}}"#
    )
}

fn binance(file: &str) -> String {
    format!(r#"{{"binance": {{"path": "{file}"}}, "bars": {{"trades": 1}}, {INSTRUMENT}}}"#)
}

fn beside(folder: &Path, name: &str, text: &[u8]) -> Result<(), String> {
    fs::write(folder.join(name), text).map_err(|error| error.to_string())
}

fn joined(folder: &Path) -> Result<(), String> {
    beside(folder, "b.csv", &lines("experiments/own-csv/bars.csv", 60))?;
    of_config(folder, &bars_of("b.csv", r#", "join": [{"path": "n.csv", "prefix": "n_", "on_bad_rows": "skip"}]"#))
}

fn finer(folder: &Path) -> Result<(), String> {
    beside(folder, "b.csv", &lines("experiments/own-csv/bars.csv", 60))?;
    of_config(folder, &bars_of("b.csv", r#", "finer": {"path": "f.csv"}"#))
}

fn with_quotes(folder: &Path) -> Result<(), String> {
    beside(folder, "t.csv", b"ts,price,qty\n1704067200,10,1\n1704067203,10,1\n1704067261,10,1\n")?;
    let json = r#"{"path": "t.csv", "content": "trades", "bars": {"time": "1m"}, "quotes": {"path": "q.csv"}, "#;
    of_config(folder, &format!("{json}{INSTRUMENT}}}"))
}

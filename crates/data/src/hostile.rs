//! Files that are meant to hurt: each ends in one short error, in memory that does not grow with it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::scratch::Scratch;
use crate::{
    Content, DataConfig, DataError, ImportRequest, Limit, Metadata, RowConfig, TableColumn, TableWriter, TimeConfig,
    Values, import, load, read_entries_csv, read_text, trade_batches,
};

const HEAD: &str = "ts,price,qty\n";

/// The error of reading a file of trades, its folder left out; it is one short line.
fn refused(path: &Path) -> String {
    refused_as(path, &RowConfig::default())
}

fn refused_as(path: &Path, rows: &RowConfig) -> String {
    let error = match trade_batches(path, rows) {
        Err(error) => error,
        Ok(mut batches) => batches.find_map(Result::err).unwrap(),
    };
    one_short_line(&error, path.parent().unwrap())
}

fn one_short_line(error: &DataError, folder: &Path) -> String {
    let message = error.to_string();
    assert!(message.len() < 1_000 && !message.contains(char::is_control), "{message}");
    message.replace(&format!("{}/", folder.display()), "")
}

fn gzip(path: &Path, pieces: usize, start: &str, piece: &[u8]) {
    let mut writer = GzEncoder::new(fs::File::create(path).unwrap(), Compression::fast());
    writer.write_all(start.as_bytes()).unwrap();
    for _ in 0..pieces {
        writer.write_all(piece).unwrap();
    }
    writer.finish().unwrap();
}

#[test]
fn a_line_without_an_end_is_refused() {
    let scratch = Scratch::new();
    let path = scratch.path().join("t.csv.gz");
    let line = "t.csv.gz: row 2: the line is longer than 1 MiB; accepted: at most 1 MiB";
    gzip(&path, 24, HEAD, &vec![b'1'; 1 << 20]);
    assert_eq!(refused(&path), line);
    // A quote that is never closed makes one line of all that follow.
    gzip(&path, 1 << 18, &format!("{HEAD}1704067200,\""), b"1,2,3,4\n");
    assert_eq!(refused(&path), line);
    gzip(&path, 24, "", &vec![b'a'; 1 << 20]);
    assert_eq!(refused(&path), "t.csv.gz: the header is longer than 64 KiB; accepted: at most 64 KiB");
    // Blank lines are no line at all and take no memory.
    gzip(&path, 24, HEAD, &vec![b'\n'; 1 << 20]);
    assert_eq!(trade_batches(&path, &RowConfig::default()).unwrap().count(), 0);
    let path = scratch.file("b.txt", &"1".repeat(2 << 20));
    let json =
        r#"{"binance": {"path": "b.txt"}, "bars": {"time": "1m"}, "instrument": {"symbol": "X", "currency": "USD"}}"#;
    let error = load(&serde_json::from_str(json).unwrap(), scratch.path()).unwrap_err();
    assert_eq!(
        one_short_line(&error, path.parent().unwrap()),
        "b.txt: row 1: the line is longer than 1 MiB; accepted: at most 1 MiB"
    );
}

#[test]
fn a_wide_header_is_refused_and_its_names_are_counted() {
    let scratch = Scratch::new();
    let path = scratch.file("t.csv", &format!("{}\n1\n", "a,".repeat(5 << 20)));
    assert_eq!(refused(&path), "t.csv: there are more than 4096 columns; accepted: at most 4096 columns");
    let path = scratch.file("t.csv", &format!("{}\n1\n", "a".repeat(10 << 20)));
    assert_eq!(refused(&path), "t.csv: the header is longer than 64 KiB; accepted: at most 64 KiB");
    let names: Vec<String> = (0..4_096).map(|n| format!("c{n}")).collect();
    let path = scratch.file("t.csv", &format!("{}\n", names.join(",")));
    assert!(refused(&path).ends_with(", c30, c31 and 4064 more"));
    let path = scratch.file("t.csv", "ts,price\u{1b}[2J,qty\n");
    assert!(refused(&path).ends_with("columns found: ts, price\\u001b[2J, qty"));
}

#[test]
fn as_many_columns_as_are_accepted_are_read() {
    let scratch = Scratch::new();
    let further: Vec<String> = (0..4_090).map(|n| format!("c{n}")).collect();
    let row = |minute: u32| format!("{},1,1,1,1,1{}\n", 1_704_067_200 + 60 * minute, ",1".repeat(4_090));
    let rows: String = (0..20).map(row).collect();
    scratch.file("b.csv", &format!("ts,open,high,low,close,volume,{}\n{rows}", further.join(",")));
    let json = r#"{"path": "b.csv", "content": "bars", "instrument": {"symbol": "X", "currency": "USD"}}"#;
    let market = load(&serde_json::from_str(json).unwrap(), scratch.path()).unwrap();
    assert_eq!((market.history.series.len(), market.history.series.columns().len()), (20, 4_090));
}

#[test]
fn what_never_ends_or_never_begins_is_refused() {
    let scratch = Scratch::new();
    let csv = RowConfig { format: Some(crate::FileFormat::Csv.into()), ..RowConfig::default() };
    assert_eq!(refused_as(Path::new("/dev/zero"), &csv), "zero: is a device or socket; accepted: a file");
    let pipe = scratch.path().join("t.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(refused(&pipe), "t.csv: is a named pipe; accepted: a file");
    let folder = scratch.path().join("u.csv");
    fs::create_dir(&folder).unwrap();
    assert_eq!(refused(&folder), "u.csv: is a folder; accepted: a file");
    for limit in [Limit::Config, Limit::Job, Limit::Model, Limit::Result, Limit::Metadata] {
        assert!(read_text(&pipe, limit).unwrap_err().to_string().contains("is a named pipe"));
        assert!(read_text(Path::new("/dev/zero"), limit).unwrap_err().to_string().contains("is a device"));
    }
}

#[test]
fn text_that_is_none_is_named() {
    let scratch = Scratch::new();
    let path = scratch.path().join("t.csv");
    let check = |bytes: &[u8], expected: &str| {
        fs::write(&path, bytes).unwrap();
        assert_eq!(refused(&path), format!("t.csv: not a readable CSV file: it is {expected}; accepted: UTF-8 text"));
    };
    let utf16: Vec<u8> = "\u{feff}ts,price,qty\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf16, "UTF-16 text");
    check(&utf16[2..], "UTF-16 text");
    check(b"PK\x03\x04", "a zip archive (its name should end in .zip)");
    check(&[0; 1 << 20], "not text: it begins with a zero byte");
    let metadata = scratch.path().join("metadata.json");
    fs::write(metadata, utf16).unwrap();
    let error = Metadata::read(scratch.path()).unwrap_err();
    assert_eq!(
        one_short_line(&error, scratch.path()),
        "metadata.json: not a readable text file: it is UTF-16 text; accepted: UTF-8"
    );
}

#[test]
fn each_limit_is_the_one_in_the_table() {
    let scratch = Scratch::new();
    for (limit, what) in [
        (Limit::Config, "the config is larger than 1 MiB; accepted: at most 1 MiB"),
        (Limit::Job, "the job is larger than 16 MiB; accepted: at most 16 MiB"),
        (Limit::Model, "the model is larger than 256 MiB; accepted: at most 256 MiB"),
        (Limit::Result, "the result is larger than 1 GiB; accepted: at most 1 GiB"),
        (Limit::Metadata, "the metadata are larger than 1 MiB; accepted: at most 1 MiB"),
    ] {
        let path = scratch.path().join("x.json");
        let file = fs::File::create(&path).unwrap();
        // A hole in the file: it has the size and takes no place.
        file.set_len(limit.most() + 1).unwrap();
        assert_eq!(one_short_line(&read_text(&path, limit).unwrap_err(), scratch.path()), format!("x.json: {what}"));
    }
    let text = "a".repeat(Limit::Metadata.most() as usize);
    assert_eq!(read_text(&scratch.file("x.json", &text), Limit::Metadata).unwrap(), text);
}

#[test]
fn a_zip_is_unpacked_while_it_is_read() {
    let scratch = Scratch::new();
    let zip = |text: &[u8], pieces: usize| {
        let file = fs::File::create(scratch.path().join("20240102_trade.zip")).unwrap();
        let mut writer = ZipWriter::new(file);
        writer.start_file("20240102_x_Trade_Tick.csv", SimpleFileOptions::default()).unwrap();
        for _ in 0..pieces {
            writer.write_all(text).unwrap();
        }
        writer.finish().unwrap();
        let json = r#"{"lean": {"folder": ".", "security": "equity", "resolution": "tick", "zone": "UTC"},
            "bars": {"time": "1m"}, "instrument": {"symbol": "X", "currency": "USD"}}"#;
        let error = load(&serde_json::from_str(json).unwrap(), scratch.path()).unwrap_err();
        error.to_string().split("Trade_Tick.csv: ").nth(1).unwrap().to_owned()
    };
    assert_eq!(zip(&vec![b'1'; 1 << 20], 64), "row 1: the line is longer than 1 MiB; accepted: at most 1 MiB");
    assert!(zip(&[0; 1 << 20], 1).contains("it is not text"));
    assert!(zip(b"1000,10000,5,,,0\n999,10000,5,,,0\n", 1).starts_with("row 2, column `ms`"));
}

/// Parquet files that the library panics on.
#[test]
fn a_damaged_parquet_file_is_named() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    for name in ["tape-chunk-beyond-file.parquet", "tape-metadata.parquet"] {
        let message = refused(&testdata.join(name));
        assert!(message.starts_with(&format!("{name}: not a readable Parquet file: ")), "{message}");
    }
}

fn tape(path: &Path, groups: i64) {
    let mut writer = TableWriter::create(path).unwrap();
    for first in (0..groups).map(|group| 1_704_067_200 + group * 1_000) {
        let number = |value: f64| Values::Numbers(vec![Some(value); 1_000]);
        let ts = TableColumn::new("ts", Values::Integers((first..first + 1_000).collect()));
        writer.write(&[ts, TableColumn::new("price", number(10.0)), TableColumn::new("qty", number(1.0))]).unwrap();
    }
    writer.finish().unwrap();
}

/// What reading ends in if `change` happens to the file after `batches` of it were read.
fn changed(path: &Path, batches: usize, change: impl FnOnce(&Path)) -> String {
    let mut reading = trade_batches(path, &RowConfig::default()).unwrap();
    for _ in 0..batches {
        reading.next().unwrap().unwrap();
    }
    change(path);
    let error = reading.find_map(Result::err).expect("a change does not end in silence");
    one_short_line(&error, path.parent().unwrap())
}

/// Rewrites a file where it lies, at a time of its own.
fn rewrite(path: &Path, bytes: &[u8]) {
    let mut file = fs::OpenOptions::new().write(true).truncate(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
}

#[test]
fn a_file_that_changes_while_it_is_read_is_named() {
    let scratch = Scratch::new();
    let again = " while it was read";
    let text = format!("{HEAD}{}", "1704067200,10,1\n".repeat(40_000));
    let other = PathBuf::from(scratch.path()).join("other");
    let parquet = scratch.path().join("t.parquet");
    tape(&parquet, 3);
    let whole = fs::read(&parquet).unwrap();
    for (name, bytes) in [("t.csv", text.as_bytes()), ("t.parquet", &whole[..])] {
        let path = scratch.path().join(name);
        let check = |change: &dyn Fn(&Path), expected: &[&str]| {
            fs::write(&path, bytes).unwrap();
            let message = changed(&path, 1, change);
            assert!(message.starts_with(&format!("{name}: ")), "{message}");
            assert!(message.contains(again) && expected.iter().any(|how| message.contains(how)), "{message}");
        };
        let half = &bytes[..bytes.len() / 2];
        check(&|path| rewrite(path, half), &["its size went from", "became shorter"]);
        check(&|path| rewrite(path, &[bytes, b"\n"].concat()), &["its size went from"]);
        check(&|path| rewrite(path, bytes), &["it was written to"]);
        check(&|path| fs::remove_file(path).unwrap(), &["it was removed"]);
        check(
            &|path| {
                fs::write(&other, bytes).unwrap();
                fs::rename(&other, path).unwrap();
            },
            &["another file took its place"],
        );
    }
}

#[test]
fn the_digest_is_that_of_what_was_read() {
    let scratch = Scratch::new();
    let csv = scratch.file("t.csv", &format!("{HEAD}1704067200,10,1\n"));
    let parquet = scratch.path().join("t.parquet");
    tape(&parquet, 3);
    let zipped = scratch.path().join("t.csv.gz");
    gzip(&zipped, 1, HEAD, b"1704067200,10,1\n");
    for path in [csv, parquet, zipped] {
        let mut batches = trade_batches(&path, &RowConfig::default()).unwrap();
        assert_eq!(batches.sha256(), "");
        assert!(batches.by_ref().all(|batch| batch.is_ok()));
        assert_eq!(batches.sha256(), crate::sha256_of(&fs::read(&path).unwrap()), "{}", path.display());
    }
}

#[test]
fn a_refused_import_leaves_no_folder() {
    let scratch = Scratch::new();
    let source = scratch.file("t.csv", &format!("{HEAD}1704067200,ten,1\n"));
    let reading = Some((Content::Trades, RowConfig::default()));
    let request = ImportRequest {
        sources: vec![source],
        into: scratch.path().join("datasets/new/mine"),
        reading,
        ..ImportRequest::default()
    };
    let message = import(&request).unwrap_err().to_string();
    assert!(message.contains("row 2, column `price`: `ten`"), "{message}");
    assert!(!scratch.path().join("datasets").exists());
    fs::create_dir_all(scratch.path().join("datasets/new")).unwrap();
    import(&request).unwrap_err();
    assert_eq!(fs::read_dir(scratch.path().join("datasets")).unwrap().count(), 1, "what was there stays");
    assert_eq!(fs::read_dir(scratch.path().join("datasets/new")).unwrap().count(), 0);
}

#[test]
fn ids_cannot_steer_a_terminal() {
    let scratch = Scratch::new();
    let path = scratch.file("e.csv", "id,ts,side,price,stop,qty\na\u{1b}[2J\u{7},1704067200,long,10,11,1\n");
    let error = read_entries_csv(&path, &TimeConfig::default(), &["X"]).unwrap_err();
    assert!(one_short_line(&error, scratch.path()).contains("entry `a\\u001b[2J\\u0007`: the stop 11"));
    let long = format!("id,ts,side,price,stop,qty\n{},1704067200,long,10,11,1\n", "i".repeat(1 << 19));
    let error = read_entries_csv(&scratch.file("e.csv", &long), &TimeConfig::default(), &["X"]).unwrap_err();
    one_short_line(&error, scratch.path());
}

#[test]
fn metadata_cannot_name_two_formats() {
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/binance-btcusdt-excerpt/metadata.json"),
    )
    .unwrap();
    let lean = r#""lean": {"folder": ".", "security": "equity", "resolution": "tick", "zone": "UTC"}, "not_known""#;
    let both = text.replacen("\"not_known\"", lean, 1);
    let error = Metadata::parse(Path::new("metadata.json"), &both).unwrap_err().to_string();
    assert!(error.contains("at most one of lean, binance, lobster may be given"), "{error}");
    let config = serde_json::from_str::<DataConfig>(r#"{"tardis": {"path": "x"}}"#).unwrap_err().to_string();
    assert!(config.contains("unknown field `tardis`"), "{config}");
}

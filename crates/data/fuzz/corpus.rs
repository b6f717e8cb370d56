//! Good files of every kind, to be damaged: those of the repository, and tables written for this.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use polars::prelude::{Column, DataFrame, ParquetCompression, ParquetWriter};
use scaleout_data::{TableColumn, TableWriter, Values};
use zip::ZipArchive;

use crate::root;

/// The first lines of a text of the repository.
pub fn lines(path: &str, count: usize) -> Vec<u8> {
    let text = fs::read_to_string(root().join(path)).expect("the repository has its datasets");
    text.lines().take(count).map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// The first lines of a recording of the repository, unpacked.
pub fn recording(count: usize) -> Vec<u8> {
    let file = fs::File::open(root().join("datasets/binance-btcusdt-excerpt/btcusdt_20240808.gz"));
    let mut text = String::new();
    let mut unpacked = MultiGzDecoder::new(file.expect("the repository has its datasets"));
    unpacked.read_to_string(&mut text).expect("the recording is text");
    text.lines().take(count).map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// The first rows of the text in a zip of the repository.
pub fn zipped(name: &str, count: usize) -> Vec<u8> {
    let file = fs::File::open(root().join("datasets/lean-ibm-excerpt").join(name));
    let mut zip = ZipArchive::new(file.expect("the repository has its datasets")).expect("it is a zip");
    let mut text = String::new();
    zip.by_index(0).expect("it holds a text").read_to_string(&mut text).expect("it is text");
    text.lines().take(count).map(|line| format!("{line}\n")).collect::<String>().into_bytes()
}

/// Trades in Parquet: some groups of rows, with gaps and words where `wordy`.
pub fn parquet(folder: &Path, groups: i64, rows: i64, wordy: bool) -> Vec<u8> {
    let path = folder.join("made.parquet");
    let mut writer = TableWriter::create(&path).expect("the folder can be written");
    for group in 0..groups {
        let places = group * rows..(group + 1) * rows;
        let number = |of: fn(i64) -> Option<f64>| Values::Numbers(places.clone().map(of).collect());
        let mut columns = vec![
            TableColumn::new(
                "ts",
                Values::Integers(places.clone().map(|place| 1_704_067_200_000 + 60_000 * place).collect()),
            ),
            TableColumn::new("price", number(|place| Some(100.0 + (place % 7) as f64))),
            TableColumn::new("qty", number(|_| Some(1.0))),
        ];
        for (name, extra) in [("open", 0.0), ("high", 9.0), ("low", -9.0), ("close", 0.0), ("volume", 1.0)] {
            let values = places.clone().map(|_| Some(100.0 + extra)).collect();
            columns.push(TableColumn::new(name, Values::Numbers(values)));
        }
        if wordy {
            let side = |place: i64| if place % 3 == 0 { "buy" } else { "sell" }.to_string();
            columns.push(TableColumn::new("side", Values::Texts(places.clone().map(side).collect())));
            columns.push(TableColumn::new("mood", number(|place| (place % 5 != 0).then_some(place as f64))));
        }
        writer.write(&columns).expect("the file can be written");
    }
    writer.finish().expect("the file can be written");
    fs::read(&path).expect("the file was written")
}

/// The same without compression, in small pages and groups, so that damage reaches the values.
pub fn plain_parquet(rows: i64) -> Vec<u8> {
    let numbers = |of: fn(i64) -> f64| (0..rows).map(of).collect::<Vec<f64>>();
    let words: Vec<&str> = (0..rows).map(|place| if place % 3 == 0 { "buy" } else { "sell" }).collect();
    let gaps: Vec<Option<i32>> = (0..rows).map(|place| (place % 5 != 0).then_some(place as i32)).collect();
    let columns = vec![
        Column::new("ts".into(), (0..rows).map(|place| 1_704_067_200_000 + 60_000 * place).collect::<Vec<i64>>()),
        Column::new("price".into(), numbers(|place| 100.0 + (place % 7) as f64)),
        Column::new("qty".into(), vec![1_u8; rows as usize].iter().map(|qty| f32::from(*qty)).collect::<Vec<f32>>()),
        Column::new("open".into(), numbers(|_| 100.0)),
        Column::new("high".into(), numbers(|_| 109.0)),
        Column::new("low".into(), numbers(|_| 91.0)),
        Column::new("close".into(), numbers(|_| 100.0)),
        Column::new("volume".into(), numbers(|place| place as f64)),
        Column::new("side".into(), words),
        Column::new("mood".into(), gaps),
    ];
    let mut frame = DataFrame::new(rows as usize, columns).expect("the columns are equally long");
    let mut bytes = Vec::new();
    let writer = ParquetWriter::new(&mut bytes).with_compression(ParquetCompression::Uncompressed);
    let writer = writer.with_row_group_size(Some(rows as usize / 2 + 1)).with_data_page_size(Some(256));
    writer.finish(&mut frame).expect("memory can be written");
    bytes
}

//! Sixty features over long tapes: seconds, rows a second and peak memory, each tape in a process of its own.
//!
//! `cargo bench -p scaleout-experiment -p scaleout --bench scale` takes tapes of 1 and 10 million trades; with
//! SCALEOUT_TRADES=1000000,10000000,100000000 also the long one (2 GB of scratch space).
#![allow(clippy::unwrap_used, missing_docs)]

mod usage;

use std::{fs, path::Path, process::Command, time::Instant};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use scaleout_data::{BarSpec, TableColumn, TableWriter, Values};
use scaleout_experiment::write_feature_tapes;
use scaleout_features::FeatureSet;
use usage::{peak_mb, processor_secs};

const FEATURES: usize = 60;

/// A tape of one trade each tenth of a second, half of them buys, prices in ticks of 0.25.
fn write_tape(path: &Path, trades: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let mut writer = TableWriter::create(path).unwrap();
    let (mut ticks, mut written) = (8_000_i64, 0);
    while written < trades {
        let count = (trades - written).min(500_000);
        let (mut ts, mut price, mut qty, mut side) = (vec![], vec![], vec![], vec![]);
        for place in written..written + count {
            let draw: f64 = rng.random();
            ticks += i64::from(draw < 0.1) - i64::from(0.9 < draw);
            ts.push(1_700_000_000_000_000_000 + 100_000_000 * place as i64);
            price.push(Some(0.25 * ticks as f64));
            qty.push(Some(1.0 + (20.0 * rng.random::<f64>().powi(4)).floor()));
            side.push(if rng.random::<bool>() { "buy" } else { "sell" }.to_owned());
        }
        let columns = [
            TableColumn::new("ts", Values::Integers(ts)),
            TableColumn::new("price", Values::Numbers(price)),
            TableColumn::new("qty", Values::Numbers(qty)),
            TableColumn::new("side", Values::Texts(side)),
        ];
        writer.write(&columns).unwrap();
        written += count;
    }
    writer.finish().unwrap();
}

/// All features of trades, then those of bars, sixty together.
fn specs() -> Vec<String> {
    let set = FeatureSet::parse(&["preset:trades", "preset:bars"]).unwrap();
    set.names().into_iter().take(FEATURES).collect()
}

fn main() {
    let folder = std::env::temp_dir().join("scaleout-scale");
    if let Some(tape) = std::env::args().nth(1).filter(|argument| argument.ends_with(".parquet")) {
        let every = BarSpec::Time("10s".parse().unwrap());
        let (start, before) = (Instant::now(), processor_secs());
        let tapes = [tape.into()];
        let written = write_feature_tapes(&tapes, every, Some(&specs()), &folder.join("table.parquet")).unwrap();
        let (secs, processor) = (start.elapsed().as_secs_f64(), processor_secs() - before);
        println!("{secs} {processor} {} {}", peak_mb(), written[0].1.bars);
        return;
    }
    fs::create_dir_all(&folder).unwrap();
    let sizes = std::env::var("SCALEOUT_TRADES").unwrap_or_else(|_| "1000000,10000000".to_owned());
    println!("{FEATURES} features, bars of 10 s, Parquet in and out, {} threads", rayon::current_num_threads());
    println!("{:>12} {:>9} {:>9} {:>10} {:>12} {:>8}", "trades", "seconds", "CPU s", "bars", "trades/CPU s", "peak MB");
    for size in sizes.split(',').map(|text| text.trim().parse::<usize>().unwrap()) {
        let tape = folder.join("tape.parquet");
        write_tape(&tape, size);
        let child = Command::new(std::env::current_exe().unwrap()).arg(&tape).output().unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stderr));
        let text = String::from_utf8(child.stdout).unwrap();
        let figures: Vec<f64> = text.split_whitespace().map(|figure| figure.parse().unwrap()).collect();
        let [secs, processor, peak, bars] = figures[..] else { panic!("four figures: {text}") };
        println!("{size:>12} {secs:>9.1} {processor:>9.1} {bars:>10} {:>12.0} {peak:>8.0}", size as f64 / processor);
    }
    fs::remove_dir_all(&folder).unwrap();
}

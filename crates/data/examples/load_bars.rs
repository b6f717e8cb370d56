//! Reads bars from a CSV file, or from any other source that a config can name, and reports what was read.
//!
//! `cargo run --release -p scaleout-data --example load_bars -- [FOLDER]`
//!
//! FOLDER holds `bars.csv`; by default it is `experiments/own-csv`. Nothing is dropped silently: a bad row is an error with
//! file, row, column and value, and everything left out is counted in the report.

use std::{error::Error, path::Path};

use scaleout_data::{DataConfig, LoadedMarket, load};

/// The `[data]` section of a config. The other keys are in the documentation of [`DataConfig`].
const CONFIG: &str = r#"
path = "bars.csv"
content = "bars"
instrument = { symbol = "DEMO", currency = "USD", tick_size = 0.01 }
"#;

fn read(folder: &Path) -> Result<LoadedMarket, Box<dyn Error>> {
    let config: DataConfig = toml::from_str(CONFIG)?;
    Ok(load(&config, folder)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let own_csv = concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/own-csv").to_owned();
    let folder = std::env::args().nth(1).filter(|argument| Path::new(argument).is_dir()).unwrap_or(own_csv);
    let market = read(folder.as_ref())?;
    let series = &market.history.series;
    println!("{} bars of {}, sha256 {}", series.len(), market.instrument.symbol, market.sha256);
    println!("extra columns: {}", series.column_names().join(", "));
    println!("rows left out: {}", serde_json::to_string(&market.report.skipped)?);
    for bar in &series.bars()[series.len().saturating_sub(3)..] {
        println!("{}  open {}  high {}  low {}  close {}", bar.ts, bar.open, bar.high, bar.low, bar.close);
    }
    Ok(())
}

#[test]
fn the_bars_of_own_csv_are_read() -> Result<(), Box<dyn Error>> {
    main()?;
    let market = read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../experiments/own-csv").as_ref())?;
    assert_eq!(
        (market.history.series.len(), market.history.series.column_names()),
        (3_000, vec!["sentiment".to_owned()])
    );
    Ok(())
}

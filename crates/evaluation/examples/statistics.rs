//! The statistics behind a verdict, of the columns of a file: what a referee compares with other people's.
//!
//! `cargo run --release -p scaleout-evaluation --example statistics -- SERIES.csv MEAN_BLOCK DRAWS TRIALS VARIANCE`
//! reads columns of numbers under a head, one row a period, and prints one JSON object: the block lengths of Politis &
//! White for every column, the p-values of Hansen's test that no column is above 0, the probability of overfitting over
//! 16 blocks, and the deflated Sharpe ratio of the first column after TRIALS trials whose ratios have VARIANCE.

use std::error::Error;

use scaleout_evaluation::stats::{
    block_length::politis_white,
    deflated_sharpe::{MeasuredSharpe, deflated_sharpe},
    moments::{sharpe, skew_and_kurtosis},
    overfitting::probability_of_overfitting,
    spa::superior_predictive_ability,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, mean_block, draws, trials, variance] = arguments.as_slice() else {
        return Err("usage: statistics SERIES.csv MEAN_BLOCK DRAWS TRIALS VARIANCE".into());
    };
    let (mean_block, draws): (f64, usize) = (mean_block.parse()?, draws.parse()?);
    let (trials, variance): (f64, f64) = (trials.parse()?, variance.parse()?);
    let text = std::fs::read_to_string(path)?;
    let rows: Vec<Vec<f64>> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').map(str::parse).collect::<Result<_, _>>())
        .collect::<Result<_, _>>()?;
    let width = rows.first().map_or(0, Vec::len);
    let columns: Vec<Vec<f64>> = (0..width).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
    let lengths: Vec<Option<[f64; 2]>> =
        columns.iter().map(|series| politis_white(series).map(|length| [length.stationary, length.circular])).collect();
    let spa = superior_predictive_ability(&columns, mean_block, draws, 1);
    let first = columns.first().ok_or("the file has no column")?;
    let deflated = skew_and_kurtosis(first).zip(sharpe(first)).and_then(|((skew, kurtosis), sharpe)| {
        let periods = first.len() as f64;
        deflated_sharpe(MeasuredSharpe { sharpe, periods, skew, kurtosis }, trials, variance)
    });
    // Results go to stdout: this is a program of its own.
    println!(
        "{{\"block_lengths\": [{}], \"spa\": {}, \"pbo\": {}, \"deflated_sharpe\": {}}}",
        lengths.iter().map(|pair| or_null(pair.map(|pair| format!("{pair:?}")))).collect::<Vec<_>>().join(", "),
        or_null(spa.map(|test| format!("{:?}", [test.lower, test.consistent, test.upper]))),
        or_null(probability_of_overfitting(&rows, 16).map(|pbo| format!("{pbo:?}"))),
        or_null(deflated.map(|ratio| format!("{ratio:?}")))
    );
    Ok(())
}

/// A value as JSON writes it.
fn or_null(value: Option<String>) -> String {
    value.unwrap_or_else(|| "null".to_owned())
}

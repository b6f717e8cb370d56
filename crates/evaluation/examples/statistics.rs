//! The statistics behind a verdict, of the columns of a file: what a referee compares with other people's.
//!
//! `cargo run --release -p scaleout-evaluation --example statistics -- SERIES.csv MEAN_BLOCK DRAWS BLOCKS TRIALS
//! VARIANCE SHARPE SKEW KURTOSIS` reads columns of numbers under a head, one row a period, and prints one JSON object:
//! the block lengths of Politis & White for every column, the p-values of Hansen's test that no column is above 0, the
//! probability of overfitting over BLOCKS stretches of time, the moments of the first column (Sharpe ratio, skew, kurtosis), and two
//! deflated Sharpe ratios after TRIALS trials whose ratios have VARIANCE: by these moments, and by those of the command.

use std::error::Error;

use scaleout_evaluation::stats::{
    block_length::politis_white,
    deflated_sharpe::{MeasuredSharpe, deflated_sharpe},
    moments::{sharpe, skew_and_kurtosis},
    overfitting::probability_of_overfitting,
    spa::superior_predictive_ability,
};

const USAGE: &str = "usage: statistics SERIES.csv MEAN_BLOCK DRAWS BLOCKS TRIALS VARIANCE SHARPE SKEW KURTOSIS";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, mean_block, draws, blocks, trials, variance, given @ ..] = arguments.as_slice() else {
        return Err(USAGE.into());
    };
    let given: Vec<f64> = given.iter().map(|moment| moment.parse()).collect::<Result<_, _>>()?;
    let &[sharpe_given, skew_given, kurtosis_given] = given.as_slice() else { return Err(USAGE.into()) };
    let (mean_block, draws): (f64, usize) = (mean_block.parse()?, draws.parse()?);
    let blocks: usize = blocks.parse()?;
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
    let periods = first.len() as f64;
    let moments =
        sharpe(first).zip(skew_and_kurtosis(first)).map(|(sharpe, (skew, kurtosis))| [sharpe, skew, kurtosis]);
    let deflated = |[sharpe, skew, kurtosis]: [f64; 3]| {
        deflated_sharpe(MeasuredSharpe { sharpe, periods, skew, kurtosis }, trials, variance)
    };
    let ratios = [moments.and_then(deflated), deflated([sharpe_given, skew_given, kurtosis_given])];
    // Results go to stdout: this is a program of its own.
    println!(
        "{{\"block_lengths\": [{}], \"spa\": {}, \"pbo\": {}, \"moments\": {}, \"deflated_sharpe\": [{}]}}",
        lengths.iter().map(|pair| or_null(pair.map(|pair| format!("{pair:?}")))).collect::<Vec<_>>().join(", "),
        or_null(spa.map(|test| format!("{:?}", [test.lower, test.consistent, test.upper]))),
        or_null(probability_of_overfitting(&rows, blocks).map(|pbo| format!("{pbo:?}"))),
        or_null(moments.map(|moments| format!("{moments:?}"))),
        ratios.map(|ratio| or_null(ratio.map(|ratio| format!("{ratio:?}")))).join(", ")
    );
    Ok(())
}

/// A value as JSON writes it.
fn or_null(value: Option<String>) -> String {
    value.unwrap_or_else(|| "null".to_owned())
}

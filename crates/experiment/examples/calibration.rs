//! Calibration of the verdict: false claims on markets with nothing to find, power on markets with an edge.
//!
//! `cargo run --release -p scaleout-experiment --example calibration -- OUT [NULLS EDGES [NULLS EDGES]]` writes `OUT/markets.csv`
//! (every market), `OUT/figures.csv` (the shares) and `OUT/power.svg`. The first two counts are of a learner told the family, 400 and 100 by default; the
//! others of the usual learners, which take six times as long: by default as many.
#![allow(clippy::result_large_err, reason = "an error ends the program")]

use std::{error::Error, fmt::Write, fs, path::Path};

use rayon::prelude::{IntoParallelIterator, ParallelIterator};
use scaleout_experiment::calibration::{CalibrationLearner, CalibrationMarket, CalibrationResult, calibrate};

/// Nothing to find: trades and drift of a bar in R.
const NULL: CalibrationMarket = CalibrationMarket { trades: 300, drift_r: 0.0 };

/// Edges from weak to strong; the figures say which paired t of the exact optimum each is. It grows with the drift only
/// until the plain rules find the drift too, and with the root of the number of trades beyond.
const EDGES: [CalibrationMarket; 4] = [
    CalibrationMarket { trades: 300, drift_r: 0.055 },
    CalibrationMarket { trades: 300, drift_r: 0.105 },
    CalibrationMarket { trades: 500, drift_r: 0.105 },
    CalibrationMarket { trades: 1_100, drift_r: 0.105 },
];

/// One row of the figures.
struct Row {
    learner: &'static str,
    market: CalibrationMarket,
    markets: usize,
    claimed: f64,
    interval: f64,
    optimum_t: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let out = Path::new(arguments.first().map_or("runs/calibration", String::as_str));
    let count = |place: usize, default: usize| arguments.get(place).map_or(Ok(default), |text| text.parse());
    let told = (count(1, 400)?, count(2, 100)?);
    let usual = (count(3, told.0)?, count(4, told.1)?);
    fs::create_dir_all(out)?;
    let mut markets =
        "learner,trades,drift_r,seed,claimed,interval_above_zero,better_than_ladder,model_difference_r,optimum_t\n"
            .to_owned();
    let mut rows = Vec::new();
    for (name, learner, (nulls, edges)) in
        [("told the family", CalibrationLearner::ToldTheFamily, told), ("usual", CalibrationLearner::Usual, usual)]
    {
        for market in std::iter::once(NULL).chain(EDGES) {
            let CalibrationMarket { trades, drift_r } = market;
            let seeds = if drift_r > 0.0 { edges } else { nulls };
            let found: Vec<CalibrationResult> = (0..seeds as u64)
                .into_par_iter()
                .map(|seed| calibrate(&market, learner, seed, out))
                .collect::<Result<_, _>>()?;
            for result in &found {
                writeln!(
                    markets,
                    "{name},{trades},{drift_r},{},{},{},{},{:.4},{}",
                    result.seed,
                    result.claimed,
                    result.interval_above_zero,
                    result.better_than_ladder,
                    result.model_difference_r,
                    result.optimum_t.map_or(String::new(), |t| format!("{t:.3}"))
                )?;
            }
            let share = |of: fn(&CalibrationResult) -> bool| {
                found.iter().filter(|result| of(result)).count() as f64 / found.len().max(1) as f64
            };
            let t: Vec<f64> = found.iter().filter_map(|result| result.optimum_t).collect();
            rows.push(Row {
                learner: name,
                market,
                markets: found.len(),
                claimed: share(|result| result.claimed),
                interval: share(|result| result.interval_above_zero),
                optimum_t: if t.is_empty() { 0.0 } else { t.iter().sum::<f64>() / t.len() as f64 },
            });
            let row = &rows[rows.len() - 1];
            println!(
                "{name}, {trades} trades, drift {drift_r} R a bar: optimum t {:.2}, claimed {:.3}, interval alone {:.3} of {}",
                row.optimum_t, row.claimed, row.interval, row.markets
            );
        }
    }
    fs::write(out.join("markets.csv"), markets)?;
    let mut figures =
        "learner,trades,drift_r,markets,optimum_t,claimed,standard_error,interval_above_zero\n".to_owned();
    for row in &rows {
        let error = (row.claimed * (1.0 - row.claimed) / row.markets.max(1) as f64).sqrt();
        writeln!(
            figures,
            "{},{},{},{},{:.3},{:.4},{error:.4},{:.4}",
            row.learner, row.market.trades, row.market.drift_r, row.markets, row.optimum_t, row.claimed, row.interval
        )?;
    }
    fs::write(out.join("figures.csv"), figures)?;
    fs::write(out.join("power.svg"), picture(&rows)?)?;
    Ok(())
}

/// The share of claims over the paired t of the exact optimum; t = 0 is nothing to find.
fn picture(rows: &[Row]) -> Result<String, std::fmt::Error> {
    let (x, y) = (|t: f64| 70.0 + 90.0 * t, |share: f64| 360.0 - 300.0 * share);
    let mut svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 430\" font-family=\"sans-serif\" font-size=\"13\">\
                   <rect width=\"720\" height=\"430\" fill=\"white\"/>\
                   <text x=\"70\" y=\"28\" font-size=\"18\">How often the verdict says yes</text>"
        .to_owned();
    for tenth in (0..=10).step_by(2) {
        let share = f64::from(tenth) / 10.0;
        write!(
            svg,
            "<line x1=\"70\" x2=\"690\" y1=\"{0}\" y2=\"{0}\" stroke=\"#ddd\"/><text x=\"36\" y=\"{1}\">{share:.1}</text>",
            y(share),
            y(share) + 4.0
        )?;
    }
    for t in 0..7 {
        write!(svg, "<text x=\"{}\" y=\"380\">{t}</text>", x(f64::from(t)) - 4.0)?;
    }
    write!(
        svg,
        "<line x1=\"70\" x2=\"690\" y1=\"{0}\" y2=\"{0}\" stroke=\"#d55e00\" stroke-dasharray=\"4 3\"/>\
         <text x=\"600\" y=\"{1}\" fill=\"#d55e00\">5 %</text>\
         <text x=\"250\" y=\"410\">paired t of the exact optimum (0: nothing to find)</text>",
        y(0.05),
        y(0.05) - 5.0
    )?;
    for (learner, colour, place) in [("told the family", "#0072b2", 60.0), ("usual", "#009e73", 80.0)] {
        let of: Vec<&Row> = rows.iter().filter(|row| row.learner == learner).collect();
        let points: Vec<String> =
            of.iter().map(|row| format!("{:.1},{:.1}", x(row.optimum_t), y(row.claimed))).collect();
        write!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
            points.join(" ")
        )?;
        for row in of {
            let error = 1.96 * (row.claimed * (1.0 - row.claimed) / row.markets.max(1) as f64).sqrt();
            write!(
                svg,
                "<line x1=\"{0:.1}\" x2=\"{0:.1}\" y1=\"{1:.1}\" y2=\"{2:.1}\" stroke=\"{colour}\"/>\
                 <circle cx=\"{0:.1}\" cy=\"{3:.1}\" r=\"4\" fill=\"{colour}\"/>",
                x(row.optimum_t),
                y((row.claimed - error).max(0.0)),
                y((row.claimed + error).min(1.0)),
                y(row.claimed)
            )?;
        }
        write!(svg, "<text x=\"90\" y=\"{place}\" fill=\"{colour}\">learner: {learner}</text>")?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

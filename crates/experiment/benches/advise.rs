//! How long the adviser takes for a bar: `cargo bench -p scaleout-experiment -p scaleout --bench advise -- RUN BARS.csv`.
//!
//! RUN is a finished run, BARS.csv the bars of its market (ts, open, high, low, close, volume). After a warm-up of 200 bars
//! a position is opened and stays open for its horizon, then the next one. Each line is parsed, decided about, written to
//! the journal and answered, as `scaleout advise` does. Prints the median and the 99 % quantile over the bars with a decision.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, hint::black_box, path::Path, time::Instant};

use scaleout_experiment::{AdviceDetail, Advising};

const WARM_UP: usize = 200;
const HELD: usize = 39;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [run, bars] = &arguments[..] else {
        println!("usage: cargo bench --bench advise -- RUN BARS.csv");
        return;
    };
    let journal = std::env::temp_dir().join(format!("scaleout-advise-{}.jsonl", std::process::id()));
    let mut advising = Advising::open(Path::new(run), None, Some(&journal), AdviceDetail::None).unwrap();
    let mut micros = Vec::new();
    for (place, line) in fs::read_to_string(bars).unwrap().lines().skip(1).enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let [ts, open, high, low, close, volume] = cells[..6] else { panic!("{line}") };
        let prices = format!("\"open\":{open},\"high\":{high},\"low\":{low},\"close\":{close},\"volume\":{volume}");
        let bar = format!("{{\"type\":\"bar\",\"ts\":\"{ts}\",{prices}}}");
        let begun = Instant::now();
        let advice = advising.line(&bar).unwrap();
        let answers: Vec<String> = advice.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
        let elapsed = begun.elapsed();
        if !black_box(answers).is_empty() {
            micros.push(elapsed.as_secs_f64() * 1e6);
        }
        if WARM_UP <= place && (place - WARM_UP).is_multiple_of(HELD + 1) {
            let price: f64 = close.parse().unwrap();
            let entry = format!(
                "{{\"type\":\"entry\",\"id\":\"{place}\",\"ts\":\"{ts}\",\"side\":\"long\",\"price\":{price},\"stop\":{},\"qty\":100}}",
                0.98 * price
            );
            advising.line(&entry).unwrap();
        } else if WARM_UP <= place && (place - WARM_UP) % (HELD + 1) == HELD {
            let id = place - HELD;
            advising.line(&format!("{{\"type\":\"fill\",\"id\":\"{id}\",\"ts\":\"{ts}\",\"qty\":100}}")).unwrap();
        }
    }
    fs::remove_file(journal).unwrap();
    micros.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    println!("{} bars with a decision: median {:.1} µs, 99 % {:.1} µs", micros.len(), at(0.5), at(0.99));
}

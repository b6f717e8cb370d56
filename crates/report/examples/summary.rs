//! The summary of a finished run, and its report files drawn again.
//!
//! `cargo run --release -p scaleout-report --example summary -- [RUN [OUT]]`
//!
//! RUN is a run folder with a `result.json`. With OUT, every report file is written there: no data and no models are
//! needed. Without RUN, the summary of a made-up run is shown. Start here to put results into a page of your own.

use std::{error::Error, fs, path::Path};

use scaleout_evaluation::fake::FakeRun;
use scaleout_report::{RESULT_FILE, ReportError, RunResult, each_file, summary_table};

fn draw(run: &Path, out: Option<&Path>) -> Result<(), Box<dyn Error>> {
    let result = RunResult::from_json(&fs::read_to_string(run.join(RESULT_FILE))?)?;
    println!("{}", summary_table(&result.evaluation));
    let Some(out) = out else { return Ok(()) };
    each_file(&result, |name, contents| -> Result<(), ReportError> {
        let path = out.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        Ok(fs::write(path, contents)?)
    })?;
    println!("written to {}", out.display());
    Ok(())
}

/// Three ladders, an all-out rule and two models on 60 entries of a random walk; the models earn .3 R more a trade.
fn made_up() -> String {
    summary_table(&FakeRun::new(4, 60, 0.3).evaluate())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    match arguments.as_slice() {
        [run, rest @ ..] if Path::new(run).is_dir() => draw(run.as_ref(), rest.first().map(Path::new)),
        _ => {
            println!("{}", made_up());
            Ok(())
        }
    }
}

#[test]
fn the_summary_names_every_contestant() -> Result<(), Box<dyn Error>> {
    main()?;
    let table = made_up();
    for name in ["ladder 2/5/9/14", "all out after 10", "trees", "linear", "oracle"] {
        assert!(table.contains(name), "{name} is missing in\n{table}");
    }
    Ok(())
}

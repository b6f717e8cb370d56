//! Every way in to what a run leaves, each with good files of its kind.

use std::fs;
use std::path::Path;

use scaleout_data::{sha256_of, shown};
use scaleout_experiment::{
    AdviceDetail, Advising, ExperimentError, ExportRequest, LoadedConfig, RunFolder, Silent, Unfinished, adopt, check,
    compare_fills, export_run, fill_job, model_sheet, readable_rules, report, run, verify_model,
};
use scaleout_model::{sealed, unsealed};

use crate::made::{EVENTS, Made};
use crate::root;

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

/// What is done to the text after it was damaged.
#[derive(Clone, Copy)]
pub enum Wrapping {
    None,
    /// It gets a digest of its own, so that it is not refused for the one that it has.
    Sealed,
}

impl Wrapping {
    pub fn of(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::None => bytes.to_vec(),
            Self::Sealed => sealed(&String::from_utf8_lossy(bytes)).into_bytes(),
        }
    }
}

/// A job of `inspect fills`.
const JOB: &str = r#"{"replay": {"horizon_bars": 3}, "trades": [{"id": "a", "side": "long", "entry_bar": 1, "price": 10, "risk": 1, "qty": 1, "bars": [[10, 11, 9, 10, 5], [10, 12, 9, 11, 5], [11, 12, 10, 11, 5], [11, 12, 10, 11, 5]], "policy": {"kind": "all-out-target", "target_r": 1.0}}]}"#;

/// All readers; `folder` is where the run is that the corpus is made of.
pub fn all(folder: &Path) -> Vec<Reader> {
    let made = Made::at(folder);
    let content = |name: &str| {
        let text = String::from_utf8(made.file(name)).expect("it is text");
        unsealed(&text).expect("it is whole").json.into_bytes()
    };
    let checkpoints = made.cut().join("checkpoints");
    let checkpoints = fs::read_dir(checkpoints).expect("there are checkpoints").map(|item| {
        let path = item.expect("the folder can be read").path();
        fs::read(path).expect("it was made")
    });
    let checkpoints: Vec<Vec<u8>> = checkpoints.collect();
    let configs = ["own-csv", "es-ticks", "ltcusdt", "lean-ibm", "binance-l2"].map(|name| {
        let path = root().join("experiments").join(name).join("config.toml");
        fs::read(path).expect("the repository has its experiments")
    });
    let legs = String::from_utf8(made.file("run/legs.csv")).expect("it is text");
    let few = |text: &str, most: usize| text.lines().take(most).map(|line| format!("{line}\n")).collect::<String>();
    let reader = |name, file, wrapping, corpus, read| Reader { name, file, wrapping, is_text: true, corpus, read };
    let (none, sealed) = (Wrapping::None, Wrapping::Sealed);
    vec![
        reader("results", "result.json", none, vec![made.file("run/result.json")], result),
        reader("models of runs", "model.json", sealed, vec![content("run/model/model.json")], |folder| {
            model(folder, "model.json")
        }),
        reader("contracts", "contract.json", sealed, vec![content("run/model/contract.json")], |folder| {
            model(folder, "contract.json")
        }),
        reader("golden rows", "golden.csv", none, vec![made.file("run/model/golden.csv")], |folder| {
            model(folder, "golden.csv")
        }),
        reader("cards", "ladder.json", sealed, vec![content("run/model/ladder.json")], |folder| {
            model(folder, "ladder.json")
        }),
        reader("journals of advice", "state.jsonl", none, vec![made.file("state.jsonl")], |folder| {
            advised(folder, "").map(drop)
        }),
        reader("events", "events.jsonl", none, vec![EVENTS.into()], |folder| {
            let events = fs::read(folder.join("events.jsonl")).map_err(|error| error.to_string())?;
            advised(folder, &String::from_utf8_lossy(&events))
        }),
        reader("ledgers", "tries.jsonl", none, vec![made.file("tries.jsonl")], |folder| {
            check(&Made::config(folder)).map(drop).map_err(|error| error.to_string())
        }),
        reader("checkpoints", "checkpoint.json", none, checkpoints, checkpoint),
        reader("markers", "marker.json", none, vec![marker(folder)], marked),
        reader("journals of runs", "journal.jsonl", none, vec![made.file(JOURNAL_MADE)], journal),
        reader("lists of fills", "fills.csv", none, vec![few(&fills(&legs), 30).into_bytes()], |folder| {
            compare_fills(&Made::of_case(folder).run(), &folder.join("fills.csv"), "model", 60.0)
                .map(drop)
                .map_err(|error| error.to_string())
        }),
        reader("tables of legs", "legs.csv", none, vec![few(&legs, 200).into_bytes()], |folder| {
            fs::copy(Made::of_case(folder).run().join("trades.csv"), folder.join("trades.csv"))
                .map_err(|error| error.to_string())?;
            fs::write(folder.join("fills.csv"), "id,ts,qty,price\ne100,2024-03-01T00:00:00Z,25,100\n")
                .map_err(|error| error.to_string())?;
            compare_fills(folder, &folder.join("fills.csv"), "model", 60.0).map(drop).map_err(|error| error.to_string())
        }),
        reader("configs", "config.toml", none, configs.to_vec(), |folder| {
            // The command line cuts what a library quotes.
            let read = LoadedConfig::read(&folder.join("config.toml"));
            read.map(drop).map_err(|error| shown(&error.to_string()))
        }),
        reader("jobs", "job.json", none, vec![JOB.into()], |folder| {
            fill_job(&folder.join("job.json")).map(drop).map_err(|error| error.to_string())
        }),
    ]
}

const JOURNAL_MADE: &str = "cut/run.partial/scaleout-journal.jsonl";

/// A list of the fills that the model planned, from `legs.csv`.
fn fills(legs: &str) -> String {
    let mut lines = legs.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let place = |name: &str| header.iter().position(|column| *column == name).expect("legs have this column");
    let [contestant, id, ts, qty, price] = ["contestant", "id", "ts", "qty", "price"].map(place);
    let rows = lines.map(|line| line.split(',').collect::<Vec<_>>()).filter(|row| row[contestant] == "model");
    let rows = rows.map(|row| format!("{},{},{},{}\n", row[id], row[ts], row[qty], row[price]));
    format!("id,ts,qty,price\n{}", rows.collect::<String>())
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be written");
    for item in fs::read_dir(from).expect("it was made") {
        let path = item.expect("the folder can be read").path();
        let place = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copied(&path, &place);
        } else {
            fs::copy(&path, &place).expect("the folder can be written");
        }
    }
}

/// Draws the report of a result that lies in a folder by itself.
fn result(folder: &Path) -> Result<(), String> {
    let run = folder.join("run");
    fs::create_dir(&run).map_err(|error| error.to_string())?;
    fs::rename(folder.join("result.json"), run.join("result.json")).map_err(|error| error.to_string())?;
    report(&run, Some(&folder.join("drawn"))).map(drop).map_err(|error| error.to_string())
}

/// Asks everything of a model folder in which the file `name` is the damaged one.
fn model(folder: &Path, name: &str) -> Result<(), String> {
    let model = folder.join("model");
    copied(&Made::of_case(folder).run().join("model"), &model);
    fs::copy(folder.join(name), model.join(name)).map_err(|error| error.to_string())?;
    let words = |error: ExperimentError| error.to_string();
    let request = ExportRequest {
        run: model.clone(),
        formats: vec!["pine".to_owned(), "onnx".to_owned(), "features-py".to_owned()],
        out: Some(folder.join("exported")),
        learner: None,
        rows: None,
    };
    // Each is asked, whatever the one before says.
    let told = [
        verify_model(&model).map(drop).map_err(words),
        model_sheet(&model).map(|sheet| drop(sheet.to_string())).map_err(words),
        readable_rules(&model).map(drop).map_err(words),
        heard(&model, &folder.join("new.jsonl")),
        export_run(&request).map(drop).map_err(words),
    ];
    told.into_iter().collect()
}

/// Tells the adviser of `model` everything.
fn heard(model: &Path, journal: &Path) -> Result<(), String> {
    let words = |error: ExperimentError| error.to_string();
    let mut advising = Advising::open(model, None, Some(journal), AdviceDetail::Why).map_err(words)?;
    EVENTS.lines().try_for_each(|line| advising.line(line).map(drop).map_err(words))
}

/// Takes up the journal in `folder`, if there is one, and hears `events`; a line that is refused changes nothing.
fn advised(folder: &Path, events: &str) -> Result<(), String> {
    let run = Made::of_case(folder).run();
    let journal = folder.join("state.jsonl");
    let mut advising =
        Advising::open(&run, None, Some(&journal), AdviceDetail::Why).map_err(|error| error.to_string())?;
    let told: Vec<Result<(), String>> =
        events.lines().map(|line| advising.line(line).map(drop).map_err(|error| error.to_string())).collect();
    drop(advising);
    // What was heard is heard again.
    Advising::open(&run, None, Some(&journal), AdviceDetail::None).map_err(|error| format!("again: {error}"))?;
    told.into_iter().collect()
}

/// Goes on from a checkpoint that is damaged and listed all the same.
fn checkpoint(folder: &Path) -> Result<(), String> {
    let partial = folder.join("run.partial");
    copied(&Made::of_case(folder).cut(), &partial);
    let bytes = fs::read(folder.join("checkpoint.json")).map_err(|error| error.to_string())?;
    let names = fs::read_dir(partial.join("checkpoints")).map_err(|error| error.to_string())?;
    let mut names: Vec<_> = names.flatten().map(|item| item.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let name = &names[bytes.len() % names.len()];
    fs::write(partial.join("checkpoints").join(name), &bytes).map_err(|error| error.to_string())?;
    let line =
        format!("{{\"path\":\"checkpoints/{name}\",\"bytes\":{},\"sha256\":\"{}\"}}\n", bytes.len(), sha256_of(&bytes));
    let journal = partial.join("scaleout-journal.jsonl");
    let before = fs::read_to_string(&journal).map_err(|error| error.to_string())?;
    fs::write(&journal, before + &line).map_err(|error| error.to_string())?;
    run(&Made::config(folder), &folder.join("run"), Unfinished::Resume, &Silent)
        .map(drop)
        .map_err(|error| error.to_string())
}

/// Writes a small finished run to `out`.
fn small_run(out: &Path) {
    let folder = RunFolder::open(out, Unfinished::Discard).expect("the folder is new");
    folder.write("report.json", b"{}").expect("the folder can be written");
    folder.write("plots/equity.svg", b"<svg/>").expect("the folder can be written");
    folder.finish().expect("the folder can be written");
}

fn marker(folder: &Path) -> Vec<u8> {
    let out = folder.join("small");
    small_run(&out);
    fs::read(out.join("scaleout-run.json")).expect("a run has its marker")
}

/// Whatever the marker lists, a file that is not its own stays.
fn marked(folder: &Path) -> Result<(), String> {
    let out = folder.join("run");
    small_run(&out);
    fs::copy(folder.join("marker.json"), out.join("scaleout-run.json")).map_err(|error| error.to_string())?;
    let outside = folder.join("outside.txt");
    fs::write(&outside, "mine").map_err(|error| error.to_string())?;
    fs::write(out.join("notes.txt"), "mine").map_err(|error| error.to_string())?;
    let told = [
        RunFolder::settle(&out),
        adopt(&out).map(drop),
        RunFolder::open(&out, Unfinished::Discard).and_then(RunFolder::finish).map(drop),
    ];
    assert_eq!(fs::read_to_string(out.join("notes.txt")).ok().as_deref(), Some("mine"), "a file of the user's is gone");
    assert_eq!(fs::read_to_string(outside).ok().as_deref(), Some("mine"), "a file of the user's is gone");
    told.into_iter().try_for_each(|told| told.map_err(|error| error.to_string()))
}

/// Whatever the journal of an unfinished run lists, a file that is not its own stays.
fn journal(folder: &Path) -> Result<(), String> {
    let partial = folder.join("run.partial");
    copied(&Made::of_case(folder).cut(), &partial);
    fs::copy(folder.join("journal.jsonl"), partial.join("scaleout-journal.jsonl"))
        .map_err(|error| error.to_string())?;
    fs::write(partial.join("notes.txt"), "mine").map_err(|error| error.to_string())?;
    let mut told = Ok(());
    for unfinished in [Unfinished::Resume, Unfinished::Discard] {
        let opened = RunFolder::open(&folder.join("run"), unfinished);
        let read = opened.map(|opened| drop(opened.read("checkpoints/fold-1-readable-tree.json")));
        told = told.and(read.map_err(|error| error.to_string()));
    }
    assert_eq!(
        fs::read_to_string(partial.join("notes.txt")).ok().as_deref(),
        Some("mine"),
        "a file of the user's is gone"
    );
    told
}

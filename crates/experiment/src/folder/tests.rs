//! What is kept, replaced and deleted, folder by folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::*;
use crate::folder::{marker::MARKER, note::NOTE};

/// A name in a new, empty folder of its own.
fn place(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("scaleout-folder-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.join("run")
}

fn finished(out: &Path, text: &str) {
    let folder = RunFolder::open(out, Unfinished::Discard).unwrap();
    folder.write("report.json", text.as_bytes()).unwrap();
    folder.write("plots/equity.svg", b"<svg/>").unwrap();
    folder.finish().unwrap();
}

fn beside(out: &Path, ending: &str) -> PathBuf {
    out.with_file_name(format!("run{ending}"))
}

fn reads(out: &Path) -> String {
    fs::read_to_string(out.join("report.json")).unwrap()
}

/// What stands beside the name `out`, itself included.
fn names(out: &Path) -> Vec<String> {
    sorted(out.parent().unwrap()).unwrap().into_iter().map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn a_run_replaces_an_earlier_one_and_leaves_nothing_else_behind() {
    let out = place("replaces");
    finished(&out, "one");
    finished(&out, "two");
    assert_eq!(reads(&out), "two");
    assert_eq!(names(&out), ["run"]);
    assert_eq!(sorted(&out).unwrap(), ["plots", "report.json", MARKER]);
}

/// The first obstacle to a run over a finished one, after `change`.
fn refused(name: &str, change: impl Fn(&Path)) -> String {
    let out = place(name);
    finished(&out, "one");
    change(&out);
    let before = fs::read_to_string(out.join("report.json")).ok();
    let error = RunFolder::open(&out, Unfinished::Discard).unwrap_err().to_string();
    assert_eq!(fs::read_to_string(out.join("report.json")).ok(), before, "nothing was touched");
    error.replace(out.to_str().unwrap(), "run")
}

#[test]
fn what_no_run_wrote_is_never_deleted() {
    let check = |name: &str, change: fn(&Path), expected: &str| {
        let error = refused(name, change);
        assert!(error.starts_with(expected), "{name}: {error}");
    };
    check("notes", |out| fs::write(out.join("notes.txt"), "mine").unwrap(), "run/notes.txt: would be deleted");
    check("deep", |out| fs::write(out.join("plots/my.svg"), "mine").unwrap(), "run/plots/my.svg: would be deleted");
    check("folder", |out| fs::create_dir(out.join("empty")).unwrap(), "run/empty: would be deleted");
    check("changed", |out| fs::write(out.join("report.json"), "edited").unwrap(), "run/report.json: would be deleted");
    check("unmarked", |out| fs::remove_file(out.join(MARKER)).unwrap(), "run: exists and has no marker");
    check("half", |out| fs::write(out.join("report.json.partial"), "mine").unwrap(), "run/report.json.partial: ");
    check("journal", |out| fs::write(out.join(JOURNAL), "mine").unwrap(), "run/scaleout-journal.jsonl: ");
    check("lock", |out| fs::write(out.join(LOCK), "mine").unwrap(), "run/scaleout.lock: ");
    check("note", |out| fs::write(out.join(NOTE), "mine").unwrap(), "run/scaleout-exchange.txt: ");
    check("half-marker", |out| fs::write(out.join("scaleout-run.json.partial"), "mine").unwrap(), "run/scaleout-run.");
    check("damaged", |out| fs::write(out.join(MARKER), "{").unwrap(), "run/scaleout-run.json: ");
    check(
        "partial",
        |out| {
            let partial = beside(out, ".partial");
            fs::create_dir(&partial).unwrap();
            fs::write(partial.join("mine.txt"), "mine").unwrap();
        },
        "run.partial: a run needs this name",
    );
    check(
        "aside",
        |out| {
            let aside = beside(out, ".replaced");
            fs::create_dir(&aside).unwrap();
            fs::write(aside.join("mine.txt"), "mine").unwrap();
        },
        "run.replaced: a run needs this name",
    );
}

#[test]
fn a_file_in_the_place_of_a_run_is_left_alone() {
    let out = place("file");
    fs::write(&out, "mine").unwrap();
    assert!(matches!(RunFolder::open(&out, Unfinished::Discard), Err(ExperimentError::OutputOccupied { .. })));
    assert_eq!(fs::read_to_string(&out).unwrap(), "mine");
}

#[test]
fn the_work_of_an_interrupted_run_is_discarded_only_where_all_of_it_is_its_own() {
    let out = place("interrupted");
    let folder = RunFolder::open(&out, Unfinished::Discard).unwrap();
    folder.write("checkpoints/fold-0.json", b"{}").unwrap();
    drop(folder);
    let partial = beside(&out, ".partial");
    // A kill leaves half a line in the journal and half a file.
    fs::write(partial.join("checkpoints/fold-0.json.partial"), "{").unwrap();
    let journal = fs::read_to_string(partial.join(JOURNAL)).unwrap();
    fs::write(partial.join(JOURNAL), format!("{journal}{{\"path\":\"che")).unwrap();
    let resumed = RunFolder::open(&out, Unfinished::Resume).unwrap();
    assert_eq!(resumed.read("checkpoints/fold-0.json").as_deref(), Some("{}"));
    drop(resumed);
    fs::write(partial.join("checkpoints/fold-0.json"), "{ }").unwrap();
    let resumed = RunFolder::open(&out, Unfinished::Resume).unwrap();
    assert_eq!(resumed.read("checkpoints/fold-0.json"), None, "a damaged checkpoint is not used");
    drop(resumed);
    let error = RunFolder::open(&out, Unfinished::Discard).unwrap_err().to_string();
    assert!(error.contains("fold-0.json: would be deleted"), "{error}");
}

#[test]
fn two_runs_into_one_folder_are_kept_apart() {
    let out = place("two");
    let first = RunFolder::open(&out, Unfinished::Discard).unwrap();
    first.write("report.json", b"first").unwrap();
    for unfinished in [Unfinished::Discard, Unfinished::Resume] {
        assert!(matches!(RunFolder::open(&out, unfinished), Err(ExperimentError::Busy { .. })));
    }
    first.finish().unwrap();
    assert_eq!(reads(&out), "first");
    finished(&out, "second");
}

/// A kill before the last step of the deletion leaves the earlier run's folder, with nothing in it.
#[test]
fn an_emptied_folder_of_an_exchange_goes_with_the_next_command() {
    let out = place("emptied");
    finished(&out, "new");
    let aside = beside(&out, ".replaced");
    fs::create_dir(&aside).unwrap();
    RunFolder::settle(&out).unwrap();
    assert!(aside.is_dir(), "without the note of an exchange it is the user's");
    note::write(&out, &out).unwrap();
    RunFolder::settle(&out).unwrap();
    assert_eq!(names(&out), ["run"]);
    assert_eq!(sorted(&out).unwrap(), ["plots", "report.json", MARKER]);
}

/// An exchange that was cut off after the earlier run was set aside, before and after the new one came in.
#[test]
fn an_exchange_that_was_cut_off_is_completed_or_reverted() {
    let cut = |name: &str| {
        let out = place(name);
        finished(&out, "old");
        note::write(&out, &out).unwrap();
        fs::rename(&out, beside(&out, ".replaced")).unwrap();
        out
    };
    let new = |out: &Path, ending: &str| {
        finished(&beside(out, ".new"), "new");
        fs::rename(beside(out, ".new"), beside(out, ending)).unwrap();
        note::write(&beside(out, ending), out).unwrap();
    };
    let check = |out: &Path, expected: &str| {
        RunFolder::settle(out).unwrap();
        assert_eq!(reads(out), expected);
        assert_eq!(names(out), ["run"]);
        assert!(!out.join(NOTE).exists());
    };
    let out = cut("reverted");
    check(&out, "old");

    let out = cut("completed");
    new(&out, ".partial");
    check(&out, "new");

    let out = cut("undeleted");
    new(&out, "");
    check(&out, "new");

    // Cut while the earlier run was deleted: its list is gone, and the note goes last.
    let out = cut("half-deleted");
    new(&out, "");
    let aside = beside(&out, ".replaced");
    fs::remove_dir_all(aside.join("plots")).unwrap();
    fs::remove_file(aside.join("report.json")).unwrap();
    fs::remove_file(aside.join(MARKER)).unwrap();
    check(&out, "new");

    // Cut while the note was written into the earlier run.
    let out = place("half-noted");
    finished(&out, "old");
    new(&out, ".partial");
    fs::write(out.join(NOTE), "scaleout exch").unwrap();
    check(&out, "new");
}

/// What stands beside the name `run`, after a reader and a second run have been there.
#[test]
fn folders_that_no_exchange_moved_keep_their_names_and_contents() {
    let check = |name: &str, make: fn(&Path), is_in_the_way: bool| {
        let out = place(name);
        make(&out);
        let before = names(&out);
        for path in [out.clone(), out.join("model"), out.join("model/model.json")] {
            RunFolder::settle(&path).unwrap();
        }
        assert_eq!(names(&out), before, "{name}");
        let opened = RunFolder::open(&out, Unfinished::Discard);
        assert_eq!(opened.is_err(), is_in_the_way, "{name}: {opened:?}");
        for ending in [".partial", ".replaced"].map(|ending| beside(&out, ending)) {
            if before.contains(&ending.file_name().unwrap().to_string_lossy().into_owned()) && is_in_the_way {
                assert_eq!(reads(&ending), "mine", "{name}");
            }
        }
    };
    fn mine(out: &Path, ending: &str) {
        finished(&beside(out, ".elsewhere"), "mine");
        fs::rename(beside(out, ".elsewhere"), beside(out, ending)).unwrap();
    }
    check("a-run-aside", |out| mine(out, ".replaced"), true);
    check("a-run-as-partial", |out| mine(out, ".partial"), true);
    check(
        "a-copy-aside",
        |out| {
            finished(out, "one");
            mine(out, ".replaced");
        },
        true,
    );
    // A copy of a folder that another exchange moved.
    check(
        "another-note",
        |out| {
            mine(out, ".replaced");
            note::write(&beside(out, ".replaced"), &beside(out, "-other")).unwrap();
        },
        true,
    );
    check("an-empty-folder", |out| fs::create_dir(beside(out, ".replaced")).unwrap(), false);
}

#[test]
fn no_run_has_a_name_that_another_run_needs() {
    let out = place("endings");
    for ending in [".partial", ".replaced"] {
        let error = RunFolder::open(&beside(&out, ending), Unfinished::Discard).unwrap_err().to_string();
        assert!(error.contains(&format!("run{ending}: ends as the folders")), "{error}");
    }
    assert!(names(&out).is_empty());
}

#[test]
fn a_failed_run_keeps_what_was_learned() {
    let cases = [
        ("learned", Unfinished::Discard, true),
        ("failed-at-once", Unfinished::Discard, false),
        ("resumed", Unfinished::Resume, true),
        ("resumed-without-any", Unfinished::Resume, false),
    ];
    for (name, unfinished, has_checkpoint) in cases {
        let out = place(name);
        if unfinished == Unfinished::Resume {
            fs::create_dir_all(beside(&out, ".partial")).unwrap();
        }
        let folder = RunFolder::open(&out, unfinished).unwrap();
        if has_checkpoint {
            folder.write(&format!("{CHECKPOINTS}/fold-0-linear.json"), b"{}").unwrap();
        }
        let partial = beside(&out, ".partial");
        assert_eq!(folder.fail().unwrap(), has_checkpoint.then(|| partial.clone()), "{name}");
        assert_eq!(partial.exists(), has_checkpoint, "{name}");
    }
}

#[test]
fn a_resumed_run_begins_with_the_models_alone() {
    let out = place("resumed-with-files");
    let folder = RunFolder::open(&out, Unfinished::Discard).unwrap();
    let [checkpoint, later] = [format!("{CHECKPOINTS}/fold-0-linear.json"), "report.md".to_owned()];
    folder.write(&checkpoint, b"{}").unwrap();
    folder.write(&later, b"# half").unwrap();
    let partial = folder.fail().unwrap().unwrap();
    let _resumed = RunFolder::open(&out, Unfinished::Resume).unwrap();
    assert!(partial.join(checkpoint).exists() && !partial.join(later).exists());
}

#[test]
fn a_run_of_0_1_0_is_refused_until_it_is_adopted() {
    let out = place("adopted");
    fs::create_dir_all(out.join("plots")).unwrap();
    fs::write(out.join("report.json"), r#"{"provenance": {"version": "0.1.0"}, "importance": [{"model": "linear"}]}"#)
        .unwrap();
    fs::write(out.join("plots/equity.svg"), "<svg/>").unwrap();
    let error = RunFolder::open(&out, Unfinished::Discard).unwrap_err().to_string();
    assert!(error.contains("scaleout adopt"), "{error}");
    fs::write(out.join("plots/importance-linear.png"), "a picture").unwrap();
    fs::write(out.join("plots/mine.svg"), "<svg/>").unwrap();
    let adopted = adopt(&out).unwrap();
    assert_eq!(adopted, ["plots/equity.svg", "plots/importance-linear.png", "report.json"]);
    assert!(adopt(&out).is_err(), "it is one of ours now");
    let error = RunFolder::open(&out, Unfinished::Discard).unwrap_err().to_string();
    assert!(error.contains("plots/mine.svg: would be deleted"), "{error}");
    fs::remove_file(out.join("plots/mine.svg")).unwrap();
    finished(&out, "new");
    assert_eq!(reads(&out), "new");
    assert_eq!(names(&out), ["run"]);
}

#[test]
fn a_file_is_written_again_only_where_the_run_or_nobody_wrote_it() {
    let check = |name: &str, change: fn(&Path), expected: Option<&str>| {
        let out = place(name);
        finished(&out, "one");
        change(&out);
        let own = OwnFiles::of(&out).unwrap();
        let replaced = own.replace("report.json", b"two").map_err(|error| error.to_string());
        match expected {
            None => {
                replaced.unwrap();
                own.restate(vec!["report.json".to_owned()]).unwrap();
                assert_eq!(reads(&out), "two", "{name}");
                finished(&out, "three");
            }
            Some(expected) => {
                let error = replaced.unwrap_err();
                assert!(error.contains(expected), "{name}: {error}");
            }
        }
    };
    check("again", |_| {}, None);
    // What a kill left of the same command: half of the file, or the whole file and the old marker.
    check("again-half", |out| fs::write(out.join("report.json.partial"), "tw").unwrap(), None);
    check("again-whole", |out| fs::write(out.join("report.json"), "two").unwrap(), None);
    check("again-mine", |out| fs::write(out.join("report.json"), "mine").unwrap(), Some("report.json: "));
    check(
        "again-half-mine",
        |out| fs::write(out.join("report.json.partial"), "mine").unwrap(),
        Some("report.json.partial: "),
    );
    #[cfg(unix)]
    for (name, target) in [("again-link", "elsewhere.json"), ("again-dangling", "nowhere.json")] {
        let out = place(name);
        finished(&out, "one");
        fs::write(beside(&out, "-elsewhere"), "one").unwrap();
        fs::remove_file(out.join("report.json")).unwrap();
        let target = if target == "elsewhere.json" { beside(&out, "-elsewhere") } else { target.into() };
        std::os::unix::fs::symlink(target, out.join("report.json")).unwrap();
        let error = OwnFiles::of(&out).unwrap().replace("report.json", b"two").unwrap_err().to_string();
        assert!(error.contains("report.json: "), "{name}: {error}");
        assert!(fs::symlink_metadata(out.join("report.json")).unwrap().is_symlink(), "{name}");
    }
}

/// What a kill of `report` leaves in a finished run is no obstacle to the next run.
#[test]
fn a_begun_copy_of_a_file_of_the_run_may_go_with_it() {
    let out = place("begun");
    finished(&out, "one");
    fs::write(out.join("report.json.partial"), "on").unwrap();
    fs::write(out.join("scaleout-run.json.partial"), "{\n  \"format\": \"scal").unwrap();
    finished(&out, "two");
    assert_eq!(names(&out), ["run"]);
}

#[test]
fn what_could_not_be_renamed_at_the_end_is_refused_at_the_beginning() {
    let check = |out: &Path, expected: &str| {
        let error = RunFolder::open(out, Unfinished::Discard).unwrap_err().to_string();
        assert_eq!(error.split(';').next().unwrap(), format!("{}{expected}", out.display()));
    };
    for name in [".", "./", "..", "/", "runs/.."] {
        check(Path::new(name), ": has no name that a run could take");
    }
    if cfg!(target_os = "linux") {
        check(Path::new("/proc"), ": is a mount point and cannot be renamed");
    }
    #[cfg(unix)]
    for (name, ending) in [("dangling-partial", ".partial"), ("dangling-aside", ".replaced")] {
        let out = place(name);
        std::os::unix::fs::symlink("nowhere", beside(&out, ending)).unwrap();
        let error = RunFolder::open(&out, Unfinished::Discard).unwrap_err().to_string();
        assert!(error.contains(&format!("run{ending}: a run needs this name")), "{error}");
        assert_eq!(names(&out), [format!("run{ending}")]);
    }
    #[cfg(unix)]
    {
        let out = place("dangling-out");
        std::os::unix::fs::symlink("nowhere", &out).unwrap();
        assert!(RunFolder::open(&out, Unfinished::Discard).is_err());
    }
}

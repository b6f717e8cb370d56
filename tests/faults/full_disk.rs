//! A disk that is full: exit 2 and one line that names the file, and the old result stays as it was. A limit on the size
//! of files stands for the disk: the system refuses to write in the same place and way.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Output},
};

use super::{Files, Runs, importing::Imports, write};
use crate::{
    commands::{binary, stdout},
    determinism::{assert_same, files},
    scratch::Scratch,
};

/// Runs `scaleout` where no file may grow beyond `kib`.
fn on_full_disk(folder: &Path, kib: usize, arguments: &[&str]) -> Output {
    // The shell counts in blocks of 512 bytes. Without the trap the system would end the process.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", 2 * kib);
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", &script, "sh"]).arg(binary()).args(arguments).output().unwrap()
}

/// The command ends in exit 2 and one line that names a file of which `named` is a part.
fn check_refused(output: &Output, named: &str) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    let line = stderr.lines().last().unwrap_or_default();
    assert!(line.starts_with("scaleout: ") && line.contains(named) && line.contains("File too large"), "{stderr}");
    assert!(!line.contains("specification"), "the disk is named, and not the file's format: {stderr}");
}

#[test]
fn a_run_leaves_the_old_result_and_goes_on_when_there_is_room() {
    let runs = Runs::new();
    for (kib, named) in [(0, "out.partial"), (16, "out.partial/"), (256, "out.partial/")] {
        runs.begin("out");
        let output = on_full_disk(runs.folder(), kib, &["run", "new.toml", "--out", "out"]);
        check_refused(&output, named);
        assert_same(&files(&runs.folder().join("out")), &runs.old);
        runs.check("out", &format!("{kib} KiB"));
    }
}

#[test]
fn an_import_leaves_the_old_dataset() {
    let imports = Imports::new();
    for kib in [0, 1, 16] {
        write(&imports.made(), &imports.old);
        let output = on_full_disk(imports.folder(), kib, &Imports::arguments(Imports::NEW));
        check_refused(&output, "made/");
        assert_same(&files(&imports.made()), &imports.old);
        // Where there was nothing, nothing is left.
        fs::remove_dir_all(imports.made()).unwrap();
        check_refused(&on_full_disk(imports.folder(), kib, &Imports::arguments(Imports::OLD)), "made/");
        assert!(!imports.made().exists(), "{kib} KiB");
    }
}

#[test]
fn a_table_and_a_report_are_kept_as_they_were() {
    let imports = Imports::new();
    write(&imports.made(), &imports.old);
    let folder = imports.folder();
    for name in ["o.csv", "o.parquet"] {
        fs::write(folder.join(name), "the old table").unwrap();
        let arguments = ["features", "config.toml", "--set", "column:sentiment", "--out", name];
        check_refused(&on_full_disk(folder, 4, &arguments), name);
        assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), "the old table");
        assert!(!folder.join(format!("{name}.partial")).exists());
    }
    let runs = Runs::new();
    runs.begin("out");
    check_refused(&on_full_disk(runs.folder(), 16, &["report", "out"]), "out/");
    assert_same(&files(&runs.folder().join("out")), &runs.old);
    stdout(runs.folder(), &["report", "out"]);
    check_refused(&on_full_disk(runs.folder(), 16, &["report", "out", "--out", "drawn"]), "drawn.partial/");
    assert!(!runs.folder().join("drawn").exists() && !runs.folder().join("drawn.partial").exists());
}

/// Standard output on a full disk is an error, unlike a pipe that nobody reads any more.
#[test]
fn an_answer_that_cannot_be_written_is_an_error() {
    let scratch = Scratch::new();
    for arguments in [&["inspect", "registry"][..], &["reference", "--list"], &["features", "--docs"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(binary()).current_dir(scratch.path()).args(arguments).stdout(full).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains("No space left on device"), "{arguments:?}: {stderr}");
    }
    assert_eq!(files(scratch.path()), Files::new());
}

//! Hostile files through the front door: exit 2 and one short line that names the path, whatever the file is.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    commands::{binary, root, scaleout},
    scratch::Scratch,
};

/// The one line that `scaleout` ends in when it refuses.
fn refused(folder: &Path, arguments: &[&str]) -> String {
    let output = scaleout(folder, arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
    assert!(output.stdout.is_empty() && stderr.lines().count() == 1 && stderr.len() < 1_000, "{stderr}");
    assert!(!stderr.trim_end().contains(char::is_control), "{stderr:?}");
    stderr
}

const SET: [&str; 6] = ["features", "--every", "60s", "--set", "atr(window=5);trade_intensity", "--out"];

#[test]
fn damaged_parquet_files_are_named() {
    let scratch = Scratch::new();
    for name in ["tape-chunk-beyond-file.parquet", "tape-metadata.parquet"] {
        let file = root().join("crates/data/testdata").join(name);
        let line = refused(scratch.path(), &[&SET[..], &["o.csv", "--trades", file.to_str().unwrap()]].concat());
        assert!(line.contains(name) && line.contains("not a readable Parquet file"), "{line}");
    }
    assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 0, "nothing is written");
}

#[test]
fn small_files_have_a_limit_and_are_files() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let sparse = |name: &str, bytes: u64| fs::File::create(folder.join(name)).unwrap().set_len(bytes).unwrap();
    sparse("big.toml", (1 << 20) + 1);
    sparse("big.json", (16 << 20) + 1);
    sparse("model.json", (256 << 20) + 1);
    assert!(refused(folder, &["check", "big.toml"]).contains("big.toml: the config is larger than 1 MiB"));
    assert!(refused(folder, &["inspect", "fills", "big.json"]).contains("big.json: the job is larger than 16 MiB"));
    let line = refused(folder, &["inspect", "rule", "--model", "model.json"]);
    assert!(line.contains("model.json: the model is larger than 256 MiB"), "{line}");
    fs::create_dir(folder.join("run")).unwrap();
    sparse("run/result.json", (1 << 30) + 1);
    let line = refused(folder, &["report", "run"]);
    assert!(line.contains("run/result.json: the result is larger than 1 GiB; accepted: at most 1 GiB"), "{line}");
    assert!(Command::new("mkfifo").arg(folder.join("pipe.toml")).status().unwrap().success());
    assert!(refused(folder, &["check", "pipe.toml"]).contains("pipe.toml: is a named pipe; accepted: a file"));
    fs::write(folder.join("long.toml"), format!("{} = 1\n", "k".repeat(1 << 19))).unwrap();
    let output = scaleout(folder, &["check", "long.toml"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("long.toml:1:1: unknown field `kkk") && stderr.chars().count() < 2_100, "{stderr}");
    assert!(refused(folder, &["check", "/dev/zero"]).contains("/dev/zero: is a device"));
}

/// A copy of a shipped model, with a named pipe or a device in the place of one of its files or of a file beside it.
#[test]
fn what_never_ends_is_refused_by_every_command_that_reads_a_model() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let shipped = root().join("models/own-csv");
    let fresh = || {
        let _ = fs::remove_dir_all(folder.join("model"));
        fs::create_dir(folder.join("model")).unwrap();
        for item in fs::read_dir(&shipped).unwrap() {
            let path = item.unwrap().path();
            if path.is_file() {
                fs::copy(&path, folder.join("model").join(path.file_name().unwrap())).unwrap();
            }
        }
    };
    let endless = |path: &Path, is_pipe: bool| {
        let _ = fs::remove_file(path);
        if is_pipe {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        } else {
            std::os::unix::fs::symlink("/dev/zero", path).unwrap();
        }
    };
    let verify = ["verify", "model"];
    let export = ["export", "model", "--to", "pine", "--out", "elsewhere"];
    let advise = ["advise", "--model", "model"];
    let state = ["advise", "--model", "model", "--state", "beside"];
    let positions = ["advise", "--model", "model", "--positions", "beside"];
    let fills = ["verify", "model", "--fills", "beside"];
    let cases: [(&str, &[&[&str]]); 4] = [
        ("model/contract.json", &[&verify, &export, &advise]),
        ("model/model.json", &[&export, &advise]),
        ("model/golden.csv", &[&export, &advise]),
        ("beside", &[&state, &positions, &fills]),
    ];
    for (name, commands) in cases {
        for is_pipe in [true, false] {
            fresh();
            endless(&folder.join(name), is_pipe);
            for arguments in commands {
                let line = refused(folder, arguments);
                assert!(line.contains(&format!("{name}: is a ")) && line.contains("accepted: a file"), "{line}");
            }
            fs::remove_file(folder.join(name)).unwrap();
        }
    }
    // Of its own files `verify` says which is wrong.
    fresh();
    endless(&folder.join("model/golden.csv"), true);
    let output = scaleout(folder, &verify);
    let found = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{found}");
    assert!(found.contains("golden.csv: is a device or pipe"), "{found}");
    // A lock that is a pipe neither holds a reader up nor counts as held.
    fresh();
    endless(&folder.join("model/scaleout.lock"), true);
    assert!(scaleout(folder, &["inspect", "model"]).status.success());
}

#[test]
fn a_line_of_standard_input_has_a_limit() {
    let scratch = Scratch::new();
    let model = root().join("models/own-csv");
    let mut command = Command::new(binary());
    command.current_dir(scratch.path()).args(["advise", "--model", model.to_str().unwrap(), "--state", "state.jsonl"]);
    let output = command.stdin(fs::File::open("/dev/zero").unwrap()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("standard input, line 1: the line is longer than 1 MiB"), "{stderr}");
}

#[test]
fn what_is_read_is_not_written_over() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let own = root().join("experiments/own-csv");
    for name in ["bars.csv", "entries.csv", "config.toml"] {
        fs::copy(own.join(name), folder.join(name)).unwrap();
    }
    fs::create_dir(folder.join("sheet")).unwrap();
    fs::copy(own.join("bars.csv"), folder.join("sheet/quality.csv")).unwrap();
    let before = fs::read(folder.join("bars.csv")).unwrap();
    let set = ["--set", "atr(window=5)"];
    let cases: [&[&str]; 4] = [
        &["features", "config.toml", "--out", "bars.csv"],
        &["features", "config.toml", "--out", "./sheet/../entries.csv"],
        &["features", "--bars", "bars.csv", "--out", "bars.csv"],
        &["features", "--bars", "sheet/quality.csv", "--quality", "sheet"],
    ];
    for arguments in cases {
        let line = refused(folder, &[arguments, &set].concat());
        assert!(line.contains("is read as input and would be replaced"), "{line}");
    }
    assert_eq!(fs::read(folder.join("bars.csv")).unwrap(), before);
    assert_eq!(fs::read(folder.join("sheet/quality.csv")).unwrap(), before);
    assert_eq!(fs::read(folder.join("entries.csv")).unwrap(), fs::read(own.join("entries.csv")).unwrap());
}

#[test]
fn the_state_of_an_adviser_is_a_journal_or_new() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let model = root().join("models/own-csv");
    let advise = ["advise", "--model", model.to_str().unwrap(), "--state", "state.jsonl"];
    let state = folder.join("state.jsonl");
    assert!(scaleout(folder, &advise).status.success());
    let head = fs::read_to_string(&state).unwrap();
    // What a kill leaves of the first line is no obstacle.
    for begun in [String::new(), head[..20].to_owned(), head.trim_end().to_owned()] {
        fs::write(&state, begun).unwrap();
        assert!(scaleout(folder, &advise).status.success());
        assert_eq!(fs::read_to_string(&state).unwrap(), head);
    }
    for mine in ["my notes", "my notes\n", "{\"journal\":2"] {
        fs::write(&state, mine).unwrap();
        let line = refused(folder, &advise);
        assert!(line.contains("state.jsonl: line 1: "), "{line}");
        assert_eq!(fs::read_to_string(&state).unwrap(), mine);
    }
}

#[test]
fn threads_have_a_range() {
    let line = refused(Path::new("."), &["--threads", "1000000", "reference", "--list"]);
    assert!(line.contains("--threads 1000000 is out of range; accepted: 1 to "), "{line}");
}

#[test]
fn an_id_cannot_steer_a_terminal() {
    let scratch = Scratch::new();
    let name = "name\u{1b}[2J.toml";
    assert!(refused(scratch.path(), &["check", name]).contains("name\\u001b[2J.toml"));
}

/// What a pipe gives cannot be compared with itself, and is read.
#[test]
fn a_pipe_of_the_shell_is_read() {
    let scratch = Scratch::new();
    let config = fs::read_to_string(root().join("experiments/own-csv/config.toml")).unwrap();
    let config = config.replacen("path = \"bars.csv\"", "path = \"/dev/stdin\"\nformat = \"csv\"", 1);
    assert!(config.contains("/dev/stdin"));
    fs::write(scratch.path().join("config.toml"), config).unwrap();
    let bars = fs::File::open(root().join("experiments/own-csv/bars.csv")).unwrap();
    let mut cat = Command::new("cat").stdin(bars).stdout(Stdio::piped()).spawn().unwrap();
    let mut command = Command::new(binary());
    command.current_dir(scratch.path()).args(["features", "config.toml", "--set", "atr(window=5)", "--out", "o.csv"]);
    let output = command.stdin(cat.stdout.take().unwrap()).output().unwrap();
    cat.wait().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let rows = fs::read_to_string(scratch.path().join("o.csv")).unwrap().lines().count();
    assert!(2_000 < rows, "{rows} rows");
}

//! Every `scaleout` command that the README shows works as it stands there.

use std::fs;

use crate::{
    commands::{binary, root},
    scratch::Scratch,
};

/// The lines of the README's code blocks that call `scaleout`, in order.
fn commands() -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let mut inside = false;
    let mut found = Vec::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && line.starts_with("scaleout ") {
            found.push(line.to_owned());
        }
    }
    found
}

#[test]
fn every_scaleout_command_of_the_readme_works() {
    let scratch = Scratch::new();
    for folder in ["experiments", "datasets", "models"] {
        copy(&root().join(folder), &scratch.path().join(folder));
    }
    let commands = commands();
    assert!(commands.len() > 3, "the README shows what the tool can do: {commands:?}");
    let path = format!("{}:{}", binary().parent().unwrap().display(), std::env::var("PATH").unwrap());
    for command in commands {
        let run = std::process::Command::new("bash")
            .args(["-euo", "pipefail", "-c", &command])
            .current_dir(scratch.path())
            .env("PATH", &path)
            .output()
            .unwrap();
        assert!(run.status.success(), "{command}\n{}", String::from_utf8_lossy(&run.stderr));
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}

//! The binary under test, built once and run in a scratch folder.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The built binary. Cargo builds another package's binary for no test, so the first caller has it built; where
/// `cargo run` or `cargo build` came before, nothing is left to build.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let profile = test.parent().and_then(Path::parent).unwrap();
        let release = profile.file_name().is_some_and(|name| name == "release");
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(root()).args(["build", "--quiet", "--package", "scaleout"]);
        build.env("CARGO_TARGET_DIR", profile.parent().unwrap());
        if release {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
        profile.join("scaleout")
    })
}

/// Runs `scaleout` with `arguments` in `folder`.
pub fn scaleout(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(binary()).current_dir(folder).args(arguments).output().unwrap()
}

/// The standard output of a command that must succeed.
pub fn stdout(folder: &Path, arguments: &[&str]) -> String {
    let output = scaleout(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "scaleout {arguments:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

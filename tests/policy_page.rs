//! The page of exit rules in the repository is the one that the code writes.

use std::fs;

use crate::{
    commands::{root, stdout},
    scratch::Scratch,
};

#[test]
fn the_page_of_exit_rules_is_what_the_command_writes() {
    let scratch = Scratch::new();
    let written = stdout(scratch.path(), &["inspect", "policies", "--out", "docs"]);
    let committed = root().join("crates/exits/docs");
    let mut pictures = 0;
    for line in written.lines().filter(|line| !line.ends_with(".html")) {
        let name = line.strip_prefix("docs/").unwrap();
        let now = fs::read_to_string(scratch.path().join(line)).unwrap();
        let then = fs::read_to_string(committed.join(name)).unwrap_or_default();
        assert!(now == then, "{name} is stale: scaleout inspect policies --out crates/exits/docs");
        pictures += usize::from(name.ends_with(".svg"));
    }
    assert!(pictures >= 24, "{pictures} pictures");
    assert_eq!(fs::read_dir(committed.join("plots")).unwrap().count(), pictures, "no picture of a rule that is gone");
}

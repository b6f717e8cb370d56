//! Archives stream: a small file that unpacks to a large one is read in memory that does not grow with it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::{
    commands::{binary, root},
    scratch::Scratch,
};

/// What the archives of these tests unpack to.
const UNPACKED_MIB: u64 = 512;

/// Address space of the program: some 250 MiB of it are its code, its stacks and one arena, of which most is never
/// touched. Reading a text whole would take as much again as it is long.
const MOST_KIB: u64 = (UNPACKED_MIB - 64) << 10;

/// The gzip of `line` again and again, between a `head` and a `tail`.
fn gzip(folder: &Path, head: &str, line: &str, tail: &str) -> Vec<u8> {
    let script = format!(
        "(printf '{head}'; yes '{line}' | head -n {}; printf '{tail}') | gzip -1 -n > packed.gz",
        (UNPACKED_MIB << 20) / (line.len() as u64 + 1)
    );
    assert!(Command::new("sh").current_dir(folder).args(["-c", &script]).status().unwrap().success());
    fs::read(folder.join("packed.gz")).unwrap()
}

/// A zip of one file with the content of a gzip, which holds the same compressed bytes, checksum and length.
fn zip(gzip: &[u8], name: &str) -> Vec<u8> {
    assert_eq!(gzip[..4], [0x1f, 0x8b, 8, 0], "a gzip without a name");
    let (deflated, end) = gzip[10..].split_at(gzip.len() - 18);
    let u16s = |values: &[u16]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let u32s = |values: &[u32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    // Version, flags, method, time and date; checksum, both lengths; length of the name, and of nothing more.
    let sizes = [&end[..4], &u32s(&[deflated.len() as u32])[..], &end[4..]].concat();
    let about = [u16s(&[20, 0, 8, 0, 0x21]), sizes, u16s(&[name.len() as u16, 0])].concat();
    let local = [&u32s(&[0x0403_4b50])[..], &about, name.as_bytes(), deflated].concat();
    let central =
        [&u32s(&[0x0201_4b50])[..], &u16s(&[20]), &about, &u16s(&[0, 0, 0]), &u32s(&[0, 0]), name.as_bytes()].concat();
    let [at, length] = [local.len() as u32, central.len() as u32];
    [local, central, u32s(&[0x0605_4b50]), u16s(&[0, 0, 1, 1]), u32s(&[length, at]), u16s(&[0])].concat()
}

/// Runs `scaleout` with little memory.
fn within(folder: &Path, arguments: &[&str]) -> Output {
    let script = format!("ulimit -v {MOST_KIB}; exec \"$0\" --threads 1 \"$@\"");
    let mut command = Command::new("sh");
    command.current_dir(folder).args(["-c", &script]).arg(binary()).args(arguments);
    command.env("MALLOC_ARENA_MAX", "1").output().unwrap()
}

#[test]
fn a_zip_of_ticks_is_not_unpacked_into_memory() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let [first, second] = [34_200_000, 34_300_000].map(|ms| format!("{ms},1840000,5,P,,0\\n"));
    // What the vendor marked as suspicious is counted and not kept.
    let packed = zip(&gzip(folder, &first, "34200001,1840000,5,P,,1", &second), "20131007_ibm_trade.csv");
    assert!(packed.len() < 8 << 20, "{} bytes", packed.len());
    fs::create_dir(folder.join("ticks")).unwrap();
    fs::write(folder.join("ticks/20131007_trade.zip"), packed).unwrap();
    let config = fs::read_to_string(root().join("experiments/own-csv/config.toml")).unwrap();
    let config = config.replacen("path = \"bars.csv\"\ncontent = \"bars\"", "bars = { time = \"1m\" }", 1);
    let lean = "\n[data.lean]\nfolder = \"ticks\"\nsecurity = \"equity\"\nresolution = \"tick\"\nzone = \"UTC\"\n";
    fs::write(folder.join("config.toml"), config + lean).unwrap();
    let output = within(folder, &["features", "config.toml", "--set", "streak", "--out", "o.csv"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(2 <= fs::read_to_string(folder.join("o.csv")).unwrap().lines().count());
}

#[test]
fn a_gzip_of_trades_is_not_unpacked_into_memory() {
    let scratch = Scratch::new();
    let folder = scratch.path();
    let packed = gzip(folder, "ts,price,qty\\n", "1704067201,10.25,100", "1704067261,10,1\\n");
    fs::write(folder.join("t.csv.gz"), packed).unwrap();
    let arguments =
        ["features", "--every", "60s", "--trades", "t.csv.gz", "--set", "trade_intensity", "--out", "o.csv"];
    let output = within(folder, &arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(fs::read_to_string(folder.join("o.csv")).unwrap().lines().count(), 2);
}

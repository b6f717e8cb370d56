//! Damage to bytes.

use crate::random::Random;

/// Values on which readers stumble, as text.
const TEXTS: [&str; 26] = [
    "",
    "-1",
    "0",
    "1e308",
    "-1e308",
    "1e-308",
    "nan",
    "inf",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "4294967295",
    "99999999999999999999999999",
    "0.0000000000000000001",
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    "\u{0}",
    "\u{1b}[2J",
    "2024-02-30",
    "true",
    "\u{feff}",
];
const BYTES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, b'"', b'\n', 0xfe];

/// One to eight changes, and one alone every other time: a file with one is often read to its end; a third of those of a binary file fall into its last kilobyte, where the footer is.
pub fn mutated(original: &[u8], others: &[Vec<u8>], is_text: bool, random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    let changes = if random.one_in(2) { 1 } else { 1 + random.below(8) };
    for _ in 0..changes {
        if bytes.is_empty() {
            bytes.push(0);
        }
        change(&mut bytes, others, is_text, random);
        // A change that repeats does so a bounded number of times.
        bytes.truncate(8 << 20);
    }
    bytes
}

fn change(bytes: &mut Vec<u8>, others: &[Vec<u8>], is_text: bool, random: &mut Random) {
    let length = bytes.len();
    let near_end = !is_text && random.one_in(3);
    let at = if near_end { length - 1 - random.below(length.min(1024)) } else { random.below(length) };
    let end = at + random.below((length - at).min(64)) + 1;
    match random.below(11) {
        0 => bytes[at] ^= 1 << random.below(8),
        1 => bytes[at] = *random.pick(&BYTES),
        2 => bytes[at] = bytes[at].wrapping_add(random.next() as u8),
        3 => bytes.truncate(at),
        4 => drop(bytes.drain(at..end)),
        5 => {
            let piece = bytes[at..end].to_vec();
            let times = *random.pick(&[1, 2, 100, 10_000]);
            bytes.splice(at..at, piece.repeat(times));
        }
        6 => {
            let other = random.pick(others);
            let from = random.below(other.len().max(1)).min(other.len());
            let piece = &other[from..other.len().min(from + 1 + random.below(256))];
            bytes.splice(at..end, piece.iter().copied());
        }
        7 => drop(bytes.splice(at..at, random.pick(&TEXTS).bytes())),
        8 | 9 if is_text => replace_value(bytes, at, random),
        _ => {
            let value = random.next().to_le_bytes();
            let width = *random.pick(&[1, 2, 4, 8]);
            let value = if random.one_in(2) { [0xff; 8] } else { value };
            bytes.iter_mut().skip(at).take(width).zip(value).for_each(|(byte, value)| *byte = value);
        }
    }
}

/// Puts a difficult value in place of the one at hand.
fn replace_value(bytes: &mut Vec<u8>, at: usize, random: &mut Random) {
    let is_end = |byte: &u8| b",;\t\n:{}[]=\" ".contains(byte);
    let start = bytes[..at].iter().rposition(is_end).map_or(0, |end| end + 1);
    let end = bytes[at..].iter().position(is_end).map_or(bytes.len(), |end| at + end);
    bytes.splice(start..end.max(start), random.pick(&TEXTS).bytes());
}

//! The digest at the end of a model file: it tells damage from age.
//!
//! The last key of the file is `sha256`, the digest of all that stands before it, closed by `}`. Whatever changes a
//! byte changes the digest; a file of a version before digests has none and is read with the checks alone.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::error::ModelError;

/// What stands between the content and the digest.
const KEY: &str = ",\"sha256\":\"";

/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

/// What follows the digest.
const END: &str = "\"}";

/// Largest model file that is read, in bytes: 256 MiB.
pub const MOST_MODEL_BYTES: usize = 256 << 20;

/// The content of a file whose digest, if it has one, is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// The JSON without its digest.
    pub json: String,
    /// Whether it had one.
    pub is_sealed: bool,
}

/// The file that holds the JSON object `json`: its digest as last key, then a line end.
///
/// ```
/// use scaleout_model::{sealed, unsealed};
/// let file = sealed("{\"version\":2}");
/// assert!(file.starts_with("{\"version\":2,\"sha256\":\""));
/// assert_eq!(unsealed(&file).unwrap().json, "{\"version\":2}");
/// assert!(unsealed(&file.replace("version", "Version")).is_err());
/// ```
pub fn sealed(json: &str) -> String {
    let content = json.trim_end().strip_suffix('}').unwrap_or(json);
    let mut file = String::with_capacity(json.len() + KEY.len() + DIGITS + END.len() + 1);
    file.push_str(content);
    file.push_str(KEY);
    file.push_str(&digest(content));
    file.push_str(END);
    file.push('\n');
    file
}

/// What a file holds.
///
/// # Errors
/// A file above 256 MiB, and one whose content does not have the digest that it states.
pub fn unsealed(text: &str) -> Result<Unsealed, ModelError> {
    if MOST_MODEL_BYTES < text.len() {
        return Err(ModelError::TooLarge { bytes: text.len(), most: MOST_MODEL_BYTES });
    }
    let text = text.trim_end();
    let place = text.len().checked_sub(KEY.len() + DIGITS + END.len());
    let parts = place.and_then(|place| Some((text.get(..place)?, text.get(place..)?)));
    let stated = parts.and_then(|(content, tail)| {
        let stated = tail.strip_prefix(KEY)?.strip_suffix(END)?;
        stated.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some((content, stated))
    });
    let Some((content, stated)) = stated else { return Ok(Unsealed { json: text.to_owned(), is_sealed: false }) };
    let found = digest(content);
    if found != stated {
        return Err(ModelError::Damaged { stated: stated.to_owned(), found });
    }
    Ok(Unsealed { json: format!("{content}}}"), is_sealed: true })
}

/// The digest of `content` closed by `}`.
fn digest(content: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(content.as_bytes());
    hash.update(b"}");
    let mut text = String::with_capacity(DIGITS);
    for byte in hash.finalize() {
        write!(text, "{byte:02x}").expect("Invariant: text takes text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_object_without_it() {
        // echo -n '{"a":1}' | sha256sum
        let expected = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
        assert_eq!(sealed("{\"a\":1}\n"), format!("{{\"a\":1,\"sha256\":\"{expected}\"}}\n"));
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let file = sealed("{\"a\":1,\"b\":[2,3]}");
        let whole = unsealed(&file).unwrap();
        assert!(whole.is_sealed);
        for place in 0..file.trim_end().len() {
            let mut bytes = file.clone().into_bytes();
            bytes[place] = if bytes[place] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(bytes).unwrap();
            // Where the seal itself is broken, the file reads as one without.
            assert!(unsealed(&changed).map_or(true, |found| !found.is_sealed), "byte {place}");
        }
        assert!(!unsealed(&file[..file.len() - 9]).unwrap().is_sealed, "a file that was cut");
        assert!(!unsealed("").unwrap().is_sealed);
        assert!(
            !unsealed("{\"ä\":\"ööööööööööööööööööööööööööööööööööööööööööööööööööööööööööööö\"}").unwrap().is_sealed
        );
    }
}

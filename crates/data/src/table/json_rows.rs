//! A JSON array of arrays as lines with commas, made while it is read.

use std::io::{BufReader, Error, ErrorKind, Read};

/// Turns `[[1, "2"], [3, null]]` into `1,"2"` and `3,`. Whatever else JSON can hold is refused.
pub(crate) struct JsonRows<R> {
    bytes: std::io::Bytes<BufReader<R>>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the outer bracket, between rows, in a row, in a text of a row, after the outer bracket.
    Before,
    Between,
    Row,
    Text,
    After,
}

impl<R: Read> JsonRows<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { bytes: BufReader::with_capacity(1 << 18, source).bytes(), state: State::Before }
    }

    /// What a byte of JSON becomes, if anything.
    fn take(&mut self, byte: u8) -> Result<Option<u8>, Error> {
        let (next, out) = match (self.state, byte) {
            (State::Text, b'"') => (State::Row, Some(byte)),
            (State::Text, b'\\' | b'\n' | b'\r') => return Err(refused("a text with an escape")),
            (State::Text, _) => (State::Text, Some(byte)),
            (state, b' ' | b'\n' | b'\r' | b'\t') => (state, None),
            (State::Before, b'[') => (State::Between, None),
            (State::Between, b'[') => (State::Row, None),
            (State::Between, b',') => (State::Between, None),
            (State::Between, b']') => (State::After, None),
            (State::Row, b']') => (State::Between, Some(b'\n')),
            (State::Row, b'"') => (State::Text, Some(byte)),
            (State::Row, b'[' | b'{' | b'}') => return Err(refused("a list or object in a row")),
            (State::Row, _) => (State::Row, Some(byte)),
            _ => return Err(refused("something other than a row")),
        };
        self.state = next;
        Ok(out)
    }
}

fn refused(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the JSON holds {what}; accepted: an array of arrays of values"))
}

impl<R: Read> Read for JsonRows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut written = 0;
        while written < buffer.len() {
            match self.bytes.next() {
                Some(byte) => {
                    if let Some(out) = self.take(byte?)? {
                        buffer[written] = out;
                        written += 1;
                    }
                }
                None if self.state == State::After => break,
                None => return Err(refused("no end: the file is cut off")),
            }
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &str) {
        let mut text = String::new();
        let told = JsonRows::new(json.as_bytes()).read_to_string(&mut text).map_err(|error| error.to_string());
        let told = told.map_or_else(|error| error.split(';').next().unwrap().to_owned(), |_| text);
        assert_eq!(told, expected, "{json}");
    }

    #[test]
    fn rows_become_lines() {
        check("[[1, 2],\n [3, \"4.5\"]]\n", "1,2\n3,\"4.5\"\n");
        check("[]", "");
        check("[[1, null]]", "1,null\n");
        check("[[1, [2]]]", "the JSON holds a list or object in a row");
        check("{\"a\": 1}", "the JSON holds something other than a row");
        check("[[1, 2], [3", "the JSON holds no end: the file is cut off");
        check("[[1]] [[2]]", "the JSON holds something other than a row");
        check("[[\"a\\\"\"]]", "the JSON holds a text with an escape");
    }
}

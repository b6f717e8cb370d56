//! What a file is that should be text and is not.

/// Names what the first bytes of a file show, where that is no text in UTF-8.
pub(crate) fn foreign(start: &[u8]) -> Option<&'static str> {
    let is = |magic: &[u8]| start.starts_with(magic);
    match start {
        _ if is(b"\xff\xfe\0\0") || is(b"\0\0\xfe\xff") => Some("UTF-32 text"),
        _ if is(b"\xff\xfe") || is(b"\xfe\xff") => Some("UTF-16 text"),
        // Text in UTF-16 without its mark: every other byte of Latin letters is 0.
        [a, 0, b, 0, ..] | [0, a, 0, b, ..] if a.is_ascii() && *a != 0 && b.is_ascii() && *b != 0 => {
            Some("UTF-16 text")
        }
        _ if is(b"\x1f\x8b") => Some("compressed by gzip (its name should end in .gz)"),
        _ if is(b"PK\x03\x04") => Some("a zip archive (its name should end in .zip)"),
        _ if is(b"\x28\xb5\x2f\xfd") => Some("compressed by zstd (its name should end in .zst)"),
        _ if is(b"BZh") => Some("compressed by bzip2 (its name should end in .bz2)"),
        _ if is(b"PAR1") => Some("a Parquet file"),
        _ if is(b"ARROW1") => Some("an Arrow file"),
        _ if is(b"\0") => Some("not text: it begins with a zero byte"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::foreign;

    fn utf16(text: &str, of: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(of).collect()
    }

    #[test]
    fn what_is_no_text_is_named() {
        for text in ["ts,open\n", "\u{feff}ts,open\n"] {
            assert_eq!(foreign(&utf16(text, u16::to_le_bytes)), Some("UTF-16 text"), "{text:?}");
            assert_eq!(foreign(&utf16(text, u16::to_be_bytes)), Some("UTF-16 text"), "{text:?}");
        }
        for text in ["", "t", "ts,open\n", "\u{feff}ts,open\n", "Zeit;Eröffnung"] {
            assert_eq!(foreign(text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(foreign(b"PK\x03\x04rest"), Some("a zip archive (its name should end in .zip)"));
        assert_eq!(foreign(&[0; 64]), Some("not text: it begins with a zero byte"));
    }
}

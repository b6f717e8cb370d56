//! The values of one column of a batch of an Arrow file, as the file holds them.

use super::arrow_schema::Kind;

/// A column whose buffers have the sizes that its rows need.
pub(super) struct ArrowColumn {
    pub(super) kind: Kind,
    /// A bit a row, the lowest first; none where every row has a value.
    validity: Option<Vec<u8>>,
    /// Values, or the places of texts.
    values: Vec<u8>,
    texts: Vec<u8>,
}

impl ArrowColumn {
    /// Nothing if a buffer is too short for so many rows.
    pub(super) fn new(
        kind: Kind,
        rows: usize,
        validity: Option<Vec<u8>>,
        values: Vec<u8>,
        texts: Vec<u8>,
    ) -> Option<Self> {
        let needed = match kind {
            Kind::Signed(bytes) | Kind::Unsigned(bytes) | Kind::Float(bytes) => rows.checked_mul(bytes)?,
            Kind::Utc(_) | Kind::Local(_) => rows.checked_mul(8)?,
            Kind::Day => rows.checked_mul(4)?,
            Kind::Bool => rows.div_ceil(8),
            // No row has no place to begin at either.
            Kind::Text(_) if rows == 0 => 0,
            Kind::Text(bytes) => rows.checked_add(1)?.checked_mul(bytes)?,
            Kind::Other(_) => return None,
        };
        let is_known = validity.as_ref().is_none_or(|bits| rows.div_ceil(8) <= bits.len());
        (needed <= values.len() && is_known).then_some(Self { kind, validity, values, texts })
    }

    fn has_value(&self, row: usize) -> bool {
        self.validity.as_ref().is_none_or(|bits| bits[row / 8] >> (row % 8) & 1 == 1)
    }

    /// A number; `None` where there is none, and of NaN.
    pub(super) fn number(&self, row: usize) -> Option<f64> {
        match self.kind {
            Kind::Float(4) if self.has_value(row) => Some(f64::from(f32::from_le_bytes(self.bytes(row)))),
            Kind::Float(_) if self.has_value(row) => Some(f64::from_le_bytes(self.bytes(row))),
            Kind::Bool if self.has_value(row) => Some(f64::from(self.values[row / 8] >> (row % 8) & 1)),
            Kind::Unsigned(8) if self.has_value(row) => Some(u64::from_le_bytes(self.bytes(row)) as f64),
            _ => self.integer(row).map(|value| value as f64),
        }
        .filter(|value| !value.is_nan())
    }

    /// A whole number; `None` where there is none, of other kinds, and beyond 63 bits.
    pub(super) fn integer(&self, row: usize) -> Option<i64> {
        if !self.has_value(row) {
            return None;
        }
        Some(match self.kind {
            Kind::Signed(1) => i64::from(i8::from_le_bytes(self.bytes(row))),
            Kind::Signed(2) => i64::from(i16::from_le_bytes(self.bytes(row))),
            Kind::Signed(4) | Kind::Day => i64::from(i32::from_le_bytes(self.bytes(row))),
            Kind::Signed(_) | Kind::Utc(_) | Kind::Local(_) => i64::from_le_bytes(self.bytes(row)),
            Kind::Unsigned(1) => i64::from(u8::from_le_bytes(self.bytes(row))),
            Kind::Unsigned(2) => i64::from(u16::from_le_bytes(self.bytes(row))),
            Kind::Unsigned(4) => i64::from(u32::from_le_bytes(self.bytes(row))),
            Kind::Unsigned(_) => i64::try_from(u64::from_le_bytes(self.bytes(row))).ok()?,
            Kind::Float(_) | Kind::Bool | Kind::Text(_) | Kind::Other(_) => return None,
        })
    }

    /// A text; `None` where there is none, of other kinds, and where its place cannot be.
    pub(super) fn text(&self, row: usize) -> Option<&str> {
        let Kind::Text(width) = self.kind else { return None };
        let place = |row: usize| match width {
            4 => usize::try_from(i32::from_le_bytes(self.bytes(row))).ok(),
            _ => usize::try_from(i64::from_le_bytes(self.bytes(row))).ok(),
        };
        let text = self.texts.get(place(row)?..place(row + 1)?).filter(|_| self.has_value(row))?;
        std::str::from_utf8(text).ok()
    }

    /// The value of row `row` where values have `N` bytes; its constructor has checked that it is there.
    fn bytes<const N: usize>(&self, row: usize) -> [u8; N] {
        let start = row * N;
        self.values[start..start + N].try_into().expect("Invariant: a slice of N bytes")
    }
}

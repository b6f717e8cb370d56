//! A Parquet file as its footer and the bytes of its column chunks, read from start to end and never mapped.
//!
//! Chunks are taken in the order of the file and everything between them passes through the digest, so that one pass
//! reads and hashes. In memory are the wanted chunks of one group of rows.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use polars::prelude::{PolarsError, PolarsResult, Series};
use polars_buffer::Buffer;
use polars_parquet::parquet::read::deserialize_metadata;
use polars_parquet::read::{
    BasicDecompressor, FileMetadata, Filter, PageReader, RowGroupMetadata, column_iter_to_arrays, infer_schema,
};
use sha2::{Digest, Sha256};

use super::bytes::Bytes;
use super::parquet_pages::check_pages;
use super::quiet::caught;
use crate::error::{DataError, one_line};
use crate::input::{Identity, Limit, Opened, hexadecimal};

type Field = polars::prelude::ArrowField;

/// An open Parquet file.
pub(super) struct ParquetFile {
    path: PathBuf,
    source: ParquetBytes,
    /// Its bytes, and where its footer starts.
    bytes: u64,
    footer: Vec<u8>,
    metadata: FileMetadata,
    fields: Vec<Field>,
    hasher: Sha256,
    hashed: u64,
    /// The group of rows in memory, and the chunk of each field that is.
    group: Option<(usize, Vec<Option<Buffer<u8>>>)>,
}

enum ParquetBytes {
    File(File, Identity),
    Memory(&'static [u8]),
}

const MAGIC: &[u8; 4] = b"PAR1";
const TAIL_BYTES: u64 = 8;

impl ParquetFile {
    pub(super) fn open(bytes: &Bytes) -> Result<Self, DataError> {
        let path = bytes.path().to_path_buf();
        let (source, bytes) = match bytes {
            Bytes::File(path) => {
                let Opened { file, identity, .. } = Opened::at(path)?;
                let identity = identity.ok_or_else(|| DataError::NotAFile { path: path.clone(), what: "a pipe" })?;
                let bytes = identity.bytes();
                (ParquetBytes::File(file, identity), bytes)
            }
            Bytes::Embedded(_, bytes) => (ParquetBytes::Memory(bytes), bytes.len() as u64),
        };
        let refused = |message: &str| not_parquet(&path, message);
        if bytes < MAGIC.len() as u64 + TAIL_BYTES {
            return Err(refused("it is shorter than the shortest Parquet file"));
        }
        let tail = source.read(&path, bytes - TAIL_BYTES..bytes)?;
        let (footer_bytes, magic) = tail.split_at(4);
        if magic != MAGIC {
            return Err(refused("it does not end with PAR1"));
        }
        let footer_bytes = u32::from_le_bytes(footer_bytes.try_into().expect("Invariant: four bytes"));
        let footer_start = (bytes - TAIL_BYTES).checked_sub(u64::from(footer_bytes)).filter(|start| 4 <= *start);
        let footer_start = footer_start.ok_or_else(|| refused("its footer is larger than the file"))?;
        let footer = source.read(&path, footer_start..bytes)?;
        let of_library = |error: PolarsError| refused(&error.to_string());
        let read = || -> PolarsResult<(FileMetadata, Vec<Field>)> {
            let metadata = deserialize_metadata(Buffer::from_vec(footer.clone()))?;
            let fields = infer_schema(&metadata)?.iter_values().cloned().collect();
            Ok((metadata, fields))
        };
        let (metadata, fields) = caught(read).map_err(|panic| refused(&panic))?.map_err(of_library)?;
        if Limit::Columns.most() < fields.len() as u64 {
            return Err(DataError::too_large(Limit::Columns, &path, None));
        }
        let outside = |range: &Range<u64>| range.end < range.start || range.start < 4 || footer_start < range.end;
        for (group, columns) in metadata.row_groups.iter().enumerate() {
            let ranges = caught(|| columns.byte_ranges_iter().collect::<Vec<_>>()).map_err(|panic| refused(&panic))?;
            if let Some(range) = ranges.iter().find(|range| outside(range)) {
                return Err(refused(&format!(
                    "a column of group {group} lies at bytes {} to {}, outside the data (4 to {footer_start})",
                    range.start, range.end
                )));
            }
        }
        let hasher = Sha256::new();
        Ok(Self { path, source, bytes, footer, metadata, fields, hasher, hashed: 0, group: None })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The columns with their types, in the order of the file.
    pub(super) fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The number of rows of a group, if there is one.
    pub(super) fn rows_of(&self, group: usize) -> Option<usize> {
        self.metadata.row_groups.get(group).map(RowGroupMetadata::num_rows)
    }

    /// Brings the chunks of these fields of a group into memory, in place of another group's.
    pub(super) fn load(&mut self, group: usize, wanted: &[usize]) -> Result<(), DataError> {
        if self.group.as_ref().is_some_and(|(loaded, _)| *loaded == group) {
            return Ok(());
        }
        self.group = None;
        let columns = &self.metadata.row_groups[group];
        let mut field_of_chunk = vec![None; columns.n_columns()];
        for &field in wanted {
            let name = &self.fields[field].name;
            match columns.columns_idxs_under_root_iter(name) {
                Some(&[chunk]) => field_of_chunk[chunk] = Some(field),
                _ => return Err(self.refused(&format!("column `{name}` is none in group {group}, or one of lists"))),
            }
        }
        let mut ranges: Vec<(Range<u64>, Option<usize>)> = columns.byte_ranges_iter().zip(field_of_chunk).collect();
        ranges.sort_by_key(|(range, _)| range.start);
        let mut chunks = vec![None; self.fields.len()];
        for (range, field) in ranges {
            let Some(field) = field else {
                self.hash_up_to(range.end)?;
                continue;
            };
            self.hash_up_to(range.start)?;
            let chunk = self.source.read(&self.path, range.clone())?;
            if self.hashed == range.start {
                self.hasher.update(&chunk);
                self.hashed = range.end;
            }
            let chunk = Buffer::from_vec(chunk);
            self.check(group, field, &chunk)?;
            chunks[field] = Some(chunk);
        }
        self.group = Some((group, chunks));
        Ok(())
    }

    /// The values of a loaded field at these rows of its group.
    pub(super) fn values(&self, field: usize, rows: Range<usize>) -> Result<Series, DataError> {
        let (group, chunks) =
            self.group.as_ref().expect("Invariant: a group is loaded before its values are asked for");
        let chunk = chunks[field].clone().expect("Invariant: a field is loaded before its values are asked for");
        let field = &self.fields[field];
        let columns = self.metadata.row_groups[*group].columns_under_root_iter(&field.name);
        let column =
            columns.and_then(|mut columns| columns.next()).expect("Invariant: the chunk was found while loading");
        let wanted = rows.len();
        let read = || -> PolarsResult<Series> {
            let pages = PageReader::new(Cursor::new(chunk), column, Vec::new(), usize::MAX);
            let types = vec![&column.descriptor().descriptor.primitive_type];
            let columns = vec![BasicDecompressor::new(pages, Vec::new())];
            let (arrays, _) =
                column_iter_to_arrays(columns, types, field.clone(), Some(Filter::new_ranged(rows.start, rows.end)))?;
            Series::try_from((field, arrays))
        };
        let series = caught(read).map_err(|panic| self.refused(&panic))?;
        let series = series.map_err(|error| self.refused(&error.to_string()))?;
        if series.len() == wanted {
            return Ok(series);
        }
        Err(self.refused(&format!("column `{}` holds {} values and not {wanted}", field.name, series.len())))
    }

    /// Hashes what is left, and returns the digest of the whole if the file is still the one that was opened.
    pub(super) fn finish(&mut self) -> Result<String, DataError> {
        let footer_start = self.bytes - self.footer.len() as u64;
        self.hash_up_to(footer_start)?;
        let footer = self.source.read(&self.path, footer_start..self.bytes)?;
        self.hasher.update(&footer);
        self.hashed = self.bytes;
        if footer != self.footer {
            return Err(DataError::Changed { path: self.path.clone(), what: "its footer is another".into() });
        }
        if let ParquetBytes::File(file, identity) = &self.source {
            identity.check(&self.path, file)?;
        }
        Ok(hexadecimal(&self.hasher.clone().finalize()))
    }

    fn hash_up_to(&mut self, end: u64) -> Result<(), DataError> {
        const PIECE: u64 = 1 << 18;
        while self.hashed < end {
            let next = end.min(self.hashed + PIECE);
            self.hasher.update(self.source.read(&self.path, self.hashed..next)?);
            self.hashed = next;
        }
        Ok(())
    }

    fn check(&self, group: usize, field: usize, chunk: &Buffer<u8>) -> Result<(), DataError> {
        let rows = self.metadata.row_groups[group].num_rows();
        let name = &self.fields[field].name;
        caught(|| check_pages(&self.path, name, chunk, rows)).map_err(|panic| self.refused(&panic))?
    }

    fn refused(&self, message: &str) -> DataError {
        not_parquet(&self.path, message)
    }
}

impl ParquetBytes {
    fn read(&self, path: &Path, range: Range<u64>) -> Result<Vec<u8>, DataError> {
        let mut file = match self {
            Self::Memory(bytes) => return Ok(bytes[range.start as usize..range.end as usize].to_vec()),
            Self::File(file, _) => file,
        };
        let mut bytes = vec![0; (range.end - range.start) as usize];
        let read = file.seek(SeekFrom::Start(range.start)).and_then(|_| file.read_exact(&mut bytes));
        match read {
            Ok(()) => Ok(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(DataError::Changed { path: path.to_path_buf(), what: "it became shorter".into() })
            }
            Err(error) => Err(DataError::io(path, &error)),
        }
    }
}

pub(super) fn not_parquet(path: &Path, message: &str) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "Parquet", message: one_line(message) }
}

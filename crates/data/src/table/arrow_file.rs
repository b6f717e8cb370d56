//! An Arrow file (Feather version 2): its footer, and the columns of one batch at a time.
//!
//! Of a batch only the buffers of wanted columns are read. Each is bounded before it is unpacked, so that a file that
//! claims to hold more than it does takes no memory. The digest is taken in a pass of its own, and the file is compared
//! with itself afterwards.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use polars_arrow_format::ipc::planus::{self, ReadAsRoot};
use polars_arrow_format::ipc::{CompressionType, Endianness, FooterRef, MessageHeaderRef, MessageRef, RecordBatchRef};

use super::arrow_column::ArrowColumn;
use super::arrow_schema::{ArrowField, Kind, fields};
use super::quiet::caught;
use crate::error::{DataError, one_line};
use crate::input::{Identity, Limit, Opened, Watched};

/// An open Arrow file.
pub(super) struct ArrowFile {
    path: PathBuf,
    file: File,
    identity: Identity,
    pub(super) fields: Vec<ArrowField>,
    blocks: Vec<Block>,
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy)]
struct Block {
    start: u64,
    message_bytes: u64,
    body_bytes: u64,
}

/// The wanted columns of a batch.
pub(super) struct ArrowBatch {
    pub(super) rows: usize,
    /// In the order in which they were asked for.
    pub(super) columns: Vec<ArrowColumn>,
}

const MAGIC: &[u8] = b"ARROW1";
const TAIL_BYTES: u64 = 10;

impl ArrowFile {
    pub(super) fn open(path: &Path) -> Result<Self, DataError> {
        let Opened { mut file, identity, .. } = Opened::at(path)?;
        let identity = identity.ok_or_else(|| DataError::NotAFile { path: path.to_path_buf(), what: "a pipe" })?;
        let refused = |message: &str| not_arrow(path, message);
        let bytes = identity.bytes();
        if bytes < TAIL_BYTES {
            return Err(refused("it is shorter than the shortest Arrow file"));
        }
        let tail = read_at(path, &mut file, bytes - TAIL_BYTES, TAIL_BYTES)?;
        let (length, magic) = tail.split_at(4);
        if magic != MAGIC {
            let is_first_version = magic.ends_with(b"FEA1");
            return Err(refused(if is_first_version {
                "it is Feather of version 1; accepted: version 2"
            } else {
                "it does not end with ARROW1"
            }));
        }
        let length = u64::from(u32::from_le_bytes(length.try_into().expect("Invariant: four bytes")));
        let start =
            (bytes - TAIL_BYTES).checked_sub(length).ok_or_else(|| refused("its footer is larger than the file"))?;
        let footer = read_at(path, &mut file, start, length)?;
        let read = caught(|| footer_of(&footer)).map_err(|panic| refused(&panic))?;
        let (fields, blocks) = read.map_err(|error| refused(&error.to_string()))?;
        let fields = fields.map_err(|name| refused(&format!("column `{name}` is of a type that is not read")))?;
        if Limit::Columns.most() < fields.len() as u64 {
            return Err(DataError::too_large(Limit::Columns, path, None));
        }
        let blocks = blocks.into_iter().map(|(start, message, body)| Block::within(start, message, body, bytes));
        let blocks = blocks.collect::<Option<Vec<_>>>().ok_or_else(|| refused("a batch lies beyond the file"))?;
        Ok(Self { path: path.to_path_buf(), file, identity, fields, blocks })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The number of batches.
    pub(super) fn batches(&self) -> usize {
        self.blocks.len()
    }

    /// The columns `wanted` of a batch.
    pub(super) fn batch(&mut self, place: usize, wanted: &[usize]) -> Result<ArrowBatch, DataError> {
        let block = self.blocks[place];
        if Limit::Page.most() < block.message_bytes {
            return Err(DataError::too_large(Limit::Page, &self.path, None));
        }
        let message = read_at(&self.path, &mut self.file, block.start, block.message_bytes)?;
        let read = caught(|| Places::of(&message, &self.fields)).map_err(|panic| not_arrow(&self.path, &panic))?;
        let places = read.map_err(|error| self.refused(&error.to_string()))?;
        let places = places.ok_or_else(|| self.refused("a batch contradicts itself"))?;
        let columns = wanted.iter().map(|field| self.column(&block, &places, *field));
        let columns = columns.collect::<Result<Vec<_>, _>>()?;
        Ok(ArrowBatch { rows: places.rows, columns })
    }

    fn column(&self, block: &Block, places: &Places, field: usize) -> Result<ArrowColumn, DataError> {
        let ArrowField { name, kind, .. } = &self.fields[field];
        let contradicts = || self.refused(&format!("column `{name}` contradicts itself"));
        let place = places.columns.get(field).ok_or_else(contradicts)?;
        if place.rows != places.rows {
            return Err(contradicts());
        }
        let buffer = |place: usize| {
            let (start, length) = *places.buffers.get(place).ok_or_else(contradicts)?;
            if start.checked_add(length).is_none_or(|end| block.body_bytes < end) {
                return Err(contradicts());
            }
            self.buffer(block.start + block.message_bytes + start, length, places.packing)
        };
        let validity = if place.has_nulls { Some(buffer(place.first_buffer)?) } else { None };
        let first = buffer(place.first_buffer + 1)?;
        let texts = match kind {
            Kind::Text(_) => buffer(place.first_buffer + 2)?,
            _ => Vec::new(),
        };
        ArrowColumn::new(*kind, places.rows, validity, first, texts).ok_or_else(contradicts)
    }

    /// The bytes of a buffer, unpacked.
    fn buffer(&self, start: u64, length: u64, packing: Option<CompressionType>) -> Result<Vec<u8>, DataError> {
        let most = Limit::Page.most();
        let too_large = || Err(DataError::too_large(Limit::Page, &self.path, None));
        if most < length {
            return too_large();
        }
        let mut file = self.file.try_clone().map_err(|error| DataError::io(&self.path, &error))?;
        let packed = read_at(&self.path, &mut file, start, length)?;
        let Some(packing) = packing.filter(|_| !packed.is_empty()) else { return Ok(packed) };
        let damaged = || self.refused("a packed column is damaged");
        let (stated, packed) = packed.split_first_chunk::<8>().ok_or_else(damaged)?;
        let stated = match i64::from_le_bytes(*stated) {
            // It was not worth packing.
            -1 => return Ok(packed.to_vec()),
            stated => u64::try_from(stated).map_err(|_| damaged())?,
        };
        if most < stated {
            return too_large();
        }
        let mut bytes = Vec::new();
        let read = match packing {
            CompressionType::Lz4Frame => {
                lz4::Decoder::new(packed).and_then(|decoder| decoder.take(stated + 1).read_to_end(&mut bytes))
            }
            CompressionType::Zstd => {
                zstd::Decoder::new(packed).and_then(|decoder| decoder.take(stated + 1).read_to_end(&mut bytes))
            }
        };
        read.map_err(|_| damaged())?;
        if bytes.len() as u64 == stated { Ok(bytes) } else { Err(damaged()) }
    }

    /// The digest of the file, if it is still the one that was opened.
    pub(super) fn finish(&self) -> Result<String, DataError> {
        let sha256 = Watched::file(Opened::at(&self.path)?).finish()?;
        self.identity.check(&self.path, &self.file)?;
        Ok(sha256)
    }

    fn refused(&self, message: &str) -> DataError {
        not_arrow(&self.path, message)
    }
}

/// The names of the columns of an Arrow file.
pub(crate) fn arrow_names(path: &Path) -> Result<Vec<String>, DataError> {
    Ok(ArrowFile::open(path)?.fields.into_iter().map(|field| field.name).collect())
}

type Blocks = Vec<(i64, i32, i64)>;

fn footer_of(bytes: &[u8]) -> planus::Result<(Result<Vec<ArrowField>, String>, Blocks)> {
    let footer = FooterRef::read_as_root(bytes)?;
    let Some(schema) = footer.schema()? else { return Ok((Ok(Vec::new()), Vec::new())) };
    if schema.endianness()? == Endianness::Big {
        return Ok((Err("(all): numbers begin with their high byte, which".to_owned()), Vec::new()));
    }
    let blocks = footer.record_batches()?.into_iter().flatten();
    let blocks = blocks.map(|block| (block.offset(), block.meta_data_length(), block.body_length()));
    Ok((fields(schema)?, blocks.collect()))
}

impl Block {
    fn within(start: i64, message: i32, body: i64, bytes: u64) -> Option<Self> {
        let (start, message, body) =
            (u64::try_from(start).ok()?, u64::try_from(message).ok()?, u64::try_from(body).ok()?);
        let end = start.checked_add(message)?.checked_add(body)?;
        (end <= bytes).then_some(Self { start, message_bytes: message, body_bytes: body })
    }
}

/// Where the columns of a batch stand in its body.
struct Places {
    rows: usize,
    packing: Option<CompressionType>,
    /// Start and length of each buffer.
    buffers: Vec<(u64, u64)>,
    columns: Vec<Place>,
}

struct Place {
    rows: usize,
    has_nulls: bool,
    first_buffer: usize,
}

impl Places {
    /// Nothing of a batch that contradicts itself.
    fn of(message: &[u8], fields: &[ArrowField]) -> planus::Result<Option<Self>> {
        // Since version 0.15 a marker stands before the length of the message.
        let start = if message.starts_with(&[0xff; 4]) { 8 } else { 4 };
        let Some(message) = message.get(start..) else { return Ok(None) };
        match MessageRef::read_as_root(message)?.header()? {
            Some(MessageHeaderRef::RecordBatch(batch)) => Self::of_batch(batch, fields),
            _ => Ok(None),
        }
    }

    fn of_batch(batch: RecordBatchRef<'_>, fields: &[ArrowField]) -> planus::Result<Option<Self>> {
        let Ok(rows) = usize::try_from(batch.length()?) else { return Ok(None) };
        let packing = match batch.compression()? {
            Some(compression) => Some(compression.codec()?),
            None => None,
        };
        let buffers = batch.buffers()?.into_iter().flatten();
        let buffers =
            buffers.map(|buffer| Some((u64::try_from(buffer.offset()).ok()?, u64::try_from(buffer.length()).ok()?)));
        let Some(buffers) = buffers.collect::<Option<Vec<_>>>() else { return Ok(None) };
        let nodes: Vec<(i64, i64)> =
            batch.nodes()?.into_iter().flatten().map(|node| (node.length(), node.null_count())).collect();
        let views: Vec<i64> = batch.variadic_buffer_counts()?.into_iter().flatten().collect();
        let (mut node, mut buffer, mut view) = (0, 0, 0);
        let mut columns = Vec::with_capacity(fields.len());
        for ArrowField { extent, .. } in fields {
            let Some((length, nulls)) = nodes.get(node) else { return Ok(None) };
            let Ok(column_rows) = usize::try_from(*length) else { return Ok(None) };
            columns.push(Place { rows: column_rows, has_nulls: *nulls != 0, first_buffer: buffer });
            let Some(more) = views.get(view..view + extent.views) else { return Ok(None) };
            let more = more.iter().map(|count| usize::try_from(*count).ok());
            let Some(more) = more.collect::<Option<Vec<_>>>() else { return Ok(None) };
            let Some(end) = more.iter().try_fold(buffer + extent.buffers, |sum: usize, count| sum.checked_add(*count))
            else {
                return Ok(None);
            };
            (node, buffer, view) = (node + extent.nodes, end, view + extent.views);
        }
        Ok(Some(Self { rows, packing, buffers, columns }))
    }
}

/// Reads exactly these bytes, which lie within the file.
fn read_at(path: &Path, file: &mut File, start: u64, length: u64) -> Result<Vec<u8>, DataError> {
    let io = |error: std::io::Error| DataError::io(path, &error);
    file.seek(SeekFrom::Start(start)).map_err(io)?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 == length {
        Ok(bytes)
    } else {
        Err(DataError::Changed { path: path.to_path_buf(), what: "it became shorter".to_owned() })
    }
}

pub(super) fn not_arrow(path: &Path, message: &str) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "Arrow", message: one_line(message) }
}

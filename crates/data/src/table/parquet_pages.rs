//! The page headers of a column chunk, checked before anything is unpacked: the library trusts them.

use std::io::Cursor;
use std::path::Path;

use polars_buffer::Buffer;
use polars_parquet_format::thrift::protocol::TCompactInputProtocol;
use polars_parquet_format::{PageHeader, PageType};

use crate::error::DataError;
use crate::input::Limit;

/// The most that the header of a page takes; statistics of long texts are in it.
const HEADER_BYTES: usize = 1 << 20;

/// Refuses a chunk whose pages do not lie in it, unpack to more than is accepted, or do not hold `rows` values.
pub(super) fn check_pages(path: &Path, column: &str, chunk: &Buffer<u8>, rows: usize) -> Result<(), DataError> {
    let refused = |message: String| DataError::NotReadable {
        path: path.to_path_buf(),
        expected: "Parquet",
        message: format!("column `{}`: {message}", crate::error::shown(column)),
    };
    let mut reader = Cursor::new(&chunk[..]);
    let mut values: usize = 0;
    let mut first = true;
    while values < rows {
        let header = PageHeader::read_from_in_protocol(&mut TCompactInputProtocol::new(&mut reader, HEADER_BYTES));
        let header = header.map_err(|error| {
            refused(format!("a page has no header: {}", crate::error::one_line(&error.to_string())))
        })?;
        let page = Page::of(&header).ok_or_else(|| refused("the header of a page contradicts itself".into()))?;
        if Limit::Page.most() < page.unpacked as u64 {
            return Err(DataError::too_large(Limit::Page, path, None));
        }
        let end = reader.position() + page.packed as u64;
        if (chunk.len() as u64) < end {
            return Err(refused(format!("a page of {} bytes reaches beyond its column", page.packed)));
        }
        reader.set_position(end);
        match page.values {
            None if first => {}
            None => return Err(refused("a dictionary stands behind the first page".into())),
            Some(more) => values += more,
        }
        first = false;
    }
    if values == rows { Ok(()) } else { Err(refused(format!("its pages hold {values} values and not {rows}"))) }
}

struct Page {
    packed: usize,
    unpacked: usize,
    /// `None` of a dictionary.
    values: Option<usize>,
}

impl Page {
    /// The sizes in a header; `None` if they cannot be.
    fn of(header: &PageHeader) -> Option<Self> {
        let size = |value: i32| usize::try_from(value).ok();
        let (packed, unpacked) = (size(header.compressed_page_size)?, size(header.uncompressed_page_size)?);
        let values = match header.type_ {
            PageType::DICTIONARY_PAGE => {
                // Each value of a dictionary takes at least a byte.
                let values = size(header.dictionary_page_header.as_ref()?.num_values)?;
                return (values <= unpacked).then_some(Self { packed, unpacked, values: None });
            }
            PageType::DATA_PAGE => size(header.data_page_header.as_ref()?.num_values)?,
            PageType::DATA_PAGE_V2 => {
                let page = header.data_page_header_v2.as_ref()?;
                let levels = size(page.definition_levels_byte_length)?;
                let levels = levels.checked_add(size(page.repetition_levels_byte_length)?)?;
                let values = size(page.num_values)?;
                if packed < levels
                    || unpacked < levels
                    || values < size(page.num_nulls)?
                    || values != size(page.num_rows)?
                {
                    return None;
                }
                values
            }
            _ => return None,
        };
        Some(Self { packed, unpacked, values: Some(values) })
    }
}

//! The bytes of a text that may be packed, unpacked while they are read.
//!
//! Memory is that of a decoder: a window of at most 128 MiB of zstd, a block of 900 kB of bzip2. A zip must hold one
//! file; it is read at its place in the archive, so that the archive is hashed in the same pass.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use bzip2::read::MultiBzDecoder;
use flate2::Crc;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::bytes::Bytes;
use crate::error::{DataError, one_line};
use crate::format::Packing;
use crate::input::{Opened, Watched};

/// The bytes of a file, unpacked as the ending of its name says, and what watches the file itself.
pub(crate) fn unpacked(bytes: &Bytes) -> Result<(Box<dyn Read + Send>, Watched), DataError> {
    let path = match bytes {
        Bytes::File(path) => path,
        Bytes::Embedded(path, bytes) => {
            let watched = Watched::memory(path, bytes);
            return Ok((Box::new(watched.clone()), watched));
        }
    };
    let mut opened = Opened::at(path)?;
    let packing = Packing::of(path);
    let member = match packing {
        Some(Packing::Zip) => Some(Member::find(path, &mut opened)?),
        Some(Packing::Gzip | Packing::Zstd | Packing::Bzip2) | None => None,
    };
    let watched = Watched::file(opened);
    let source = watched.clone();
    let source: Box<dyn Read + Send> = match (packing, member) {
        (Some(Packing::Gzip), _) => Box::new(MultiGzDecoder::new(source)),
        (Some(Packing::Bzip2), _) => Box::new(MultiBzDecoder::new(source)),
        (Some(Packing::Zstd), _) => Box::new(zstd::Decoder::new(source).map_err(|error| DataError::io(path, &error))?),
        (Some(Packing::Zip), Some(member)) => member.unpacked(path, source)?,
        (Some(Packing::Zip) | None, _) => Box::new(source),
    };
    Ok((source, watched))
}

/// The only file of a zip: where its packed bytes stand.
struct Member {
    start: u64,
    packed: u64,
    is_deflated: bool,
    crc: u32,
}

impl Member {
    /// Finds it; the file is left at its start.
    fn find(path: &Path, opened: &mut Opened) -> Result<Self, DataError> {
        if opened.bytes().is_none() {
            return Err(DataError::NotAFile { path: path.to_path_buf(), what: "a pipe" });
        }
        let io = |error: Error| DataError::io(path, &error);
        let file = opened.file.try_clone().map_err(io)?;
        let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| not_zip(path, &error.to_string()))?;
        let member = Self::only(path, &mut archive)?;
        opened.file.seek(SeekFrom::Start(0)).map_err(io)?;
        Ok(member)
    }

    fn only(path: &Path, archive: &mut ZipArchive<BufReader<File>>) -> Result<Self, DataError> {
        let refused = |message: &str| not_zip(path, message);
        let mut found = None;
        let mut files = 0;
        for place in 0..archive.len() {
            let member = archive.by_index_raw(place).map_err(|error| refused(&error.to_string()))?;
            if member.is_file() {
                files += 1;
                found = Some(place);
            }
        }
        let Some(place) = found.filter(|_| files == 1) else {
            return Err(refused(&format!("{files} files are in it; accepted: one")));
        };
        let member = archive.by_index_raw(place).map_err(|error| refused(&error.to_string()))?;
        if member.encrypted() {
            return Err(refused("the file in it is encrypted; accepted: one that is not"));
        }
        let is_deflated = match member.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            other => {
                return Err(refused(&format!("the file in it is packed by {other}; accepted: deflate, or stored")));
            }
        };
        let start = member.data_start().ok_or_else(|| refused("the place of the file in it is not stated"))?;
        Ok(Self { start, packed: member.compressed_size(), is_deflated, crc: member.crc32() })
    }

    fn unpacked(self, path: &Path, mut source: Watched) -> Result<Box<dyn Read + Send>, DataError> {
        let before = std::io::copy(&mut source.by_ref().take(self.start), &mut std::io::sink());
        before.map_err(|error| DataError::io(path, &error))?;
        let packed = source.take(self.packed);
        let inner: Box<dyn Read + Send> =
            if self.is_deflated { Box::new(DeflateDecoder::new(packed)) } else { Box::new(packed) };
        Ok(Box::new(Summed { inner, crc: Crc::new(), expected: self.crc }))
    }
}

fn not_zip(path: &Path, message: &str) -> DataError {
    DataError::NotReadable { path: path.to_path_buf(), expected: "zip", message: one_line(message) }
}

/// A stream whose sum is compared at its end with the one that the archive states.
struct Summed {
    inner: Box<dyn Read + Send>,
    crc: Crc,
    expected: u32,
}

impl Read for Summed {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.crc.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.crc.sum() != self.expected {
            return Err(Error::new(ErrorKind::InvalidData, "the file in the zip is damaged: its sum is another one"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;
    use crate::scratch::Scratch;

    const TEXT: &str = "ts,open\n1,2\n";

    fn gzipped() -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(TEXT.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    fn bzipped() -> Vec<u8> {
        let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::default());
        writer.write_all(TEXT.as_bytes()).unwrap();
        writer.finish().unwrap()
    }

    fn zipped(files: &[&str]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for file in files {
            writer.start_file(*file, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(TEXT.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// The text of a file, or the error without the folder's path.
    fn check(name: &str, bytes: &[u8], expected: &str) {
        let scratch = Scratch::new();
        let path = scratch.path().join(name);
        fs::write(&path, bytes).unwrap();
        let read = || -> Result<String, DataError> {
            let (mut source, mut watched) = unpacked(&Bytes::File(path.clone()))?;
            let mut text = String::new();
            source.read_to_string(&mut text).map_err(|error| DataError::io(&path, &error))?;
            assert_eq!(watched.finish()?, crate::sha256_of(bytes), "the digest is that of the file as it is");
            Ok(text)
        };
        let found = read().unwrap_or_else(|error| error.to_string());
        let found = found.replace(&format!("{}/", scratch.path().display()), "");
        assert!(found.starts_with(expected), "{name}: {found}");
    }

    #[test]
    fn packed_texts_are_read_as_they_are() {
        let zstd = zstd::encode_all(TEXT.as_bytes(), 0).unwrap();
        check("a.csv", TEXT.as_bytes(), TEXT);
        check("a.csv.gz", &gzipped(), TEXT);
        check("a.csv.bz2", &bzipped(), TEXT);
        check("a.csv.zst", &zstd, TEXT);
        check("A.CSV.ZSTD", &zstd, TEXT);
        check("a.zip", &zipped(&["a.csv"]), TEXT);
        // Pieces that were packed one after another are one text.
        check("b.csv.bz2", &[bzipped(), bzipped()].concat(), &TEXT.repeat(2));
        check("b.csv.zst", &[zstd.clone(), zstd].concat(), &TEXT.repeat(2));
    }

    #[test]
    fn damaged_archives_are_named() {
        let zstd = zstd::encode_all(TEXT.as_bytes(), 0).unwrap();
        check("a.csv.bz2", &bzipped()[..20], "a.csv.bz2: ");
        check("a.csv.zst", &zstd[..zstd.len() - 3], "a.csv.zst: ");
        check("a.csv.zst", b"not packed at all", "a.csv.zst: ");
        check("a.csv.bz2", b"not packed at all", "a.csv.bz2: ");
        check("a.zip", &zipped(&["a.csv"])[..40], "a.zip: not a readable zip file: ");
        check(
            "a.zip",
            &zipped(&["a.csv", "b.csv"]),
            "a.zip: not a readable zip file: 2 files are in it; accepted: one",
        );
        check("a.zip", &zipped(&[]), "a.zip: not a readable zip file: 0 files are in it; accepted: one");
        let whole = zipped(&["a.csv"]);
        // The packed bytes begin behind the local header of 30 bytes and the name.
        let (mut damaged, place) = (whole, 30 + "a.csv".len() + 4);
        damaged[place] ^= 0x55;
        check("a.zip", &damaged, "a.zip: ");
    }
}

//! A stream of bytes that is hashed while it is read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::digest::hexadecimal;
use super::opened::{Identity, Opened};
use crate::error::DataError;

/// A stream that remembers the digest of what passed through. Clones share the stream, so that one can be read by a
/// decoder while another asks for the digest.
#[derive(Clone)]
pub(crate) struct Watched {
    path: PathBuf,
    stream: Arc<Mutex<Stream>>,
}

struct Stream {
    bytes: WatchedBytes,
    hasher: Sha256,
}

enum WatchedBytes {
    File(File, Option<Identity>),
    Memory(&'static [u8]),
}

impl Watched {
    pub(crate) fn file(opened: Opened) -> Self {
        Self::new(opened.path, WatchedBytes::File(opened.file, opened.identity))
    }

    pub(crate) fn memory(path: &Path, bytes: &'static [u8]) -> Self {
        Self::new(path.to_path_buf(), WatchedBytes::Memory(bytes))
    }

    fn new(path: PathBuf, bytes: WatchedBytes) -> Self {
        Self { path, stream: Arc::new(Mutex::new(Stream { bytes, hasher: Sha256::new() })) }
    }

    /// Reads what is left, and returns the digest of the whole if the file is still the one that was opened.
    pub(crate) fn finish(&mut self) -> Result<String, DataError> {
        let mut buffer = vec![0; 1 << 18];
        while self.read(&mut buffer).map_err(|error| DataError::io(&self.path, &error))? != 0 {}
        let stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        if let WatchedBytes::File(file, Some(identity)) = &stream.bytes {
            identity.check(&self.path, file)?;
        }
        Ok(hexadecimal(&stream.hasher.clone().finalize()))
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let read = match &mut stream.bytes {
            WatchedBytes::File(file, _) => file.read(buffer)?,
            WatchedBytes::Memory(bytes) => bytes.read(buffer)?,
        };
        stream.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

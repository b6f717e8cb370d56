//! Files of a model folder or a run, and no more of them than there may be.
//!
//! This crate reads nothing else and does without `scaleout-data`, whose table `Limit` has the same figures.

use std::{
    fs::{self, File},
    io::Read,
    path::Path,
};

use crate::ExportError;

/// The most that is read of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Most {
    /// A contract: 16 MiB, as a job.
    Contract,
    /// A model, its golden rows or another file beside it, or a list of executions: 256 MiB, as a model.
    Model,
    /// A table of a run, which has every trade: 1 GiB, as a result.
    Table,
}

impl Most {
    const fn mib(self) -> u64 {
        match self {
            Self::Contract => 16,
            Self::Model => 256,
            Self::Table => 1 << 10,
        }
    }

    const fn bytes(self) -> u64 {
        self.mib() << 20
    }
}

/// The bytes of the file at `path`.
///
/// # Errors
/// If it is no regular file, is larger than `most`, or cannot be read.
pub(crate) fn read_bytes(path: &Path, most: Most) -> Result<Vec<u8>, ExportError> {
    let io = |source| ExportError::Io { path: path.to_owned(), source };
    let refused = |message: String| ExportError::File { path: path.to_owned(), message };
    // Opening a named pipe would wait for its writer.
    let before = fs::metadata(path).map_err(io)?;
    if !before.is_file() {
        let what = if before.is_dir() { "a folder" } else { "a device or pipe" };
        return Err(refused(format!("is {what}; accepted: a file")));
    }
    let too_large = || refused(format!("the file is larger than {} MiB; accepted: at most that", most.mib()));
    if most.bytes() < before.len() {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most.bytes() + 1).read_to_end(&mut bytes)).map_err(io)?;
    if most.bytes() < bytes.len() as u64 {
        return Err(too_large());
    }
    Ok(bytes)
}

/// The text of the file at `path`.
///
/// # Errors
/// As [`read_bytes`], or if it is not UTF-8.
pub(crate) fn read_text(path: &Path, most: Most) -> Result<String, ExportError> {
    let broken = |_| ExportError::File { path: path.to_owned(), message: "not UTF-8 text".to_owned() };
    String::from_utf8(read_bytes(path, most)?).map_err(broken)
}

#[cfg(test)]
mod tests {
    use std::{fs::File, path::Path};

    use super::{Most, read_bytes};

    #[test]
    fn only_files_within_the_limit_are_read() {
        let check = |path: &Path, expected: &str| {
            let error = read_bytes(path, Most::Contract).unwrap_err().to_string();
            assert!(error.ends_with(expected), "{error}");
        };
        let folder = std::env::temp_dir().join(format!("scaleout-bounded-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        check(&folder, "is a folder; accepted: a file");
        let large = folder.join("contract.json");
        File::create(&large).unwrap().set_len((16 << 20) + 1).unwrap();
        check(&large, "contract.json: the file is larger than 16 MiB; accepted: at most that");
        File::create(&large).unwrap().set_len(16).unwrap();
        assert_eq!(read_bytes(&large, Most::Contract).unwrap().len(), 16);
        if cfg!(unix) {
            check(Path::new("/dev/zero"), "is a device or pipe; accepted: a file");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}

//! Work that was done before a run was interrupted.

use scaleout_data::sha256_of;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{ExperimentError, Prepared, RunFolder};

/// Folder of the checkpoints inside the run folder; removed when the run is done.
pub(crate) const CHECKPOINTS: &str = "checkpoints";

/// A piece of work under a name, bound to everything that it depends on: program, data, config and training trades.
pub(crate) struct Checkpoint<'a> {
    folder: &'a RunFolder,
    name: String,
    key: String,
}

#[derive(Deserialize)]
struct Stored<T> {
    key: String,
    work: T,
}

#[derive(Serialize)]
struct ToStore<'a, T> {
    key: &'a str,
    work: &'a T,
}

impl<'a> Checkpoint<'a> {
    /// The checkpoint `name` of work on the trades at `train`.
    pub(crate) fn new(prepared: &Prepared, folder: &'a RunFolder, name: &str, train: &[usize]) -> Self {
        let config = serde_json::to_string(&prepared.config).expect("Invariant: a config has only text keys");
        let facts = format!("{} {} {config} {train:?} {name}", env!("CARGO_PKG_VERSION"), prepared.data_sha256);
        Self { folder, name: format!("{CHECKPOINTS}/{name}.json"), key: sha256_of(facts.as_bytes()) }
    }

    /// The work, if it was stored whole, nothing it depends on has changed since, and it `is_sound`; else what `work`
    /// gives, stored.
    pub(crate) fn or_do<T: Serialize + DeserializeOwned>(
        &self,
        is_sound: impl FnOnce(&T) -> bool,
        work: impl FnOnce() -> Result<T, ExperimentError>,
    ) -> Result<T, ExperimentError> {
        if let Some(work) = self.load().filter(is_sound) {
            return Ok(work);
        }
        let work = work()?;
        let text = serde_json::to_string(&ToStore { key: &self.key, work: &work })
            .expect("Invariant: only finite numbers and text keys");
        self.folder.write(&self.name, text.as_bytes())?;
        Ok(work)
    }

    fn load<T: DeserializeOwned>(&self) -> Option<T> {
        let text = self.folder.read(&self.name)?;
        let stored: Stored<T> = serde_json::from_str(&text).ok()?;
        (stored.key == self.key).then_some(stored.work)
    }
}

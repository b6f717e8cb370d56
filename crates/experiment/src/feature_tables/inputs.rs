//! The files that features are computed from, none of which may be written over.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use scaleout_data::{DataSource, FileDigest};

use crate::{ExperimentError, FeatureSource, LoadedConfig, entries::EntriesConfig};

/// Nothing, if writing the files `outputs` changes no file that `source` reads, whatever links lead there. `read` are the
/// files that its market was read from.
///
/// # Errors
/// Names the output that is one of them.
pub(crate) fn check_outputs(
    outputs: &[PathBuf],
    source: &FeatureSource,
    read: &[FileDigest],
) -> Result<(), ExperimentError> {
    let inputs = match source {
        FeatureSource::Experiment(loaded) => of_experiment(loaded, read),
        FeatureSource::Files { bars, trades } => [bars].into_iter().chain(trades).cloned().collect(),
    };
    check_files(outputs, &inputs)
}

/// Nothing, if none of the files `outputs`, or what they are called until they are complete, is one of `inputs`.
///
/// # Errors
/// Names the output that is one of them.
pub(crate) fn check_files(outputs: &[PathBuf], inputs: &[PathBuf]) -> Result<(), ExperimentError> {
    let inputs: Vec<PathBuf> = inputs.iter().filter_map(|input| fs::canonicalize(input).ok()).collect();
    for output in outputs {
        let mut partial = OsString::from(output);
        partial.push(".partial");
        for written in [output, &PathBuf::from(partial)] {
            if fs::canonicalize(written).is_ok_and(|path| inputs.contains(&path)) {
                let message = "is read as input and would be replaced; accepted: the name of another file";
                return Err(ExperimentError::ConfigValue { path: written.clone(), message: message.to_owned() });
            }
        }
    }
    Ok(())
}

fn of_experiment(loaded: &LoadedConfig, read: &[FileDigest]) -> Vec<PathBuf> {
    let mut inputs = vec![loaded.path.clone()];
    inputs.extend(read.iter().map(|file| loaded.base.join(&file.name)));
    if let EntriesConfig::File { path, .. } = &loaded.config.entries {
        inputs.push(loaded.base.join(path));
    }
    if let DataSource::Dataset(dataset) = &loaded.config.data.first().source {
        inputs.extend(files_in(&loaded.base.join(&dataset.folder)));
    }
    inputs
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map_or_else(|_| Vec::new(), |items| items.flatten().map(|item| item.path()).collect())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::check_files;

    #[test]
    fn an_output_is_none_of_the_inputs_by_whatever_name() {
        let folder = std::env::temp_dir().join(format!("scaleout-inputs-{}", std::process::id()));
        fs::create_dir_all(folder.join("below")).unwrap();
        fs::write(folder.join("bars.csv"), "mine").unwrap();
        fs::write(folder.join("o.csv.partial"), "mine").unwrap();
        let inputs = [folder.join("bars.csv"), folder.join("o.csv.partial"), folder.join("gone.csv")];
        let check = |output: &Path, is_refused: bool| {
            let checked = check_files(&[output.to_owned()], &inputs);
            assert_eq!(checked.is_err(), is_refused, "{}", output.display());
        };
        check(&folder.join("bars.csv"), true);
        check(&folder.join("below/../bars.csv"), true);
        check(&folder.join("o.csv"), true);
        check(&folder.join("other.csv"), false);
        check(&folder.join("gone.csv"), false);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.join("bars.csv"), folder.join("link.csv")).unwrap();
            check(&folder.join("link.csv"), true);
        }
        fs::remove_dir_all(folder).unwrap();
    }
}

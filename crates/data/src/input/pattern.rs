//! Several files named at once: a folder, or a pattern with `*` and `?` in the name of the file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::DataError;

/// The files that `pattern` names, in byte order of their names.
///
/// A folder names all files in it, `daily/*.csv` those of the folder `daily` that end in `.csv`: `*` stands for any
/// characters, `?` for one. Files whose names begin with a dot, and folders inside the folder, are not among them. The
/// name of one file gives that file, also if it holds a `*`.
///
/// The paths are written as the pattern is: relative to `base` if the pattern is. They are joined to `base` to be
/// opened, and name the file in provenance as they stand.
///
/// # Errors
/// If nothing is there, no file matches, or a wildcard stands in the name of a folder.
///
/// ```
/// # let folder = std::env::temp_dir().join(format!("scaleout-pattern-{}", std::process::id()));
/// # std::fs::create_dir_all(folder.join("daily"))?;
/// for name in ["b.csv", "a.csv", "notes.txt"] {
///     std::fs::write(folder.join("daily").join(name), "")?;
/// }
/// let files = scaleout_data::files_of_pattern(&folder, "daily/*.csv".as_ref())?;
/// assert_eq!(files, [std::path::Path::new("daily/a.csv"), std::path::Path::new("daily/b.csv")]);
/// assert_eq!(scaleout_data::files_of_pattern(&folder, "daily".as_ref())?.len(), 3);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn files_of_pattern(base: &Path, pattern: &Path) -> Result<Vec<PathBuf>, DataError> {
    let whole = base.join(pattern);
    if whole.is_dir() {
        return files_in(base, pattern, "*", &whole);
    }
    let Some((name, folder)) = pattern.file_name().and_then(|name| Some((name.to_str()?, pattern.parent()?))) else {
        return Ok(vec![pattern.to_path_buf()]);
    };
    if whole.exists() {
        return Ok(vec![pattern.to_path_buf()]);
    }
    let refused = |problem: &str, accepted| {
        Err(DataError::Pattern { path: whole.clone(), problem: problem.to_owned(), accepted })
    };
    if has_wildcard(&folder.to_string_lossy()) && !base.join(folder).is_dir() {
        return refused("a wildcard stands in the name of a folder", "`*` and `?` in the name of the file");
    }
    if !has_wildcard(name) {
        return Err(DataError::MissingFile { path: whole });
    }
    let inside = base.join(folder);
    match fs::metadata(&inside) {
        Ok(metadata) if metadata.is_dir() => files_in(base, folder, name, &whole),
        Ok(_) => refused(&format!("`{}` is not a folder", folder.display()), "a folder before the name of the file"),
        Err(error) => Err(DataError::io(&inside, &error)),
    }
}

/// Whether a text has one of the characters that stand for others.
fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

fn files_in(base: &Path, folder: &Path, name_pattern: &str, whole: &Path) -> Result<Vec<PathBuf>, DataError> {
    let place = base.join(folder);
    // The folder that a relative pattern without a folder stands in has an empty name.
    let place = if place.as_os_str().is_empty() { Path::new(".").to_path_buf() } else { place };
    let wanted: Vec<char> = name_pattern.chars().collect();
    let mut names = Vec::new();
    for entry in fs::read_dir(&place).map_err(|error| DataError::io(&place, &error))? {
        let name = entry.map_err(|error| DataError::io(&place, &error))?.file_name();
        let text: Vec<char> = name.to_string_lossy().chars().collect();
        if text.first() == Some(&'.') || !matches(&wanted, &text) {
            continue;
        }
        let path = place.join(&name);
        if fs::metadata(&path).map_err(|error| DataError::io(&path, &error))?.is_file() {
            names.push(name);
        }
    }
    if names.is_empty() {
        let problem = if whole == place { "no file is in the folder" } else { "no file matches" }.to_owned();
        return Err(DataError::Pattern { path: whole.to_path_buf(), problem, accepted: "one file at least" });
    }
    names.sort_unstable_by(|a, b| a.as_encoded_bytes().cmp(b.as_encoded_bytes()));
    Ok(names.into_iter().map(|name| folder.join(name)).collect())
}

/// Whether `text` is of the form `wanted`; goes back to the last `*` alone, so that the time is at most the product of
/// the lengths.
fn matches(wanted: &[char], text: &[char]) -> bool {
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        match wanted.get(at) {
            Some('*') => {
                star = Some((at, position));
                at += 1;
            }
            Some(c) if *c == '?' || *c == text[position] => (at, position) = (at + 1, position + 1),
            _ => match &mut star {
                None => return false,
                Some((star, taken)) => {
                    *taken += 1;
                    (at, position) = (*star + 1, *taken);
                }
            },
        }
    }
    wanted[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    fn check_match(wanted: &str, text: &str, expected: bool) {
        let (wanted_chars, text_chars) = (wanted.chars().collect::<Vec<_>>(), text.chars().collect::<Vec<_>>());
        assert_eq!(matches(&wanted_chars, &text_chars), expected, "{wanted} {text}");
    }

    #[test]
    fn a_star_stands_for_any_characters_and_a_question_mark_for_one() {
        for (wanted, text, expected) in [
            ("*.csv", "a.csv", true),
            ("*.csv", ".csv", true),
            ("*.csv", "a.csv.gz", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("a?.csv", "ab.csv", true),
            ("a?.csv", "a.csv", false),
            ("?", "é", true),
            ("*", "", true),
            ("", "a", false),
            ("**a**", "bab", true),
            ("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false),
        ] {
            check_match(wanted, text, expected);
        }
    }

    /// The files of a pattern, or the error without the folder's path.
    fn check(folder: &Scratch, pattern: &str, expected: &[&str]) {
        let found = match files_of_pattern(folder.path(), Path::new(pattern)) {
            Ok(files) => files.iter().map(|file| file.display().to_string()).collect(),
            Err(error) => vec![error.to_string().replace(&format!("{}/", folder.path().display()), "")],
        };
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn files_stand_in_byte_order_of_their_names() {
        let folder = Scratch::new();
        fs::create_dir_all(folder.path().join("daily/older.csv")).unwrap();
        fs::create_dir_all(folder.path().join("empty")).unwrap();
        for name in ["daily/b.csv", "daily/a10.csv", "daily/a2.csv", "daily/B.csv", "daily/.hidden.csv", "daily/x.txt"]
        {
            folder.file(name, "");
        }
        check(&folder, "daily/*.csv", &["daily/B.csv", "daily/a10.csv", "daily/a2.csv", "daily/b.csv"]);
        check(&folder, "daily/a?.csv", &["daily/a2.csv"]);
        check(&folder, "daily", &["daily/B.csv", "daily/a10.csv", "daily/a2.csv", "daily/b.csv", "daily/x.txt"]);
        check(&folder, "daily/b.csv", &["daily/b.csv"]);
        check(&folder, "daily/c.csv", &["daily/c.csv: no such file or folder"]);
        check(&folder, "weekly/*.csv", &["weekly: no such file or folder"]);
        check(&folder, "daily/*.parquet", &["daily/*.parquet: no file matches; accepted: one file at least"]);
        check(&folder, "empty", &["empty: no file is in the folder; accepted: one file at least"]);
        check(
            &folder,
            "*/b.csv",
            &["*/b.csv: a wildcard stands in the name of a folder; accepted: `*` and `?` in the name of the file"],
        );
        check(
            &folder,
            "daily/b.csv/*.csv",
            &["daily/b.csv/*.csv: `daily/b.csv` is not a folder; accepted: a folder before the name of the file"],
        );
    }

    #[test]
    fn an_absolute_pattern_gives_absolute_paths() {
        let folder = Scratch::new();
        let file = folder.file("a*b.csv", "");
        assert_eq!(files_of_pattern(Path::new("elsewhere"), &file).unwrap(), std::slice::from_ref(&file));
        assert_eq!(files_of_pattern(Path::new("elsewhere"), folder.path()).unwrap(), [file]);
    }
}

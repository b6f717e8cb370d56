//! What a reader wants from a table, and where the table has it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::error::{DataError, listed};

/// What a reader wants from a table.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) ts: Wanted,
    pub(crate) numbers: Vec<Wanted>,
    /// The aggressor's side, if the file has it.
    pub(crate) side: Option<Wanted>,
    /// Whose row it is, if the file holds several markets.
    pub(crate) symbol: Option<Wanted>,
    pub(crate) further: Further,
}

/// One column and the names it may have.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// What it is for, as the configuration calls it.
    pub(crate) role: &'static str,
    /// The names it may have, whatever their case.
    pub(crate) names: Vec<String>,
    pub(crate) presence: Presence,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
}

/// Which of the columns that have no role are read as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Further {
    None,
    /// All whose first value is a number.
    All,
    /// These, each of which must be there.
    Named(Vec<String>),
}

impl Wanted {
    /// A column under the name the user gave, or one of the usual names.
    pub(crate) fn required(role: &'static str, given: Option<&String>, usual: &[&str]) -> Self {
        let names = match given {
            Some(name) => vec![name.clone()],
            None => usual.iter().map(ToString::to_string).collect(),
        };
        Self { role, names, presence: Presence::Required }
    }

    /// The same, but the file may lack it unless the user named it.
    pub(crate) fn optional(role: &'static str, given: Option<&String>, usual: &[&str]) -> Self {
        let presence = if given.is_some() { Presence::Required } else { Presence::Optional };
        Self { presence, ..Self::required(role, given, usual) }
    }

    fn find(&self, path: &Path, header: &[String], places: &Places<'_>) -> Result<Option<usize>, DataError> {
        let found = self.names.iter().find_map(|name| places.of(name));
        match (found, self.presence) {
            (None, Presence::Required) => Err(DataError::MissingColumn {
                path: path.to_path_buf(),
                column: self.role.to_string(),
                accepted: self.names.join(", "),
                found: listed(header),
            }),
            (found, _) => Ok(found),
        }
    }
}

/// The layout's columns found in one file: positions and names.
#[derive(Debug, Clone)]
pub(crate) struct Resolved {
    pub(crate) ts: (usize, String),
    /// `None` for an optional column that is not there.
    pub(crate) numbers: Vec<Option<(usize, String)>>,
    pub(crate) side: Option<(usize, String)>,
    pub(crate) symbol: Option<(usize, String)>,
    pub(crate) further: Vec<(usize, String)>,
}

impl Resolved {
    /// Finds the layout's columns in a header.
    pub(crate) fn new(layout: &Layout, path: &Path, header: &[String]) -> Result<Self, DataError> {
        let places = Places::new(path, header)?;
        let named = |position: usize| (position, header[position].clone());
        let ts_position =
            layout.ts.find(path, header, &places)?.expect("Invariant: the time column is always required");
        let numbers = layout
            .numbers
            .iter()
            .map(|wanted| Ok(wanted.find(path, header, &places)?.map(named)))
            .collect::<Result<Vec<_>, DataError>>()?;
        let text = |wanted: &Option<Wanted>| match wanted {
            Some(wanted) => Ok(wanted.find(path, header, &places)?.map(named)),
            None => Ok::<_, DataError>(None),
        };
        let (side, symbol) = (text(&layout.side)?, text(&layout.symbol)?);
        let roles = numbers.iter().chain([&side, &symbol]).flatten().map(|(position, _)| *position);
        let taken: HashSet<usize> = roles.chain([ts_position]).collect();
        let further = match &layout.further {
            Further::None => Vec::new(),
            Further::All => (0..header.len())
                .filter(|position| !taken.contains(position) && !header[*position].is_empty())
                .map(named)
                .collect(),
            Further::Named(names) => names
                .iter()
                .map(|name| {
                    let wanted = Wanted { role: "further", names: vec![name.clone()], presence: Presence::Required };
                    Ok(named(
                        wanted.find(path, header, &places)?.expect("Invariant: a required column is found or refused"),
                    ))
                })
                .collect::<Result<Vec<_>, DataError>>()?,
        };
        Ok(Self { ts: named(ts_position), numbers, side, symbol, further })
    }
}

/// Where each name stands in a header.
struct Places<'a> {
    exact: HashMap<&'a str, usize>,
    /// By the name in lower case, the first of those that differ in case alone.
    lower: HashMap<String, usize>,
}

impl<'a> Places<'a> {
    fn new(path: &Path, header: &'a [String]) -> Result<Self, DataError> {
        let mut exact = HashMap::with_capacity(header.len());
        let mut lower = HashMap::with_capacity(header.len());
        for (position, name) in header.iter().enumerate() {
            if exact.insert(name.as_str(), position).is_some() {
                return Err(DataError::ColumnTwice { path: path.to_path_buf(), column: name.clone() });
            }
            lower.entry(name.to_ascii_lowercase()).or_insert(position);
        }
        Ok(Self { exact, lower })
    }

    fn of(&self, name: &str) -> Option<usize> {
        self.exact.get(name).or_else(|| self.lower.get(&name.to_ascii_lowercase())).copied()
    }
}

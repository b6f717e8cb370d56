//! Which format a list of trades is of.

use super::registry::FORMATS;
use super::trade_list::TradeList;
use crate::error::{DataError, shown};
use crate::trade_lists::ListFile;

/// What a list of trades is called on the command line: the name of a format, or `auto` for the first that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TradeListFormat {
    /// The first format that recognises the file.
    #[default]
    Auto,
    /// The format of this name.
    Named(&'static str),
}

impl TradeListFormat {
    /// Every format's name and what it is.
    pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
        FORMATS.iter().map(|format| (format.name(), format.about()))
    }

    fn names() -> String {
        let names: Vec<&str> = Self::all().map(|(name, _)| name).collect();
        names.join(", ")
    }
}

impl std::str::FromStr for TradeListFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let named = Self::all().map(|(name, _)| name).find(|name| *name == text);
        named
            .map(Self::Named)
            .ok_or_else(|| format!("`{}` is not a format of trades; accepted: auto, {}", shown(text), Self::names()))
    }
}

/// The format of `file`.
pub(crate) fn recognised(file: &ListFile, format: TradeListFormat) -> Result<&'static dyn TradeList, DataError> {
    let wanted = |name: &str| match format {
        TradeListFormat::Auto => true,
        TradeListFormat::Named(wanted) => wanted == name,
    };
    let found = FORMATS.iter().find(|format| wanted(format.name()) && format.recognise(file));
    found.copied().ok_or_else(|| {
        let begins = match file.header() {
            [] => "it has no such rows".to_owned(),
            header => format!("its first row is `{}`", shown(&header.join(","))),
        };
        let (expected, accepted) = match format {
            TradeListFormat::Auto => ("list of trades", format!("; accepted: {}", TradeListFormat::names())),
            TradeListFormat::Named(name) => (name, String::new()),
        };
        DataError::NotReadable { path: file.path.clone(), expected, message: format!("{begins}{accepted}") }
    })
}

//! Values of a config that its types let through and no run can use, and where in the file they stand.

use std::{
    ops::Range,
    path::{Component, Path},
};

use scaleout_training::TrainingError;
use toml::de::{DeTable, DeValue};

use crate::{ExperimentConfig, learn::names};

/// A value that cannot be used.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BadValue {
    /// Its key and those around it, outermost first; places in a list are numbers from 0.
    keys: Vec<String>,
    /// The value and what would be accepted.
    pub message: String,
}

impl BadValue {
    /// The first value of `config` that cannot be used.
    pub(crate) fn in_config(config: &ExperimentConfig) -> Option<Self> {
        Self::in_name(&config.name).or_else(|| Self::in_learners(config)).or_else(|| Self::in_fit(config))
    }

    /// The name is a folder below `runs`, so it must not lead anywhere else.
    fn in_name(name: &str) -> Option<Self> {
        let mut parts = Path::new(name).components();
        let is_plain = matches!(parts.next(), Some(Component::Normal(part)) if part == name)
            && parts.next().is_none()
            && !name.contains(['/', '\\', ':'])
            && !name.contains(char::is_control);
        (!is_plain).then(|| Self {
            keys: vec!["name".to_owned()],
            message: format!(
                "name = {name:?} must be the plain name of a folder: not empty, not `.` or `..`, without / \\ and :"
            ),
        })
    }

    fn in_learners(config: &ExperimentConfig) -> Option<Self> {
        names(&config.training.learners).into_iter().enumerate().find_map(|(place, (name, learner))| {
            let error = learner.check().err()?;
            let message = format!("training.learners, `{name}`: {error}");
            Some(Self::of(&["training", "learners", &place.to_string()], &error, message))
        })
    }

    fn in_fit(config: &ExperimentConfig) -> Option<Self> {
        let error = config.training.fit.check(config.replay.horizon_bars).err()?;
        Some(Self::of(&["training", "fit"], &error, format!("training.fit.{error}")))
    }

    fn of(section: &[&str], error: &TrainingError, message: String) -> Self {
        let within = match error {
            TrainingError::OutOfRange { key, .. } => key.as_str(),
            _ => "",
        };
        let keys = section.iter().copied().chain(within.split('.')).map(str::to_owned).collect();
        Self { keys, message }
    }

    /// Where it stands in `text`, or, where it was left to its default, the innermost of the sections around it.
    pub(crate) fn place_in(&self, text: &str) -> Range<usize> {
        let Ok(document) = DeTable::parse(text) else { return 0..0 };
        let (mut place, mut value) = (0..0, &DeValue::Table(document.into_inner()));
        for key in &self.keys {
            let found = match value {
                DeValue::Table(table) => table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value),
                DeValue::Array(items) => key.parse().ok().and_then(|place: usize| items.get(place)),
                _ => None,
            };
            let Some(found) = found else { break };
            (place, value) = (found.span(), found.get_ref());
        }
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_tables_and_lists_and_else_what_is_around_it() {
        let text =
            "[training]\nlearners = [{ kind = \"linear\" },\n { kind = \"mlp\", early_stopping = { patience = 0 } }]";
        for (keys, expected) in [
            ("training.learners.1.early_stopping.patience", "0"),
            ("training.learners.1.batch", "{ kind = \"mlp\", early_stopping = { patience = 0 } }"),
            ("training.learners.0.kind", "\"linear\""),
        ] {
            let bad = BadValue { keys: keys.split('.').map(str::to_owned).collect(), message: String::new() };
            assert_eq!(&text[bad.place_in(text)], expected, "{keys}");
        }
    }

    #[test]
    fn a_name_is_a_folder_and_leads_nowhere_else() {
        for name in ["es-ticks", "B7, γ = 0.5", ".hidden", "a..b"] {
            assert_eq!(BadValue::in_name(name), None, "{name}");
        }
        for name in ["", ".", "..", "../../x", "/tmp/x", "a/b", "a/", "./a", "a\\b", "c:", "a\nb"] {
            let bad = BadValue::in_name(name).unwrap();
            assert!(bad.message.starts_with("name = "), "{name}: {}", bad.message);
        }
    }
}

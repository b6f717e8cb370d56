//! Values of a config that its types let through and no run can use, and where in the file they stand.

use std::{
    collections::BTreeSet,
    ops::Range,
    path::{Component, Path},
};

use scaleout_features::FeatureSpec;
use scaleout_model::{ModelError, SaleConstraints};
use scaleout_training::TrainingError;
use toml::de::{DeTable, DeValue};

use crate::{ExperimentConfig, config::training::names};

/// Gives the models the limits of sales that `[replay]` holds every contestant to, where `[training.fit.limits]` says
/// nothing of them.
pub(crate) fn learn_under_the_markets_limits(config: &mut ExperimentConfig) -> Result<(), BadValue> {
    let (replay, fit) = (&config.replay, &mut config.training.fit);
    // A spacing of 0 is refused as it stands.
    if config.training.learners.is_empty() || fit.limits.min_bars_between_sales == 0 {
        return Ok(());
    }
    if let (None, Some(most)) = (fit.limits.max_fraction_per_bar, replay.max_fraction_per_bar)
        && let Some(bad) = BadValue::in_cap(most, fit.tranches)
    {
        return Err(bad);
    }
    // After a sale no further one fits into a trade where they are a horizon apart.
    let spacing = replay.min_bars_between_sales.clamp(1, replay.horizon_bars);
    let market = SaleConstraints { max_fraction_per_bar: replay.max_fraction_per_bar, min_bars_between_sales: spacing };
    fit.limits = fit.limits.under(market).map_err(|error| {
        let error = TrainingError::from(error);
        let message = format!("training.fit.{error}");
        BadValue::of(&["training", "fit"], &error, message)
    })?;
    Ok(())
}

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
        Self::in_name(&config.name)
            .or_else(|| Self::in_learners(config))
            .or_else(|| Self::in_fit(config))
            .or_else(|| Self::in_mirror(config))
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

    /// A mirror law of a column that no feature reads.
    fn in_mirror(config: &ExperimentConfig) -> Option<Self> {
        let specs = config.training.features.specs();
        let read: BTreeSet<&str> = specs.iter().filter_map(FeatureSpec::column).collect();
        let unread = config.training.mirror.keys().find(|column| !read.contains(column.as_str()))?;
        let accepted =
            if read.is_empty() { "none".to_owned() } else { read.into_iter().collect::<Vec<_>>().join(", ") };
        Some(Self {
            keys: ["training", "mirror", unread].map(str::to_owned).to_vec(),
            message: format!(
                "training.mirror.{unread}: no feature of [training] reads this column; accepted columns: {accepted}"
            ),
        })
    }

    /// The market's cap is below one of the fractions that the models know.
    fn in_cap(most: f64, tranches: u32) -> Option<Self> {
        let one = 1.0 / f64::from(tranches.max(1));
        let finer = (1.0 / most).ceil();
        (most < one - 1e-9).then(|| Self {
            keys: vec!["replay".to_owned(), "max_fraction_per_bar".to_owned()],
            message: format!(
                "replay.max_fraction_per_bar = {most} lets none of training.fit.tranches = {tranches} go: {one} to 1 is \
                 accepted, or tranches = {finer} and more"
            ),
        })
    }

    fn of(section: &[&str], error: &TrainingError, message: String) -> Self {
        let within = match error {
            TrainingError::OutOfRange(number) | TrainingError::Model(ModelError::OutOfRange(number)) => &*number.field,
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

    /// The embedded experiment with lines added to `[replay]` and to `[training.fit]`.
    fn with(replay: &str, fit: &str) -> ExperimentConfig {
        let text = include_str!("../../../../experiments/es-ticks/config.toml");
        let mut config: ExperimentConfig = toml::from_str(text).unwrap();
        config.replay = toml::from_str(&format!("horizon_bars = 30\n{replay}")).unwrap();
        config.training.fit = toml::from_str(fit).unwrap();
        config
    }

    #[test]
    fn models_learn_under_the_limits_of_the_market() {
        let market = "max_fraction_per_bar = 0.5\nmin_bars_between_sales = 3";
        let mut config = with(market, "tranches = 4");
        learn_under_the_markets_limits(&mut config).unwrap();
        let expected = SaleConstraints { max_fraction_per_bar: Some(0.5), min_bars_between_sales: 3 };
        assert_eq!(config.training.fit.limits, expected);
        let mut config = with("min_bars_between_sales = 99", "tranches = 4");
        learn_under_the_markets_limits(&mut config).unwrap();
        assert_eq!(config.training.fit.limits.min_bars_between_sales, 30, "no more than the horizon");
    }

    #[test]
    fn limits_that_the_market_does_not_grant_are_refused() {
        let cases = [
            ("max_fraction_per_bar = 0.25", "limits = { max_fraction_per_bar = 0.5 }", "0.25 of `[replay]`"),
            ("min_bars_between_sales = 5", "limits = { min_bars_between_sales = 2 }", "5 of `[replay]`"),
            ("max_fraction_per_bar = 0.1", "tranches = 4", "0.25 to 1 is accepted, or tranches = 10"),
        ];
        for (replay, fit, expected) in cases {
            let bad = learn_under_the_markets_limits(&mut with(replay, fit)).unwrap_err();
            assert!(bad.message.contains(expected), "{}", bad.message);
        }
        let bad = BadValue::in_config(&with("", "limits = { max_fraction_per_bar = 0.1 }")).unwrap();
        assert!(bad.message.contains("training.fit.limits.max_fraction_per_bar = 0.1"), "{}", bad.message);
        assert_eq!(bad.keys.join("."), "training.fit.limits.max_fraction_per_bar");
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

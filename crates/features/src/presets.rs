use serde::Deserialize;

use crate::{FeatureError, FeatureSet};

const FILES: [(&str, &str); 5] = [
    ("minimal", include_str!("../presets/minimal.toml")),
    ("bars", include_str!("../presets/bars.toml")),
    ("trades", include_str!("../presets/trades.toml")),
    ("book", include_str!("../presets/book.toml")),
    ("all", include_str!("../presets/all.toml")),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PresetFile {
    about: String,
    features: Vec<String>,
}

impl FeatureSet {
    /// The preset called `name`, one of the TOML files in `presets/`.
    ///
    /// ```
    /// use scaleout_features::FeatureSet;
    /// assert!(FeatureSet::preset("minimal")?.names().contains(&"rsi(window=14)".to_owned()));
    /// # Ok::<(), scaleout_features::FeatureError>(())
    /// ```
    ///
    /// # Errors
    /// If there is no such preset.
    pub fn preset(name: &str) -> Result<Self, FeatureError> {
        let (_, text) = FILES.iter().find(|(known, _)| *known == name).ok_or_else(|| FeatureError::UnknownPreset {
            name: name.to_owned(),
            accepted: FILES.map(|(known, _)| known).join(", "),
        })?;
        Self::parse(&file(text).features)
    }

    /// The presets' names with a sentence on each, smallest first.
    pub fn presets() -> Vec<(&'static str, String)> {
        FILES.iter().map(|(name, text)| (*name, file(text).about)).collect()
    }
}

fn file(text: &str) -> PresetFile {
    toml::from_str(text).expect("Invariant: the presets in this crate are well formed")
}

#[cfg(test)]
mod tests {
    use crate::{FeatureSet, FeatureSpec, Needs, Parameter, definition, definitions};

    #[test]
    fn presets_read_what_their_names_promise() {
        assert_eq!(FeatureSet::preset("bars").unwrap().needs(), Needs::BARS);
        let trades = FeatureSet::preset("trades").unwrap().needs();
        assert!(trades.trades && !trades.quotes && !trades.books);
        let book = FeatureSet::preset("book").unwrap().needs();
        assert!(book.trades && book.quotes && book.books);
    }

    #[test]
    fn each_preset_holds_the_smaller_ones() {
        for (small, large) in
            [("minimal", "bars"), ("minimal", "trades"), ("trades", "book"), ("book", "all"), ("bars", "all")]
        {
            let (small, large) = (FeatureSet::preset(small).unwrap(), FeatureSet::preset(large).unwrap());
            assert!(small.specs().iter().all(|spec| large.specs().contains(spec)));
        }
    }

    /// The spec with its defaults written out.
    fn complete(spec: &FeatureSpec) -> String {
        let definition = definition(spec.base()).unwrap();
        let value = |parameter: &Parameter| spec.parameters.get(parameter.name).copied().or(parameter.default);
        let values = definition.parameters.iter().map(|parameter| format!("{}={:?}", parameter.name, value(parameter)));
        format!("{} {}", spec.name, values.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn all_holds_every_feature_that_names_no_column() {
        let all = FeatureSet::preset("all").unwrap();
        let whole: Vec<String> = all.specs().iter().map(complete).collect();
        let twice = whole.iter().enumerate().find(|(place, spec)| whole[..*place].contains(spec));
        assert_eq!(twice, None, "the same feature under two names");
        for definition in definitions().filter(|definition| !definition.reads_column) {
            let held = all.specs().iter().any(|spec| spec.base() == definition.name);
            assert!(held, "`{}` is missing in presets/all.toml", definition.name);
        }
    }
}

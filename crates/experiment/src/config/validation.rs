//! Train and test splits.

use scaleout_validation::{CombinatorialConfig, TrainingWindow, WalkForwardConfig};
use serde::{Deserialize, Serialize};

/// The section `[validation]`: train and test splits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "scheme", rename_all = "kebab-case", try_from = "RawValidation")]
pub enum ValidationConfig {
    /// Successive test blocks; each trains on the trades before it, as in live trading.
    WalkForward(WalkForwardConfig),
    /// Every choice of test groups is tested, and the other groups train, later ones too. Each trade is tested several
    /// times, and the tests combine into several complete histories (paths).
    CombinatorialPurged(CombinatorialConfig),
}

impl Default for ValidationConfig {
    fn default() -> Self {
        Self::WalkForward(WalkForwardConfig::default())
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
enum Scheme {
    #[default]
    WalkForward,
    CombinatorialPurged,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawValidation {
    #[serde(default)]
    scheme: Scheme,
    folds: Option<usize>,
    first_train_share: Option<f64>,
    window: Option<TrainingWindow>,
    groups: Option<usize>,
    test_groups: Option<usize>,
    embargo_secs: Option<u64>,
}

impl TryFrom<RawValidation> for ValidationConfig {
    type Error = String;

    fn try_from(raw: RawValidation) -> Result<Self, String> {
        let embargo_secs = raw.embargo_secs.unwrap_or(0);
        match raw.scheme {
            Scheme::WalkForward if raw.groups.is_some() || raw.test_groups.is_some() => {
                Err("groups and test_groups need scheme = \"combinatorial-purged\"; walk-forward takes folds, \
                 first_train_share, window and embargo_secs"
                    .to_owned())
            }
            Scheme::WalkForward => {
                let default = WalkForwardConfig::default();
                let config = WalkForwardConfig {
                    folds: raw.folds.unwrap_or(default.folds),
                    first_train_share: raw.first_train_share.unwrap_or(default.first_train_share),
                    window: raw.window.unwrap_or(default.window),
                    embargo_secs,
                };
                config.checked().map(Self::WalkForward).map_err(|error| error.to_string())
            }
            Scheme::CombinatorialPurged
                if raw.folds.is_some() || raw.first_train_share.is_some() || raw.window.is_some() =>
            {
                Err("combinatorial-purged takes groups, test_groups and embargo_secs".to_owned())
            }
            Scheme::CombinatorialPurged => {
                let config = CombinatorialConfig {
                    groups: raw.groups.unwrap_or(6),
                    test_groups: raw.test_groups.unwrap_or(2),
                    embargo_secs,
                };
                config.checked().map(Self::CombinatorialPurged).map_err(|error| error.to_string())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_read_and_written_and_do_not_mix() {
        let read = |text: &str| toml::from_str::<ValidationConfig>(text).map_err(|error| error.to_string());
        assert_eq!(read("").unwrap(), ValidationConfig::default());
        let walk = read("folds = 3").unwrap();
        let paths = read("scheme = \"combinatorial-purged\"\ngroups = 5").unwrap();
        assert!(matches!(paths, ValidationConfig::CombinatorialPurged(config) if config.test_groups == 2));
        for config in [walk, paths] {
            let json = serde_json::to_string(&config).unwrap();
            assert_eq!(serde_json::from_str::<ValidationConfig>(&json).unwrap(), config, "{json}");
        }
        assert!(read("groups = 5").unwrap_err().contains("combinatorial-purged"));
        assert!(read("scheme = \"combinatorial-purged\"\nfolds = 5").unwrap_err().contains("groups, test_groups"));
        assert!(read("scheme = \"combinatorial-purged\"\ngroups = 1").unwrap_err().contains("2 to 16"));
    }
}

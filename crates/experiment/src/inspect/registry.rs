//! Everything that can be named in a config or found in a report, from the registries themselves.

use scaleout_data::{TradeListFormat, Vendor};
use scaleout_evaluation::metrics::METRICS;
use scaleout_exits::{FillProfile, policies::PolicyConfig};
use scaleout_export::FORMATS;
use scaleout_market::KNOWN_INSTRUMENTS;
use scaleout_report::SECTIONS;
use scaleout_training::LearnerConfig;
use serde::Serialize;

/// One registry: what it lists, and its entries in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Registry {
    /// What the entries are, as `features`.
    pub what: &'static str,
    /// The entries.
    pub entries: Vec<RegistryEntry>,
}

/// An entry of a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegistryEntry {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub about: String,
}

/// Every registry: features, metrics, exit rules, fill profiles, learners, data sources, lists of trades, instruments, export formats,
/// sections of the report.
pub fn registries() -> Vec<Registry> {
    let entry = |name: &str, about: &str| RegistryEntry { name: name.to_owned(), about: about.to_owned() };
    let features = scaleout_features::definitions().map(|feature| entry(feature.name, feature.summary)).collect();
    let metrics = METRICS.iter().map(|metric| entry(metric.name, metric.definition)).collect();
    let rules = PolicyConfig::all_about().iter().map(|rule| entry(&rule.kind, &rule.idea)).collect();
    let fills = FillProfile::all().iter().map(|said| entry(said.name, &said.line())).collect();
    let learners = LearnerConfig::KINDS.iter().map(|(name, about)| entry(name, about)).collect();
    let sources = Vendor::KEYS.iter().map(|key| entry(key, "files in a vendor's own format")).collect();
    let trade_lists = TradeListFormat::all().map(|(name, about)| entry(name, about)).collect();
    let instruments = KNOWN_INSTRUMENTS.iter().map(|known| entry(known.name, &known.line())).collect();
    let formats = FORMATS.iter().map(|format| entry(format.name(), format.about())).collect();
    let sections = SECTIONS.iter().map(|section| entry(section.name, section.about)).collect();
    let registry = |what, entries| Registry { what, entries };
    vec![
        registry("features", features),
        registry("metrics", metrics),
        registry("exit rules", rules),
        registry("fill profiles", fills),
        registry("learners", learners),
        registry("data sources", sources),
        registry("lists of trades", trade_lists),
        registry("instruments", instruments),
        registry("export formats", formats),
        registry("report sections", sections),
    ]
}

//! The page that lists every feature, written from the registry, and what a decision knows of its position.

use std::fmt::Write as _;

use crate::{
    Definition, FeatureFamily, FeatureSet, FeatureSpec, Laws, Mirror, Shift, definitions,
    position::{MEANINGS, NAMES},
};

/// A page in Markdown: every feature with definition, formula, source, unit, warm-up, laws and parameters, the
/// presets, and the features of the position.
pub fn markdown() -> String {
    let mut page = String::from("# Features\n\n");
    page.push_str(
        "A value is a function of the events up to the bar's close. Windows are in bars, and bars are of time, volume, \
         trades or value as `bars` of the data says (`--every` of the command line); where the parameters `trades`, \
         `volume` and `seconds` are listed, one of them measures the window in single trades instead. Undefined is an empty cell, never 0. `column:<name>` is any further column of \
         the market's file as it stands.\n",
    );
    page.push_str("\n## Presets\n\n");
    for (name, about) in FeatureSet::presets() {
        let count = FeatureSet::preset(name).map_or(0, |set| set.specs().len());
        line(&mut page, &format!("- `preset:{name}` ({count} features): {about}"));
    }
    for family in FeatureFamily::ALL {
        let names = definitions().filter(|definition| definition.family == family).map(usual_name);
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        line(&mut page, &format!("\n**{}**: {}", family.title(), names.join(", ")));
    }
    for family in FeatureFamily::ALL {
        line(&mut page, &format!("\n## {}", family.title()));
        for definition in definitions().filter(|definition| definition.family == family) {
            describe(&mut page, definition);
        }
    }
    page.push_str(
        "\n## Position\n\nEvery decision knows these of its own position, whatever features were chosen.\n\n",
    );
    page.push_str("| feature | unit | meaning |\n|---|---|---|\n");
    for ((name, unit), about) in NAMES.into_iter().zip(MEANINGS) {
        line(&mut page, &format!("| `{name}` | {unit} | {about} |"));
    }
    page
}

fn describe(page: &mut String, definition: &Definition) {
    let name = usual_name(definition);
    line(page, &format!("\n### `{name}`\n\n{}\n", definition.summary));
    line(page, &format!("- Formula: {}", definition.formula));
    line(page, &format!("- Source: {}", definition.source));
    line(page, &format!("- Unit: {}; reads {}; {}", definition.unit, definition.needs, definition.cost));
    let spec = FeatureSpec { name, parameters: std::collections::BTreeMap::new() };
    let warm_up = spec.warm_up().expect("Invariant: the registry accepts its own defaults");
    line(page, &format!("- Warm-up: {warm_up} at the defaults; without a value later on: {}", definition.undefined));
    line(page, &format!("- Laws: {}", laws(&definition.laws)));
    line(page, &format!("- On the mirrored market: {}", mirrored(definition.mirror)));
    if !definition.parameters.is_empty() {
        page.push_str("\n| parameter | default | accepted | meaning |\n|---|---|---|---|\n");
    }
    for parameter in definition.parameters {
        let default = parameter.default.map_or("".to_owned(), |value| value.to_string());
        line(page, &format!("| `{}` | {default} | {} | {} |", parameter.name, parameter.accepted(), parameter.about));
    }
}

fn usual_name(definition: &Definition) -> String {
    if definition.reads_column { format!("{}:<column>", definition.name) } else { definition.name.to_owned() }
}

fn laws(laws: &Laws) -> String {
    let power = |what: &str, power: Option<f64>| match power {
        None => format!("no law in {what}"),
        Some(0.0) => format!("independent of the unit of {what}"),
        Some(power) => format!("scales with {what}^{power}"),
    };
    let shift = match laws.shift {
        Shift::Unchanged => "unchanged by a constant added to prices",
        Shift::Moves => "moves with a constant added to prices",
        Shift::Relative => "relative to the price level",
    };
    format!("{}; {}; {shift}", power("price", laws.price_power), power("quantity", laws.volume_power))
}

fn mirrored(mirror: Mirror) -> String {
    match mirror {
        Mirror::Unchanged => "unchanged".to_owned(),
        Mirror::Negated => "the opposite sign".to_owned(),
        Mirror::Complement(whole) => format!("{whole} less the value"),
        Mirror::Swapped(partner) => format!("the value of `{partner}`"),
        Mirror::SwappedAndNegated(partner) => format!("the value of `{partner}` with the opposite sign"),
        Mirror::Unknown => "not known, since it depends on what the column means".to_owned(),
    }
}

fn line(page: &mut String, text: &str) {
    writeln!(page, "{text}").expect("Invariant: writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::markdown;
    use crate::definitions;

    #[test]
    fn the_page_names_every_feature_and_parameter() {
        let page = markdown();
        for definition in definitions() {
            assert!(page.contains(&format!("### `{}", definition.name)), "{}", definition.name);
            for parameter in definition.parameters {
                assert!(page.contains(&format!("| `{}` |", parameter.name)));
            }
        }
    }
}

//! What the files of the rules say about them, for the page of all rules: one text for the reader of the code and of
//! the page, so that neither can go stale.

/// One thing that a file documents: a rule, a type of its parameters, or a member of either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its name, as a config writes it.
    pub name: String,
    /// What is said of it.
    pub words: String,
}

/// What the file of one rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAbout {
    /// The kind, as a config writes it.
    pub kind: String,
    /// The idea in a sentence.
    pub idea: String,
    /// What it does.
    pub rule: String,
    /// Where it comes from.
    pub source: String,
    /// Its parameters.
    pub parameters: Vec<About>,
}

/// The types that parameters are made of, each with its members: rungs, spacing, stops, distances.
pub fn rule_parts() -> Vec<(About, Vec<About>)> {
    let files =
        [include_str!("rungs.rs"), include_str!("ladder.rs"), include_str!("plan.rs"), include_str!("stop_rule.rs")];
    let rules = ["Ladder", "Plan"];
    files.into_iter().flat_map(items).filter(|(item, _)| !rules.contains(&item.name.as_str())).collect()
}

impl PolicyAbout {
    /// What `file` says of the rule whose type is called `type_name`.
    pub(super) fn read(type_name: &str, file: &str) -> Self {
        let module: Vec<&str> = file.lines().map_while(|line| line.strip_prefix("//!")).collect();
        let (item, parameters) = items(file)
            .into_iter()
            .find(|(item, _)| item.name == type_name)
            .unwrap_or_else(|| (About { name: type_name.to_owned(), words: String::new() }, Vec::new()));
        let said = format!("{}\n\n{}", without_pictures(&module), item.words);
        let sentences: Vec<&str> = said.split("\n\n").filter(|paragraph| !paragraph.is_empty()).collect();
        let source = sentences.iter().find_map(|paragraph| {
            let at = paragraph.find("Source")?;
            let (_, named) = paragraph[at..].split_once(": ")?;
            Some(named.to_owned())
        });
        let own: Vec<&str> =
            sentences[1..].iter().map(|words| words.split("Source").next().unwrap_or("").trim_end()).collect();
        Self {
            kind: kebab(type_name),
            idea: sentences[0].to_owned(),
            rule: own.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" "),
            source: source.unwrap_or_default(),
            parameters,
        }
    }
}

/// Paragraphs of a module's documentation, each in one line, without the fenced pictures.
fn without_pictures(lines: &[&str]) -> String {
    let mut fenced = false;
    let mut words = String::new();
    for line in lines {
        let line = line.trim();
        if line.starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            append(&mut words, line);
        }
    }
    words.trim_end().to_owned()
}

fn append(words: &mut String, line: &str) {
    if line.is_empty() {
        if !words.is_empty() && !words.ends_with("\n\n") {
            words.push_str("\n\n");
        }
    } else {
        if !words.is_empty() && !words.ends_with('\n') {
            words.push(' ');
        }
        words.push_str(line);
    }
}

/// The documented public structs and enums of a file, with their documented members.
fn items(file: &str) -> Vec<(About, Vec<About>)> {
    let mut found: Vec<(About, Vec<About>)> = Vec::new();
    let (mut words, mut open, mut fenced) = (String::new(), false, false);
    for line in file.lines() {
        let code = line.trim();
        if let Some(said) = code.strip_prefix("///") {
            if said.trim().starts_with("```") {
                fenced = !fenced;
            } else if !fenced {
                append(&mut words, said.trim());
            }
            continue;
        }
        if code.starts_with("#[") {
            continue;
        }
        let declared = code.strip_prefix("pub struct ").or_else(|| code.strip_prefix("pub enum "));
        if let Some(name) = declared {
            let name: String = name.chars().take_while(|letter| letter.is_alphanumeric()).collect();
            found.push((About { name, words: std::mem::take(&mut words) }, Vec::new()));
            open = code.ends_with('{');
            continue;
        }
        if line == "}" {
            open = false;
        }
        if open
            && !words.is_empty()
            && let Some((_, members)) = found.last_mut()
        {
            let code = code.strip_prefix("pub ").unwrap_or(code);
            let name: String = code.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            if !name.is_empty() {
                let name = if name.starts_with(char::is_uppercase) { kebab(&name) } else { name };
                members.push(About { name, words: std::mem::take(&mut words) });
            }
        }
        words.clear();
    }
    found
}

/// `TimeDecayedLadder` as a config writes it.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}

#[cfg(test)]
mod tests {
    use super::rule_parts;
    use crate::policies::{PolicyConfig, PolicyFamily};

    #[test]
    fn every_rule_says_what_it_is_where_it_comes_from_and_what_its_parameters_are() {
        for about in PolicyConfig::all_about() {
            assert!(about.idea.ends_with('.'), "{about:?}");
            assert!(about.rule.ends_with('.') && !about.rule.contains("Source"), "{about:?}");
            assert!(about.source.chars().any(|letter| letter.is_ascii_digit()) || about.source.len() > 20, "{about:?}");
        }
        for policy in PolicyFamily::ALL.into_iter().flat_map(PolicyFamily::grid) {
            let about = policy.about();
            let toml::Value::Table(written) = toml::Value::try_from(&policy).unwrap() else { panic!("{policy:?}") };
            assert_eq!(written["kind"].as_str(), Some(about.kind.as_str()));
            for name in written.keys().filter(|name| *name != "kind") {
                assert!(about.parameters.iter().any(|parameter| parameter.name == *name), "{name} of {about:?}");
            }
        }
    }

    #[test]
    fn a_file_is_read_as_it_is_written() {
        let turtle = PolicyConfig::all_about().into_iter().find(|about| about.kind == "turtle").unwrap();
        assert_eq!(turtle.idea, "Sells everything when the price breaks the extreme of the last N bars.");
        assert!(turtle.rule.starts_with("The stop is at the lowest low (for shorts the highest high)"));
        assert!(turtle.source.starts_with("Faith (2003)"));
        assert_eq!(turtle.parameters[0].words, "Bars of the channel; 1 or more.");
        let parts = rule_parts();
        let follow = parts.iter().find(|(part, _)| part.name == "Follow").unwrap();
        assert_eq!(follow.1.iter().map(|member| member.name.as_str()).collect::<Vec<_>>(), ["close", "extreme", "bar"]);
    }
}

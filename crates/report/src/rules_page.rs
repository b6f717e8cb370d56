//! The page that shows every exit rule with its parameters, its source and a trade under it.

use crate::{
    plots::Plot,
    render::{document::Block, html, markdown},
};

/// All exit rules, as a page.
#[derive(Debug, Clone, PartialEq)]
pub struct RulesPage {
    /// What the page is about, a paragraph each.
    pub lead: Vec<String>,
    /// The rules, in order.
    pub rules: Vec<RuleSection>,
    /// What parameters are made of: a heading each, then what it is and its members with theirs.
    pub parts: Vec<RuleSection>,
}

/// One rule, or one part of rules.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSection {
    /// Heading.
    pub name: String,
    /// Paragraphs.
    pub words: Vec<String>,
    /// Names and what they mean; none where there are none.
    pub parameters: Vec<(String, String)>,
    /// A trade under the rule.
    pub picture: Option<Plot>,
}

const TITLE: &str = "Exit rules";

impl RulesPage {
    /// The page as Markdown; its pictures lie beside it in `plots/`.
    pub fn markdown(&self) -> String {
        markdown::markdown(TITLE, &self.blocks())
    }

    /// The page as one HTML file with its pictures inside.
    pub fn html(&self) -> String {
        html::html(TITLE, &self.blocks())
    }

    fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = self.lead.iter().cloned().map(Block::Paragraph).collect();
        blocks.extend(self.rules.iter().chain(&self.parts).flat_map(RuleSection::blocks));
        blocks
    }
}

impl RuleSection {
    fn blocks(&self) -> Vec<Block> {
        let mut blocks = vec![Block::Heading(self.name.clone())];
        blocks.extend(self.words.iter().cloned().map(Block::Paragraph));
        if !self.parameters.is_empty() {
            let rows = self.parameters.iter().map(|(name, words)| vec![format!("`{name}`"), words.clone()]).collect();
            blocks.push(Block::Table { head: vec!["parameter".to_owned(), "meaning".to_owned()], rows });
        }
        blocks.extend(self.picture.iter().map(|plot| Block::Picture {
            name: plot.name.clone(),
            caption: plot.caption.clone(),
            svg: plot.svg.clone(),
        }));
        blocks
    }
}

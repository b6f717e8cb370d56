//! A document as Markdown and HTML both know it.

/// A part of a document, as Markdown and HTML both know it. Words between backticks are names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    /// A heading of the second level.
    Heading(String),
    /// The sentence that matters.
    Lead(String),
    /// Words.
    Paragraph(String),
    /// Points, one a line.
    List(Vec<String>),
    /// Rows under a head.
    Table { head: Vec<String>, rows: Vec<Vec<String>> },
    /// A picture by its file name, its caption and its drawing.
    Picture { name: String, caption: String, svg: String },
}

/// Whether all cells of `column` are figures (or dashes for missing ones), which stand to the right.
pub(crate) fn is_figures(rows: &[Vec<String>], column: usize) -> bool {
    let figure =
        |cell: &String| cell.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '+' | '−' | '–'));
    column > 0 && rows.iter().all(|row| figure(&row[column]))
}

/// A table of `rows` under `head`.
pub(crate) fn table(head: &[&str], rows: Vec<Vec<String>>) -> Block {
    Block::Table { head: head.iter().map(|&words| words.to_owned()).collect(), rows }
}

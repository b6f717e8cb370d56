/// A part of a document, as Markdown and HTML both know it. Words between backticks are names.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A heading of the second level.
    Heading(String),
    /// The sentence that matters.
    Lead(String),
    /// Words.
    Paragraph(String),
    /// Rows under a head; the first column is words, the others are numbers.
    Table { head: Vec<String>, rows: Vec<Vec<String>> },
    /// A picture by its file name, its caption and its drawing.
    Picture { name: String, caption: String, svg: String },
}

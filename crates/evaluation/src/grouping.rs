/// What the trades are grouped by: for each entry the name of its part, in the order of the entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// As `side`.
    pub kind: String,
    /// `None` where an entry belongs to no part.
    pub of_entry: Vec<Option<String>>,
}

//! How much is taken of what a user hands in.

/// The most that is taken of anything a user hands in. Data has no limit on its total size: tables and archives are
/// read in pieces.
///
/// | limit | most | what exceeds it ends in |
/// |---|---|---|
/// | [`Limit::Line`] | 1 MiB | `FILE: row 7: the line is longer than 1 MiB; accepted: at most 1 MiB` |
/// | [`Limit::Header`] | 64 KiB | `FILE: the header is longer than 64 KiB; accepted: at most 64 KiB` |
/// | [`Limit::Columns`] | 4,096 columns | `FILE: there are more than 4096 columns; accepted: at most 4096 columns` |
/// | [`Limit::Config`] | 1 MiB | `FILE: the config is larger than 1 MiB; accepted: at most 1 MiB` |
/// | [`Limit::Job`] | 16 MiB | `FILE: the job is larger than 16 MiB; accepted: at most 16 MiB` |
/// | [`Limit::Model`] | 256 MiB | `FILE: the model is larger than 256 MiB; accepted: at most 256 MiB` |
/// | [`Limit::Result`] | 1 GiB | `FILE: the result is larger than 1 GiB; accepted: at most 1 GiB` |
/// | [`Limit::Events`] | 1 GiB | `FILE: the file of events is larger than 1 GiB; accepted: at most 1 GiB` |
/// | [`Limit::Metadata`] | 1 MiB | `FILE: the metadata are larger than 1 MiB; accepted: at most 1 MiB` |
/// | [`Limit::TradeList`] | 256 MiB | `FILE: the list of trades is larger than 256 MiB; accepted: at most 256 MiB` |
/// | [`Limit::Page`] | 256 MiB | `FILE: a page of a column is larger than 256 MiB; accepted: at most 256 MiB` |
///
/// A line is a record: where a quoted value holds line ends, all its lines together are one. A page is the piece of a
/// Parquet column that is unpacked at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A line of a text table or recording.
    Line,
    /// The header of a text table.
    Header,
    /// The columns of a table.
    Columns,
    /// A config, or an entry in its place: a ladder, a plan.
    Config,
    /// The job of `inspect fills`.
    Job,
    /// A model file or checkpoint.
    Model,
    /// The stored result of a run, which has every trade.
    Result,
    /// The events of an adviser: its journal, or positions that it takes up.
    Events,
    /// A `metadata.json`.
    Metadata,
    /// A list of trades for `import-trades`.
    TradeList,
    /// A page of a Parquet column, unpacked.
    Page,
}

impl Limit {
    /// The most that is accepted: bytes, and of [`Limit::Columns`] columns.
    pub const fn most(self) -> u64 {
        match self {
            Self::Line | Self::Config | Self::Metadata => 1 << 20,
            Self::Header => 64 << 10,
            Self::Columns => 4_096,
            Self::Job => 16 << 20,
            Self::Model | Self::TradeList | Self::Page => 256 << 20,
            Self::Result | Self::Events => 1 << 30,
        }
    }

    /// The most as people write it.
    pub(crate) const fn most_in_words(self) -> &'static str {
        match self {
            Self::Line | Self::Config | Self::Metadata => "1 MiB",
            Self::Header => "64 KiB",
            Self::Columns => "4096 columns",
            Self::Job => "16 MiB",
            Self::Model | Self::TradeList | Self::Page => "256 MiB",
            Self::Result | Self::Events => "1 GiB",
        }
    }

    /// What is wrong with more.
    pub(crate) const fn problem(self) -> &'static str {
        match self {
            Self::Line => "the line is longer than",
            Self::Header => "the header is longer than",
            Self::Columns => "there are more than",
            Self::Config => "the config is larger than",
            Self::Job => "the job is larger than",
            Self::Model => "the model is larger than",
            Self::Result => "the result is larger than",
            Self::Events => "the file of events is larger than",
            Self::Metadata => "the metadata are larger than",
            Self::TradeList => "the list of trades is larger than",
            Self::Page => "a page of a column is larger than",
        }
    }
}

//! What the columns of an Arrow file hold, and which of its buffers are theirs.

use polars_arrow_format::ipc::planus::Result as Read;
use polars_arrow_format::ipc::{DateUnit, FieldRef, Precision, SchemaRef, TimeUnit, TypeRef};

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ArrowField {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) extent: Extent,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Integers of so many bytes.
    Signed(usize),
    Unsigned(usize),
    /// Floating-point numbers of 4 or 8 bytes.
    Float(usize),
    Bool,
    /// Counts of so many nanoseconds since 1970: in UTC, or by a clock on the wall.
    Utc(i64),
    Local(i64),
    /// Days since 1970.
    Day,
    /// Text whose places are numbers of so many bytes.
    Text(usize),
    /// Something else, by its name.
    Other(&'static str),
}

/// How many of the nodes and buffers of a batch a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Extent {
    pub(super) nodes: usize,
    pub(super) buffers: usize,
    /// Parts with further buffers, whose number each batch states.
    pub(super) views: usize,
}

impl Kind {
    pub(super) const fn is_number(self) -> bool {
        matches!(self, Self::Signed(_) | Self::Unsigned(_) | Self::Float(_) | Self::Bool)
    }

    /// What it is called in messages.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Signed(_) | Self::Unsigned(_) => "integers",
            Self::Float(_) => "numbers",
            Self::Bool => "truth values",
            Self::Utc(_) | Self::Local(_) => "times",
            Self::Day => "dates",
            Self::Text(_) => "text",
            Self::Other(name) => name,
        }
    }

    fn of(field: FieldRef<'_>) -> Read<Self> {
        if field.dictionary()?.is_some() {
            return Ok(Self::Other("a dictionary"));
        }
        Ok(match field.type_()? {
            Some(TypeRef::Int(int)) => {
                match (usize::try_from(int.bit_width()? / 8).unwrap_or_default(), int.is_signed()?) {
                    (bytes @ (1 | 2 | 4 | 8), true) => Self::Signed(bytes),
                    (bytes @ (1 | 2 | 4 | 8), false) => Self::Unsigned(bytes),
                    _ => Self::Other("integers of an unknown width"),
                }
            }
            Some(TypeRef::FloatingPoint(float)) => match float.precision()? {
                Precision::Half => Self::Other("half-precision numbers"),
                Precision::Single => Self::Float(4),
                Precision::Double => Self::Float(8),
            },
            Some(TypeRef::Bool(_)) => Self::Bool,
            Some(TypeRef::Timestamp(stamp)) => {
                let nanos = match stamp.unit()? {
                    TimeUnit::Second => 1_000_000_000,
                    TimeUnit::Millisecond => 1_000_000,
                    TimeUnit::Microsecond => 1_000,
                    TimeUnit::Nanosecond => 1,
                };
                if stamp.timezone()?.is_some() { Self::Utc(nanos) } else { Self::Local(nanos) }
            }
            Some(TypeRef::Date(date)) => match date.unit()? {
                DateUnit::Day => Self::Day,
                DateUnit::Millisecond => Self::Local(1_000_000),
            },
            Some(TypeRef::Utf8(_)) => Self::Text(4),
            Some(TypeRef::LargeUtf8(_)) => Self::Text(8),
            Some(TypeRef::Utf8View(_)) => Self::Other("text as views (write it as plain text)"),
            Some(TypeRef::Decimal(_)) => Self::Other("decimals"),
            _ => Self::Other("values of another type"),
        })
    }
}

impl Extent {
    /// The nodes and buffers of a field, its children among them; nothing if the layout is not known here.
    fn of(field: FieldRef<'_>, depth: usize) -> Read<Option<Self>> {
        const DEEPEST: usize = 32;
        let own = |buffers, views| Self { nodes: 1, buffers, views };
        if field.dictionary()?.is_some() {
            return Ok(Some(own(2, 0)));
        }
        let mut extent = match field.type_()? {
            Some(TypeRef::Null(_)) => own(0, 0),
            Some(TypeRef::FixedSizeList(_) | TypeRef::Struct(_)) => own(1, 0),
            Some(TypeRef::Utf8(_) | TypeRef::LargeUtf8(_) | TypeRef::Binary(_) | TypeRef::LargeBinary(_)) => own(3, 0),
            Some(TypeRef::Utf8View(_) | TypeRef::BinaryView(_)) => own(2, 1),
            Some(TypeRef::Union(_) | TypeRef::RunEndEncoded(_) | TypeRef::ListView(_) | TypeRef::LargeListView(_))
            | None => return Ok(None),
            Some(_) => own(2, 0),
        };
        if DEEPEST < depth {
            return Ok(None);
        }
        for child in field.children()?.into_iter().flatten() {
            let Some(child) = Self::of(child?, depth + 1)? else { return Ok(None) };
            extent.nodes += child.nodes;
            extent.buffers += child.buffers;
            extent.views += child.views;
        }
        Ok(Some(extent))
    }
}

/// The columns of a schema, or the name of the first whose place in a batch cannot be told.
pub(super) fn fields(schema: SchemaRef<'_>) -> Read<Result<Vec<ArrowField>, String>> {
    let mut fields = Vec::new();
    for field in schema.fields()?.into_iter().flatten() {
        let field = field?;
        let name = field.name()?.unwrap_or_default().to_owned();
        match Extent::of(field, 0)? {
            None => return Ok(Err(name)),
            Some(extent) => fields.push(ArrowField { name, kind: Kind::of(field)?, extent }),
        }
    }
    Ok(Ok(fields))
}

//! Rows of the stored result: an array of values each, so that a name is not written once for every trade.

/// Declares a struct that is stored as an array of its fields, in their order, and read from the same.
macro_rules! row {
    ($(#[$of_type:meta])* pub struct $name:ident { $($(#[$of_field:meta])* pub $field:ident: $kind:ty,)+ }) => {
        $(#[$of_type])*
        #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
        pub struct $name { $($(#[$of_field])* pub $field: $kind,)+ }

        impl $name {
            /// Names of the values of a row, in their order.
            pub const COLUMNS: &[&str] = &[$(stringify!($field)),+];
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut row = serde::Serializer::serialize_tuple(serializer, Self::COLUMNS.len())?;
                $(serde::ser::SerializeTuple::serialize_element(&mut row, &self.$field)?;)+
                serde::ser::SerializeTuple::end(row)
            }
        }
    };
}

pub(crate) use row;

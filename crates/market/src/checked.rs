//! How a value is known to be valid.
//!
//! A type whose numbers can be wrong has one method `checked(self)`, which returns the value itself or says what is
//! wrong with it. Whatever comes from outside passes through it: this macro makes a derived `Deserialize` call it, so
//! that there is no way in past the check. Literals in code are the author's own and call it where numbers are not
//! constants.

/// Lets a type with `#[serde(remote = "Self")]` into the program only if its `checked` accepts it.
macro_rules! deserialise_checked {
    ($($type:ty),+ $(,)?) => {$(
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)?.checked().map_err(serde::de::Error::custom)
            }
        }
    )+};
}
pub(crate) use deserialise_checked;

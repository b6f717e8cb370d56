//! Which learner fitted a model, and with what settings: kept for the reader of the file, not needed to use the model.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
    ser::{SerializeMap, SerializeSeq},
};

/// The kind of a learner and its settings, in the order in which they are written.
///
/// The settings are plain values, so that a model can be read by a program that knows none of the learners.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnerSettings {
    kind: String,
    settings: Vec<(String, SettingValue)>,
}

/// One value among a learner's settings.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    /// Nothing: the learner's own choice.
    None,
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A whole number above the greatest `i64`.
    Large(u64),
    /// A real number.
    Real(f64),
    /// A word.
    Text(String),
    /// Several values in order.
    List(Vec<SettingValue>),
    /// Named values in order.
    Map(Vec<(String, SettingValue)>),
}

impl LearnerSettings {
    /// The settings that `config` serialises to: a map with a text `kind` among its keys.
    ///
    /// # Errors
    /// If it serialises to anything else.
    pub fn of(config: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&serde_json::to_string(config)?)
    }

    /// The kind of learner, as in a config.
    pub fn name(&self) -> &str {
        &self.kind
    }

    /// The settings besides the kind, in the order in which they are written.
    pub fn settings(&self) -> &[(String, SettingValue)] {
        &self.settings
    }
}

impl Serialize for LearnerSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1 + self.settings.len()))?;
        map.serialize_entry("kind", &self.kind)?;
        for (key, value) in &self.settings {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for LearnerSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match SettingValue::deserialize(deserializer)? {
            SettingValue::Map(mut settings) => {
                let place = settings.iter().position(|(key, _)| key == "kind");
                match place.map(|place| settings.remove(place)) {
                    Some((_, SettingValue::Text(kind))) => Ok(Self { kind, settings }),
                    _ => Err(D::Error::custom("a learner needs a `kind`")),
                }
            }
            _ => Err(D::Error::custom("a learner is a map of settings with a `kind`")),
        }
    }
}

impl Serialize for SettingValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Flag(value) => serializer.serialize_bool(*value),
            Self::Whole(value) => serializer.serialize_i64(*value),
            Self::Large(value) => serializer.serialize_u64(*value),
            Self::Real(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                values.iter().try_for_each(|value| list.serialize_element(value))?;
                list.end()
            }
            Self::Map(values) => {
                let mut map = serializer.serialize_map(Some(values.len()))?;
                values.iter().try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for SettingValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

/// Most settings of a learner.
const MOST_SETTINGS: usize = 256;

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = SettingValue;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value of a setting")
    }

    fn visit_unit<E: Error>(self) -> Result<SettingValue, E> {
        Ok(SettingValue::None)
    }

    fn visit_none<E: Error>(self) -> Result<SettingValue, E> {
        Ok(SettingValue::None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<SettingValue, D::Error> {
        SettingValue::deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<SettingValue, E> {
        Ok(SettingValue::Flag(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<SettingValue, E> {
        Ok(SettingValue::Whole(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<SettingValue, E> {
        Ok(i64::try_from(value).map_or(SettingValue::Large(value), SettingValue::Whole))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<SettingValue, E> {
        Ok(SettingValue::Real(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<SettingValue, E> {
        Ok(SettingValue::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<SettingValue, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(SettingValue::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SettingValue, A::Error> {
        let mut values: Vec<(String, SettingValue)> = Vec::new();
        while let Some((key, value)) = map.next_entry()? {
            if MOST_SETTINGS <= values.len() {
                return Err(A::Error::custom(format!("more than {MOST_SETTINGS} settings")));
            }
            if values.iter().any(|(known, _)| *known == key) {
                return Err(A::Error::custom(format!("duplicate setting `{key}`")));
            }
            values.push((key, value));
        }
        Ok(SettingValue::Map(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_keep_their_order_and_their_bytes() {
        let text = r#"{"kind":"mlp","hidden":[32,16],"epochs":6.0,"rate":0.005,"depth":null,"more":{"b":-1,"a":true,"c":"x"},"big":18446744073709551615}"#;
        let settings: LearnerSettings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.name(), "mlp");
        assert_eq!(settings.settings()[1], ("epochs".to_owned(), SettingValue::Real(6.0)));
        assert_eq!(serde_json::to_string(&settings).unwrap(), text);
        assert_eq!(LearnerSettings::of(&settings).unwrap(), settings);
    }

    #[test]
    fn what_names_no_kind_is_refused() {
        for (text, said) in [
            ("{}", "needs a `kind`"),
            ("{\"kind\":1}", "needs a `kind`"),
            ("[]", "map of settings"),
            ("{\"kind\":\"a\",\"b\":1,\"b\":2}", "duplicate setting `b`"),
        ] {
            let error = serde_json::from_str::<LearnerSettings>(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}

use scaleout_market::{Column, MarketEvent};

use crate::{
    BarColumns, Feature, FeatureError, FeatureSpec, Mirror, Needs, Parameters, WarmUp, cross_market,
    definition::Definition, momentum, order_flow, parameters::ColumnPlace, volatility,
};

/// Every feature there is, family by family, in the order of the documentation.
pub fn definitions() -> impl Iterator<Item = &'static Definition> {
    [order_flow::DEFINITIONS, volatility::DEFINITIONS, momentum::DEFINITIONS, cross_market::DEFINITIONS]
        .into_iter()
        .flatten()
        .copied()
        .flatten()
}

/// The definition of the feature called `name`.
pub fn definition(name: &str) -> Option<&'static Definition> {
    definitions().find(|definition| definition.name == name)
}

impl FeatureSpec {
    /// The feature before its first event, for a market with the extra columns `column_names`.
    ///
    /// # Errors
    /// If the feature, a parameter or the column is not known, or a value is out of range.
    pub fn build(&self, column_names: &[String]) -> Result<Box<dyn Feature>, FeatureError> {
        Ok(match self.resolve(column_names)? {
            Resolved::Column(index) => Box::new(ColumnValue { index, value: None }),
            Resolved::Registered(definition, parameters) => (definition.build)(&parameters),
        })
    }

    /// The kinds of events that the feature reads.
    ///
    /// # Errors
    /// As [`Self::build`], columns apart.
    pub fn needs(&self) -> Result<Needs, FeatureError> {
        Ok(match self.resolve_anywhere()? {
            Resolved::Column(_) => Needs::BARS,
            Resolved::Registered(definition, _) => definition.needs,
        })
    }

    /// What becomes of the value on the mirrored market.
    pub fn mirror(&self) -> Mirror {
        definition(self.base()).map_or(Mirror::Unknown, |definition| definition.mirror)
    }

    /// The feature whose value this one takes on the mirrored market, if that is another one.
    ///
    /// ```
    /// use scaleout_features::FeatureSpec;
    /// let up: FeatureSpec = "aroon_up(window=5)".parse()?;
    /// assert_eq!(up.mirror_partner().unwrap().to_string(), "aroon_down(window=5)");
    /// assert_eq!("rsi".parse::<FeatureSpec>()?.mirror_partner(), None);
    /// # Ok::<(), scaleout_features::SpecError>(())
    /// ```
    pub fn mirror_partner(&self) -> Option<Self> {
        let name = self.mirror().partner()?.to_owned();
        Some(Self { name, parameters: self.parameters.clone() })
    }

    /// How soon the feature has its first value.
    ///
    /// # Errors
    /// As [`Self::build`], columns apart.
    pub fn warm_up(&self) -> Result<WarmUp, FeatureError> {
        Ok(match self.resolve_anywhere()? {
            Resolved::Column(_) => WarmUp::ByData("the column's first value"),
            Resolved::Registered(definition, parameters) => (definition.warm_up)(&parameters),
        })
    }

    /// The unit of the values.
    ///
    /// # Errors
    /// As [`Self::build`], columns apart.
    pub fn unit(&self) -> Result<&'static str, FeatureError> {
        Ok(match self.resolve_anywhere()? {
            Resolved::Column(_) => "as in the file",
            Resolved::Registered(definition, _) => definition.unit,
        })
    }

    fn resolve_anywhere(&self) -> Result<Resolved, FeatureError> {
        let columns: Vec<String> = self.column().map(str::to_owned).into_iter().collect();
        self.resolve(&columns)
    }

    fn resolve(&self, column_names: &[String]) -> Result<Resolved, FeatureError> {
        let column_index = |column: &str| {
            column_names.iter().position(|known| known == column).ok_or_else(|| FeatureError::UnknownColumn {
                spec: self.to_string(),
                column: column.to_owned(),
                available: if column_names.is_empty() { "none".to_owned() } else { column_names.join(", ") },
            })
        };
        let base = self.base();
        if base == "column" {
            let column = self.column().ok_or_else(|| self.column_rule("write `column:<name>`".to_owned()))?;
            return Ok(Resolved::Column(column_index(column)?));
        }
        let definition = definition(base).ok_or_else(|| FeatureError::UnknownFeature {
            spec: self.to_string(),
            name: base.to_owned(),
            accepted: closest(base),
        })?;
        let column = match (definition.reads_column, self.column()) {
            (true, Some(column)) => {
                let published = Column::published(column);
                let published = column_names.iter().position(|known| *known == published);
                Some(ColumnPlace { values: column_index(column)?, published })
            }
            (false, None) => None,
            (true, None) => {
                return Err(self.column_rule(format!("`{base}` reads a column: write `{base}:<column>`")));
            }
            (false, Some(_)) => return Err(self.column_rule(format!("`{base}` reads no column: write `{base}`"))),
        };
        Ok(Resolved::Registered(definition, Parameters::resolve(definition, self, column)?))
    }

    fn column_rule(&self, rule: String) -> FeatureError {
        FeatureError::ColumnName { spec: self.to_string(), rule }
    }
}

enum Resolved {
    Column(usize),
    Registered(&'static Definition, Parameters),
}

/// A extra column of the series as it stands at the last close.
struct ColumnValue {
    index: usize,
    value: Option<f64>,
}

impl Feature for ColumnValue {
    fn update(&mut self, event: &MarketEvent<'_>) {
        if let MarketEvent::Bar(row) = event {
            self.value = row.columns[self.index];
        }
    }

    fn value(&self) -> Option<f64> {
        self.value
    }

    fn fold_bars(&mut self, bars: BarColumns<'_>, at_closes: &mut [f64]) {
        at_closes.copy_from_slice(bars.column(self.index));
        self.value = at_closes.last().filter(|value| !value.is_nan()).copied();
    }
}

/// The names that share the longest run of letters with `name`, as advice.
fn closest(name: &str) -> String {
    let shared = |known: &str| {
        known
            .char_indices()
            .map(|(start, _)| {
                (start..=known.len()).rev().find(|end| name.contains(&known[start..*end])).map_or(0, |end| end - start)
            })
            .max()
            .unwrap_or(0)
    };
    let best = definitions().map(|definition| shared(definition.name)).max().unwrap_or(0);
    if best < 3 {
        return "`scaleout features --docs` lists all of them".to_owned();
    }
    let near: Vec<String> = definitions()
        .filter(|definition| shared(definition.name) == best)
        .map(|definition| format!("`{}`", definition.name))
        .collect();
    format!("did you mean {}?", near.join(", "))
}

#[cfg(test)]
mod tests {
    use super::definitions;
    use crate::FeatureSpec;

    fn error_of(text: &str, columns: &[&str]) -> String {
        let columns: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
        let spec: FeatureSpec = text.parse().unwrap();
        spec.build(&columns).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = definitions().map(|definition| definition.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn errors_name_the_spec_and_what_is_accepted() {
        let cases: [(&str, &[&str], &str); 7] = [
            ("rsii(window=3)", &[], "`rsii(window=3)`: there is no feature `rsii`; did you mean `rsi`?"),
            ("zzz", &[], "`zzz`: there is no feature `zzz`; `scaleout features --docs` lists all of them"),
            (
                "rsi(n=3)",
                &[],
                "`rsi(n=3)`: `rsi` has no parameter `n`; it takes window (a whole number from 2 to 1000000, default 14)",
            ),
            ("rsi(window=2.5)", &[], "`rsi(window=2.5)`: window = 2.5 must be a whole number from 2 to 1000000"),
            ("macd(fast=30)", &[], "`macd(fast=30)`: fast must be below slow"),
            ("column:vix", &["a", "b"], "`column:vix`: the market has no column `vix`; it has a, b"),
            ("rsi:vix", &["vix"], "`rsi:vix`: `rsi` reads no column: write `rsi`"),
        ];
        for (text, columns, expected) in cases {
            assert_eq!(error_of(text, columns), expected);
        }
    }
}

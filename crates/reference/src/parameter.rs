use crate::ReferenceError;
use scaleout_market::OutOfRange;

/// Which numbers a parameter takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    /// Any number of the range.
    Real,
    /// Whole numbers of the range: counts, and 0 or 1 for a switch.
    Whole,
}

/// One number that a reference problem can be set to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Name, as in `--set name=value`.
    pub name: &'static str,
    /// Value of the tabled problem.
    pub default: f64,
    /// Least value.
    pub min: f64,
    /// Greatest value.
    pub max: f64,
    /// Which numbers of the range.
    pub kind: ParameterKind,
    /// What it is, with its unit.
    pub doc: &'static str,
}

impl Parameter {
    /// A parameter that takes any number from `min` to `max`.
    pub const fn real(name: &'static str, default: f64, min: f64, max: f64, doc: &'static str) -> Self {
        Self { name, default, min, max, kind: ParameterKind::Real, doc }
    }

    /// A parameter that takes whole numbers from `min` to `max`.
    pub const fn whole(name: &'static str, default: f64, min: f64, max: f64, doc: &'static str) -> Self {
        Self { name, default, min, max, kind: ParameterKind::Whole, doc }
    }

    fn range(&self) -> String {
        let kind = match self.kind {
            ParameterKind::Real => "a number",
            ParameterKind::Whole => "a whole number",
        };
        format!("{kind} from {} to {}", self.min, self.max)
    }
}

/// The values of all parameters of one problem: every one known, named once and inside its range.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    parameters: &'static [Parameter],
    values: Vec<f64>,
}

impl Settings {
    /// The defaults of `parameters` with `assignments` (each `key=value`) put over them.
    ///
    /// # Errors
    /// Names the parameter and what it takes: unknown, set twice, not a number, out of range.
    pub fn parse<T: AsRef<str>>(
        problem: &'static str,
        parameters: &'static [Parameter],
        assignments: &[T],
    ) -> Result<Self, ReferenceError> {
        let mut given: Vec<Option<f64>> = vec![None; parameters.len()];
        for text in assignments.iter().map(AsRef::as_ref) {
            let (name, value) = text.split_once('=').ok_or_else(|| ReferenceError::Syntax { text: text.to_owned() })?;
            let (name, value) = (name.trim(), value.trim());
            let index = parameters.iter().position(|parameter| parameter.name == name).ok_or_else(|| {
                ReferenceError::UnknownParameter {
                    problem,
                    name: name.to_owned(),
                    known: if parameters.is_empty() {
                        "none".to_owned()
                    } else {
                        let each = |p: &Parameter| format!("{} ({}, default {})", p.name, p.range(), p.default);
                        parameters.iter().map(each).collect::<Vec<_>>().join(", ")
                    },
                }
            })?;
            let parameter = &parameters[index];
            let number = value.parse::<f64>().ok().filter(|number| {
                parameter.min <= *number
                    && *number <= parameter.max
                    && (parameter.kind == ParameterKind::Real || number.fract() == 0.0)
            });
            let number = number.ok_or_else(|| ReferenceError::OutOfRange {
                problem,
                source: OutOfRange::new(parameter.name, value, &parameter.range()),
            })?;
            if given[index].replace(number).is_some() {
                return Err(ReferenceError::SetTwice { problem, name: parameter.name });
            }
        }
        let values = given.iter().zip(parameters).map(|(value, parameter)| value.unwrap_or(parameter.default));
        Ok(Self { parameters, values: values.collect() })
    }

    /// Names and values, in the problem's order.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.parameters.iter().zip(&self.values).map(|(parameter, value)| (parameter.name, *value))
    }

    pub(crate) fn real(&self, name: &str) -> f64 {
        let found = self.pairs().find(|(known, _)| *known == name);
        found.expect("Invariant: a problem reads only parameters it declares").1
    }

    pub(crate) fn whole(&self, name: &str) -> usize {
        self.real(name) as usize
    }

    pub(crate) fn switch(&self, name: &str) -> bool {
        self.real(name) != 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameter, Settings};

    static PARAMETERS: [Parameter; 2] =
        [Parameter::whole("bars", 60.0, 2.0, 1000.0, "decisions"), Parameter::real("decay", 0.9, 0.0, 0.999, "a bar")];

    fn check(assignments: &[&str], expected: Result<[f64; 2], &str>) {
        let parsed = Settings::parse("B7", &PARAMETERS, assignments);
        let found = parsed.map(|settings| [settings.real("bars"), settings.real("decay")]);
        assert_eq!(found.map_err(|error| error.to_string()), expected.map_err(str::to_owned));
    }

    #[test]
    fn settings_are_the_defaults_with_the_given_values_put_over_them() {
        check(&[], Ok([60.0, 0.9]));
        check(&["bars=80", " decay = .5"], Ok([80.0, 0.5]));
    }

    #[test]
    fn wrong_settings_say_what_would_be_accepted() {
        check(&["bars"], Err("`bars` is not a setting: write `key=value`, for example `bars=60`"));
        check(&["bars=1"], Err("B7: bars = 1 must be a whole number from 2 to 1000"));
        check(&["bars=3.5"], Err("B7: bars = 3.5 must be a whole number from 2 to 1000"));
        check(&["decay=NaN"], Err("B7: decay = NaN must be a number from 0 to 0.999"));
        check(&["bars=3", "bars=4"], Err("B7: `bars` is set twice"));
        check(
            &["vol=3"],
            Err("B7 has no parameter `vol`: it has bars (a whole number from 2 to 1000, default 60), \
                 decay (a number from 0 to 0.999, default 0.9)"),
        );
    }
}

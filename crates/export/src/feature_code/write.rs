//! Expressions as statements of a programming language, each machine and each result once.

use std::fmt::Write as _;

use scaleout_features::FeatureSpec;

use super::{
    definitions::expression,
    expression::{BarField, Binary, FeatureExpression, Machine, Unary},
};

/// What code is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Python,
    Mql5,
}

/// The parts of a class that computes market features.
#[derive(Debug, Clone, Default)]
pub(crate) struct MarketCode {
    /// Declarations of the machines, a line each; none in Python.
    pub members: Vec<String>,
    /// How the machines begin, a line each.
    pub start: Vec<String>,
    /// What happens at each bar, a line each.
    pub steps: Vec<String>,
    /// The results in the order of the features.
    pub results: Vec<String>,
}

/// Code for the features `specs`; `None` where there is none for one of them.
pub(crate) fn market_code(specs: &[FeatureSpec], language: Language) -> Option<MarketCode> {
    let mut writer = Writer { language, code: MarketCode::default(), known: Vec::new(), machines: 0 };
    for spec in specs {
        let result = match spec.column().filter(|_| spec.base() == "column") {
            Some(column) => match language {
                Language::Python => format!("columns[{column:?}]"),
                Language::Mql5 => format!("columns[{}]", place_of_column(specs, column)),
            },
            None => writer.value(&expression(spec)?),
        };
        writer.code.results.push(result);
    }
    Some(writer.code)
}

/// The columns that `specs` pass through, in order.
pub(crate) fn columns(specs: &[FeatureSpec]) -> Vec<&str> {
    specs.iter().filter(|spec| spec.base() == "column").filter_map(FeatureSpec::column).collect()
}

fn place_of_column(specs: &[FeatureSpec], column: &str) -> usize {
    columns(specs).iter().position(|known| *known == column).unwrap_or(0)
}

struct Writer {
    language: Language,
    code: MarketCode,
    known: Vec<(FeatureExpression, String)>,
    machines: usize,
}

impl Writer {
    /// The name of what `expression` is worth at this bar.
    fn value(&mut self, expression: &FeatureExpression) -> String {
        match expression {
            FeatureExpression::Field(BarField::High) => return "high".to_owned(),
            FeatureExpression::Field(BarField::Low) => return "low".to_owned(),
            FeatureExpression::Field(BarField::Close) => return "close".to_owned(),
            FeatureExpression::Field(BarField::Volume) => return "volume".to_owned(),
            FeatureExpression::Number(number) => return format!("{number:?}"),
            FeatureExpression::Unary(..) | FeatureExpression::Binary(..) | FeatureExpression::Machine(..) => {}
        }
        if let Some((_, name)) = self.known.iter().find(|(known, _)| known == expression) {
            return name.clone();
        }
        let text = match expression {
            FeatureExpression::Unary(function, value) => {
                let value = self.value(value);
                let name = match (function, self.language) {
                    (Unary::Abs, Language::Python) => "abs",
                    (Unary::Sqrt, Language::Python) => "_sqrt",
                    (Unary::Abs, Language::Mql5) => "SoAbs",
                    (Unary::Sqrt, Language::Mql5) => "SoSqrt",
                };
                format!("{name}({value})")
            }
            FeatureExpression::Binary(function, values) => {
                let [a, b] = [&values[0], &values[1]].map(|value| self.value(value));
                self.binary(*function, &a, &b)
            }
            FeatureExpression::Machine(machine, value) => {
                let value = self.value(value);
                self.machine(*machine, &value)
            }
            FeatureExpression::Field(_) | FeatureExpression::Number(_) => return String::new(),
        };
        let name = format!("v{}", self.known.len());
        self.code.steps.push(match self.language {
            Language::Python => format!("{name} = {text}"),
            Language::Mql5 => format!("double {name}={text};"),
        });
        self.known.push((expression.clone(), name.clone()));
        name
    }

    fn binary(&self, function: Binary, a: &str, b: &str) -> String {
        let call = |python: &str, mql5: &str| match self.language {
            Language::Python => format!("{python}({a}, {b})"),
            Language::Mql5 => format!("{mql5}({a},{b})"),
        };
        match function {
            Binary::Add => format!("{a} + {b}"),
            Binary::Sub => format!("{a} - {b}"),
            Binary::Mul => format!("{a} * {b}"),
            Binary::Div => call("_div", "SoDiv"),
            Binary::LogRatio => call("_log_ratio", "SoLogRatio"),
            Binary::Max => call("_max", "SoMax"),
            Binary::Min => call("_min", "SoMin"),
            Binary::Where => call("_where", "SoWhere"),
            Binary::Gate => call("_gate", "SoGate"),
        }
    }

    fn machine(&mut self, machine: Machine, value: &str) -> String {
        let place = self.machines;
        self.machines += 1;
        match self.language {
            Language::Python => {
                let made = match machine {
                    Machine::Lag(bars) => format!("Lag({bars})"),
                    Machine::Sum(bars) => format!("Sum({bars})"),
                    Machine::Mean(bars) => format!("Mean({bars})"),
                    Machine::Deviation(bars) => format!("Deviation({bars})"),
                    Machine::Highest(bars) => format!("Highest({bars})"),
                    Machine::Lowest(bars) => format!("Lowest({bars})"),
                    Machine::Wilder(bars) => format!("Wilder({bars})"),
                    Machine::Smoothed(seed, weight) => format!("Smoothed({seed}, {weight:?})"),
                };
                self.code.start.push(format!("self.m{place} = {made}"));
                format!("self.m{place}.push({value})")
            }
            Language::Mql5 => {
                let (class, arguments) = match machine {
                    Machine::Lag(bars) => ("CSoLag", bars.to_string()),
                    Machine::Sum(bars) => ("CSoWindow", format!("0,{bars}")),
                    Machine::Highest(bars) => ("CSoWindow", format!("1,{bars}")),
                    Machine::Lowest(bars) => ("CSoWindow", format!("2,{bars}")),
                    Machine::Mean(bars) => ("CSoWindow", format!("3,{bars}")),
                    Machine::Deviation(bars) => ("CSoWindow", format!("4,{bars}")),
                    Machine::Wilder(bars) => ("CSoWilder", bars.to_string()),
                    Machine::Smoothed(seed, weight) => ("CSoSmoothed", format!("{seed},{weight:?}")),
                };
                self.code.members.push(format!("{class} m{place};"));
                self.code.start.push(format!("m{place}.Init({arguments});"));
                format!("m{place}.Push({value})")
            }
        }
    }
}

/// `lines`, each after `indent`.
pub(crate) fn indented(lines: &[String], indent: &str) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        writeln!(text, "{indent}{line}").expect("Invariant: text takes text");
        text
    })
}

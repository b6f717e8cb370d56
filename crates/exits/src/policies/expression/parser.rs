//! Text to condition, by recursive descent: one function for each line of the grammar.

use scaleout_features::FeatureSpec;

use super::{
    Expression,
    error::{ExpressionError, MOST_NESTED, MOST_SETTINGS},
    node::{Known, Number, Operation, Relation, Truth},
    range::Range,
    scanner::{Scanner, is_of_name},
};

/// Longer operators before those that they begin with.
const COMPARISONS: [(&str, Relation); 6] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("==", Relation::Same),
    ("!=", Relation::Other),
    ("<", Relation::Less),
    (">", Relation::More),
];

/// What stands between parentheses may be either.
enum Parsed {
    Number(Number),
    Truth(Truth),
}

struct Parser {
    scanner: Scanner,
    inputs: Vec<FeatureSpec>,
    ranges: Vec<Range>,
    depth: usize,
}

type Result<T> = std::result::Result<T, ExpressionError>;

pub(super) fn parse(text: &str) -> Result<Expression> {
    let mut parser = Parser { scanner: Scanner::new(text)?, inputs: Vec::new(), ranges: Vec::new(), depth: 0 };
    let place = parser.scanner.place();
    let parsed = parser.any()?;
    let end = parser.scanner.place();
    if let Some(character) = parser.scanner.peek() {
        return Err(parser.scanner.error(end, format!("`{character}` is not expected here")));
    }
    let root = parser.truth(parsed, place)?;
    Ok(Expression { text: text.to_owned(), root, inputs: parser.inputs, ranges: parser.ranges })
}

impl Parser {
    fn truth(&self, parsed: Parsed, place: usize) -> Result<Truth> {
        match parsed {
            Parsed::Truth(truth) => Ok(truth),
            Parsed::Number(_) => {
                Err(self.scanner.error(place, "a number stands where a condition is needed: compare it"))
            }
        }
    }

    fn number(&self, parsed: Parsed, place: usize) -> Result<Number> {
        match parsed {
            Parsed::Number(number) => Ok(number),
            Parsed::Truth(_) => Err(self.scanner.error(place, "a condition stands where a number is needed")),
        }
    }

    /// any = both ("or" both)*
    fn any(&mut self) -> Result<Parsed> {
        let mut place = self.scanner.place();
        let mut left = self.both()?;
        while self.scanner.take("or") {
            let one = self.truth(left, place)?;
            place = self.scanner.place();
            let right = self.both()?;
            left = Parsed::Truth(Truth::Or(Box::new(one), Box::new(self.truth(right, place)?)));
        }
        Ok(left)
    }

    /// both = opposite ("and" opposite)*
    fn both(&mut self) -> Result<Parsed> {
        let mut place = self.scanner.place();
        let mut left = self.opposite()?;
        while self.scanner.take("and") {
            let one = self.truth(left, place)?;
            place = self.scanner.place();
            let right = self.opposite()?;
            left = Parsed::Truth(Truth::And(Box::new(one), Box::new(self.truth(right, place)?)));
        }
        Ok(left)
    }

    /// opposite = "not" opposite | compared
    fn opposite(&mut self) -> Result<Parsed> {
        if !self.scanner.take("not") {
            return self.compared();
        }
        self.nested(|parser| {
            let place = parser.scanner.place();
            let inner = parser.opposite()?;
            Ok(Parsed::Truth(Truth::Not(Box::new(parser.truth(inner, place)?))))
        })
    }

    /// compared = sum (("<" | "<=" | ">" | ">=" | "==" | "!=") sum)?
    fn compared(&mut self) -> Result<Parsed> {
        let place = self.scanner.place();
        let left = self.sum()?;
        let Some(how) = self.comparison() else { return Ok(left) };
        let one = self.number(left, place)?;
        let place = self.scanner.place();
        let right = self.sum()?;
        let other = self.number(right, place)?;
        let place = self.scanner.place();
        if self.comparison().is_some() {
            return Err(self.scanner.error(place, "comparisons do not chain: join two with `and`"));
        }
        Ok(Parsed::Truth(Truth::Compared(how, one, other)))
    }

    fn comparison(&mut self) -> Option<Relation> {
        COMPARISONS.into_iter().find(|(text, _)| self.scanner.take(text)).map(|(_, how)| how)
    }

    /// sum = product (("+" | "-") product)*
    fn sum(&mut self) -> Result<Parsed> {
        self.operations(&[("+", Operation::Plus), ("-", Operation::Minus)], Self::product)
    }

    /// product = signed (("*" | "/") signed)*
    fn product(&mut self) -> Result<Parsed> {
        self.operations(&[("*", Operation::Times), ("/", Operation::Over)], Self::signed)
    }

    fn operations(
        &mut self,
        operations: &[(&str, Operation)],
        part: fn(&mut Self) -> Result<Parsed>,
    ) -> Result<Parsed> {
        let mut place = self.scanner.place();
        let mut left = part(self)?;
        while let Some((_, operation)) = operations.iter().find(|(text, _)| self.scanner.take(text)) {
            let one = self.number(left, place)?;
            place = self.scanner.place();
            let right = part(self)?;
            let other = self.number(right, place)?;
            left = Parsed::Number(Number::Of(*operation, Box::new(one), Box::new(other)));
        }
        Ok(left)
    }

    /// signed = "-" signed | atom
    fn signed(&mut self) -> Result<Parsed> {
        if !self.scanner.take("-") {
            return self.atom();
        }
        self.nested(|parser| {
            let place = parser.scanner.place();
            let inner = parser.signed()?;
            Ok(Parsed::Number(Number::Negative(Box::new(parser.number(inner, place)?))))
        })
    }

    /// atom = "(" any ")" | "{" range "}" | number | "min" "(" sum "," sum ")" | "max" … | "abs" "(" sum ")" | name
    fn atom(&mut self) -> Result<Parsed> {
        let place = self.scanner.place();
        if self.scanner.take("(") {
            return self.nested(|parser| {
                let inner = parser.any()?;
                parser.closing(")")?;
                Ok(inner)
            });
        }
        if self.scanner.take("{") {
            return Ok(Parsed::Number(self.range(place)?));
        }
        match self.scanner.peek() {
            Some(character) if character.is_ascii_digit() || character == '.' => {
                Ok(Parsed::Number(Number::Written(self.written()?)))
            }
            Some(character) if character.is_ascii_alphabetic() || character == '_' => {
                Ok(Parsed::Number(self.named(place)?))
            }
            Some(character) => Err(self.scanner.error(place, format!("`{character}` is not expected here"))),
            None => Err(self.scanner.error(place, "the text ends where a number, a name or a parenthesis is needed")),
        }
    }

    fn written(&mut self) -> Result<f64> {
        let place = self.scanner.place();
        let text = self.scanner.take_while(|character| character.is_ascii_digit() || character == '.');
        text.parse().map_err(|_| self.scanner.error(place, format!("`{text}` is no number, such as 70 or 1.5")))
    }

    fn closing(&mut self, wanted: &str) -> Result<()> {
        let place = self.scanner.place();
        if self.scanner.take(wanted) {
            return Ok(());
        }
        Err(self.scanner.error(place, format!("`{wanted}` is needed here")))
    }

    /// range = value ("," value)+ | value "to" value "step" value
    fn range(&mut self, place: usize) -> Result<Number> {
        let first = self.value()?;
        let mut values = vec![first];
        if self.scanner.take("to") {
            let last = self.value()?;
            let step = if self.scanner.take("step") { self.value()? } else { 0.0 };
            if !(0.0 < step && first < last) {
                return Err(self.scanner.error(place, "write `{60 to 80 step 5}`: a rise with a step above 0"));
            }
            // A millionth of a step is rounding of the step.
            let steps = ((last - first) / step + 1e-6).floor().min(MOST_SETTINGS as f64) as usize;
            values.extend((1..=steps).map(|count| rounded(first + step * count as f64)));
        }
        while self.scanner.take(",") {
            values.push(self.value()?);
        }
        self.closing("}")?;
        if values.len() < 2 {
            return Err(self.scanner.error(place, "a range has two values or more"));
        }
        self.ranges.push(Range { values, from: place, to: self.scanner.at() });
        let settings: usize = self.ranges.iter().map(|range| range.values.len()).product();
        if MOST_SETTINGS < settings {
            return Err(self.scanner.error(place, format!("ranges span at most {MOST_SETTINGS} settings")));
        }
        Ok(Number::Tuned(self.ranges.len() - 1))
    }

    fn value(&mut self) -> Result<f64> {
        let sign = if self.scanner.take("-") { -1.0 } else { 1.0 };
        Ok(sign * self.written()?)
    }

    fn named(&mut self, place: usize) -> Result<Number> {
        let name = self.scanner.take_while(is_of_name);
        let function = match name.as_str() {
            "min" => Some(Some(Operation::Min)),
            "max" => Some(Some(Operation::Max)),
            "abs" => Some(None),
            _ => None,
        };
        if let Some(operation) = function {
            return self.call(&name, operation, place);
        }
        if let Some((_, known)) = Known::ALL.into_iter().find(|(known, _)| *known == name) {
            return Ok(Number::Known(known));
        }
        self.feature(place)
    }

    fn call(&mut self, name: &str, operation: Option<Operation>, place: usize) -> Result<Number> {
        self.closing("(")?;
        self.nested(|parser| {
            let at = parser.scanner.place();
            let one = parser.sum()?;
            let one = parser.number(one, at)?;
            let number = match operation {
                None => Number::Size(Box::new(one)),
                Some(operation) => {
                    if !parser.scanner.take(",") {
                        return Err(parser.scanner.error(place, format!("`{name}` takes two numbers: `{name}(a, b)`")));
                    }
                    let at = parser.scanner.place();
                    let other = parser.sum()?;
                    Number::Of(operation, Box::new(one), Box::new(parser.number(other, at)?))
                }
            };
            parser.closing(")")?;
            Ok(number)
        })
    }

    /// A feature or a column as configs write them; a column's name with other characters stands in quotes.
    fn feature(&mut self, place: usize) -> Result<Number> {
        self.scanner.back_to(place);
        let mut text = self.scanner.take_while(is_of_name);
        if self.scanner.next_is(':') && self.scanner.take(":") {
            text.push(':');
            if self.scanner.next_is('"') && self.scanner.take("\"") {
                let quoted = self.scanner.take_through('"');
                let quoted =
                    quoted.ok_or_else(|| self.scanner.error(place, "the quotes of the column are not closed"))?;
                text.push_str(quoted.trim_end_matches('"'));
            } else {
                text.push_str(&self.scanner.take_while(|character| is_of_name(character) || character == '.'));
            }
        }
        if self.scanner.next_is('(') {
            let inside = self.scanner.take_through(')');
            let inside =
                inside.ok_or_else(|| self.scanner.error(place, "the parenthesis of the feature is not closed"))?;
            text.push_str(&inside);
        }
        let spec: FeatureSpec =
            text.parse().map_err(|error: scaleout_features::SpecError| self.scanner.error(place, error.to_string()))?;
        // Whether a column exists is known once there are data.
        if spec.column().is_none()
            && let Err(error) = spec.build(&[])
        {
            let known: Vec<&str> = Known::ALL.iter().map(|(name, _)| *name).collect();
            let problem = format!("{error}; no feature is called so, or known is none of {}", known.join(", "));
            return Err(self.scanner.error(place, problem));
        }
        let found = self.inputs.iter().position(|known| *known == spec);
        let place = found.unwrap_or(self.inputs.len());
        if found.is_none() {
            self.inputs.push(spec);
        }
        Ok(Number::Input(place))
    }

    fn nested<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.depth += 1;
        if MOST_NESTED < self.depth {
            let place = self.scanner.at().saturating_sub(1);
            return Err(self.scanner.error(place, format!("an expression nests at most {MOST_NESTED} deep")));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }
}

/// Without the last bits of a sum of steps.
fn rounded(value: f64) -> f64 {
    format!("{value:.9}").parse().unwrap_or(value)
}

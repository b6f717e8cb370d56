//! Operators put together one after another.

use std::collections::BTreeMap;

use super::proto::{AttributeProto, AttributeType, FLOAT, GraphProto, INT64, NodeProto, TensorProto, ValueInfoProto};

/// A tensor inside a graph, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value(String);

impl Value {
    /// The input or output called `name`.
    pub fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// A graph in the making. Every method that makes a tensor returns it; equal constants are kept once.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<NodeProto>,
    constants: Vec<TensorProto>,
    known: BTreeMap<(Vec<i64>, Vec<u8>, i32), String>,
}

impl Graph {
    /// The finished graph.
    pub fn finish(self, name: &str, input: Vec<ValueInfoProto>, output: Vec<ValueInfoProto>) -> GraphProto {
        GraphProto { node: self.nodes, name: name.to_owned(), initializer: self.constants, input, output }
    }

    /// A constant of f32.
    ///
    /// `shape` has as many places as there are `values`.
    pub fn floats(&mut self, values: &[f32], shape: &[usize]) -> Value {
        self.constant(values.iter().flat_map(|value| value.to_le_bytes()).collect(), shape, FLOAT)
    }

    /// One number that goes with every shape.
    pub fn number(&mut self, value: f32) -> Value {
        self.floats(&[value], &[])
    }

    /// A constant list of whole numbers.
    pub fn whole(&mut self, values: &[i64]) -> Value {
        self.constant(values.iter().flat_map(|value| value.to_le_bytes()).collect(), &[values.len()], INT64)
    }

    fn constant(&mut self, raw_data: Vec<u8>, shape: &[usize], data_type: i32) -> Value {
        let dims: Vec<i64> = shape.iter().map(|&size| size as i64).collect();
        let key = (dims.clone(), raw_data.clone(), data_type);
        if let Some(name) = self.known.get(&key) {
            return Value(name.clone());
        }
        let name = format!("c{}", self.constants.len());
        self.known.insert(key, name.clone());
        self.constants.push(TensorProto { dims, data_type, name: name.clone(), raw_data });
        Value(name)
    }

    /// One operator of ONNX's own set.
    pub fn node(&mut self, op_type: &str, inputs: &[&Value], attributes: Vec<AttributeProto>) -> Value {
        self.node_of("", op_type, inputs, attributes)
    }

    /// One operator of the set `domain`.
    pub fn node_of(&mut self, domain: &str, op_type: &str, inputs: &[&Value], attribute: Vec<AttributeProto>) -> Value {
        let output = Value(format!("v{}", self.nodes.len()));
        self.nodes.push(NodeProto {
            input: inputs.iter().map(|value| value.0.clone()).collect(),
            output: vec![output.0.clone()],
            name: format!("n{}", self.nodes.len()),
            op_type: op_type.to_owned(),
            attribute,
            domain: domain.to_owned(),
        });
        output
    }

    /// `value` under the name of an output.
    pub fn output(&mut self, value: &Value, name: &str) {
        let result = self.node("Identity", &[value], Vec::new());
        let node = self.nodes.last_mut().expect("Invariant: a node was just added");
        debug_assert_eq!(node.output[0], result.0);
        node.output[0] = name.to_owned();
    }

    /// a + b.
    pub fn add(&mut self, a: &Value, b: &Value) -> Value {
        self.node("Add", &[a, b], Vec::new())
    }

    /// a − b.
    pub fn sub(&mut self, a: &Value, b: &Value) -> Value {
        self.node("Sub", &[a, b], Vec::new())
    }

    /// a · b, element by element.
    pub fn mul(&mut self, a: &Value, b: &Value) -> Value {
        self.node("Mul", &[a, b], Vec::new())
    }

    /// a ÷ b.
    pub fn div(&mut self, a: &Value, b: &Value) -> Value {
        self.node("Div", &[a, b], Vec::new())
    }

    /// The product of matrices.
    pub fn matmul(&mut self, a: &Value, b: &Value) -> Value {
        self.node("MatMul", &[a, b], Vec::new())
    }

    /// An operator of one input and no settings.
    pub fn of(&mut self, op_type: &str, value: &Value) -> Value {
        self.node(op_type, &[value], Vec::new())
    }

    /// `value` held between `low` and `high`.
    pub fn clip(&mut self, value: &Value, low: f32, high: f32) -> Value {
        let (low, high) = (self.number(low), self.number(high));
        self.node("Clip", &[value, &low, &high], Vec::new())
    }

    /// `yes` where `condition` holds, else `no`.
    pub fn choose(&mut self, condition: &Value, yes: &Value, no: &Value) -> Value {
        self.node("Where", &[condition, yes, no], Vec::new())
    }

    /// Whether a < b.
    pub fn less(&mut self, a: &Value, b: &Value) -> Value {
        self.node("Less", &[a, b], Vec::new())
    }

    /// Whether a ≤ b.
    pub fn at_most(&mut self, a: &Value, b: &Value) -> Value {
        self.node("LessOrEqual", &[a, b], Vec::new())
    }

    /// Whether both hold.
    pub fn both(&mut self, a: &Value, b: &Value) -> Value {
        self.node("And", &[a, b], Vec::new())
    }

    /// 1 where `condition` holds, else 0.
    pub fn as_number(&mut self, condition: &Value) -> Value {
        self.node("Cast", &[condition], vec![int("to", i64::from(FLOAT))])
    }

    /// The places `ids` of `value` along `axis`.
    pub fn gather(&mut self, value: &Value, ids: &[usize], axis: i64) -> Value {
        let ids: Vec<i64> = ids.iter().map(|&id| id as i64).collect();
        let ids = self.whole(&ids);
        self.node("Gather", &[value, &ids], vec![int("axis", axis)])
    }

    /// The places `from..to` of `value` along `axis`, which stays.
    pub fn slice(&mut self, value: &Value, axis: i64, from: usize, to: usize) -> Value {
        let [starts, ends, axes] = [from as i64, to as i64, axis].map(|number| self.whole(&[number]));
        self.node("Slice", &[value, &starts, &ends, &axes], Vec::new())
    }

    /// `values` one after another along `axis`.
    pub fn concat(&mut self, values: &[&Value], axis: i64) -> Value {
        match values {
            [one] => (*one).clone(),
            _ => self.node("Concat", values, vec![int("axis", axis)]),
        }
    }

    /// `value` in another shape; −1 stands for what is left, 0 for the same as before.
    pub fn reshape(&mut self, value: &Value, shape: &[i64]) -> Value {
        let shape = self.whole(shape);
        self.node("Reshape", &[value, &shape], Vec::new())
    }

    /// The sum along `axis`, which goes.
    pub fn sum(&mut self, value: &Value, axis: i64) -> Value {
        let axes = self.whole(&[axis]);
        self.node("ReduceSum", &[value, &axes], vec![int("keepdims", 0)])
    }

    /// The largest along `axis`, which stays where `keeps` says so.
    pub fn largest(&mut self, value: &Value, axis: i64, keeps: Keeps) -> Value {
        self.node("ReduceMax", &[value], vec![ints("axes", &[axis]), int("keepdims", keeps as i64)])
    }

    /// The smallest along `axis`, which goes.
    pub fn smallest(&mut self, value: &Value, axis: i64) -> Value {
        self.node("ReduceMin", &[value], vec![ints("axes", &[axis]), int("keepdims", 0)])
    }
}

/// Whether an axis stays, with one place, when it is reduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// It goes.
    Nothing = 0,
    /// It stays.
    Axis = 1,
}

/// A whole number as an attribute.
pub fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto { name: name.to_owned(), i: value, r#type: AttributeType::Int as i32, ..Default::default() }
}

/// Whole numbers as an attribute.
pub fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        ints: values.to_vec(),
        r#type: AttributeType::Ints as i32,
        ..Default::default()
    }
}

/// Numbers as an attribute.
pub fn floats(name: &str, values: &[f32]) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        floats: values.to_vec(),
        r#type: AttributeType::Floats as i32,
        ..Default::default()
    }
}

/// A text as an attribute.
pub fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        s: value.as_bytes().to_vec(),
        r#type: AttributeType::String as i32,
        ..Default::default()
    }
}

/// Texts as an attribute.
pub fn texts<'a>(name: &str, values: impl Iterator<Item = &'a str>) -> AttributeProto {
    AttributeProto {
        name: name.to_owned(),
        strings: values.map(|value| value.as_bytes().to_vec()).collect(),
        r#type: AttributeType::Strings as i32,
        ..Default::default()
    }
}

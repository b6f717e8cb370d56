"""Conditions of the user's own, as `crates/exits/docs/expressions.md` defines them.

The grammar is near enough to Python's to be read by Python's parser; the values are ours: undefined is None, arithmetic
with it is undefined, and a comparison with it is false.
"""

import ast
import operator

COMPARE = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
FUNCTIONS = {"min": min, "max": max, "abs": abs}


def holds(text, now):
    """Whether the condition holds at a decision."""
    return truth(ast.parse(text, mode="eval").body, text, now)


def truth(node, text, now):
    if isinstance(node, ast.BoolOp):
        parts = [truth(value, text, now) for value in node.values]
        return all(parts) if isinstance(node.op, ast.And) else any(parts)
    if isinstance(node, ast.UnaryOp):
        return not truth(node.operand, text, now)
    one, other = number(node.left, text, now), number(node.comparators[0], text, now)
    return one is not None and other is not None and COMPARE[type(node.ops[0])](one, other)


def number(node, text, now):
    if isinstance(node, ast.Constant):
        return type(now.mfe_r)(ast.get_source_segment(text, node))
    if isinstance(node, ast.Name):
        return now.known(node.id)
    if isinstance(node, ast.UnaryOp):
        value = number(node.operand, text, now)
        return None if value is None else -value
    if isinstance(node, ast.BinOp):
        one, other = number(node.left, text, now), number(node.right, text, now)
        if one is None or other is None or (isinstance(node.op, ast.Div) and other == 0):
            return None
        return ARITHMETIC[type(node.op)](one, other)
    if node.func.id in FUNCTIONS:
        values = [number(value, text, now) for value in node.args]
        return None if None in values else FUNCTIONS[node.func.id](*values)
    return now.reads(node.func.id, node.keywords[0].value.value)

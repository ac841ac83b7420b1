/** Any syntax tree that a file can have, from choices: well formed, and otherwise without sense. Spans are empty. */
import type {
  BinaryOperator,
  Body,
  Expr,
  Field,
  File,
  Formal,
  FormalType,
  Item,
  Name,
  NameRule,
  ResultType,
  Span,
  Statement,
  TensorType,
} from "../../dsl/syntax.ts";
import type { Choices } from "./choices.ts";

const span: Span = { file: "", from: 0, to: 0 };
const spelt = (text: string): Name => ({ text, span });

const plainNames = ["a", "x", "D", "gain_1", "B", "T", "a_name_of_quite_some_length"];
/** Words of the language in places of their own only. */
const softNames = ["block", "model", "function", "constant", "config", "names", "pattern", "int"];
const names = [...plainNames, ...softNames, "number", "flag", "transpose", "layers", "_", "y2"];
const values = [0, 1, 2, 0.5, 1e-6, 10_000, 256_000, 1.25e21, 3.5e-9, 123_456.75];
const texts = ["w", "100M", "model.layers.{i}.weight", 'say "so"', "a\\b", "// none", "größe", ""];
const docs = ["One line.", "Two lines,\nthe second.", "Apart.\n\nAgain.", " Indented // here."];
const operators: readonly BinaryOperator[] = [
  ...(["+", "-", "*", "/", "%", "and", "or", "<", "<=", ">", ">=", "==", "!="] as const),
];

/** A file of up to six items. */
export function anyFile(choices: Choices): File {
  const items: Item[] = [];
  while (choices.left && items.length < 6) items.push(anyItem(choices));
  return { file: "", source: "", items };
}

const name = (c: Choices): Name => spelt(c.one(names));

function anyItem(c: Choices): Item {
  const kind = c.one(["block", "function", "constant", "model", "config", "names"] as const);
  const doc = c.once(3) ? c.one(docs) : "";
  switch (kind) {
    case "block": {
      const parameters = c.some(6, () => formal(c));
      return { kind, name: name(c), parameters, result: resultType(c), body: body(c), doc, span };
    }
    case "model":
      return {
        kind,
        name: name(c),
        parameters: c.some(9, () => formal(c)),
        body: body(c),
        doc,
        span,
      };
    case "function": {
      const parameter = () => ({ name: name(c), fallback: c.once(2) ? value(c, 2) : null, span });
      return { kind, name: name(c), parameters: c.some(4, parameter), body: body(c), doc, span };
    }
    case "constant":
      return { kind, name: name(c), value: value(c, 5), doc, span };
    case "config":
      return { kind, model: name(c), title: spelt(c.one(texts)), settings: settings(c), span };
    case "names":
      return { kind, name: name(c), config: settings(c), rules: c.some(4, () => rule(c)), span };
  }
}

const settings = (c: Choices): Field[] => c.some(7, () => ({ name: name(c), value: value(c, 2) }));

function rule(c: Choices): NameRule {
  const path = spelt(c.one(["embedding", "layers.{i}.mlp.w", "config", "a.0.b", "a.{i}.b.{i}"]));
  const fits = texts.filter((text) => !text.includes("{i}") || path.text.includes("{i}"));
  const index = c.once(3) ? c.below(12) : null;
  return { path, source: spelt(c.one(fits)), index, transpose: c.once(3), span };
}

function formal(c: Choices): Formal {
  const settingKinds = ["size", "number", "flag", "block", "pattern"] as const;
  const type: FormalType = c.once(2)
    ? tensorType(c)
    : { kind: "setting", of: c.one(settingKinds), span };
  return { name: name(c), type, fallback: c.once(2) ? value(c, 3) : null, span };
}

const tensorType = (c: Choices): TensorType => ({
  kind: "tensor",
  element: c.once(4) ? "int" : "float",
  dims: c.some(4, () => value(c, 1)),
  span,
});

function resultType(c: Choices): ResultType {
  if (!c.once(4)) return tensorType(c);
  const field = () => ({ name: name(c), type: tensorType(c) });
  return { kind: "record", fields: [field(), ...c.some(2, field)], span };
}

const body = (c: Choices): Body => ({
  statements: c.some(4, () => statement(c)),
  result: value(c, 6),
  span,
});

function statement(c: Choices): Statement {
  switch (c.one(["let", "size", "param"] as const)) {
    case "let":
      return { kind: "let", name: name(c), value: value(c, 6), span };
    case "size":
      return { kind: "size", name: name(c), value: value(c, 3), span };
    case "param": {
      const initializer = c.once(3) ? null : value(c, 3);
      return { kind: "param", name: name(c), type: tensorType(c), initializer, span };
    }
  }
}

/** An expression at most `depth` deep. */
function value(c: Choices, depth: number): Expr {
  if (depth === 0 || !c.left) return leaf(c);
  const inner = () => value(c, depth - 1);
  const kinds = ["leaf", "binary", "call", "if", "list", "record", "negate", "not"] as const;
  const kind = c.one([...kinds, "binary", "call", "binary", "call"] as const);
  switch (kind) {
    case "leaf":
      return leaf(c);
    case "binary": {
      // Longer rows than wide trees would give.
      let row: Expr = { kind, operator: c.one(operators), left: inner(), right: inner(), span };
      while (c.once(3)) row = { kind, operator: c.one(operators), left: row, right: inner(), span };
      return row;
    }
    case "call": {
      const args = c.some(4, inner);
      const named = c.some(4, () => field(c, inner));
      return { kind, callee: name(c), args, named, label: c.once(3) ? name(c) : null, span };
    }
    case "if":
      return { kind, when: inner(), then: inner(), otherwise: inner(), span };
    case "list":
      return { kind, items: c.some(5, inner), span };
    case "record":
      return { kind, fields: [field(c, inner), ...c.some(2, () => field(c, inner))], span };
    case "negate":
    case "not":
      return { kind, of: inner(), span };
  }
}

const field = (c: Choices, inner: () => Expr): Field => ({ name: name(c), value: inner() });

function leaf(c: Choices): Expr {
  switch (c.one(["name", "number", "flag", "field"] as const)) {
    case "name":
      return { kind: "name", name: c.one(names), span };
    case "number":
      return { kind: "number", value: c.one(values), span };
    case "flag":
      return { kind: "flag", value: c.once(2), span };
    case "field":
      return { kind: "field", of: name(c), field: name(c), span };
  }
}

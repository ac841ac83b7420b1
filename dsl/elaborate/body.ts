/** Runs a body: its sizes, parameters and names in order, then its result. */
import type { Body, Statement } from "../syntax.ts";
import { define, joinPath, nameValue, outerText, report } from "./frame.ts";
import { evaluateInitializer } from "./initializers.ts";
import { evaluateParameterShape, evaluateSize, namedTensor } from "./sizes.ts";
import { type Frame, poison, type Value } from "./values.ts";

/** The value of a body; wrong statements leave poison under their names and the rest goes on. */
export function runBody(frame: Frame, body: Body): Value {
  for (const statement of body.statements) {
    const value = runStatement(frame, statement);
    define(frame, statement.name.text, statement.name.span, value);
    if (value.kind === "tensor" && statement.kind === "let")
      nameValue(frame, value.node, statement.name.text);
  }
  return body.result ? frame.evaluate(frame, body.result) : poison;
}

function runStatement(frame: Frame, statement: Statement): Value {
  switch (statement.kind) {
    case "size":
      frame.outer.set(statement.name.text, outerText(frame, statement.value));
      return evaluateSize(frame, statement.value) ?? poison;
    case "param":
      return runParameter(frame, statement);
    case "let": {
      const value = frame.evaluate(frame, statement.value);
      if (value.kind === "number")
        frame.outer.set(statement.name.text, outerText(frame, statement.value));
      return value;
    }
  }
}

function runParameter(frame: Frame, statement: Extract<Statement, { kind: "param" }>): Value {
  const { name, type, initializer: expr, span } = statement;
  const dims = evaluateParameterShape(frame, type);
  if (!expr) report(frame, "E0419", name.span, { name: name.text });
  const initializer = (expr && evaluateInitializer(frame, expr)) ?? { kind: "number", value: 0 };
  if (!dims) return poison;
  const shape = dims.map((dim) => dim.size);
  const node = frame.session.parameter(joinPath(frame.path, name.text), shape, initializer);
  return namedTensor(
    frame,
    span,
    node,
    dims.map((dim) => dim.text),
  );
}

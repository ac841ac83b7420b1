/** Runs a body: its sizes, parameters and names in order, then its result. */
import type { Body, Expr, Span, Statement } from "../syntax.ts";
import { define, joinPath, lookUp, nameValue, report } from "./frame.ts";
import { warnOfHalf } from "./half.ts";
import { evaluateInitializer } from "./initializers.ts";
import { outerText } from "./naming.ts";
import { keepParameter } from "./parameters.ts";
import { primitiveNames } from "./primitives/all.ts";
import { evaluateParameterShape, evaluateSize, namedTensor } from "./sizes.ts";
import { type Frame, numberValue, poison, type Value } from "./values.ts";
import { eachExpression } from "./walk.ts";

/** The value of a body; wrong statements leave poison under their names and the rest goes on. */
export function runBody(frame: Frame, body: Body): Value {
  for (const statement of body.statements) {
    const { text, span } = statement.name;
    const value = isConstantName(frame, statement) ? poison : runStatement(frame, statement);
    define(frame, text, span, value);
    if (statement.kind === "let") nameValue(frame, value, text);
  }
  return body.result ? frame.evaluate(frame, body.result) : poison;
}

/** A constant's name means the same in its whole file, so that it can stand in types. */
function isConstantName(frame: Frame, { name }: Statement): boolean {
  const constant = frame.session.library.constant(name.text, frame.file);
  if (!constant) return false;
  const related = [{ span: constant.name.span, message: "the constant is here" }];
  report(frame, "E0227", name.span, { name: name.text }, related);
  return true;
}

function runStatement(frame: Frame, statement: Statement): Value {
  switch (statement.kind) {
    case "size":
      return named(frame, statement, evaluateSize(frame, statement.value) ?? poison);
    case "param":
      return runParameter(frame, statement);
    case "let": {
      const own = ownUse(statement.name.text, statement.value);
      if (own && isUnknown(frame, statement.name.text))
        return report(frame, "E0216", own, { name: statement.name.text });
      return named(frame, statement, frame.evaluate(frame, statement.value));
    }
  }
}

/** Notes what the caller calls a number. */
function named(frame: Frame, statement: Statement & { value: Expr }, value: Value): Value {
  if (value.kind !== "number") return value;
  const text = outerText(frame, statement.value, value.value);
  frame.outer.set(statement.name.text, text);
  return numberValue(value.value, text);
}

/** Where a value uses the name that it is to have; null where it does not. */
export function ownUse(name: string, value: Expr): Span | null {
  let found: Span | null = null;
  eachExpression(value, (expr) => {
    if (expr.kind === "name" && expr.name === name) found ??= expr.span;
    if (expr.kind === "field" && expr.of.text === name) found ??= expr.of.span;
    if (expr.kind === "call" && expr.callee.text === name && !primitiveNames.includes(name))
      found ??= expr.callee.span;
  });
  return found;
}

const isUnknown = (frame: Frame, name: string): boolean =>
  name !== "" &&
  lookUp(frame, name) === null &&
  frame.session.library.find(name, frame.file) === null;

function runParameter(frame: Frame, statement: Extract<Statement, { kind: "param" }>): Value {
  const { name, type, initializer: expr, span } = statement;
  if (frame.inlined) {
    const what = `\`${name.text}\` is a parameter`;
    return report(frame, "E0224", span, { owner: frame.owner, what });
  }
  const dims = evaluateParameterShape(frame, type);
  if (!expr) report(frame, "E0419", name.span, { name: name.text });
  const initializer = (expr && evaluateInitializer(frame, expr)) ?? { kind: "number", value: 0 };
  if (!dims) return poison;
  const spec = {
    name: joinPath(frame.home, name.text),
    shape: dims.map((dim) => dim.size),
    initializer,
  };
  warnOfHalf(frame, name.span, spec);
  const node = keepParameter(frame, span, spec);
  return node
    ? namedTensor(
        frame,
        span,
        node,
        dims.map((dim) => dim.text),
      )
    : poison;
}

/** Visits every expression of a body. Keeps its own stack, so that deep trees cannot exhaust the machine's. */
import type { Body, Expr, Formal, ResultType } from "../syntax.ts";

/** The expressions directly inside one. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "number":
    case "flag":
    case "name":
    case "field":
      return [];
    case "record":
      return expr.fields.map(({ value }) => value);
    case "list":
      return expr.items;
    case "negate":
    case "not":
      return [expr.of];
    case "binary":
      return [expr.left, expr.right];
    case "if":
      return [expr.when, expr.then, expr.otherwise];
    case "call":
      return [...expr.args, ...expr.named.map(({ value }) => value)];
  }
}

/** Calls `visit` for an expression and all inside it, in the order of the text. */
export function eachExpression(root: Expr, visit: (expr: Expr) => void): void {
  const waiting = [root];
  for (let expr = waiting.pop(); expr; expr = waiting.pop()) {
    visit(expr);
    waiting.push(...[...children(expr)].reverse());
  }
}

/** The expressions of a body, statement by statement, its result last. */
export function bodyExpressions(body: Body): readonly Expr[] {
  const own = body.statements.flatMap((statement) =>
    statement.kind === "param"
      ? [...statement.type.dims, ...(statement.initializer ? [statement.initializer] : [])]
      : [statement.value],
  );
  return body.result ? [...own, body.result] : own;
}

/** Plain names among the dimensions of the tensor parameters, which the tensors give their sizes. */
export const tensorDimNames = (formals: readonly Formal[]): readonly string[] =>
  formals.flatMap(({ type }) =>
    type.kind === "tensor"
      ? type.dims.flatMap((dim) => (dim.kind === "name" ? [dim.name] : []))
      : [],
  );

/** All dimensions that a result's type names. */
export const resultDims = (result: ResultType): readonly Expr[] =>
  result.kind === "record" ? result.fields.flatMap(({ type }) => type.dims) : result.dims;

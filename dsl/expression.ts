/** Turns the parser's flat rows of operands and operators into expressions, each operator with its strength. */
import type { CstNode, IToken } from "chevrotain";
import { askCommas, cover, hole, nameOf, nodes, type Site, spanOf, tell, tokens } from "./site.ts";
import type { BinaryOperator, Expr, Field, Name, Span } from "./syntax.ts";

/** How strongly operators bind: a stronger one takes its operands first. */
export const operatorStrengths = {
  or: 1,
  and: 2,
  "<": 4,
  "<=": 4,
  ">": 4,
  ">=": 4,
  "==": 4,
  "!=": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
} as const satisfies Record<BinaryOperator, number>;
const comparison = 4;
/** `not a == b` is `not (a == b)`. */
const notReach = 4;

const missing = (span: Span): Expr => ({ kind: "name", name: hole, span });

/** `near` is where a missing expression is said to stand. */
export function buildExpression(site: Site, node: CstNode | undefined, near: Span): Expr {
  const span = cover(site, node) ?? near;
  if (!node) return missing(span);
  const [word] = tokens(node, "If");
  if (!word) return new Row(site, node, span).climb(0);
  const [when, then, otherwise] = nodes(node, "expression");
  return {
    kind: "if",
    when: buildExpression(site, when, span),
    then: buildExpression(site, then, span),
    otherwise: buildExpression(site, otherwise, span),
    span,
  };
}

/** One row `operand operator operand …`, read from left to right. */
class Row {
  private readonly site: Site;
  private readonly operands: CstNode[];
  private readonly operators: IToken[];
  private readonly span: Span;
  private at = 0;

  constructor(site: Site, node: CstNode, span: Span) {
    this.site = site;
    this.operands = nodes(node, "operand");
    this.operators = tokens(node, "Infix");
    this.span = span;
  }

  /** The value from here through all operators of at least this strength; `skip` prefixes were already read. */
  climb(least: number, skip = 0): Expr {
    let left = this.prefixed(skip);
    let compared = false;
    for (;;) {
      const token = this.operators[this.at];
      if (!token) return left;
      const operator = token.image as BinaryOperator;
      const strength = operatorStrengths[operator];
      if (strength < least) return left;
      const compares = strength === comparison;
      if (compares && compared) tell(this.site, "E0111", spanOf(this.site, token), {});
      compared = compares;
      this.at++;
      const right = this.climb(strength + 1);
      const span = { ...left.span, to: Math.max(left.span.to, right.span.to) };
      left = { kind: "binary", operator, left, right, span };
    }
  }

  private prefixed(skip: number): Expr {
    const operand = this.operands[this.at];
    if (!operand) return missing(this.span);
    const prefix = tokens(operand, "Prefix")[skip];
    if (!prefix) return buildOperand(this.site, operand, this.span);
    const not = prefix.image === "not";
    const of = not ? this.climb(notReach, skip + 1) : this.prefixed(skip + 1);
    const span = { ...spanOf(this.site, prefix), to: of.span.to };
    return { kind: not ? "not" : "negate", of, span };
  }
}

function buildOperand(site: Site, node: CstNode, near: Span): Expr {
  const label = buildLabel(site, node);
  const [callee] = tokens(node, "Identifier");
  const [given] = nodes(node, "arguments");
  if (callee && given) return buildCall(site, callee, given, label);
  if (label) tell(site, "E0109", label.span, { label: label.text });
  if (callee) return { kind: "name", name: callee.image, span: spanOf(site, callee) };
  const [path] = tokens(node, "Path");
  if (path) return buildField(site, path);
  const [number] = tokens(node, "Numeral");
  if (number) return buildNumber(site, number);
  const flag = tokens(node, "True")[0] ?? tokens(node, "False")[0];
  if (flag) return { kind: "flag", value: flag.image === "true", span: spanOf(site, flag) };
  const [list] = nodes(node, "list");
  if (list) return buildList(site, list, near);
  const [record] = nodes(node, "record");
  if (record) return buildRecord(site, record, near);
  const [open] = tokens(node, "Open");
  const [close] = tokens(node, "CloseRound");
  if (!open) return missing(cover(site, node) ?? near);
  const inner = buildExpression(site, nodes(node, "expression")[0], near);
  return close ? { ...inner, span: spanOf(site, open, close) } : inner;
}

const fieldSpelling = /^(\w+)\.([A-Za-z_]\w*)$/;

/** `r.kept`; longer paths name parameters, which are no values. */
function buildField(site: Site, path: IToken): Expr {
  const span = spanOf(site, path);
  const [, of, field] = fieldSpelling.exec(path.image) ?? [];
  if (of === undefined || field === undefined) {
    tell(site, "E0117", span, { text: path.image });
    return missing(span);
  }
  const dot = span.from + of.length;
  return {
    kind: "field",
    of: { text: of, span: { ...span, to: dot } },
    field: { text: field, span: { ...span, from: dot + 1 } },
    span,
  };
}

function buildRecord(site: Site, node: CstNode, near: Span): Expr {
  const span = cover(site, node) ?? near;
  const parts = nodes(node, "field");
  askCommas(site, node, parts);
  const fields = parts.map((part): Field => {
    const [word] = tokens(part, "Identifier");
    const at = cover(site, part) ?? span;
    const value = buildExpression(site, nodes(part, "expression")[0], at);
    return { name: nameOf(site, word, at), value };
  });
  return { kind: "record", fields, span };
}

function buildLabel(site: Site, node: CstNode): Name | null {
  const [label] = nodes(node, "label");
  const [word] = tokens(label, "Identifier");
  return word ? nameOf(site, word, spanOf(site, word)) : null;
}

function buildNumber(site: Site, token: IToken): Expr {
  const span = spanOf(site, token);
  const value = Number(token.image.replaceAll("_", ""));
  if (Number.isFinite(value)) return { kind: "number", value, span };
  tell(site, "E0108", span, {
    text: token.image.length > 24 ? `${token.image.slice(0, 23)}…` : token.image,
  });
  return missing(span);
}

function buildList(site: Site, node: CstNode, near: Span): Expr {
  const parts = nodes(node, "expression");
  askCommas(site, node, parts);
  const items = parts.map((part) => buildExpression(site, part, near));
  return { kind: "list", items, span: cover(site, node) ?? near };
}

function buildCall(site: Site, callee: IToken, given: CstNode, label: Name | null): Expr {
  const name = nameOf(site, callee, spanOf(site, callee));
  const whole = { ...name.span, to: label?.span.to ?? cover(site, given)?.to ?? name.span.to };
  const args: Expr[] = [];
  const named: Field[] = [];
  const parts = nodes(given, "argument");
  askCommas(site, given, parts);
  for (const part of parts) {
    const [setting] = tokens(part, "Identifier");
    const value = buildExpression(site, nodes(part, "expression")[0], whole);
    if (setting) named.push({ name: nameOf(site, setting, whole), value });
    else if (named.length > 0) tell(site, "E0110", value.span, {});
    else args.push(value);
  }
  return { kind: "call", callee: name, args, named, label, span: whole };
}

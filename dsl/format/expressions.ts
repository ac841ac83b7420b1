/** Lays out expressions: chains break behind their operators, an `if` before `then` and `else`, lists between their parts. */
import { builders } from "prettier/doc";
import { operatorStrengths } from "../expression.ts";
import type { Expr, Field } from "../syntax.ts";
import { after, type Doc, foot, gap, list } from "./layout.ts";
import { free, isGrouped, operandsOf, type Place } from "./parentheses.ts";
import type { Words } from "./words.ts";

const { group, indent, line, softline } = builders;
type Binary = Extract<Expr, { kind: "binary" }>;
type Conditional = Extract<Expr, { kind: "if" }>;

/** The expression, in parentheses where its place asks for them. */
export function expression(words: Words, expr: Expr, place: Place = free): Doc {
  if (!isGrouped(expr, place)) return bare(words, expr, place);
  if (!words.opens(expr.span)) return group(["(", inside(words, expr), softline, ")"]);
  const open: Doc = [words.take("("), inside(words, expr)];
  return group([open, foot(words, softline), words.take(")")]);
}

/** What stands between parentheses, but for the end of its last line. */
export const inside = (words: Words, expr: Expr): Doc =>
  indent([
    gap(words, softline),
    expr.kind === "binary" ? chain(words, expr, free, (doc) => doc) : bare(words, expr, free),
  ]);

function bare(words: Words, expr: Expr, place: Place): Doc {
  switch (expr.kind) {
    case "number":
    case "flag":
    case "name":
    case "field":
      return words.take();
    case "record":
      return list(words, ["{", "}"], expr.fields.map(named(words)), "rows");
    case "list":
      return list(words, ["[", "]"], expr.items.map(placed(words)), "fill");
    case "negate":
    case "not":
      return prefixed(words, expr, place);
    case "binary":
      return group(chain(words, expr, place, indent));
    case "if":
      return conditional(words, expr);
    case "call":
      return call(words, expr);
  }
}

/** A part of a list without a name. */
export const placed = (words: Words) => (expr: Expr) => (): Doc => expression(words, expr);

/** `name: value` */
const named =
  (words: Words) =>
  ({ name, value }: Field) =>
  (): Doc => [
    words.take(name.text),
    words.take(":"),
    after(words, " ", () => expression(words, value)),
  ];

function call(words: Words, expr: Extract<Expr, { kind: "call" }>): Doc {
  const callee = words.take(expr.callee.text);
  const parts = [...expr.args.map(placed(words)), ...expr.named.map(named(words))];
  const given = list(words, ["(", ")"], parts, "fill");
  if (!expr.label) return [callee, given];
  return [callee, given, " ", words.take("as"), after(words, " ", () => words.take())];
}

function prefixed(
  words: Words,
  expr: Extract<Expr, { kind: "negate" | "not" }>,
  place: Place,
): Doc {
  const [[of, inner] = [expr.of, free]] = operandsOf(expr, place);
  const space = expr.kind === "not" ? " " : "";
  return [words.take(), after(words, space, () => expression(words, of, inner))];
}

/** All operators of one strength in a row: they break together or not at all. */
function chain(words: Words, expr: Binary, place: Place, rest: (doc: Doc) => Doc): Doc {
  const links: (readonly [operator: string, right: Expr, place: Place])[] = [];
  let [first, at]: readonly [Expr, Place] = [expr, place];
  do {
    const [left, right] = operandsOf(first, at);
    links.unshift([first.operator, ...right!]);
    [first, at] = left!;
  } while (isLike(first, expr) && !isGrouped(first, at));
  const head = expression(words, first, at);
  const tail = links.map(([operator, right, place]) => [
    ` ${words.take(operator)}`,
    gap(words, line),
    expression(words, right, place),
  ]);
  return [head, rest(tail)];
}

/** An operation as strong as the other. */
const isLike = (expr: Expr, other: Binary): expr is Binary =>
  expr.kind === "binary" && operatorStrengths[expr.operator] === operatorStrengths[other.operator];

/** `if … then … else if … then … else …`: one of them breaks before `then` and `else`, several before each `else`. */
function conditional(words: Words, expr: Conditional): Doc {
  const head = condition(words, expr);
  if (expr.otherwise.kind !== "if")
    return group([
      head,
      indent([branch(words, "then", expr.then), branch(words, "else", expr.otherwise)]),
    ]);
  const first = group([head, indent(branch(words, "then", expr.then))]);
  const others: Doc[] = [];
  let last: Expr = expr.otherwise;
  for (; last.kind === "if"; last = last.otherwise) {
    const { then } = last;
    const start: Doc = [gap(words, line), words.take("else"), " "];
    others.push([start, group([condition(words, last), indent(branch(words, "then", then))])]);
  }
  return group([first, indent([...others, branch(words, "else", last)])]);
}

const condition = (words: Words, { when }: Conditional): Doc => [
  words.take("if"),
  after(words, " ", () => expression(words, when)),
];

const branch = (words: Words, word: "then" | "else", value: Expr): Doc => [
  gap(words, line),
  words.take(word),
  after(words, " ", () => expression(words, value)),
];

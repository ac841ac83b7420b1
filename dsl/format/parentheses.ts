/** Which expressions stand in parentheses. All others, and all commas, are a matter of layout. */
import type { IToken } from "chevrotain";
import { operatorStrengths } from "../expression.ts";
import type { Body, Expr, File, FormalType, Item, ResultType } from "../syntax.ts";

/** What stands around an expression. */
export type Place = {
  /** An expression that holds together less strongly would be read otherwise here. */
  readonly least: number;
  /** An operator follows: `f(x) as a + b` would be read rightly by the parser alone. */
  readonly isFollowed: boolean;
  /** Behind `not`, where `not a == b` is no clearer. */
  readonly isDenied: boolean;
};
/** Between brackets, or after a word. */
export const free: Place = { least: 0, isFollowed: false, isDenied: false };

/** Whether an expression stands in parentheses in its place: it must, or it reads better so. */
export function isGrouped(expr: Expr, { least, isFollowed, isDenied }: Place): boolean {
  const strength = strengthOf(expr);
  if (strength < least) return true;
  if (expr.kind === "call") return isFollowed && expr.label !== null;
  return isDenied && strength === comparison;
}

const comparison = operatorStrengths["=="];

/** How strongly an expression holds together. */
export function strengthOf(expr: Expr): number {
  switch (expr.kind) {
    case "if":
      return 0.5;
    case "binary":
      return operatorStrengths[expr.operator];
    case "not":
      return 3;
    case "negate":
      return 7;
    case "number":
    case "flag":
    case "name":
    case "field":
    case "record":
    case "list":
    case "call":
      return 8;
  }
}

/** The expressions directly inside one, in the order of the text; `place` is where it stands itself, if not in parentheses. */
export function operandsOf(expr: Expr, place: Place): readonly (readonly [Expr, Place])[] {
  const apart = (values: readonly Expr[]) => values.map((value) => [value, free] as const);
  const { isFollowed } = place;
  switch (expr.kind) {
    case "number":
    case "flag":
    case "name":
    case "field":
      return [];
    case "record":
      return apart(expr.fields.map(({ value }) => value));
    case "list":
      return apart(expr.items);
    case "call":
      return apart([...expr.args, ...expr.named.map(({ value }) => value)]);
    case "if":
      return apart([expr.when, expr.then, expr.otherwise]);
    case "negate":
      return [[expr.of, { least: 7, isFollowed, isDenied: false }]];
    case "not":
      return [[expr.of, { least: 4, isFollowed, isDenied: true }]];
    case "binary": {
      const strength = operatorStrengths[expr.operator];
      // Comparisons do not follow one another.
      const left = strength === comparison ? strength + 1 : strength;
      return [
        [expr.left, { least: left, isFollowed: true, isDenied: false }],
        [expr.right, { least: strength + 1, isFollowed, isDenied: false }],
      ];
    }
  }
}

export type Parentheses = {
  /** Indices of tokens that say nothing: commas, and parentheses around what needs none. */
  readonly needless: ReadonlySet<number>;
  /** Where a parenthesis ends that opens at a place of the source. */
  readonly ends: ReadonlyMap<number, number>;
};

/** The parentheses among the tokens of a file. */
export function parenthesesOf(file: File, tokens: readonly IToken[]): Parentheses {
  const { groups, lists } = wantedIn(file);
  const needless = new Set<number>();
  const ends = new Map<number, number>();
  const open: number[] = [];
  tokens.forEach(({ image, startOffset }, index) => {
    if (image === ",") needless.add(index);
    if (image === "(") open.push(index);
    if (image !== ")") return;
    const from = open.pop()!;
    const { startOffset: start } = tokens[from]!;
    ends.set(start, startOffset + 1);
    const before = tokens[from - 1];
    const isList = before !== undefined && lists.has(before.startOffset + before.image.length);
    if (isList || groups.has(`${start}-${startOffset + 1}`)) return;
    needless.add(from);
    needless.add(index);
  });
  return { needless, ends };
}

/** From where to where an expression stands that is wanted in parentheses, and where the names end that lists follow. */
function wantedIn(file: File): {
  readonly groups: ReadonlySet<string>;
  readonly lists: ReadonlySet<number>;
} {
  const groups = new Set<string>();
  const lists = new Set<number>();
  for (const item of file.items) {
    if ("body" in item) lists.add(item.name.span.to);
    const waiting = expressionsOf(item).map((expr) => [expr, free] as readonly [Expr, Place]);
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const [expr, place] = next;
      const grouped = isGrouped(expr, place);
      if (grouped) groups.add(`${expr.span.from}-${expr.span.to}`);
      if (expr.kind === "call") lists.add(expr.callee.span.to);
      waiting.push(...operandsOf(expr, grouped ? free : place));
    }
  }
  return { groups, lists };
}

function expressionsOf(item: Item): Expr[] {
  switch (item.kind) {
    case "block":
      return [...item.parameters.flatMap(ofFormal), ...ofType(item.result), ...ofBody(item.body)];
    case "model":
      return [...item.parameters.flatMap(ofFormal), ...ofBody(item.body)];
    case "function":
      return [...item.parameters.flatMap(({ fallback }) => fallback ?? []), ...ofBody(item.body)];
    case "constant":
      return [item.value];
    case "config":
      return item.settings.map(({ value }) => value);
    case "names":
      return item.config.map(({ value }) => value);
  }
}

const ofFormal = (formal: { readonly type: FormalType; readonly fallback: Expr | null }): Expr[] =>
  formal.fallback ? [...ofType(formal.type), formal.fallback] : ofType(formal.type);

function ofType(type: FormalType | ResultType): Expr[] {
  switch (type.kind) {
    case "setting":
      return [];
    case "tensor":
      return [...type.dims];
    case "record":
      return type.fields.flatMap((field) => field.type.dims);
  }
}

const ofBody = ({ statements, result }: Body): Expr[] => [
  ...statements.flatMap((statement): Expr[] =>
    statement.kind === "param"
      ? [...ofType(statement.type), ...(statement.initializer ? [statement.initializer] : [])]
      : [statement.value],
  ),
  ...(result ? [result] : []),
];

/** What an expression of the model language stands for while it is elaborated, and the body it stands in. */
import type { Node } from "../../src/graph/graph.ts";
import type { BlockItem, Expr, Span } from "../syntax.ts";
import type { Origin } from "./origins.ts";
import type { Session } from "./session.ts";
import { expressionText, shapeText } from "./text.ts";

/** One body being elaborated: its names, its place among the instances, and what its sizes are called outside. */
export type Frame = {
  readonly session: Session;
  /** The value of an expression in a body. */
  readonly evaluate: (frame: Frame, expr: Expr) => Value;
  /** The item whose body this is. */
  readonly owner: string;
  readonly file: string;
  /** Prefix of the names of its states and values; empty at the top. */
  readonly path: string;
  /** Prefix of the names of its parameters: the path, but inside a shared block that block's own. */
  readonly home: string;
  /** The application of the innermost shared block around it. */
  readonly sharedBy: SharedUse | null;
  /** The body that called this one; null where nobody did. */
  readonly above: Frame | null;
  /** Whether this is a function's body: it stands in the caller's place, and its tensors keep the caller's dimensions. */
  readonly inlined: boolean;
  readonly values: Map<string, Value>;
  readonly spans: Map<string, Span>;
  /** What the caller calls this body's sizes. */
  readonly outer: Map<string, string>;
  /** Sizes that have no name in this body, by what messages call them: `mix.out`. */
  readonly foreign: Map<string, number>;
  readonly instances: Map<string, Span>;
  /** Where the calls that led here stand, innermost first. */
  readonly calls: readonly Span[];
};

/** One application of a shared block, and where it stands. */
export type SharedUse = { readonly at: Span };

/** A node of the graph whose axes have the names that the body at hand gives them. */
export type TensorValue = {
  readonly kind: "tensor";
  readonly node: Node;
  readonly dims: readonly string[];
  /** Where it got its shape, for messages. */
  readonly from?: Origin;
};
/** A number known while compiling; `text` is its name where it is used as a dimension. */
export type NumberValue = {
  readonly kind: "number";
  readonly value: number;
  readonly text: string;
};
export type FlagValue = { readonly kind: "flag"; readonly value: boolean };
/** A setting given to a block, and the body that gave it. */
export type Given = { readonly value: Value; readonly frame: Frame };
/** A block with some settings given, waiting for its tensors; without an item it stands for any block. */
export type BlockValue = {
  readonly kind: "block";
  readonly item: BlockItem | null;
  readonly given: ReadonlyMap<string, Given>;
  /** Prefix of its parameters wherever it is applied, where it is shared. */
  readonly home: string | null;
  /** The call without tensors that made it: where more settings can be given. */
  readonly madeAt: Span | null;
};
/** A block value of a pattern: a name or another expression, evaluated in `frame` when a stack uses it. */
export type PatternItem = { readonly expr: Expr; readonly frame: Frame };
export type PatternValue = { readonly kind: "pattern"; readonly items: readonly PatternItem[] };
/** Values by name, in the order of the text. */
export type RecordValue = {
  readonly kind: "record";
  readonly fields: ReadonlyMap<string, Value>;
};
/** The value of something wrong that has been reported already; everything made of it is poison too. */
export type Poison = { readonly kind: "poison" };
export type Value =
  | TensorValue
  | NumberValue
  | FlagValue
  | BlockValue
  | PatternValue
  | RecordValue
  | Poison;

export const poison: Poison = { kind: "poison" };
export const numberValue = (value: number, text = String(value)): NumberValue => ({
  kind: "number",
  value,
  text,
});
export const flagValue = (value: boolean): FlagValue => ({ kind: "flag", value });
/** A block with nothing given yet. */
export const blockValue = (item: BlockItem | null): BlockValue => ({
  kind: "block",
  item,
  given: new Map(),
  home: null,
  madeAt: null,
});

const elementNames: Readonly<Record<string, string>> = { f32: "", i32: "int", bool: "flag" };

/** `[B, T, D]`, `int[B, T]`, `flag[B, T]` */
export const tensorText = (x: TensorValue): string =>
  `${elementNames[x.node.type.dtype] ?? x.node.type.dtype}${shapeText(x.dims)}`;

/** What a pattern calls one of its blocks: a name as it is, a call by its label or its block. */
export const itemText = ({ expr }: { readonly expr: Expr }): string => {
  if (expr.kind !== "call") return expressionText(expr);
  const [of] = expr.callee.text === "share" ? expr.args : [];
  return expr.label?.text ?? (of ? itemText({ expr: of }) : expr.callee.text);
};

/** `{ kept, gate }` */
export const fieldsText = (names: Iterable<string>): string => `{ ${[...names].join(", ")} }`;

/** The first of a long list. */
const shortened = (texts: readonly string[]): readonly string[] =>
  texts.length > 8 ? [...texts.slice(0, 6), "…"] : texts;

/** What a value is, for a message. */
export function valueText(value: Value): string {
  switch (value.kind) {
    case "tensor":
      return `a tensor ${tensorText(value)}`;
    case "number":
      return `the number ${value.value}`;
    case "flag":
      return `the flag ${value.value}`;
    case "block":
      return value.item ? `the block \`${value.item.name.text}\`` : "a block";
    case "pattern":
      return `the pattern ${shapeText(shortened(value.items.map(itemText)))}`;
    case "record":
      return `the record ${fieldsText(value.fields.keys())}`;
    case "poison":
      return "unknown";
  }
}

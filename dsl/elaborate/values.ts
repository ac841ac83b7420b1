/** What an expression of the model language stands for while it is elaborated, and the body it stands in. */
import type { Node } from "../../src/graph/graph.ts";
import type { BlockItem, Expr, Name, Span } from "../syntax.ts";
import type { Session } from "./session.ts";
import { shapeText } from "./text.ts";

/** One body being elaborated: its names, its place among the instances, and what its sizes are called outside. */
export type Frame = {
  readonly session: Session;
  /** The value of an expression in a body. */
  readonly evaluate: (frame: Frame, expr: Expr) => Value;
  /** The block or model whose body this is. */
  readonly owner: string;
  readonly file: string;
  /** Prefix of the names of its parameters and states; empty at the top. */
  readonly path: string;
  readonly values: Map<string, Value>;
  readonly spans: Map<string, Span>;
  /** What the caller calls this body's sizes. */
  readonly outer: Map<string, string>;
  readonly instances: Map<string, Span>;
  /** Where the calls that led here stand, innermost first. */
  readonly calls: readonly Span[];
};

/** A node of the graph whose axes have the names that the body at hand gives them. */
export type TensorValue = {
  readonly kind: "tensor";
  readonly node: Node;
  readonly dims: readonly string[];
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
};
/** Names of block values, looked up in `frame` when a stack uses them. */
export type PatternValue = {
  readonly kind: "pattern";
  readonly names: readonly Name[];
  readonly frame: Frame;
};
/** The value of something wrong that has been reported already; everything made of it is poison too. */
export type Poison = { readonly kind: "poison" };
export type Value = TensorValue | NumberValue | FlagValue | BlockValue | PatternValue | Poison;

export const poison: Poison = { kind: "poison" };
export const numberValue = (value: number, text = String(value)): NumberValue => ({
  kind: "number",
  value,
  text,
});
export const flagValue = (value: boolean): FlagValue => ({ kind: "flag", value });

const elementNames: Readonly<Record<string, string>> = { f32: "", i32: "int", bool: "flag" };

/** `[B, T, D]`, `int[B, T]`, `flag[B, T]` */
export const tensorText = (x: TensorValue): string =>
  `${elementNames[x.node.type.dtype] ?? x.node.type.dtype}${shapeText(x.dims)}`;

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
      return `the pattern ${shapeText(value.names.map((name) => name.text))}`;
    case "poison":
      return "unknown";
  }
}

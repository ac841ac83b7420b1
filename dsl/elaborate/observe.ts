/** What an elaboration tells those who watch it, such as an editor: the value of every expression and every block applied. */
import type { BlockItem, Span } from "../syntax.ts";
import type { Frame, Value } from "./values.ts";

/** A block applied to its tensors: where, under which path, and what it made. */
export type BlockCall = {
  readonly item: BlockItem;
  /** Prefix of its parameters and states. */
  readonly path: string;
  /** The call in the caller's text. */
  readonly span: Span;
  /** Ids of the nodes that it made: `from` up to but not with `to`; nodes that existed before are not among them. */
  readonly from: number;
  readonly to: number;
  /** Names of the parameters that it or what it calls asked for, each once, in order. */
  readonly parameters: readonly string[];
};

/** Both are called during elaboration, the innermost first; a value is poison where a mistake was reported. */
export type Observer = {
  /** An expression, a statement's name, or a formal's name got a value, in this body. */
  readonly value: (span: Span, value: Value, frame: Frame) => void;
  readonly call: (call: BlockCall) => void;
};

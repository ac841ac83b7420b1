/** A model after elaboration: settings resolved, every size a number, one graph for one batch and number of tokens. */
import type { Graph, Node } from "../src/graph/graph.ts";
import type { NameRule } from "./syntax.ts";

export type SettingValue = number | boolean | readonly string[];
export type Settings = Readonly<Record<string, SettingValue>>;

/** How a parameter starts: an expression over numbers and independent draws. `normal` has mean zero. */
export type Initializer =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "normal"; readonly variance: number }
  | { readonly kind: "uniform"; readonly low: number; readonly high: number }
  /** A scalar function: an operator's ScalarName, or expm1, log1p, sqrt … */
  | { readonly kind: "call"; readonly fn: string; readonly args: readonly Initializer[] };

export type ParameterSpec = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
};

/** How a checkpoint names parameters, and which setting a config.json key gives (already parsed to functions of its keys). */
export type NameTable = {
  readonly name: string;
  readonly rules: readonly NameRule[];
  readonly config: readonly ConfigRule[];
};
/** setting = value of `expression` over the config's keys. */
export type ConfigRule = {
  readonly setting: string;
  readonly expression: import("./syntax.ts").Expr;
};

export type Model = {
  readonly name: string;
  readonly settings: Settings;
  readonly parameters: readonly ParameterSpec[];
  readonly names: readonly NameTable[];
  /** Most tokens a stream may hold, where some attention sees everything; null where nothing limits it. */
  readonly context: number | null;
  readonly graph: Graph;
  /**
   * What instances and named values compute, by path: `layers.0.temporal_block.linear_x` is that instance's result,
   * `layers.2.temporal_block.o` the value that its body calls `o`. For tests that look inside.
   */
  readonly values: Readonly<Record<string, Node>>;
};

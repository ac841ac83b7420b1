/** The tensor graph: typed, immutable, hash-consed nodes. What a model computes; nothing of how. */

/** i8 and i4 are whole numbers of parameters alone: they are cast to f32 and nothing else is done with them. */
export type DType = "f32" | "f16" | "bf16" | "i32" | "u32" | "bool" | PackedDType;
export type PackedDType = "i8" | "i4";

/** Element type and sizes. Sizes are numbers once a graph exists; the DSL keeps their names. */
export type Type = { readonly dtype: DType; readonly shape: readonly number[] };

/**
 * Something the host computes from the positions of a call and hands in as an input.
 * `rotary`: [B, T, dims], cosines of `dims / 2` angles, then their sines; angle j is position · theta^(−2j / dims).
 */
export type InputSource = {
  readonly kind: "rotary";
  readonly dims: number;
  readonly theta: number;
};

/** How numbers are kept as whole numbers of few bits: every `group` of them along `axis` shares one scale; the last may be shorter. */
export type Grouping = { readonly axis: number; readonly group: number; readonly bits: 4 | 8 };

/**
 * What a parameter is of a quantised one, whose name is `of`: its whole numbers or its scales. `terms`: numbers along `axis`.
 * `column`: the other axis along which kernels read several numbers at once, so that storage keeps them together.
 */
export type QuantizedPart = Grouping & {
  readonly of: string;
  readonly part: "values" | "scales";
  readonly terms: number;
  readonly column: number;
};

/** Attributes of the composite operations; each is defined by other nodes in composites.ts. */
export type Composites = {
  /** (x [B,T,C], w [K,C], past [B,K−1,C], position [B,T]) → [B,T,C]; tap K−1 is the current token. */
  conv1d: Record<never, never>;
  /**
   * (q [B,T,H,D], keys [B,R,G,D], values [B,R,G,D], seen [B], count [B], position [B,T]) → [B,T,H,D]; keys is a ring of R
   * slots. Logits become cap · tanh(logits / cap) unless cap is 0.
   */
  attend: { readonly window: number; readonly scale: number; readonly cap: number };
  /** (values i8 or i4 [.., K, ..], scales f32 [.., ⌈K / group⌉, ..]) → f32 [.., K, ..]: each number times its group's scale. */
  dequantize: Grouping;
};
export type CompositeName = keyof Composites;
export type CompositeAttrs = {
  [K in CompositeName]: { readonly name: K } & Composites[K];
}[CompositeName];

/** Every operation with its attributes. About twenty primitives; ops.ts gives each its type rule and its meaning. */
export type Ops = {
  /** `strip`: its last axis lies in memory in strips of so many columns, each with all rows; that changes no meaning. */
  parameter: {
    readonly name: string;
    readonly type: Type;
    readonly quantized?: QuantizedPart;
    readonly strip?: number;
  };
  input: { readonly name: string; readonly type: Type; readonly source?: InputSource };
  /** What a time-mixing operation carries from one call to the next; its next value is in Graph.states. */
  state: { readonly name: string; readonly type: Type };
  /** One value everywhere. */
  constant: { readonly value: number; readonly type: Type };
  /** The index along `axis`, i32. */
  iota: { readonly axis: number; readonly shape: readonly number[] };
  /** A scalar function of elements at the same place; inputs have one shape. */
  map: { readonly fn: ScalarName };
  cast: { readonly to: DType };
  reshape: { readonly shape: readonly number[] };
  /** Output axis i is input axis order[i]. */
  transpose: { readonly order: readonly number[] };
  /** Input axis i becomes output axis axes[i] (ascending); the other output axes repeat. */
  broadcast: { readonly shape: readonly number[]; readonly axes: readonly number[] };
  slice: { readonly axis: number; readonly start: number; readonly size: number };
  concat: { readonly axis: number };
  /** Σ of products over the labels that `out` lacks: one letter an axis, as in einsum; no label repeats within an operand. */
  contract: { readonly left: string; readonly right: string; readonly out: string };
  /** Removes `axis`. */
  reduce: { readonly fn: "sum" | "max"; readonly axis: number };
  /** (decay [B,T,…], input [B,T,…], initial [B,…]) → h [B,T,…]: h_t = decay_t ⊙ h_{t−1} + input_t along axis 1. */
  scan: { readonly reverse: boolean };
  /** (table, indices): the first `batch` axes are shared; indices pick along axis `batch` of the table. Shape: indices ++ table after that axis. */
  gather: { readonly batch: number };
  /** (ring [B,R,…], values [B,T,…], start [B], count [B]): values t < count go to slot (start + t) mod R. */
  ringWrite: Record<never, never>;
  /** (logits [B,V], temperature [B], topP [B], topK [B], seed [B], draw [B]) → token [B]; temperature 0 is argmax. */
  sample: Record<never, never>;
  composite: CompositeAttrs;
};
export type OpName = keyof Ops;

export type NodeOf<K extends OpName> = {
  readonly id: number;
  readonly op: K;
  readonly attrs: Ops[K];
  readonly inputs: readonly Node[];
  readonly type: Type;
  /** What the model's text calls it, for readable kernels; not part of its identity. */
  readonly label: string;
};
export type Node = { [K in OpName]: NodeOf<K> }[OpName];

/** A carried value: the node that reads it and the node that replaces it; both have one type. Fresh states are zero. */
export type StateUpdate = {
  readonly name: string;
  readonly current: NodeOf<"state">;
  readonly next: Node;
};

/** A whole computation. */
export type Graph = {
  readonly name: string;
  readonly outputs: Readonly<Record<string, Node>>;
  readonly states: readonly StateUpdate[];
  /** What the model's text names, by path, for those who explain; it keeps nothing alive, and what is no longer computed may be absent. */
  readonly values?: Readonly<Record<string, Node>>;
};

/** Unary, binary and ternary functions of elements; scalars.ts gives their meaning. */
export type ScalarName =
  | "neg"
  | "abs"
  | "floor"
  | "exp"
  | "log"
  | "sqrt"
  | "rsqrt"
  | "tanh"
  | "sin"
  | "cos"
  | "not"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "mod"
  | "min"
  | "max"
  | "lt"
  | "le"
  | "eq"
  | "ne"
  | "and"
  | "or"
  | "bitand"
  | "bitor"
  | "bitxor"
  | "shl"
  | "shr"
  | "select";

/** The syntax tree of the model language: plain data, a span on every node. */

/** Half-open range of UTF-16 offsets in one file. */
export type Span = { readonly file: string; readonly from: number; readonly to: number };
export type Name = { readonly text: string; readonly span: Span };

export type File = {
  readonly file: string;
  readonly source: string;
  readonly items: readonly Item[];
};
export type Item = BlockItem | ModelItem | FunctionItem | ConstantItem | ConfigItem | NamesItem;

/** `block name(x: [B, T, D], out: size = 4) -> [B, T, out] { … }` */
export type BlockItem = {
  readonly kind: "block";
  readonly name: Name;
  readonly parameters: readonly Formal[];
  readonly result: ResultType;
  readonly body: Body;
  readonly doc: string;
  readonly span: Span;
};
/** `model name(image: [B, T, P], vocab: size = 256, …) { … }`; its result is the logits, or a record of outputs. */
export type ModelItem = {
  readonly kind: "model";
  readonly name: Name;
  readonly parameters: readonly Formal[];
  readonly body: Body;
  readonly doc: string;
  readonly span: Span;
};
/** `function soft_cap(x, cap = 30) { cap * tanh(x / cap) }`; its body has no `param`. */
export type FunctionItem = {
  readonly kind: "function";
  readonly name: Name;
  readonly parameters: readonly FunctionParameter[];
  readonly body: Body;
  readonly doc: string;
  readonly span: Span;
};
/** A value of any kind, by place or by name. */
export type FunctionParameter = {
  readonly name: Name;
  readonly fallback: Expr | null;
  readonly span: Span;
};
/** `constant eps = 1e-6` */
export type ConstantItem = {
  readonly kind: "constant";
  readonly name: Name;
  readonly value: Expr;
  readonly doc: string;
  readonly span: Span;
};
/** `config griffin "100M" { width = 768, depth = 12 }` */
export type ConfigItem = {
  readonly kind: "config";
  readonly model: Name;
  readonly title: Name;
  readonly settings: readonly { readonly name: Name; readonly value: Expr }[];
  readonly span: Span;
};
/** `names huggingface { config { width = hidden_size } layers.{i}.norm.scale = transpose "model.layers.{i}.norm.weight" }` */
export type NamesItem = {
  readonly kind: "names";
  readonly name: Name;
  readonly config: readonly { readonly name: Name; readonly value: Expr }[];
  readonly rules: readonly NameRule[];
  readonly span: Span;
};
/** A parameter path (with {i} for indices) and where a checkpoint keeps it: source[index], transposed on its last two axes. */
export type NameRule = {
  readonly path: Name;
  readonly source: Name;
  readonly index: number | null;
  readonly transpose: boolean;
  readonly span: Span;
};

export type Formal = {
  readonly name: Name;
  readonly type: FormalType;
  readonly fallback: Expr | null;
  readonly span: Span;
};
export type FormalType =
  | TensorType
  | {
      readonly kind: "setting";
      readonly of: "size" | "number" | "flag" | "block" | "pattern";
      readonly span: Span;
    };
/** `[B, T, D]` or `int[B, T]`. */
export type TensorType = {
  readonly kind: "tensor";
  readonly element: "float" | "int";
  readonly dims: readonly Expr[];
  readonly span: Span;
};

/** What a block promises: one tensor, or `{ kept: [B, T, D], gate: [B, T, D] }`. */
export type ResultType = TensorType | RecordType;
export type RecordType = {
  readonly kind: "record";
  readonly fields: readonly FieldType[];
  readonly span: Span;
};
export type FieldType = { readonly name: Name; readonly type: TensorType };

export type Body = {
  readonly statements: readonly Statement[];
  readonly result: Expr | null;
  readonly span: Span;
};
export type Statement =
  /** `size K = L / blocks` */
  | { readonly kind: "size"; readonly name: Name; readonly value: Expr; readonly span: Span }
  /** `param w: [I, out] = normal(1 / I)` */
  | {
      readonly kind: "param";
      readonly name: Name;
      readonly type: TensorType;
      readonly initializer: Expr | null;
      readonly span: Span;
    }
  /** `y = gelu(x)` */
  | { readonly kind: "let"; readonly name: Name; readonly value: Expr; readonly span: Span };

/** `name: value` in a call or a record. */
export type Field = { readonly name: Name; readonly value: Expr };

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "<"
  | "<="
  | ">"
  | ">="
  | "=="
  | "!="
  | "and"
  | "or";
export type Expr = { readonly span: Span } & (
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "flag"; readonly value: boolean }
  /** An empty name stands for what could not be read: it was already reported, so nothing more is said of it. */
  | { readonly kind: "name"; readonly name: string }
  /** `r.kept`: a field of a record that has a name. */
  | { readonly kind: "field"; readonly of: Name; readonly field: Name }
  /** `{ kept: a, gate: b }` */
  | { readonly kind: "record"; readonly fields: readonly Field[] }
  /** `[recurrent, recurrent, attention]`, or a list of dimensions. */
  | { readonly kind: "list"; readonly items: readonly Expr[] }
  | { readonly kind: "negate" | "not"; readonly of: Expr }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expr;
      readonly right: Expr;
    }
  /** `if first then 0 else a`: by element, or decided while compiling when the condition is a setting. */
  | { readonly kind: "if"; readonly when: Expr; readonly then: Expr; readonly otherwise: Expr }
  /** `rms_norm(x, eps: 1e-5) as norm`: tensors by place, settings by name. */
  | {
      readonly kind: "call";
      readonly callee: Name;
      readonly args: readonly Expr[];
      readonly named: readonly Field[];
      readonly label: Name | null;
    }
);

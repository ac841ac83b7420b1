/** What the language computes by itself, for people: one signature and one line each. Editors and pages share this table. */

/** `settings` says what each argument by name means. */
export type PrimitiveDoc = {
  readonly signature: string;
  readonly line: string;
  readonly settings?: Readonly<Record<string, string>>;
};

const ofElements = (name: string, formula: string): PrimitiveDoc => ({
  signature: `${name}(x)`,
  line: `${formula}, of a number or of every element.`,
});
const over = { over: "the dimension that goes away, or a list of several: `over: [H, D]`" };
const reduced = (name: string, what: string): PrimitiveDoc => ({
  signature: `${name}(x, over: D)`,
  line: `${what} over one or more dimensions, which the result lacks.`,
  settings: over,
});

const elementwise = {
  exp: ofElements("exp", "eˣ"),
  log: ofElements("log", "The natural logarithm"),
  log1p: ofElements("log1p", "log(1 + x), accurate near 0"),
  expm1: ofElements("expm1", "eˣ − 1, accurate near 0"),
  sqrt: ofElements("sqrt", "The square root"),
  rsqrt: ofElements("rsqrt", "1 / √x"),
  abs: ofElements("abs", "The absolute value"),
  floor: ofElements("floor", "The largest whole number that is not above x"),
  sin: ofElements("sin", "The sine of x radians"),
  cos: ofElements("cos", "The cosine of x radians"),
  tanh: ofElements("tanh", "The hyperbolic tangent"),
  sigmoid: ofElements("sigmoid", "1 / (1 + e⁻ˣ)"),
  softplus: ofElements("softplus", "log(1 + eˣ)"),
  silu: ofElements("silu", "x · sigmoid(x)"),
  gelu: ofElements("gelu", "The Gaussian error linear unit in its tanh form"),
  max: { signature: "max(a, b)", line: "The larger of two values, element by element." },
  min: { signature: "min(a, b)", line: "The smaller of two values, element by element." },
  pow: { signature: "pow(a, b)", line: "a to the power b, element by element." },
  round_bf16: {
    signature: "round_bf16(n)",
    line: "A number as a bfloat16 checkpoint would have stored it; computed while compiling.",
  },
  float: { signature: "float(x)", line: "The elements of an int tensor as real numbers." },
} satisfies Record<string, PrimitiveDoc>;

const shapes = {
  sum: reduced("sum", "The sum"),
  mean: reduced("mean", "The mean"),
  maximum: reduced("maximum", "The largest element"),
  minimum: reduced("minimum", "The smallest element"),
  softmax: {
    signature: "softmax(x, over: D)",
    line: "Exponentials that sum to 1 over one or more dimensions; the shape stays.",
    settings: { over: "the dimension to normalise over, or a list of several" },
  },
  contract: {
    signature: "contract(a, b, over: K)",
    line: "Σ a·b over K, which both have. Other shared dimensions are batches; the result has a's dimensions, then b's own.",
    settings: { over: "the dimension to sum over, or a list of several; both tensors have it" },
  },
  outer: {
    signature: "outer(a, b)",
    line: "Products of every element of a with every element of b: a's dimensions, then b's own. Shared ones are batches.",
  },
  split: {
    signature: "split(x, L, [K, J])",
    line: "One dimension becomes several whose sizes multiply to it; the last varies fastest.",
  },
  merge: {
    signature: "merge(x, [K, J], L)",
    line: "Neighbouring dimensions become one; the last varies fastest.",
  },
  transpose: {
    signature: "transpose(x, [B, T, K, H])",
    line: "The same elements with the dimensions in this order.",
  },
  spread: {
    signature: "spread(x, [B, T, D, N])",
    line: "Repeats x along the named dimensions that it lacks.",
  },
  slice: {
    signature: "slice(x, D, K, from: 0)",
    line: "K elements of the dimension D, which is called K then.",
    settings: { from: "the first element taken, from 0" },
  },
  concat: {
    signature: "concat([a, b], [K, J], D)",
    line: "Tensors one after another: their dimensions K and J become D.",
  },
  gather: {
    signature: "gather(table, indices)",
    line: "For every index, that row of the table's first dimension.",
  },
  index: { signature: "index(n)", line: "int [n]: 0, 1, … n − 1." },
} satisfies Record<string, PrimitiveDoc>;

const rotary = {
  theta: "base of the angles; 10_000",
};
const time = {
  scan: {
    signature: "scan(decay, input)",
    line: "h = decay · h_before + input over the tokens, for every element of [B, T, …]. Carries the last h.",
  },
  conv1d: {
    signature: "conv1d(x, w)",
    line: "x [B, T, C], w [taps, C]: each channel's weighted sum of its last tokens of one document; the last tap is the current token.",
  },
  shift: {
    signature: "shift(x, by: 1)",
    line: "x as it was some tokens back in the same document, 0 before its start. Carries those tokens.",
    settings: { by: "how many tokens back; 1" },
  },
  rotary: {
    signature: "rotary(x, part: 1, theta: 10_000)",
    line: "x [B, T, heads, d] with each head turned by its token's position.",
    settings: { part: "the part of each head that turns, from 0 to 1; 1", ...rotary },
  },
  attend: {
    signature: "attend(q, k, v, window: n, rotary: f, theta: t, scale: s, cap: c)",
    line: "q [B, T, H, d], k and v [B, T, G, d], H a multiple of G: causal attention within a document. Carries keys and values.",
    settings: {
      window: "sees this many tokens back; the whole document where left out",
      rotary: "the part of each head that turns with the position; 0",
      ...rotary,
      scale: "factor of the logits; 1 / √d",
      cap: "logits become c · tanh(logits / c); no cap where left out",
    },
  },
} satisfies Record<string, PrimitiveDoc>;

const layers = {
  stack: {
    signature: "stack(x, n, pattern)",
    line: "n layers one after another, each the pattern's next block; without n the pattern runs once. Tensors after the pattern go to every layer.",
  },
  share: {
    signature: "share(block) as name",
    line: "A block value whose parameters are the same wherever it is applied, named by its label; states stay with each application.",
  },
} satisfies Record<string, PrimitiveDoc>;

/** Every function that an expression can call without defining it. */
export const primitiveDocs: Readonly<Record<string, PrimitiveDoc>> = {
  ...elementwise,
  ...shapes,
  ...time,
  ...layers,
};

/** What a parameter's start can be made of, beside numbers and functions of elements. */
export const initializerDocs: Readonly<Record<string, PrimitiveDoc>> = {
  zeros: { signature: "zeros", line: "Starts a parameter with 0." },
  ones: { signature: "ones", line: "Starts a parameter with 1." },
  normal: {
    signature: "normal(variance)",
    line: "Starts a parameter with normal draws of mean 0 and this variance.",
  },
  uniform: {
    signature: "uniform(low, high)",
    line: "Starts a parameter with uniform draws from low to high.",
  },
};

/** Names that every body knows. */
export const ambientDocs: Readonly<Record<string, PrimitiveDoc>> = {
  tokens: { signature: "tokens: int[B, T]", line: "The tokens of the call." },
  position: {
    signature: "position: int[B, T]",
    line: "Each token's place in its document, from 0.",
  },
  B: { signature: "B", line: "The batch of a call: its rows. Stands in types only." },
  T: { signature: "T", line: "The tokens of a call. Stands in types only." },
};

/** The inside of a block or a model, as text: statements that only use what stands before them, and a result of the shape [B, T, D]. */
import type { Choices } from "./choices.ts";

/** What earlier items of the file offer, by name. */
export type Known = {
  readonly constants: string[];
  readonly functions: string[];
  /** Blocks from [B, T, D] to [B, T, D]. */
  readonly blocks: string[];
  /** Blocks to `{ kept: [B, T, D], level: [B, T] }`. */
  readonly pairs: string[];
};

/** What a body has by name, and the statements that it has so far. */
export class Scope {
  readonly lines: string[] = [];
  private count = 0;
  readonly c: Choices;
  readonly known: Known;
  /** The name of the width. */
  readonly D: string;
  /** Tensors of [B, T, D]. */
  readonly tensors: string[];
  readonly numbers: string[];
  readonly flags: string[];
  readonly sizes: string[];

  constructor(
    c: Choices,
    known: Known,
    D: string,
    tensors: readonly string[],
    numbers: readonly string[],
    flags: readonly string[],
    sizes: readonly string[],
  ) {
    this.c = c;
    this.known = known;
    this.D = D;
    this.tensors = [...tensors];
    this.numbers = [...numbers, ...known.constants];
    this.flags = [...flags];
    this.sizes = [...sizes];
  }

  fresh(start: string): string {
    return `${start}${this.count++}`;
  }

  add(line: string): void {
    this.lines.push(`  ${line}\n`);
  }
}

/** Statements, and a result. */
export function bodyOf(s: Scope): { readonly lines: string; readonly result: string } {
  s.c.some(4, () => statement(s));
  const result = tensor(s, 3);
  return { lines: s.lines.join(""), result };
}

function statement(s: Scope): void {
  const kind = s.c.one(["tensor", "number", "flag", "record", "block", "if"] as const);
  switch (kind) {
    case "tensor":
    case "if": {
      const [value, name] = [kind === "if" ? choice(s, 2) : tensor(s, 3), s.fresh("v")];
      s.add(`${name} = ${value}`);
      s.tensors.push(name);
      return;
    }
    case "number": {
      const [value, name] = [number(s, 2), s.fresh("n")];
      s.add(`${name} = ${value}`);
      s.numbers.push(name);
      return;
    }
    case "flag": {
      const [value, name] = [flag(s, 2), s.fresh("is")];
      s.add(`${name} = ${value}`);
      s.flags.push(name);
      return;
    }
    case "record": {
      const name = s.fresh("r");
      const pair = s.c.one(["", ...s.known.pairs]);
      const made = pair === "" ? `{ kept: ${tensor(s, 2)}, level: ${s.c.one(s.numbers)} }` : "";
      s.add(`${name} = ${made || `${pair}(${tensor(s, 1)}) as ${s.fresh("p")}`}`);
      s.tensors.push(`${name}.kept`);
      return;
    }
    case "block": {
      const [block] = s.known.blocks;
      if (block === undefined) return;
      const [value, name] = [s.fresh("w"), s.fresh("v")];
      s.add(`${value} = ${block}(gain: ${number(s, 1)})`);
      s.add(`${name} = ${value}(${tensor(s, 1)}) as ${s.fresh("a")}`);
      s.tensors.push(name);
    }
  }
}

/** A tensor of [B, T, D], with parentheses wherever it is not a name or a call. */
function tensor(s: Scope, depth: number): string {
  const { c, D } = s;
  if (depth === 0 || !c.left) return c.one(s.tensors);
  const inner = () => tensor(s, depth - 1);
  const form = c.one([...simple, ...layers, ...mixing] as const);
  switch (form) {
    case "name":
      return c.one(s.tensors);
    case "sum":
      return `(${inner()} ${c.one(["+", "-", "*"])} ${operand(s, depth - 1)})`;
    case "function":
      return `${c.one([...scalars, ...s.known.functions])}(${inner()})`;
    case "negate":
      return `(-${inner()})`;
    case "if":
      return `(${choice(s, depth - 1)})`;
    case "softmax":
      return `softmax(${inner()}, over: ${D})`;
    case "norm":
      return `(rms_norm(${inner()}) as ${s.fresh("l")})`;
    case "linear": {
      const size = c.one(s.sizes);
      const up = `linear(${inner()}, out: ${size}) as ${s.fresh("l")}`;
      return `(linear(${c.one(scalars)}(${up}), out: ${D}, variance: ${number(s, 1)}) as ${s.fresh("l")})`;
    }
    case "product": {
      const [E, w] = [s.fresh("E"), s.fresh("m")];
      s.add(`size ${E} = ${c.one(["6", "3 * 2", D])}`);
      s.add(`param ${w}: [${D}, ${E}] = normal(1 / ${D})`);
      return `contract(contract(${inner()}, ${w}, over: ${D}), ${w}, over: ${E})`;
    }
    case "heads": {
      const { H, K } = heads(s);
      const split = `split(${inner()}, ${D}, [${H}, ${K}])`;
      const middle = c.one([`softmax(${split}, over: ${K})`, `tanh(${split})`]);
      return `merge(${middle}, [${H}, ${K}], ${D})`;
    }
    case "call": {
      const block = s.known.blocks.at(-1);
      const given = c.one(["", ", hidden: 4", ", wide: true"]);
      return block === undefined ? inner() : `(${block}(${inner()}${given}) as ${s.fresh("a")})`;
    }
    case "turn": {
      const { K, J } = halves(s);
      const [given, value] = [inner(), s.fresh("v")];
      s.add(`${value} = ${given}`);
      const cut = (size: string, from: string) => `slice(${value}, ${D}, ${size}, from: ${from})`;
      return `concat([${cut(J, K)}, ${cut(K, "0")}], [${J}, ${K}], ${D})`;
    }
    case "shift":
      return `(shift(${inner()}, by: ${1 + c.below(3)}) as ${s.fresh("s")})`;
    case "scan": {
      const decay = c.one([
        "0.5",
        `sigmoid(${inner()})`,
        `(if position == 0 then 0 else ${number(s, 1)})`,
      ]);
      return `(scan(${decay}, ${inner()}) as ${s.fresh("s")})`;
    }
    case "conv": {
      const w = s.fresh("taps");
      s.add(`param ${w}: [${2 + c.below(3)}, ${D}] = normal(0.25)`);
      return `(conv1d(${inner()}, ${w}) as ${s.fresh("s")})`;
    }
    case "attend": {
      const { H, K } = heads(s);
      const [q, k, v] = ["q", "k", "v"].map(
        (name) => `split(project(${inner()}, out: ${D}) as ${s.fresh(name)}, ${D}, [${H}, ${K}])`,
      );
      const given = c.one(["", ", window: 3", ", rotary: 0.5, theta: 10_000"]);
      return `merge(attend(${q}, ${k}, ${v}${given}) as ${s.fresh("s")}, [${H}, ${K}], ${D})`;
    }
  }
}

const simple = ["name", "sum", "function", "negate", "if"] as const;
const layers = ["softmax", "norm", "linear", "product", "heads", "call", "turn"] as const;
const mixing = ["scan", "conv", "attend", "shift"] as const;
const scalars = ["tanh", "sigmoid", "softplus", "silu", "gelu", "sin", "cos", "abs"];

/** Two new sizes whose product is the width. */
function heads(s: Scope): { readonly H: string; readonly K: string } {
  const [H, K] = [s.fresh("H"), s.fresh("K")];
  s.add(`size ${H} = ${s.c.one(["2", "1"])}`);
  s.add(`size ${K} = ${s.D} / ${H}`);
  return { H, K };
}

/** Two new sizes whose sum is the width. */
function halves(s: Scope): { readonly K: string; readonly J: string } {
  const [K, J] = [s.fresh("K"), s.fresh("J")];
  s.add(`size ${K} = ${s.c.one(["1", `${s.D} / 2`])}`);
  s.add(`size ${J} = ${s.D} - ${K}`);
  return { K, J };
}

/** What spreads over [B, T, D]. */
function operand(s: Scope, depth: number): string {
  switch (s.c.one(["tensor", "number", "level", "gain"] as const)) {
    case "tensor":
      return tensor(s, depth);
    case "number":
      return `(${number(s, 1)})`;
    case "level":
      return `${s.c.one(["mean", "sum", "maximum"])}(${tensor(s, depth)}, over: ${s.D})`;
    case "gain": {
      const name = s.fresh("gain_");
      s.add(`param ${name}: [${s.D}] = ${s.c.one(["ones", "zeros", "uniform(0, 1)", "0.5"])}`);
      return name;
    }
  }
}

/** An `if` without parentheses: over a setting, or element by element. */
function choice(s: Scope, depth: number): string {
  const { c } = s;
  const when = c.one([flag(s, 1), "position == 0", `${tensor(s, 0)} > ${number(s, 0)}`]);
  const last = c.once(3)
    ? `if ${flag(s, 1)} then ${tensor(s, depth)} else ${tensor(s, depth)}`
    : "";
  return `if ${when} then ${tensor(s, depth)} else ${last || tensor(s, depth)}`;
}

function number(s: Scope, depth: number): string {
  const { c } = s;
  if (depth === 0) return c.one([...s.numbers, "1", "0.5", "1_0", "2.5e-1"]);
  const [a, b] = [number(s, depth - 1), number(s, depth - 1)];
  return c.one([a, `(${a} + ${b})`, `(${a} * ${b})`, `sqrt(1 + ${a} * ${a})`, `max(${a}, ${b})`]);
}

function flag(s: Scope, depth: number): string {
  const { c } = s;
  if (depth === 0) return c.one([...s.flags, "true"]);
  const [a, b] = [flag(s, depth - 1), flag(s, depth - 1)];
  const compared = `${number(s, 0)} ${c.one(["<", ">=", "==", "!="])} ${number(s, 0)}`;
  return c.one([a, `(${a} and ${b})`, `(${a} or not ${b})`, `(${compared})`]);
}

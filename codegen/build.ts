/** The recipes' vocabulary: expressions with arithmetic, and a builder that records statements in the order the recipe runs. */

import { CompilerBug } from "../src/graph/bug.ts";
import type { ScalarName } from "../src/graph/graph.ts";
import type {
  Builtin,
  Collective,
  Expr,
  Kernel,
  Memory,
  Scalar,
  Stmt,
  ValueType,
  Width,
} from "./kernel.ts";
import { accessOf } from "./visit.ts";

export type Num = Val | number;

/** An expression that can be calculated with; numbers on the right take its type, scalars spread over its width. */
export class Val {
  readonly expr: Expr;
  constructor(expr: Expr) {
    this.expr = expr;
  }
  get type(): ValueType {
    return this.expr.type;
  }
  plus(other: Num): Val {
    return isNumber(other, 0) ? this : call("add", this, other);
  }
  minus(other: Num): Val {
    return isNumber(other, 0) ? this : call("sub", this, other);
  }
  times(other: Num): Val {
    return isNumber(other, 1) ? this : call("mul", this, other);
  }
  over(other: Num): Val {
    return isNumber(other, 1) ? this : call("div", this, other);
  }
  modulo(other: Num): Val {
    return call("mod", this, other);
  }
  atMost(other: Num): Val {
    return call("min", this, other);
  }
  atLeast(other: Num): Val {
    return call("max", this, other);
  }
  below(other: Num): Val {
    return call("lt", this, other);
  }
  equals(other: Num): Val {
    return call("eq", this, other);
  }
  and(other: Val): Val {
    return call("and", this, other);
  }
  or(other: Val): Val {
    return call("or", this, other);
  }
  component(index: number): Val {
    if (this.type.width === 1) return this;
    return new Val({
      kind: "component",
      of: this.expr,
      index,
      type: { scalar: this.type.scalar, width: 1 },
    });
  }
}

const isNumber = (v: Num, n: number) =>
  typeof v === "number" ? v === n : v.expr.kind === "literal" && v.expr.value === n;

const comparisons: readonly ScalarName[] = ["lt", "le", "eq", "ne"];

export const literal = (value: number, scalar: Scalar, width: Width = 1): Val =>
  new Val({ kind: "literal", value, type: { scalar, width } });

/** `v` as a value of `width` scalars. */
export function spread(v: Val, width: Width): Val {
  if (v.type.width === width) return v;
  if (v.type.width !== 1) throw new CompilerBug(`cannot spread width ${v.type.width} to ${width}`);
  return new Val({ kind: "vector", parts: [v.expr], type: { scalar: v.type.scalar, width } });
}

/** Calls a scalar function element by element; numbers take the type of the first Val that is not a condition. */
export function call(fn: ScalarName, ...args: readonly Num[]): Val {
  const vals = args.filter((a): a is Val => a instanceof Val);
  const pattern = vals.find((v) => fn !== "select" || v !== args[0]) ?? vals[0];
  if (!pattern) throw new CompilerBug(`${fn} of numbers only`);
  const width = Math.max(...vals.map((v) => v.type.width)) as Width;
  const lifted = args.map(
    (a) => spread(a instanceof Val ? a : literal(a, pattern.type.scalar), width).expr,
  );
  const scalar: Scalar = comparisons.includes(fn) ? "bool" : pattern.type.scalar;
  return new Val({ kind: "call", fn, args: lifted, type: { scalar, width } });
}

export const select = (when: Val, then: Num, otherwise: Num): Val =>
  call("select", when, then, otherwise);
export const negate = (v: Val): Val => call("neg", v);

export function fma(a: Val, b: Num, c: Val): Val {
  const width = Math.max(a.type.width, c.type.width, b instanceof Val ? b.type.width : 1) as Width;
  const part = (v: Num) => spread(v instanceof Val ? v : literal(v, a.type.scalar), width).expr;
  return new Val({
    kind: "fma",
    args: [part(a), part(b), part(c)],
    type: { scalar: c.type.scalar, width },
  });
}

export function cast(v: Val, scalar: Scalar): Val {
  if (v.type.scalar === scalar) return v;
  if (v.expr.kind === "literal") return literal(v.expr.value, scalar, v.type.width);
  return new Val({ kind: "cast", of: v.expr, type: { scalar, width: v.type.width } });
}

export const bitcast = (v: Val, scalar: Scalar): Val =>
  new Val({ kind: "bitcast", of: v.expr, type: { scalar, width: v.type.width } });

export function vector(parts: readonly Val[]): Val {
  const first = parts[0];
  if (!first) throw new CompilerBug("a vector of nothing");
  if (parts.length === 1) return first;
  return new Val({
    kind: "vector",
    parts: parts.map((p) => p.expr),
    type: { scalar: first.type.scalar, width: parts.length as Width },
  });
}

/** A local that can change. Reading binds its value where it is read. */
export type Variable = { readonly get: () => Val; readonly set: (v: Num) => void };

/** Collects one kernel. Names given as hints are made unique; the first use keeps the hint. */
export class KernelBuilder {
  #body: Stmt[] = [];
  readonly #names = new Map<string, number>();
  readonly #open: Stmt[][] = [];
  readonly #buffers: Memory[] = [];
  readonly #workgroup: Memory[] = [];
  readonly #registers: Memory[] = [];

  /** A name no other thing in this kernel has. */
  fresh(hint: string): string {
    const clean = hint
      .replace(/[^A-Za-z0-9_]/g, "_")
      .replace(/^(?=[0-9])/, "n")
      .replace(/__+/g, "_");
    const used = this.#names.get(clean) ?? 0;
    this.#names.set(clean, used + 1);
    return used === 0 ? clean : this.fresh(`${clean}_${used}`);
  }
  /** Declares the next binding; how it is accessed is found from the body. */
  buffer(hint: string, scalar: Scalar, length: number): Memory {
    const memory: Memory = { space: "buffer", name: this.fresh(hint), scalar, length };
    this.#buffers.push(memory);
    return memory;
  }
  workgroup(hint: string, scalar: Scalar, length: number): Memory {
    const memory: Memory = { space: "workgroup", name: this.fresh(hint), scalar, length };
    this.#workgroup.push(memory);
    return memory;
  }
  registers(hint: string, scalar: Scalar, length: number): Memory {
    const memory: Memory = { space: "registers", name: this.fresh(hint), scalar, length };
    this.#registers.push(memory);
    return memory;
  }
  builtin(name: Builtin): Val {
    return new Val({ kind: "builtin", name, type: { scalar: "u32", width: 1 } });
  }
  /** Reads memory now: the value is bound to a name at once, so later stores do not change it. */
  load(from: Memory, index: Num, width: Width = 1, hint = from.name): Val {
    const at = index instanceof Val ? index : literal(index, "u32");
    return this.let(
      `${hint}_value`,
      new Val({ kind: "load", from, index: at.expr, type: { scalar: from.scalar, width } }),
    );
  }
  store(to: Memory, index: Num, value: Num): void {
    const at = index instanceof Val ? index : literal(index, "u32");
    const val = value instanceof Val ? value : literal(value, to.scalar);
    if (val.type.scalar !== to.scalar)
      throw new CompilerBug(`store of ${val.type.scalar} to ${to.name}: ${to.scalar}`);
    this.#emit({ kind: "store", to, index: at.expr, value: val.expr });
  }
  /** Names a value. Literals, builtins and names pass through. */
  let(hint: string, v: Val): Val {
    if (["literal", "builtin", "local"].includes(v.expr.kind)) return v;
    const name = this.fresh(hint);
    this.#emit({ kind: "let", name, value: v.expr });
    return new Val({ kind: "local", name, type: v.type });
  }
  variable(hint: string, initial: Val): Variable {
    const name = this.fresh(hint);
    const type = initial.type;
    this.#emit({ kind: "var", name, value: initial.expr });
    const read = new Val({ kind: "local", name, type });
    return {
      get: () => {
        const bound = this.fresh(`${name}_now`);
        this.#emit({ kind: "let", name: bound, value: read.expr });
        return new Val({ kind: "local", name: bound, type });
      },
      set: (v) => {
        const value =
          v instanceof Val ? spread(v, type.width) : literal(v, type.scalar, type.width);
        this.#emit({ kind: "assign", name, value: value.expr });
      },
    };
  }
  /** Sets a variable from its own value. */
  accumulate(variable: Variable, update: (now: Val) => Val): void {
    variable.set(update(variable.get()));
  }
  loop(hint: string, from: Num, below: Num, step: Num, body: (i: Val) => void): void {
    const scalar =
      [from, below, step].find((v): v is Val => v instanceof Val)?.type.scalar ?? "u32";
    const lift = (v: Num) => (v instanceof Val ? v : literal(v, scalar)).expr;
    const name = this.fresh(hint);
    const i = new Val({ kind: "local", name, type: { scalar, width: 1 } });
    this.#emit({
      kind: "for",
      name,
      from: lift(from),
      below: lift(below),
      step: lift(step),
      body: this.#inside(() => body(i)),
    });
  }
  when(condition: Val, then: () => void, otherwise: () => void = () => {}): void {
    if (condition.expr.kind === "literal") {
      const taken = condition.expr.value ? then : otherwise;
      taken();
      return;
    }
    this.#emit({
      kind: "if",
      when: condition.expr,
      then: this.#inside(then),
      otherwise: this.#inside(otherwise),
    });
  }
  subgroup(op: Collective, v: Val, by?: number): Val {
    return this.let(
      `subgroup_${op}`,
      new Val({
        kind: "subgroup",
        op,
        of: v.expr,
        type: v.type,
        ...(by === undefined ? {} : { by }),
      }),
    );
  }
  barrier(): void {
    this.#emit({ kind: "barrier" });
  }
  note(text: string): void {
    this.#emit({ kind: "note", text });
  }
  finish(name: string, workgroupSize: number): Kernel {
    return {
      name,
      workgroupSize,
      buffers: this.#buffers.map((memory) => ({ memory, access: accessOf(memory, this.#body) })),
      workgroupMemory: this.#workgroup,
      registers: this.#registers,
      body: this.#body,
    };
  }
  /** The block being written, as a token: names bound in it are visible while isOpen(token). */
  get block(): object {
    return this.#body;
  }
  isOpen(block: object): boolean {
    return block === this.#body || this.#open.includes(block as Stmt[]);
  }
  #emit(s: Stmt): void {
    this.#body.push(s);
  }
  #inside(f: () => void): readonly Stmt[] {
    const outer = this.#body;
    this.#open.push(outer);
    this.#body = [];
    f();
    const inner = this.#body;
    this.#body = outer;
    this.#open.pop();
    return inner;
  }
}

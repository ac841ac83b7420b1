/** Index arithmetic for kernels people read: folds literals, skips axes of size one, and remembers which places an index was cut into. */
import { CompilerBug } from "../src/graph/bug.ts";
import type { KernelBuilder } from "./build.ts";
import type { Expr } from "./kernel.ts";
import { call, literal, type Num, Val } from "./val.ts";
import { childrenOf } from "./visit.ts";

/** The expression as text: equal keys in open blocks mean equal values, since names are bound once. */
export const keyOf = (v: Val): string => exprKey(v.expr);

function exprKey(e: Expr): string {
  const parts = childrenOf(e).map(exprKey).join();
  const type = `${e.type.scalar}${e.type.width}`;
  switch (e.kind) {
    case "literal":
      return `${e.value}:${type}`;
    case "local":
    case "builtin":
      return e.name;
    case "call":
      return `${e.fn}(${parts})`;
    case "load":
      return `${e.from.name}[${parts}]:${type}`;
    case "component":
      return `${parts}.${e.index}`;
    case "subgroup":
      return `${e.op}(${parts},${e.by ?? ""})`;
    case "fma":
    case "cast":
    case "bitcast":
    case "vector":
      return `${e.kind}(${parts}):${type}`;
  }
}

const literalOf = (v: Val): number | null => (v.expr.kind === "literal" ? v.expr.value : null);
const u32 = (value: number): Val => literal(value, "u32");

/** `v` without an added literal, and that literal. */
function splitOffset(v: Val): readonly [Val | null, number] {
  const constant = literalOf(v);
  if (constant !== null) return [null, constant];
  if (v.expr.kind !== "call" || v.expr.fn !== "add") return [v, 0];
  const [base, offset] = v.expr.args;
  return base && offset?.kind === "literal" ? [new Val(base), offset.value] : [v, 0];
}

export function addIndex(a: Val, b: Num): Val {
  const [base, constant] = splitOffset(a);
  const [other, more] = b instanceof Val ? splitOffset(b) : ([null, b] as const);
  if (base?.expr.kind === "call" && base.expr.fn === "sub" && !other) {
    const [from, by] = base.expr.args;
    if (from && by?.kind === "literal" && constant + more >= by.value)
      return addIndex(new Val(from), constant + more - by.value);
  }
  const sum = base && other ? base.plus(other) : (base ?? other);
  return sum ? sum.plus(constant + more) : u32(constant + more);
}

export function subtractIndex(a: Val, by: number): Val {
  const [base, constant] = splitOffset(a);
  if (constant >= by) return base ? base.plus(constant - by) : u32(constant - by);
  return a.minus(by);
}

export function timesIndex(a: Val, by: number): Val {
  const constant = literalOf(a);
  if (constant !== null) return u32(constant * by);
  return by === 0 ? u32(0) : a.times(by);
}

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

const axisName = (axis: number) => "ijklmn"[axis] ?? "axis";
type Remembered<T> = { readonly value: T; readonly block: object };

/** Turns places into flat indices and back within one kernel; what was cut is put together for nothing. */
export class Indices {
  readonly #k: KernelBuilder;
  readonly #flat = new Map<string, Remembered<Val>>();
  readonly #cut = new Map<string, Remembered<readonly Val[]>>();
  constructor(k: KernelBuilder) {
    this.#k = k;
  }

  /** The row-major index of the place `at`. */
  flatten(at: readonly Val[], shape: readonly number[]): Val {
    const axes = shape.flatMap((n, i) => (n === 1 ? [] : [{ n, at: placeOn(at, i) }]));
    const key = axes.map((a) => `${keyOf(a.at)}/${a.n}`).join(" ");
    const known = this.#flat.get(key);
    if (known && this.#k.isOpen(known.block)) return known.value;
    const index = axes.reduce<Val>((sum, a) => addIndex(timesIndex(sum, a.n), a.at), u32(0));
    this.#flat.set(key, { value: index, block: this.#k.block });
    return index;
  }

  /** The place whose row-major index is `index`. */
  unflatten(index: Val, shape: readonly number[]): readonly Val[] {
    const key = `${keyOf(index)} ${shape.join()}`;
    const known = this.#cut.get(key);
    if (known && this.#k.isOpen(known.block)) return known.value;
    const wide = shape.flatMap((n, axis) => (n === 1 ? [] : [axis]));
    const at = shape.map(() => u32(0));
    let rest = wide.length > 1 ? this.#k.let("element", index) : index;
    for (const axis of wide.toReversed()) {
      const before = wide.slice(0, wide.indexOf(axis));
      at[axis] =
        before.length === 0 ? rest : this.#named(axisName(axis), "mod", rest, shape[axis]!);
      const hint = before.length === 1 ? axisName(before[0]!) : `${axisName(axis)}_rest`;
      if (before.length > 0) rest = this.#named(hint, "div", rest, shape[axis]!);
    }
    this.#cut.set(key, { value: at, block: this.#k.block });
    const axes = shape.flatMap((n, i) => (n === 1 ? [] : [`${keyOf(at[i]!)}/${n}`]));
    this.#flat.set(axes.join(" "), { value: index, block: this.#k.block });
    return at;
  }

  /** The place in `to` of what stands at `at` in `from`, both row-major: axes that do not change pass through. */
  reshape(at: readonly Val[], from: readonly number[], to: readonly number[]): readonly Val[] {
    const place: Val[] = [];
    for (const group of sameElements(from, to)) {
      const source = at.slice(group.from[0], group.from[1]);
      const sizes = from.slice(group.from[0], group.from[1]);
      const target = to.slice(group.to[0], group.to[1]);
      const wide = sizes.flatMap((n, i) => (n === 1 ? [] : [source[i]!]));
      if (wide.length === 1 && target.filter((n) => n !== 1).length === 1)
        place.push(...target.map((n) => (n === 1 ? u32(0) : wide[0]!)));
      else place.push(...this.unflatten(this.flatten(source, sizes), target));
    }
    return place;
  }

  #named(hint: string, fn: "div" | "mod", v: Val, by: number): Val {
    const constant = literalOf(v);
    if (constant !== null) return u32(fn === "div" ? Math.floor(constant / by) : constant % by);
    return this.#k.let(hint, call(fn, v, by));
  }
}

function placeOn(at: readonly Val[], axis: number): Val {
  const v = at[axis];
  if (!v) throw new CompilerBug(`a place has ${at.length} axes, axis ${axis} is read`);
  return v;
}

type Range = readonly [number, number];

/** Cuts two shapes of equal size into the shortest runs of axes that hold the same elements. */
export function sameElements(
  from: readonly number[],
  to: readonly number[],
): readonly { readonly from: Range; readonly to: Range }[] {
  const groups: { from: Range; to: Range }[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    const start = [i, j] as const;
    let left = i < from.length ? from[i++]! : 1;
    let right = j < to.length ? to[j++]! : 1;
    while (left !== right) {
      if (left < right && i < from.length) left *= from[i++]!;
      else if (right < left && j < to.length) right *= to[j++]!;
      else throw new CompilerBug(`reshape of [${from}] to [${to}]`);
    }
    groups.push({ from: [start[0], i], to: [start[1], j] });
  }
  return groups;
}

/** Kernel-to-kernel rewrites that targets choose from: what comes out means the same to the interpreter. Knows no target. */

import type { Expr, Kernel, Scalar, Stmt, ValueType, Width } from "../codegen/kernel.ts";
import { multiplyAsLoops } from "../codegen/multiply.ts";
import { expressionsOf, visit, withChildren, withParts } from "../codegen/visit.ts";

/** One rewrite. `expr` and `statement` see their parts rewritten already. */
export type Rewrite = {
  readonly expr?: (e: Expr) => Expr;
  readonly statement?: (s: Stmt) => Stmt | readonly Stmt[];
};

/** Rewrites every expression and statement, innermost first. */
export function rewriteKernel(kernel: Kernel, rewrite: Rewrite): Kernel {
  const seen = new Map<Expr, Expr>();
  const expr = (e: Expr): Expr => {
    const known = seen.get(e);
    if (known) return known;
    const inner = withChildren(e, expr);
    const result = rewrite.expr?.(inner) ?? inner;
    seen.set(e, result);
    return result;
  };
  const block = (body: readonly Stmt[]): readonly Stmt[] =>
    body.flatMap((s) => {
      const inner = withParts(s, expressionsOf(s).map(expr), block);
      return rewrite.statement?.(inner) ?? inner;
    });
  return { ...kernel, body: block(kernel.body) };
}

const literal = (value: number, type: ValueType): Expr => ({ kind: "literal", value, type });
function cast(of: Expr, scalar: Scalar): Expr {
  const type: ValueType = { scalar, width: of.type.width };
  if (of.kind === "literal") return literal(of.value, type);
  if (of.kind === "vector")
    return { kind: "vector", parts: of.parts.map((part) => cast(part, scalar)), type };
  return { kind: "cast", of, type };
}

/** Copies that run beside other work become loads and stores at once, for targets that have none. */
export const copyAtOnce = (kernel: Kernel): Kernel =>
  rewriteKernel(kernel, {
    statement: (s) => {
      if (s.kind === "commit" || s.kind === "await") return [];
      if (s.kind !== "copy") return s;
      const { scalar } = s.from;
      const parts = partsOf(s.width);
      const move = (from: (index: Expr, width: Width) => Expr): readonly Stmt[] =>
        parts.map(({ offset, width }) => ({
          kind: "store",
          to: s.to,
          index: further(s.toIndex, offset),
          value: from(further(s.index, offset), width),
        }));
      const copied = move((index, width) => ({
        ...{ kind: "load", from: s.from, index, type: { scalar, width } },
      }));
      if (s.when.kind === "literal" && s.when.value !== 0) return copied;
      const zeros = move((_, width) => literal(0, { scalar, width }));
      return { kind: "if", when: s.when, then: copied, otherwise: zeros };
    },
  });

/** Accesses of 1, 2 or 4 scalars that make up one of `width`. */
const partsOf = (width: number): readonly { offset: number; width: Width }[] =>
  width <= 4
    ? [{ offset: 0, width: width as Width }]
    : Array.from({ length: width / 4 }, (_, i) => ({ offset: 4 * i, width: 4 }));

const further = (index: Expr, by: number): Expr =>
  by === 0
    ? index
    : { kind: "call", fn: "add", args: [index, literal(by, index.type)], type: index.type };

/** Matrix units' products become loops in which every lane finds its own sums, for targets that have none. */
export const multiplyInLoops = (kernel: Kernel): Kernel => {
  let names = 0;
  return rewriteKernel(kernel, {
    statement: (s) =>
      s.kind === "multiply" ? multiplyAsLoops(s, (hint) => `${hint}_of_product_${names++}`) : s,
  });
};

/** tanh(x) → tanh(min(max(x, −limit), limit)), for targets whose tanh is a ratio of exponentials that overflow. */
export const clampTanh =
  (limit: number) =>
  (kernel: Kernel): Kernel =>
    rewriteKernel(kernel, {
      expr: (e) => {
        if (e.kind !== "call" || e.fn !== "tanh") return e;
        const type = e.type;
        const above: Expr = {
          kind: "call",
          fn: "max",
          args: [e.args[0]!, literal(-limit, type)],
          type,
        };
        return {
          ...e,
          args: [{ kind: "call", fn: "min", args: [above, literal(limit, type)], type }],
        };
      },
    });

/** Indices and shift amounts become u32. */
export const countInU32 = (kernel: Kernel): Kernel =>
  rewriteKernel(kernel, {
    expr: (e) => {
      if (e.kind === "load") return { ...e, index: asU32(e.index) };
      if (e.kind !== "call" || (e.fn !== "shl" && e.fn !== "shr")) return e;
      return { ...e, args: [e.args[0]!, asU32(e.args[1]!)] };
    },
    statement: (s) => (s.kind === "store" ? { ...s, index: asU32(s.index) } : s),
  });

const asU32 = (e: Expr): Expr => (e.type.scalar === "u32" ? e : cast(e, "u32"));

/** `and` and `or` of bool vectors become select, for targets whose `&&` takes single bools only. */
export const selectBoolVectors = (kernel: Kernel): Kernel =>
  rewriteKernel(kernel, {
    expr: (e) => {
      if (e.kind !== "call" || e.type.width === 1) return e;
      const [left, right] = e.args;
      if (e.fn === "and") return { ...e, fn: "select", args: [left!, right!, literal(0, e.type)] };
      if (e.fn === "or") return { ...e, fn: "select", args: [left!, literal(1, e.type), right!] };
      return e;
    },
  });

const special = [
  { name: "infinity", bits: 0x7f800000, is: (n: number) => n === Infinity },
  { name: "minus_infinity", bits: 0xff800000, is: (n: number) => n === -Infinity },
  { name: "not_a_number", bits: 0x7fc00000, is: (n: number) => Number.isNaN(n) },
] as const;

/** Infinite and NaN literals become values made from bits at the head of the body, for targets that reject such constants. */
export function makeSpecialsFromBits(kernel: Kernel): Kernel {
  const used = new Set<(typeof special)[number]>();
  const rewritten = rewriteKernel(kernel, {
    expr: (e) => {
      const kind = e.kind === "literal" ? special.find((s) => s.is(e.value)) : undefined;
      if (!kind) return e;
      used.add(kind);
      const local: Expr = { kind: "local", name: kind.name, type: { scalar: "f32", width: 1 } };
      const scalar = e.type.scalar === "f32" ? local : cast(local, e.type.scalar);
      return e.type.width === 1 ? scalar : { kind: "vector", parts: [scalar], type: e.type };
    },
  });
  const head = special
    .filter((s) => used.has(s))
    .flatMap(({ name, bits }): Stmt[] => {
      const of: Expr = { kind: "local", name: `${name}_bits`, type: { scalar: "u32", width: 1 } };
      return [
        { kind: "let", name: `${name}_bits`, value: literal(bits, of.type) },
        { kind: "let", name, value: { kind: "bitcast", of, type: { scalar: "f32", width: 1 } } },
      ];
    });
  return used.size === 0 ? kernel : { ...rewritten, body: [...head, ...rewritten.body] };
}

/**
 * A variable's value that was bound to a name and read once, in the same block and before the variable changes, is read
 * there: `sum = sum + x` instead of a copy beside it.
 */
export function readVariablesInPlace(kernel: Kernel): Kernel {
  const reads = new Map<string, number>();
  visit(kernel.body, (e) => {
    if (e.kind === "local") reads.set(e.name, (reads.get(e.name) ?? 0) + 1);
  });
  const block = (body: readonly Stmt[]): readonly Stmt[] => {
    const waiting = new Map<
      string,
      { readonly copy: Stmt; readonly of: Expr & { readonly kind: "local" } }
    >();
    const dropped = new Set<Stmt>();
    const result = body.map((s) => {
      const replaced = replaceLocals(withBlocks(s, block), (name) => {
        const copy = waiting.get(name);
        if (copy) dropped.add(copy.copy);
        return copy?.of;
      });
      const changed = assignedIn(s);
      for (const [name, { of }] of waiting) if (changed.has(of.name)) waiting.delete(name);
      if (
        replaced.kind === "let" &&
        replaced.value.kind === "local" &&
        reads.get(replaced.name) === 1
      )
        waiting.set(replaced.name, { copy: replaced, of: replaced.value });
      return replaced;
    });
    return result.filter((s) => !dropped.has(s));
  };
  return { ...kernel, body: block(kernel.body) };
}

function withBlocks(s: Stmt, block: (body: readonly Stmt[]) => readonly Stmt[]): Stmt {
  return s.kind === "for" || s.kind === "if" ? withParts(s, expressionsOf(s), block) : s;
}

/** In what the statement itself evaluates once; a loop's limits may be evaluated again after changes. */
function replaceLocals(s: Stmt, standIn: (name: string) => Expr | undefined): Stmt {
  if (s.kind === "for") return s;
  const replace = (e: Expr): Expr =>
    (e.kind === "local" && standIn(e.name)) || withChildren(e, replace);
  return withParts(s, expressionsOf(s).map(replace), (body) => body);
}

function assignedIn(s: Stmt): ReadonlySet<string> {
  const names = new Set<string>();
  visit(
    [s],
    () => {},
    (inner) => {
      if (inner.kind === "assign") names.add(inner.name);
    },
  );
  return names;
}

/** Kernel-to-kernel rewrites that targets choose from: what comes out means the same to the interpreter. Knows no target. */
import { childrenOf, expressionsOf } from "../codegen/build.ts";
import type { Expr, Kernel, Scalar, Stmt, ValueType } from "../codegen/kernel.ts";

/** One rewrite. `expr` and `statement` see their parts rewritten already. */
export type Rewrite = {
  readonly expr?: (e: Expr) => Expr;
  readonly statement?: (s: Stmt) => Stmt;
};

/** Rewrites every expression and statement, innermost first. */
export function rewriteKernel(kernel: Kernel, rewrite: Rewrite): Kernel {
  const seen = new Map<Expr, Expr>();
  const expr = (e: Expr): Expr => {
    const known = seen.get(e);
    if (known) return known;
    const inner = withChildren(e, childrenOf(e).map(expr));
    const result = rewrite.expr?.(inner) ?? inner;
    seen.set(e, result);
    return result;
  };
  const block = (body: readonly Stmt[]): readonly Stmt[] =>
    body.map((s) => {
      const inner = withParts(s, expressionsOf(s).map(expr), block);
      return rewrite.statement?.(inner) ?? inner;
    });
  return { ...kernel, body: block(kernel.body) };
}

function withChildren(e: Expr, children: readonly Expr[]): Expr {
  const [first, second, third] = children;
  switch (e.kind) {
    case "literal":
    case "builtin":
    case "local":
      return e;
    case "call":
      return { ...e, args: children };
    case "fma":
      return { ...e, args: [first!, second!, third!] };
    case "vector":
      return { ...e, parts: children };
    case "load":
      return { ...e, index: first! };
    case "cast":
    case "bitcast":
    case "component":
    case "subgroup":
      return { ...e, of: first! };
  }
}

function withParts(
  s: Stmt,
  parts: readonly Expr[],
  block: (body: readonly Stmt[]) => readonly Stmt[],
): Stmt {
  const [first, second, third] = parts;
  switch (s.kind) {
    case "let":
    case "var":
    case "assign":
      return { ...s, value: first! };
    case "store":
      return { ...s, index: first!, value: second! };
    case "for":
      return { ...s, from: first!, below: second!, step: third!, body: block(s.body) };
    case "if":
      return { ...s, when: first!, then: block(s.then), otherwise: block(s.otherwise) };
    case "barrier":
    case "note":
      return s;
  }
}

const literal = (value: number, type: ValueType): Expr => ({ kind: "literal", value, type });
function cast(of: Expr, scalar: Scalar): Expr {
  const type: ValueType = { scalar, width: of.type.width };
  if (of.kind === "literal") return literal(of.value, type);
  if (of.kind === "vector")
    return { kind: "vector", parts: of.parts.map((part) => cast(part, scalar)), type };
  return { kind: "cast", of, type };
}

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

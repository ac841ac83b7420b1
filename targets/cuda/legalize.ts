/**
 * Brings a kernel into the part of the kernel language that CUDA says with one meaning: no signed overflow, no shift by a
 * word's length, f16 as storage only. The result still runs in the interpreter.
 */
import { roundF16 } from "../../codegen/interpret/spell.ts";
import type { Expr, Kernel, Scalar, ValueType } from "../../codegen/kernel.ts";
import type { ScalarName } from "../../src/graph/graph.ts";
import { readVariablesInPlace, rewriteKernel } from "../legalize.ts";
import { hoistOutOfLoops } from "./hoist.ts";

type Call = Expr & { readonly kind: "call" };

const typed = (scalar: Scalar, like: Expr): ValueType => ({ scalar, width: like.type.width });
const literal = (value: number, type: ValueType): Expr => ({ kind: "literal", value, type });
const call = (fn: ScalarName, type: ValueType, ...args: readonly Expr[]): Expr => ({
  ...{ kind: "call", fn, args, type },
});

/**
 * Arithmetic on f16 happens in f32 and is rounded once: for sums, differences, products, quotients and square roots that
 * gives the nearest f16, because f32 has more than twice the digits; and no compiler joins a product and a sum.
 */
export const halvesThroughF32 = (kernel: Kernel): Kernel =>
  rewriteKernel(kernel, {
    expr: (e) => {
      if (e.kind === "fma" && e.type.scalar === "f16") {
        const [a, b, c] = e.args;
        return narrow({ ...e, args: [widen(a), widen(b), widen(c)], type: typed("f32", e) });
      }
      if (e.kind === "subgroup" && e.type.scalar === "f16")
        return narrow({ ...e, of: widen(e.of), type: typed("f32", e) });
      if (e.kind !== "call" || e.fn === "select" || e.args[0]?.type.scalar !== "f16") return e;
      const args = e.args.map(widen);
      return e.type.scalar === "bool"
        ? { ...e, args }
        : narrow({ ...e, args, type: typed("f32", e) });
    },
  });

const narrow = (of: Expr): Expr => ({ kind: "cast", of, type: typed("f16", of) });
function widen(e: Expr): Expr {
  const type = typed("f32", e);
  return e.kind === "literal" ? literal(roundF16(e.value), type) : { kind: "cast", of: e, type };
}

/** i32 sums, differences, products and left shifts happen in u32, where C++ wraps, too; shifts look at five bits. */
export const wrapInU32 = (kernel: Kernel): Kernel =>
  rewriteKernel(kernel, {
    expr: (e) => {
      const { scalar } = e.type;
      if (e.kind === "fma" && (scalar === "i32" || scalar === "u32"))
        return wrapped(
          call("add", e.type, wrapped(call("mul", e.type, e.args[0], e.args[1])), e.args[2]),
        );
      if (e.kind === "subgroup" && e.op === "sum" && scalar === "i32")
        return signed({ ...e, of: unsigned(e.of), type: typed("u32", e) });
      return e.kind === "call" ? wrapped(e) : e;
    },
  });

function wrapped(e: Expr): Expr {
  if (e.kind !== "call") return e;
  if (e.fn === "shl" || e.fn === "shr") return shifted(e);
  if (e.fn === "abs" && e.type.scalar === "u32") return e.args[0]!;
  if (e.type.scalar !== "i32") return e;
  const [a, b] = e.args;
  switch (e.fn) {
    case "add":
    case "sub":
    case "mul":
      return signed(call(e.fn, typed("u32", e), unsigned(a!), unsigned(b!)));
    case "neg":
      return negative(a!);
    case "abs":
      return call(
        "select",
        e.type,
        call("lt", typed("bool", e), a!, literal(0, e.type)),
        negative(a!),
        a!,
      );
    case "div":
    case "mod":
      return divided(e);
    default:
      return e;
  }
}

const negative = (a: Expr): Expr =>
  signed(call("sub", typed("u32", a), literal(0, typed("u32", a)), unsigned(a)));

/** The least i32 by −1 overflows: the quotient is the negative, which wraps, and the rest is 0. */
function divided(e: Call): Expr {
  const [a, b] = e.args;
  const byMinusOne = e.fn === "div" ? negative(a!) : literal(0, e.type);
  const known = knownValue(b!);
  if (known !== null) return known === -1 ? byMinusOne : e;
  const test = call("eq", typed("bool", e), b!, literal(-1, e.type));
  return call("select", e.type, test, byMinusOne, e);
}

function shifted(e: Call): Expr {
  const [a, by] = e.args;
  const [known, type] = [knownValue(by!), typed("u32", by!)];
  const amount =
    known === null
      ? call("bitand", type, unsigned(by!), literal(31, type))
      : literal(known & 31, type);
  if (e.fn === "shr" || e.type.scalar === "u32") return { ...e, args: [a!, amount] };
  return signed(call("shl", typed("u32", e), unsigned(a!), amount));
}

/** The number that every component is; null where it is not known. */
function knownValue(e: Expr): number | null {
  const [only, ...others] = e.kind === "vector" ? e.parts : [e];
  return only?.kind === "literal" && others.length === 0 ? only.value : null;
}

const unsigned = (e: Expr): Expr => reread(e, "u32");
const signed = (e: Expr): Expr => reread(e, "i32");

/** The same bits as another integer. */
function reread(e: Expr, scalar: "i32" | "u32"): Expr {
  if (e.type.scalar === scalar) return e;
  const type = typed(scalar, e);
  const known = knownValue(e);
  if (known !== null) return literal(scalar === "u32" ? known >>> 0 : known | 0, type);
  if ((e.kind === "bitcast" || e.kind === "cast") && e.of.type.scalar === scalar) return e.of;
  return { kind: "bitcast", of: e, type };
}

const rewrites = [hoistOutOfLoops, readVariablesInPlace, halvesThroughF32, wrapInU32] as const;

export const legalize = (kernel: Kernel): Kernel =>
  rewrites.reduce((k, rewrite) => rewrite(k), kernel);

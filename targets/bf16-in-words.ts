/**
 * bf16 for targets that have no such type: a buffer of bf16 becomes a buffer of u32 words with two numbers in each, and what is
 * loaded is f32, whose upper half bf16 is. Nothing can be stored so: two lanes would write one word. Knows no target.
 */
import type { Expr, Kernel, Memory, Stmt, ValueType, Width } from "../codegen/kernel.ts";
import { plainDialect } from "../codegen/plain.ts";
import { printExpr, printStatement } from "../codegen/print.ts";
import { divideIndex } from "../codegen/quotient.ts";
import { CompilerBug } from "../src/graph/bug.ts";
import type { ScalarName } from "../src/graph/graph.ts";
import { rewriteKernel } from "./legalize.ts";

type Load = Expr & { readonly kind: "load" };

/** Loads of bf16 buffers become loads of words; a CompilerBug where the kernel makes or keeps bf16. Indices are u32. */
export function bf16InWords(kernel: Kernel): Kernel {
  const own = [...kernel.workgroupMemory, ...kernel.registers].find((m) => m.scalar === "bf16");
  if (own) throw new CompilerBug(`${kernel.name} keeps bf16 in ${own.name}; only buffers hold it`);
  const buffers = kernel.buffers.map((use) => ({ ...use, memory: inWords(use.memory) }));
  if (buffers.every(({ memory }, i) => memory === kernel.buffers[i]!.memory)) return kernel;
  const words = new Map(buffers.map(({ memory }) => [memory.name, memory]));
  const named = rewriteKernel(kernel, { statement: nameWords(words) });
  const rewritten = rewriteKernel(named, { expr: (e) => asF32(e, words), statement: noStore });
  return { ...rewritten, buffers };
}

const inWords = (memory: Memory): Memory =>
  memory.scalar === "bf16"
    ? { ...memory, scalar: "u32", length: Math.ceil(memory.length / 2) }
    : memory;

const isLoad = (e: Expr): e is Load => e.kind === "load" && e.from.scalar === "bf16";

/** A load that is bound to a name at once, as builders do, binds its words first, so that they are written once. */
const nameWords =
  (words: ReadonlyMap<string, Memory>) =>
  (s: Stmt): Stmt | readonly Stmt[] => {
    if (s.kind !== "let" || !isLoad(s.value)) return s;
    const value = wordsOf(s.value, words);
    const name = `${s.name}_in_words`;
    const bound: Expr = { kind: "local", name, type: value.type };
    return [
      { kind: "let", name, value },
      { ...s, value: numbersIn(bound, s.value) },
    ];
  };

function asF32(e: Expr, words: ReadonlyMap<string, Memory>): Expr {
  if (isLoad(e)) return numbersIn(wordsOf(e, words), e);
  // What it is cast from is f32 already.
  if (e.kind === "cast" && e.type.scalar === e.of.type.scalar) return e.of;
  if (e.type.scalar !== "bf16") return e;
  const moves = e.kind === "local" || e.kind === "component" || e.kind === "vector";
  if (moves) return { ...e, type: { ...e.type, scalar: "f32" } };
  throw new CompilerBug(`bf16 is only read here, not made: ${printExpr(e, plainDialect)}`);
}

function noStore(s: Stmt): Stmt {
  if ((s.kind !== "store" && s.kind !== "copy") || s.to.scalar !== "bf16") return s;
  throw new CompilerBug(`bf16 is only read here, not stored: ${printStatement(s, plainDialect)}`);
}

const typed = (scalar: "u32" | "f32", width: Width): ValueType => ({ scalar, width });
const literal = (value: number, width: Width = 1): Expr => ({
  ...{ kind: "literal", value, type: typed("u32", width) },
});
const call = (fn: ScalarName, a: Expr, b: Expr): Expr => ({
  ...{ kind: "call", fn, args: [a, b], type: a.type },
});

/** The words that hold what is loaded: one for one number or two, two for four. */
function wordsOf({ from, index, type }: Load, words: ReadonlyMap<string, Memory>): Expr {
  const at = type.width === 1 ? call("shr", index, literal(1)) : divideIndex(index, 2);
  return {
    ...{ kind: "load", from: words.get(from.name)!, index: at },
    type: typed("u32", type.width === 4 ? 2 : 1),
  };
}

/** The numbers in those words as f32: the one with the even index is the lower half. */
function numbersIn(words: Expr, { index, type }: Load): Expr {
  const half = call("shl", call("bitand", index, literal(1)), literal(4));
  const of =
    type.width === 1
      ? call("shl", call("shr", words, half), literal(16))
      : vectorOf(wordsIn(words).flatMap((word) => [lower(word), upper(word)]));
  return { kind: "bitcast", of, type: typed("f32", type.width) };
}

const lower = (word: Expr): Expr => call("shl", word, literal(16));
const upper = (word: Expr): Expr => call("bitand", word, literal(0xffff0000));

const vectorOf = (parts: readonly Expr[]): Expr => ({
  ...{ kind: "vector", parts, type: typed("u32", parts.length as Width) },
});

const wordsIn = (words: Expr): readonly Expr[] =>
  Array.from({ length: words.type.width }, (_, index) => ({
    ...{ kind: "component", of: words, index, type: typed("u32", 1) },
  }));

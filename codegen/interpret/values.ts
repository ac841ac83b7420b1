/** Expressions of the kernel language as JavaScript, taken apart into scalars; what must be checked first becomes lines before. */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { Builtin, Expr, Memory } from "../kernel.ts";
import { spellBitcast, spellCall, spellCast, spellFma, spellLiteral } from "./spell.ts";
import { nameOf, once, type Writer, writeMeeting } from "./writer.ts";

export const scalarOf = (e: Expr, at: number, w: Writer): string => scalarsOf(e, at, w)[0]!;

const builtinNames = {
  workgroup_x: "x",
  workgroup_y: "y",
  workgroup_z: "z",
  lane: "lane",
  subgroup_lane: "subgroupLane",
} as const satisfies Record<Builtin, string>;

/** The components of a value, each as complete text. */
export function scalarsOf(e: Expr, at: number, w: Writer): readonly string[] {
  const { scalar, width } = e.type;
  const each = (text: (component: number) => string) =>
    Array.from({ length: width }, (_, c) => text(c));
  switch (e.kind) {
    case "literal":
      return each(() => spellLiteral(e.value, scalar));
    case "builtin":
      return [builtinNames[e.name]];
    case "local":
      return each((c) => nameOf(e.name, c));
    case "call":
      return callOf(e, at, w);
    case "fma": {
      const args = e.args.map((a) => scalarsOf(a, at, w));
      return each((c) =>
        spellFma(
          args.map((a) => a[c]!),
          scalar,
        ),
      );
    }
    case "cast":
      return scalarsOf(e.of, at, w).map((x) => spellCast(x, e.of.type.scalar, scalar));
    case "bitcast":
      return scalarsOf(e.of, at, w).map((x) => spellBitcast(x, e.of.type.scalar, scalar));
    case "vector": {
      const parts = e.parts.map((p) => scalarOf(p, at, w));
      const [repeated] = parts.length === 1 && width > 1 ? [once(parts[0]!, w)] : [];
      return each((c) => repeated ?? parts[c]!);
    }
    case "component":
      return [scalarsOf(e.of, at, w)[e.index]!];
    case "load":
      return loadOf(e, at, w);
    case "subgroup":
      return collectiveOf(e, at, w);
  }
}

function callOf(e: Expr & { readonly kind: "call" }, at: number, w: Writer): readonly string[] {
  // A condition stands before the operands, a shift's amount behind them.
  const operand = e.args[e.fn === "select" ? 1 : 0]!.type.scalar;
  const args = e.args.map((a) => scalarsOf(a, at, w));
  const integer = operand === "i32" || operand === "u32";
  return Array.from({ length: e.type.width }, (_, c) => {
    const own = args.map((a) => a[c]!);
    if (integer && (e.fn === "div" || e.fn === "mod") && !/^\(?-?[1-9]\d*\)?$/.test(own[1]!)) {
      own[1] = once(own[1]!, w);
      w.lines.push(
        `if (${own[1]} === 0) fault("division-by-zero", ${at}, undefined, undefined, lane);`,
      );
    }
    return spellCall(e.fn, own, operand);
  });
}

function loadOf(e: Expr & { readonly kind: "load" }, at: number, w: Writer): readonly string[] {
  const { width } = e.type;
  const text = scalarOf(e.index, at, w);
  const index = width > 1 ? once(text, w) : text;
  checkAligned(e.from, index, width, at, w);
  const own = e.from.space === "registers" ? `data_${e.from.name}, known_${e.from.name}, ` : "";
  const cell = (c: number) =>
    `read_${e.from.name}(${own}${c ? `${index} + ${c}` : index}, lane, ${at})`;
  return Array.from({ length: width }, (_, c) => cell(c)).map((t) => (width > 1 ? once(t, w) : t));
}

export function checkAligned(
  memory: Memory,
  index: string,
  width: number,
  at: number,
  w: Writer,
): void {
  if (width === 1) return;
  w.lines.push(
    `if (${index} % ${width} !== 0) fault("misaligned", ${at}, "${memory.name}", ${index}, lane);`,
  );
}

function collectiveOf(
  e: Expr & { readonly kind: "subgroup" },
  at: number,
  w: Writer,
): readonly string[] {
  const { scalar, width } = e.type;
  if (scalar === "bool") throw new CompilerBug(`subgroup ${e.op} of bool`);
  for (const [c, text] of scalarsOf(e.of, at, w).entries()) w.lines.push(`give[${c}] = ${text};`);
  writeMeeting({ statement: at, collective: { op: e.op, by: e.by ?? 0, scalar, width } }, w);
  return Array.from({ length: width }, (_, c) => once(`take[${c}] + 0`, w));
}

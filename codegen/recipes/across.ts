/** Combines one value of each lane of a workgroup into one value that all lanes hold, with at most two barriers. */
import { CompilerBug } from "../../src/graph/bug.ts";
import type { KernelBuilder } from "../build.ts";
import type { Caps, Memory, Scalar } from "../kernel.ts";
import { call, literal, type Num, type Val } from "../val.ts";

export type Fold = "sum" | "max";

/** What changes nothing when it is combined. */
export function neutral(fold: Fold, scalar: Scalar): number {
  if (fold === "sum" || scalar === "u32") return 0;
  if (scalar === "i32") return -(2 ** 31);
  if (scalar === "f16") return -65504;
  return -3.4028234663852886e38;
}

export const combine = (fold: Fold, a: Val, b: Num): Val =>
  call(fold === "sum" ? "add" : "max", a, b);

/** A vector's components combined. */
export function combineParts(fold: Fold, v: Val): Val {
  return Array.from({ length: v.type.width }, (_, j) => v.component(j)).reduce((a, b) =>
    combine(fold, a, b),
  );
}

/** Partial results that every lane reads for itself; more of them are first combined by a few lanes. */
const mostPartials = 32;

/** `round` counts the turns of a loop around it, so that a turn does not overwrite what slower lanes still read. */
export function acrossLanes(
  k: KernelBuilder,
  caps: Caps,
  lanes: number,
  fold: Fold,
  value: Val,
  round: Val | null = null,
): Val {
  if (lanes === 1) return k.let(fold, value);
  const lane = k.builtin("lane");
  const size = caps.subgroup && lanes % caps.subgroup.size === 0 ? caps.subgroup.size : 1;
  const own = size > 1 ? k.subgroup(fold, value) : k.let("partial", value);
  const partials = lanes / size;
  if (partials === 1) return own;
  const short = partials <= mostPartials;
  const memory = k.workgroup(
    `${fold}_partials`,
    value.type.scalar,
    short && round ? partials * 2 : partials,
  );
  const base =
    short && round ? k.let("half", call("bitand", round, 1).times(partials)) : literal(0, "u32");
  const place = size > 1 ? lane.over(size) : lane;
  if (size > 1)
    k.when(k.builtin("subgroup_lane").equals(0), () => k.store(memory, plus(base, place), own));
  else k.store(memory, plus(base, place), own);
  k.barrier();
  if (short) return foldCells(k, fold, memory, base, partials);
  const group = 2 ** Math.ceil(Math.log2(partials) / 2);
  if (partials % group !== 0)
    throw new CompilerBug(`${partials} partial results are no power of two`);
  const totals = k.workgroup(`${fold}_totals`, value.type.scalar, partials / group);
  k.when(lane.below(partials / group), () =>
    k.store(totals, lane, foldCells(k, fold, memory, lane.times(group), group)),
  );
  k.barrier();
  return foldCells(k, fold, totals, literal(0, "u32"), partials / group);
}

const plus = (a: Val, b: Val): Val =>
  a.expr.kind === "literal" && a.expr.value === 0 ? b : a.plus(b);

function foldCells(k: KernelBuilder, fold: Fold, from: Memory, base: Val, count: number): Val {
  const total = k.variable(fold, literal(neutral(fold, from.scalar), from.scalar));
  k.loop("partial", 0, count, 1, (i) =>
    total.set(combine(fold, total.get(), k.load(from, plus(base, i)))),
  );
  return total.get();
}

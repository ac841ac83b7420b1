/** Deals a region's FLOPs out among its kernels by how much each calculates. */
import type { Expr, Kernel, Stmt } from "../../codegen/kernel.ts";
import { mostTurnsOf, visitCounted } from "../../codegen/turns.ts";

const real = new Set(["f32", "f16"]);

/** Lanes that share one `multiply`. */
const subgroupLanes = 32;

/** Scalar operations on real numbers of one lane, as if it took every branch; infinitely many where loops' turns are not known. */
export function arithmeticOf({ body }: Kernel): number {
  let count = 0;
  const ofExpr = (e: Expr): number => {
    if (!real.has(e.type.scalar)) return 0;
    if (e.kind === "fma") return 2 * e.type.width;
    return (e.kind === "call" && e.fn !== "select") || e.kind === "subgroup" ? e.type.width : 0;
  };
  const ofStmt = (s: Stmt): number =>
    s.kind === "multiply" ? (2 * s.rows * s.columns * s.depth) / subgroupLanes : 0;
  const add = (each: number, times: number) => {
    if (each > 0) count += each * times;
  };
  visitCounted(
    body,
    mostTurnsOf,
    (e, times) => add(ofExpr(e), times),
    (s, times) => add(ofStmt(s), times),
  );
  return count;
}

/** Whole numbers in proportion to `work`, whose sum is `total`; what is infinite takes all of it. */
export function deal(total: number, work: readonly number[]): readonly number[] {
  const endless = work.some((w) => w === Number.POSITIVE_INFINITY);
  const weights = endless ? work.map((w) => (w === Number.POSITIVE_INFINITY ? 1 : 0)) : work;
  const sum = weights.reduce<number>((a, b) => a + b, 0);
  let before = 0;
  let dealt = 0;
  return weights.map((weight, i) => {
    before += sum > 0 ? weight / sum : 1 / weights.length;
    const until = i === weights.length - 1 ? total : Math.round(total * before);
    const own = until - dealt;
    dealt = until;
    return own;
  });
}

/**
 * Keeps a driver from unrolling loops. Mesa's lavapipe unrolls every loop of up to 32 known turns, lane by lane, which
 * costs seconds of LLVM a kernel (measured: 3.2 s against 0.12 s for a row of 20 vec4 products).
 */

import type { Expr, Kernel, Stmt } from "./kernel.ts";
import { cast, Val } from "./val.ts";
import { visit } from "./visit.ts";

/** Longer loops are left alone by the driver itself. */
const mostUnrolled = 32;

/**
 * The same kernel with bounds that are known to be numbers only when it runs: workgroup_z is added to them, which is 0
 * for a kernel that is dispatched on a grid one workgroup deep.
 */
export function hideTurns(kernel: Kernel): Kernel {
  return { ...kernel, body: hideIn(kernel.body) };
}

const depth = new Val({ kind: "builtin", name: "workgroup_z", type: { scalar: "u32", width: 1 } });

function hideIn(body: readonly Stmt[]): readonly Stmt[] {
  return body.map((s): Stmt => {
    if (s.kind === "if") return { ...s, then: hideIn(s.then), otherwise: hideIn(s.otherwise) };
    if (s.kind !== "for") return s;
    const hidden = { ...s, body: hideIn(s.body) };
    return isShort(s.from, s.below, s.step) ? { ...hidden, below: hideNumber(s.below) } : hidden;
  });
}

/** How often a loop turns, its bound hidden or not; infinitely often where that is known only when it runs. */
export function turnsOf({ from, below, step }: Stmt & { readonly kind: "for" }): number {
  const bound = shown(below);
  if (from.kind !== "literal" || bound.kind !== "literal" || step.kind !== "literal")
    return Number.POSITIVE_INFINITY;
  return Math.max(0, Math.ceil((bound.value - from.value) / step.value));
}

/** How often a loop turns at most: one that begins at a lane's own place as if it began at 0. */
export const mostTurnsOf = (loop: Stmt & { readonly kind: "for" }): number =>
  loop.from.kind === "literal"
    ? turnsOf(loop)
    : turnsOf({ ...loop, from: { kind: "literal", value: 0, type: loop.from.type } });

/** Calls back for what one lane does and how often it does it, as if it took every branch; `turns` says how often loops turn. */
export function visitCounted(
  body: readonly Stmt[],
  turns: (loop: Stmt & { readonly kind: "for" }) => number,
  onExpr: (e: Expr, times: number) => void,
  onStmt: (s: Stmt, times: number) => void,
  times = 1,
): void {
  for (const s of body)
    if (s.kind === "for") visitCounted(s.body, turns, onExpr, onStmt, times * turns(s));
    else if (s.kind === "if")
      for (const inner of [s.then, s.otherwise]) visitCounted(inner, turns, onExpr, onStmt, times);
    else
      visit(
        [s],
        (e) => onExpr(e, times),
        (t) => onStmt(t, times),
      );
}

const shown = (bound: Expr): Expr => {
  if (bound.kind !== "call" || bound.fn !== "add") return bound;
  const [number, rest] = bound.args;
  const zero = rest?.kind === "cast" ? rest.of : rest;
  return zero?.kind === "builtin" && zero.name === "workgroup_z" ? number! : bound;
};

function isShort(from: Expr, below: Expr, step: Expr): boolean {
  if (from.kind !== "literal" || below.kind !== "literal" || step.kind !== "literal") return false;
  const turns = Math.ceil((below.value - from.value) / step.value);
  return turns > 1 && turns <= mostUnrolled;
}

const hideNumber = (bound: Expr): Expr => new Val(bound).plus(cast(depth, bound.type.scalar)).expr;

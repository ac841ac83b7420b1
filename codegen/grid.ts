/** Spreads a range of work over workgroups, folding what one dimension cannot hold into the next. */
import type { KernelBuilder } from "./build.ts";
import type { Caps } from "./kernel.ts";
import { OverLimits } from "./over-limits.ts";
import type { Val } from "./val.ts";

export type Grid = readonly [number, number, number];

/** A number for each of `count` workgroups; where it is folded the caller guards number < count. */
export function linearWorkgroups(
  io: { readonly k: KernelBuilder },
  caps: Caps,
  count: number,
): { readonly number: Val; readonly grid: Grid; readonly exact: boolean } {
  const most = caps.maxWorkgroupsPerDimension;
  if (count > most * most)
    throw new OverLimits([{ kind: "workgroups", count, limit: most * most, node: null }]);
  const { k } = io;
  if (count <= most) return { number: k.builtin("workgroup_x"), grid: [count, 1, 1], exact: true };
  const rows = Math.ceil(count / most);
  const across = Math.ceil(count / rows);
  const number = k.let(
    "workgroup",
    k.builtin("workgroup_y").times(across).plus(k.builtin("workgroup_x")),
  );
  return { number, grid: [across, rows, 1], exact: across * rows === count };
}

/** An index for each of `lanes` lanes; the caller guards index < lanes. */
export function linearLanes(
  io: { readonly k: KernelBuilder },
  caps: Caps,
  lanes: number,
  workgroupSize: number,
): { readonly index: Val; readonly grid: Grid } {
  const { number, grid } = linearWorkgroups(io, caps, Math.ceil(lanes / workgroupSize));
  return {
    index: io.k.let("element", number.times(workgroupSize).plus(io.k.builtin("lane"))),
    grid,
  };
}

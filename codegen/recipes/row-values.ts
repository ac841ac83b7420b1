/** What is one value for a whole row is computed once, before the loop over the row's elements. */
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import type { Val } from "../val.ts";
import { canBeComputed, repeatsAlongLast } from "../views.ts";

export const sameShape = (a: readonly number[], b: readonly number[]) => a.join() === b.join();

/** Whether a broadcast to the elements' shape repeats one value a row. */
const isOfRow = (node: Node, element: readonly number[]) =>
  node.op === "broadcast" &&
  sameShape(node.type.shape, element) &&
  node.attrs.axes.join() ===
    element
      .slice(0, -1)
      .map((_, i) => i)
      .join();

/** For rows of `element`'s last axis: the row at `at`, until another is bound. */
export function bindRowValues(
  io: RegionIO,
  { body }: Region,
  element: readonly number[],
  at: readonly Val[],
): void {
  for (const node of body) {
    const source = node.inputs[0];
    if (
      !source ||
      !repeatsAlongLast(node) ||
      !isOfRow(node, element) ||
      !canBeComputed(source) ||
      source.op === "constant"
    )
      continue;
    const value = io.k.let(source.label || "of_row", io.read(source)(at));
    io.bind(source, () => value);
  }
}

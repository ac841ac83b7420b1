/** What a walk through time need not do in every step: values that time does not change, and outputs of the last step alone. */
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import { pathBetween } from "../behind.ts";
import type { Width } from "../kernel.ts";
import { literal, type Val } from "../val.ts";
import { canBeComputed, keepsVectors } from "../views.ts";

/** Of tensors [batch, time, …], the axis that a walk goes along. */
const timeAxis = 1;

/** Computes before the steps what they would repeat along time; `at` is a place of the walk, its step left open. */
export function holdSteady(
  io: RegionIO,
  { body, inputs }: Region,
  walked: readonly number[],
  at: readonly Val[],
  width: Width,
): void {
  for (const node of body) {
    if (node.op !== "broadcast" || node.attrs.axes.includes(timeAxis)) continue;
    const { shape } = node.type;
    if (shape.length <= timeAxis || shape.some((size, axis) => size !== walked[axis])) continue;
    const source = node.inputs[0]!;
    if (source.op === "constant" || !(inputs.includes(source) || canBeComputed(source))) continue;
    const place = node.attrs.axes.map((axis, i) =>
      source.type.shape[i] === 1 ? literal(0, "u32") : at[axis]!,
    );
    const isWhole = shape.length === walked.length && keepsVectors(node, width);
    io.hold(source, place, isWhole ? width : 1);
  }
}

/** The outputs that are no more than what the anchor is at one step, and where they are written: `step`. */
export const writtenAt = ({ anchor, body, outputs }: Region, step: number): readonly Node[] =>
  outputs.filter((output) => {
    const readers = pathBetween([anchor!], output, body)?.filter((n) => n.inputs.includes(anchor!));
    return (
      readers !== undefined &&
      readers.length > 0 &&
      readers.every(
        (n) =>
          n.op === "slice" &&
          n.attrs.axis === timeAxis &&
          n.attrs.start === step &&
          n.attrs.size === 1,
      )
    );
  });

/**
 * Reads a walk's next steps ahead of it: each lane copies what it will read itself into workgroup memory, a few steps early, so
 * that no step waits for memory. Lanes share nothing, so no barrier is needed. Knows no recurrence.
 */
import type { Node } from "../../src/graph/graph.ts";
import type { Region } from "../../src/passes/regions.ts";
import type { RegionIO } from "../access.ts";
import { keyOf } from "../indices.ts";
import type { Caps, Width } from "../kernel.ts";
import { literal, type Num, type Val } from "../val.ts";

/** Most bytes of workgroup memory for it, so that several workgroups still share a processor. */
const mostBytes = 16 * 2 ** 10;

/** The region's inputs that each step reads exactly once, at its own place. */
export const readByStep = (region: Region): readonly Node[] =>
  region.inputs.filter(
    (node) =>
      node.type.dtype === "f32" &&
      node.type.shape.join() === region.anchor!.type.shape.join() &&
      region.body.every((n) => !n.inputs.includes(node) || isPointwise(n, node)),
  );

const isPointwise = (n: Node, input: Node): boolean =>
  n.op === "map" || n.op === "cast" || (n.op === "scan" && n.inputs[2] !== input);

/** How many steps ahead these inputs can be read by workgroups of so many lanes; 0 where it cannot be done. */
export function stepsAhead(inputs: number, lanes: number, width: Width, caps: Caps): number {
  const bytes = inputs * lanes * width * 4;
  const most = Math.min(mostBytes, caps.maxWorkgroupBytes);
  return caps.asyncCopy && inputs > 0 ? ([8, 4, 2].find((n) => n * bytes <= most) ?? 0) : 0;
}

export type Ahead = {
  /** Before the first step. */
  begin(): void;
  /** What step `step` reads has arrived, and is read from workgroup memory at this place. */
  arrive(step: Val, at: readonly Val[]): void;
  /** When the step has read all it needs: the step `ahead` later may come. */
  follow(step: Val): void;
  /** After the last step. */
  end(): void;
};

/** No reading ahead. */
export const notAhead: Ahead = {
  begin: () => {},
  arrive: () => {},
  follow: () => {},
  end: () => {},
};

export type Walk = {
  readonly lanes: number;
  readonly width: Width;
  readonly steps: number;
  readonly from: Num;
  readonly below: Num;
  readonly at: (step: Val) => readonly Val[];
};

/** Reads `nodes` for a walk from `from` to `below`, `steps` ahead. */
export function readAhead(io: RegionIO, nodes: readonly Node[], walk: Walk): Ahead {
  const k = io.k;
  const { lanes, width, steps } = walk;
  const lift = (n: Num) => (typeof n === "number" ? literal(n, "u32") : n);
  const [from, below] = [lift(walk.from), lift(walk.below)];
  const tiles = nodes.map((node) => ({
    node,
    tile: k.workgroup(`${node.label || node.op}_ahead`, "f32", steps * lanes * width),
  }));
  const placeOf = (step: Val) =>
    k.let("slot", step.modulo(steps).times(lanes).plus(k.builtin("lane")).times(width));
  const copy = (step: Val) => {
    const inside = k.let("inside", step.below(below));
    // What is left out is not read; its place must only be one that exists.
    const at = walk.at(k.let("ahead", step.atMost(below.minus(1))));
    const place = placeOf(step);
    for (const { node, tile } of tiles) {
      const { memory, index } = io.stored(node)!;
      k.copy(tile, place, memory, index(at), width, inside);
    }
    k.commit();
  };
  return {
    begin: () => k.loop("early", from, from.plus(steps), 1, copy),
    arrive: (step, at) => {
      k.await(steps - 1);
      const here = at.map(keyOf).join();
      const place = placeOf(step);
      for (const { node, tile } of tiles)
        io.bind(node, (asked, wide) =>
          asked.map(keyOf).join() === here && wide === width
            ? k.load(tile, place, width)
            : io.load(node, asked, wide),
        );
    },
    follow: (step) => copy(k.let("later", step.plus(steps))),
    end: () => k.await(),
  };
}

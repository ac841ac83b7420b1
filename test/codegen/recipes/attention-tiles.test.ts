/** Attention beside slots of the rings that hold no number: those that do not see them must not notice. */
import assert from "node:assert/strict";
import { attention } from "../../../codegen/recipes/attention.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { type Value, valueFrom } from "../../../src/graph/evaluate.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { devices, meaningOf, noise, regionOf, runLowered } from "../region.ts";

/** The largest error seen is 5.8e-7. */
const tolerance = 1.5e-6;
const [B, T, H, G, D, window] = [2, 20, 2, 1, 32, 9];
const slots = window + T;
/** Row b has seen so many tokens and brings so many more: no slot past those has been written. */
const seen = (b: number) => 4 + b;
const count = (b: number) => T - b;

const graph = new GraphBuilder();
const numbers = (values: (i: number) => number, length: number) =>
  Array.from({ length }, (_, i) => values(i));
const leaves = {
  q: graph.input("q", { dtype: "f32", shape: [B, T, H, D] }),
  keys: graph.state("keys", { dtype: "f32", shape: [B, slots, G, D] }),
  values: graph.state("values", { dtype: "f32", shape: [B, slots, G, D] }),
  seen: graph.state("seen", { dtype: "i32", shape: [B] }),
  count: graph.input("count", { dtype: "i32", shape: [B] }),
  position: graph.input("position", { dtype: "i32", shape: [B, T] }),
};
const attend = graph.composite("attend", { window, scale: 1 / Math.sqrt(D), cap: 0 }, [
  ...[leaves.q, leaves.keys, leaves.values, leaves.seen, leaves.count, leaves.position],
]);
const region = regionOf(attend);

type Spoiled = (state: "keys" | "values", b: number, slot: number) => number | null;

/** Some numbers of each slot are as `spoiled` says. */
function given(spoiled: Spoiled): ReadonlyMap<Node, Value> {
  const ring = (state: "keys" | "values", seed: number): Value => {
    const { type } = leaves[state];
    const { data } = noise(seed, type, (x) => 2 * x);
    const numberAt = (i: number) => {
      const slot = Math.floor(i / D);
      const bad = i % 5 === 0 ? spoiled(state, Math.floor(slot / slots), slot % slots) : null;
      return bad ?? data[i]!;
    };
    return valueFrom(type, numbers(numberAt, data.length));
  };
  return new Map<Node, Value>([
    [leaves.q, noise(1, leaves.q.type, (x) => 2 * x)],
    [leaves.keys, ring("keys", 2)],
    [leaves.values, ring("values", 3)],
    [leaves.seen, valueFrom(leaves.seen.type, numbers(seen, B))],
    [leaves.count, valueFrom(leaves.count.type, numbers(count, B))],
    [
      leaves.position,
      valueFrom(
        leaves.position.type,
        numbers((i) => {
          const [b, t] = [Math.floor(i / T), i % T];
          return t < count(b) ? seen(b) + t : -1;
        }, B * T),
      ),
    ],
  ]);
}

const [expected] = meaningOf(
  region,
  given(() => null),
);

/** Under every schedule, for each real token: what is found, and what it is where no slot is spoiled. */
function forTokens(
  spoiled: Spoiled,
  check: (found: readonly number[], right: readonly number[], b: number, t: number) => void,
): void {
  const planted = given(spoiled);
  for (const caps of Object.values(devices))
    for (const choice of attention.choices(region, caps)) {
      const [all] = runLowered(choice.build(), region, planted, caps);
      for (let at = 0; at < B * T; at++) {
        const [b, t] = [Math.floor(at / T), at % T];
        const [found, right] = [all!, expected!].map((of) => [
          ...of.subarray(at * H * D, (at + 1) * H * D),
        ]);
        if (t < count(b)) check(found!, right!, b, t);
      }
    }
}

const near = (found: readonly number[], right: readonly number[]): boolean =>
  found.every((x, i) => Math.abs(x - right[i]!) < tolerance);

describe("attention beside slots that hold no number", function () {
  this.timeout(60_000);
  for (const bad of [Number.NaN, Number.NEGATIVE_INFINITY, 1e6])
    it(`is the same where slots that no token sees hold ${bad}`, () => {
      const unwritten: Spoiled = (_, b, slot) => (slot >= seen(b) + count(b) ? bad : null);
      forTokens(unwritten, (found, right, b, t) =>
        assert.ok(near(found, right), `row ${b}, token ${t}`),
      );
    });

  it("is no number for tokens that see one, and the same for all others", () => {
    const [row, hidden] = [0, 5];
    const value: Spoiled = (state, b, slot) =>
      state === "values" && b === row && slot === seen(b) + hidden ? Number.NaN : null;
    forTokens(value, (found, right, b, t) => {
      const sees = b === row && t >= hidden && t <= hidden + window;
      if (sees) assert.ok(found.some(Number.isNaN), `token ${t} hides it`);
      else assert.ok(near(found, right), `row ${b}, token ${t}`);
    });
  });
});

/** Drawing kernels against the graph's meaning: the very token, for greedy rows, top-k, top-p, both and neither. */
import assert from "node:assert/strict";
import { minimumCaps } from "../../../codegen/kernel.ts";
import { sample } from "../../../codegen/recipes/sample.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { type Value, valueFrom } from "../../../src/graph/evaluate.ts";
import type { DType, Node } from "../../../src/graph/graph.ts";
import type { Region } from "../../../src/passes/regions.ts";
import { devices, type Leaves, meaningOf, noise, regionOf, runLowered } from "../region.ts";

/** Temperature, top-p and top-k, each in a row of its own. */
const controls = [
  [0, 0.9, 5],
  [0.7, 1, 0],
  [0.7, 0, 0],
  [0.7, 0.9, 0],
  [0.7, 0.9, 5],
  [1.5, 0.3, 1000],
  [1.5, 1, 3],
  [1.5, 1, 1],
] as const;

function draws(
  vocabulary: number,
  logitsOf: (noise: Value) => Value,
  draw: number,
): { region: Region; leaves: Leaves } {
  const batch = controls.length;
  const g = new GraphBuilder();
  const input = (name: string, dtype: DType) => g.input(name, { dtype, shape: [batch] });
  const logits = g.input("logits", { dtype: "f32", shape: [batch, vocabulary] });
  const given = [
    [input("temperature", "f32"), controls.map((c) => c[0])],
    [input("topP", "f32"), controls.map((c) => c[1])],
    [input("topK", "u32"), controls.map((c) => c[2])],
    [input("seed", "u32"), controls.map((_, i) => 0xfffffff0 - i * 77)],
    [input("draw", "u32"), controls.map(() => draw)],
  ] as const;
  const nodes = given.map(([node]) => node) as unknown as readonly [Node, Node, Node, Node, Node];
  const region = regionOf(g.sample(logits, ...nodes));
  const leaves = new Map<Node, Value>([[logits, logitsOf(noise(vocabulary + draw, logits.type))]]);
  for (const [node, data] of given) leaves.set(node, valueFrom(node.type, data.map(Math.fround)));
  leaves.set(nodes[3], valueFrom(nodes[3].type, given[3][1]));
  return { region, leaves };
}

const wide = (n: Value): Value => ({ ...n, data: n.data.map((x) => Math.fround(x * 6)) });

/** The first choice of each device with at most `lanes` lanes draws the right tokens. */
function assertRight(vocabulary: number, draw: number, lanes = 64, logitsOf = wide): void {
  const { region, leaves } = draws(vocabulary, logitsOf, draw);
  const expected = [...meaningOf(region, leaves)[0]!];
  for (const [device, caps] of Object.entries(devices)) {
    const { schedule, build } = sample
      .choices(region, caps)
      .find((c) => c.schedule["lanes"]! <= lanes)!;
    const found = [...runLowered(build(), region, leaves, caps)[0]!];
    assert.deepEqual(
      found,
      expected,
      `${device} ${JSON.stringify(schedule)} vocabulary ${vocabulary}`,
    );
  }
}

describe("sample", () => {
  it("draws the very token that the graph draws, for every setting", () => {
    assertRight(64, 3, 256);
    assertRight(101, 9);
  });
  it("works on vocabularies of one and of fewer tokens than lanes", () => {
    assertRight(1, 0);
    assertRight(6, 1);
  });
  it("takes the lowest index among equals and keeps all ties of a threshold", () => {
    assertRight(37, 4, 64, (n) => ({ ...n, data: n.data.map((x) => Math.round(x * 2)) }));
    assertRight(16, 4, 64, (n) => ({ ...n, data: n.data.map(() => -0) }));
  });
  it("is offered with few lanes first where barriers are dear", () => {
    const { region } = draws(8, (n) => n, 0);
    assert.deepEqual(
      sample.choices(region, { ...minimumCaps, barriers: "dear" }).map((c) => c.schedule["lanes"]),
      [32, 256],
    );
  });
});

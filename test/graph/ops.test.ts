import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, type Value, valueFrom } from "../../src/graph/evaluate.ts";
import type { DType, Node } from "../../src/graph/graph.ts";
import { Random } from "./random.ts";

const tensor = (dtype: DType, shape: readonly number[], data: readonly number[]): Value =>
  valueFrom({ dtype, shape }, data);

/** Evaluates what `make` builds on these values. */
function run(values: readonly Value[], make: (g: GraphBuilder, ...xs: Node[]) => Node): Value {
  const g = new GraphBuilder();
  const xs = values.map((v, i) => g.input(`x${i}`, v.type));
  const inputs = Object.fromEntries(values.map((v, i) => [`x${i}`, v]));
  return evaluate(
    { name: "op", outputs: { y: make(g, ...xs) }, states: [] },
    { parameters: {}, inputs },
  ).outputs.y!;
}

const f32 = (shape: readonly number[], data: readonly number[]) => tensor("f32", shape, data);
const x23 = f32([2, 3], [1, 2, 3, 4, 5, 6]);

describe("ops", () => {
  it("moves elements where the operation says", () => {
    assert.deepEqual([...run([x23], (g, x) => g.transpose(x, [1, 0])).data], [1, 4, 2, 5, 3, 6]);
    assert.deepEqual(
      [...run([x23], (g, x) => g.broadcast(x, [2, 2, 3], [0, 2])).data],
      [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6],
    );
    assert.deepEqual([...run([x23], (g, x) => g.slice(x, 1, 1, 2)).data], [2, 3, 5, 6]);
    assert.deepEqual(
      [...run([x23], (g, x) => g.concat([x, x], 1)).data],
      [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6],
    );
    assert.deepEqual(
      [...run([], (g) => g.iota([2, 3, 2], 1)).data],
      [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2],
    );
  });

  it("gathers along the axis after the shared ones, and keeps indices within the table", () => {
    const rows = tensor("i32", [3], [1, 0, 9]);
    assert.deepEqual(
      [...run([x23, rows], (g, x, i) => g.gather(x, i)).data],
      [4, 5, 6, 1, 2, 3, 4, 5, 6],
    );
    const picks = tensor("i32", [2, 1], [2, -4]);
    const y = run([x23, picks], (g, x, i) => g.gather(x, i, 1));
    assert.deepEqual(
      [y.type.shape, [...y.data]],
      [
        [2, 1],
        [3, 4],
      ],
    );
  });

  it("reduces and scans along their axes", () => {
    assert.deepEqual([...run([x23], (g, x) => g.reduce("sum", x, 0)).data], [5, 7, 9]);
    assert.deepEqual([...run([x23], (g, x) => g.reduce("max", x, 1)).data], [3, 6]);
    const [a, x, h] = [f32([1, 3], [0.5, 2, 1]), f32([1, 3], [1, 1, 1]), f32([1], [4])];
    assert.deepEqual([...run([a, x, h], (g, a, x, h) => g.scan(a, x, h)).data], [3, 7, 8]);
    assert.deepEqual([...run([a, x, h], (g, a, x, h) => g.scan(a, x, h, true)).data], [6.5, 11, 5]);
  });

  it("contracts whatever the order of the labels", () => {
    const r = new Random(1);
    const sizes: Record<string, number> = { b: 2, t: 3, k: 4, f: 5, h: 2 };
    const draw = (labels: string) =>
      r.value({ dtype: "f32", shape: [...labels].map((l) => sizes[l]!) });
    for (const [left, right, out] of [
      ["btk", "kf", "btf"],
      ["btk", "fk", "btf"],
      ["bthk", "hkf", "bthf"],
      ["bthk", "bfhk", "bhtf"],
      ["kb", "kt", "tb"],
      ["btk", "btk", "bt"],
      ["bt", "kf", "ftkb"],
      ["btk", "k", "tb"],
      ["k", "k", ""],
      ["bk", "t", "b"],
    ] as const) {
      const [a, b] = [draw(left), draw(right)];
      const y = run([a, b], (g, a, b) => g.contract(a, b, left, right, out));
      const exact = naive(a, b, left, right, out, sizes);
      exact.forEach((n, i) => {
        assert.ok(Math.abs(n - y.data[i]!) < 1e-12, `${left},${right}->${out}`);
      });
    }
  });

  it("writes a ring where the stream stands and nothing beyond count", () => {
    const ring = f32([2, 3, 1], [0, 0, 0, 7, 8, 9]);
    const values = f32([2, 2, 1], [1, 2, 3, 4]);
    const [start, count] = [tensor("i32", [2], [5, 1]), tensor("i32", [2], [2, 1])];
    assert.deepEqual(
      [...run([ring, values, start, count], (g, r, v, s, c) => g.ringWrite(r, v, s, c)).data],
      [2, 0, 1, 7, 3, 9],
    );
  });

  it("has no type for operands that do not fit, and says which node", () => {
    const g = new GraphBuilder();
    const x = g.input("x", { dtype: "f32", shape: [2, 3] });
    const faults: [() => Node, RegExp][] = [
      [
        () => g.map("add", x, g.transpose(x, [1, 0])),
        /map\(%0 x: f32\[2,3\], %1: f32\[3,2\]\): add of different shapes/,
      ],
      [() => g.reshape(x, [5]), /6 elements do not fill \[5\]/],
      [() => g.slice(x, 1, 2, 2), /outside of axis 1/],
      [() => g.contract(x, x, "ab", "bc", "ac"), /label b is 3 and 2/],
      [() => g.contract(x, x, "aa", "bc", "ac"), /repeats a label/],
      [() => g.broadcast(x, [3, 2], [0, 1]), /do not keep their sizes/],
      [() => g.map("not", x), /cannot take \(f32\)/],
      [() => new GraphBuilder().map("neg", x), /another builder/],
    ];
    for (const [make, message] of faults) assert.throws(make, message);
  });
});

/** Σ over all index combinations of all labels. */
function naive(
  a: Value,
  b: Value,
  left: string,
  right: string,
  out: string,
  sizes: Record<string, number>,
): number[] {
  const labels = [...new Set(left + right)];
  const at = (operand: string, index: Record<string, number>) =>
    [...operand].reduce((sum, l) => sum * sizes[l]! + index[l]!, 0);
  const result = new Array<number>([...out].reduce((n, l) => n * sizes[l]!, 1)).fill(0);
  const total = labels.reduce((n, l) => n * sizes[l]!, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const index: Record<string, number> = {};
    for (const l of labels) {
      index[l] = rest % sizes[l]!;
      rest = Math.floor(rest / sizes[l]!);
    }
    result[at(out, index)]! += a.data[at(left, index)]! * b.data[at(right, index)]!;
  }
  return result;
}

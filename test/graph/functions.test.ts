import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, valueFrom } from "../../src/graph/evaluate.ts";
import {
  expm1,
  gelu,
  log1p,
  mean,
  sigmoid,
  silu,
  softmax,
  softplus,
} from "../../src/graph/functions.ts";
import type { Node, Type } from "../../src/graph/graph.ts";
import { scalarFunction } from "../../src/graph/scalars.ts";
import { topological } from "../../src/graph/walk.ts";

type Function = (g: GraphBuilder, x: Node) => Node;

const vector = (n: number): Type => ({ dtype: "f32", shape: [n] });

/** The function at one place, every intermediate result rounded to f32 as a GPU does at best. */
function inSinglePrecision(f: Function, at: number): number {
  const g = new GraphBuilder();
  const y = f(g, g.input("x", vector(1)));
  const values = new Map<Node, number>();
  for (const node of topological([y])) {
    const inputs = node.inputs.map((n) => values.get(n)!);
    if (node.op === "input") values.set(node, Math.fround(at));
    if (node.op === "constant") values.set(node, Math.fround(node.attrs.value));
    if (node.op === "map")
      values.set(node, Math.fround(scalarFunction(node.attrs.fn, "f32")(...inputs)));
  }
  return values.get(y)!;
}

/** Distance in units of the last place of an f32 of that size. */
function ulps(actual: number, exact: number): number {
  const ulp = 2 ** (Math.max(-126, Math.floor(Math.log2(Math.abs(exact)))) - 23);
  return exact === actual ? 0 : Math.abs(actual - exact) / ulp;
}

const worst = (f: Function, exact: (x: number) => number, places: readonly number[]) =>
  Math.max(...places.map(Math.fround).map((x) => ulps(inSinglePrecision(f, x), exact(x))));

/** Both signs of numbers from 1e−8 to `most`, evenly in their logarithms. */
const sweep = (most: number, count = 400): number[] =>
  Array.from({ length: count }, (_, i) => 1e-8 * (most / 1e-8) ** (i / (count - 1))).flatMap(
    (x) => [x, -x],
  );

function run(f: Function, type: Type, data: readonly number[]): number[] {
  const g = new GraphBuilder();
  const outputs = { y: f(g, g.input("x", type)) };
  const results = evaluate(
    { name: "f", outputs, states: [] },
    { parameters: {}, inputs: { x: valueFrom(type, data) } },
  );
  return [...results.outputs.y!.data];
}

const near = (actual: readonly number[], exact: readonly number[], tolerance: number) =>
  actual.forEach((n, i) => {
    assert.ok(
      Math.abs(n - exact[i]!) <= tolerance * Math.max(1e-300, Math.abs(exact[i]!)),
      `${n} is not ${exact[i]}`,
    );
  });

describe("functions", () => {
  it("expm1 is right to 3 units in the last place of f32, next to 0 and at the border of its series", () => {
    const border = Array.from({ length: 200 }, (_, i) => 0.69 + i * 1e-4);
    assert.ok(worst(expm1, Math.expm1, [...sweep(20), ...border, ...border.map((x) => -x)]) <= 3);
  });

  it("expm1 of a doubled number asks for the exponential of that number, and for no other", () => {
    const g = new GraphBuilder();
    const x = g.input("x", vector(4));
    for (const doubled of [g.map("mul", x, 2), g.map("mul", 2, x)]) {
      const ofX = g.map("exp", x);
      const exps = topological([expm1(g, doubled)]).filter(
        (n) => n.op === "map" && n.attrs.fn === "exp",
      );
      assert.deepEqual(exps, [ofX]);
    }
    assert.ok(topological([expm1(g, x)]).some((n) => n.op === "constant" && n.attrs.value === 0.5));
  });

  it("log1p is right to 3 units in the last place of f32 wherever 1 + x is positive", () => {
    const border = Array.from({ length: 200 }, (_, i) => 0.34 + i * 1e-4);
    const places = [
      ...sweep(0.99),
      ...sweep(1e6).filter((x) => x > 0),
      ...border,
      ...border.map((x) => -x),
    ];
    assert.ok(worst(log1p, Math.log1p, places) <= 3);
  });

  it("softplus is right to 5 units in the last place of f32 for decays and their like", () => {
    const exact = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    assert.ok(worst(softplus, exact, sweep(15)) <= 5);
    assert.deepEqual(
      [softplus, expm1].map((f) => inSinglePrecision(f, 0)),
      [Math.fround(Math.LN2), 0],
    );
  });

  it("sigmoid, silu and gelu are their formulas", () => {
    const places = [-90, -3, -0.5, 0, 1e-3, 2, 40];
    const logistic = (x: number) => 1 / (1 + Math.exp(-x));
    near(run(sigmoid, vector(7), places), places.map(logistic), 1e-15);
    near(
      run(silu, vector(7), places),
      places.map((x) => x * logistic(x)),
      1e-15,
    );
    const exact = (x: number) =>
      0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
    near(run(gelu, vector(7), places), places.map(exact), 1e-14);
  });

  it("softmax of large numbers is finite and sums to 1 along its axis", () => {
    const type: Type = { dtype: "f32", shape: [2, 3, 2] };
    const y = run(
      (g, x) => softmax(g, x, 1),
      type,
      [900, -900, 1, 2, 900, 3, 0, 0, 0, -1e30, 0, 5],
    );
    for (const [outer, inner] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const)
      near([[0, 1, 2].reduce((sum, k) => sum + y[(outer * 3 + k) * 2 + inner]!, 0)], [1], 1e-12);
    assert.equal(y[9], 0);
  });

  it("mean removes its axis", () => {
    assert.deepEqual(
      run((g, x) => mean(g, x, 0), { dtype: "f32", shape: [2, 2] }, [1, 2, 3, 4]),
      [2, 3],
    );
  });
});

/** Every recipe that reads weights, with weights in int8 and int4, under every schedule, at odd sizes. */
import assert from "node:assert/strict";
import type { Recipe } from "../../../codegen/recipe.ts";
import { elementwise } from "../../../codegen/recipes/elementwise.ts";
import { gemv } from "../../../codegen/recipes/gemv.ts";
import { matmul } from "../../../codegen/recipes/matmul.ts";
import { rowwise } from "../../../codegen/recipes/rowwise.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { type Value, valueFrom } from "../../../src/graph/evaluate.ts";
import { gelu } from "../../../src/graph/functions.ts";
import type { Node, NodeOf, Type } from "../../../src/graph/graph.ts";
import { quantized } from "../../../src/passes/quantize.ts";
import type { Region } from "../../../src/passes/regions.ts";
import { noise, regionOf, worstError } from "../region.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
type Bits = 4 | 8;

/** Whole numbers for values, small scales of both signs, noise for the rest; tokens count up and past the table's end. */
function leavesOf({ inputs }: Region): ReadonlyMap<Node, Value> {
  return new Map(
    inputs.map((node, seed) => {
      const { dtype, shape } = node.type;
      const size = shape.reduce((a, b) => a * b, 1);
      if (dtype === "i32")
        return [
          node,
          valueFrom(
            node.type,
            Array.from({ length: size }, (_, i) => (i * 3) % 11),
          ),
        ];
      const most = dtype === "i8" ? 127.99 : dtype === "i4" ? 8 : null;
      const parameter = node as NodeOf<"parameter">;
      const scale = parameter.attrs.quantized?.bits === 8 ? 1 / 127 : 1 / 8;
      return [
        node,
        most !== null
          ? noise(seed + 1, node.type, (x) => Math.floor(x * most) || 0)
          : parameter.attrs.quantized
            ? noise(seed + 1, node.type, (x) => (x + Math.sign(x)) * scale)
            : noise(seed + 1, node.type),
      ];
    }),
  );
}

function weight(
  g: GraphBuilder,
  bits: Bits,
  name: string,
  shape: readonly number[],
  axis: number,
  column: number,
): Node {
  return quantized(g, g.parameter(name, f32(...shape)), { axis, column }, bits);
}

function product(bits: Bits, m: number, n: number, k: number, right: "kn" | "nk"): Region {
  const g = new GraphBuilder();
  const w =
    right === "kn" ? weight(g, bits, "w", [k, n], 0, 1) : weight(g, bits, "w", [n, k], 1, 0);
  const y = g.contract(g.input("x", f32(m, k)), w, "mk", right, "mn");
  return regionOf(y, [g.map("mul", y, 2)]);
}

function contractOf(
  bits: Bits,
  [left, right, out]: readonly [string, string, string],
  sizes: Readonly<Record<string, number>>,
  [axis, column]: readonly [number, number],
): Region {
  const g = new GraphBuilder();
  const shape = (labels: string) => [...labels].map((l) => sizes[l]!);
  const x = g.input("x", f32(...shape(left)));
  const w = weight(g, bits, "w", shape(right), axis, column);
  return regionOf(g.contract(x, w, left, right, out));
}

/** Several products of the same normed rows, side by side. */
function siblings(bits: Bits, m: number, n: number, k: number): Region {
  const g = new GraphBuilder();
  const x = g.input("x", f32(m, k));
  const sum = g.reduce("sum", g.map("mul", x, x), 1);
  const normal = g.map("mul", x, g.broadcast(g.map("rsqrt", sum), [m, k], [0]));
  const by = (name: string) =>
    g.contract(normal, weight(g, bits, name, [k, n], 0, 1), "mk", "kn", "mn");
  const [gate, up] = [by("gate"), by("up")];
  return regionOf(up, [g.map("mul", gelu(g, gate), up), up]);
}

/** Rows of a table, with a product behind. */
function lookUp(bits: Bits, rows: number, width: number): Region {
  const g = new GraphBuilder();
  const table = weight(g, bits, "w", [rows, width], 1, 0);
  const found = g.gather(table, g.input("tokens", { dtype: "i32", shape: [2, 5] }));
  return { ...regionOf(g.map("mul", found, 3)), anchor: null };
}

/** The mean square of a weight's rows. */
function rowsOf(bits: Bits, width: number, axis: 0 | 1): Region {
  const g = new GraphBuilder();
  const w = weight(g, bits, "w", [3, width], axis, 1 - axis);
  const x = g.map("mul", g.input("x", f32(3, width)), w);
  return regionOf(g.reduce("sum", g.map("mul", x, x), 1));
}

for (const bits of [8, 4] as const) {
  const cases: readonly (readonly [string, Recipe, Region])[] = [
    ...(["kn", "nk"] as const).flatMap((right) => [
      ...(
        [
          [1, 1, 1],
          [1, 7, 33],
          [2, 8, 12],
          [1, 12, 64],
          [3, 20, 40],
          [4, 6, 31],
          [2, 132, 96],
          [1, 8, 72],
          [3, 64, 40],
        ] as const
      ).map(
        ([m, n, k]) =>
          [`gemv of ${m}×${k} by ${n}, ${right}`, gemv, product(bits, m, n, k, right)] as const,
      ),
      ...(
        [
          [9, 1, 12],
          [9, 8, 12],
          [18, 21, 35],
          [7, 4, 70],
          [20, 68, 64],
        ] as const
      ).map(
        ([m, n, k]) =>
          [`matmul of ${m}×${k} by ${n}, ${right}`, matmul, product(bits, m, n, k, right)] as const,
      ),
    ]),
    [
      "gemv of block-diagonal weights",
      gemv,
      contractOf(bits, ["btgk", "gkj", "btgj"], { b: 3, t: 1, g: 4, k: 40, j: 8 }, [1, 2]),
    ],
    [
      "gemv of odd block-diagonal weights",
      gemv,
      contractOf(bits, ["btgk", "gkj", "btgj"], { b: 2, t: 1, g: 3, k: 5, j: 5 }, [1, 2]),
    ],
    [
      "matmul of block-diagonal weights",
      matmul,
      contractOf(bits, ["btgk", "gkj", "btgj"], { b: 2, t: 7, g: 3, k: 36, j: 12 }, [1, 2]),
    ],
    [
      "gemv by columns of two axes",
      gemv,
      contractOf(bits, ["bk", "khd", "bhd"], { b: 2, k: 40, h: 3, d: 8 }, [0, 2]),
    ],
    [
      "matmul by columns of two axes, those read together in front",
      matmul,
      contractOf(bits, ["bk", "dkh", "bhd"], { b: 9, k: 40, h: 3, d: 8 }, [1, 0]),
    ],
    ["siblings of 1×64 by 16", gemv, siblings(bits, 1, 16, 64)],
    ["siblings of 3×44 by 10", gemv, siblings(bits, 3, 10, 44)],
    ["siblings of 9×40 by 12", matmul, products(bits, 9, 12, 40)],
    ["rows of 8 looked up", elementwise, lookUp(bits, 6, 8)],
    ["rows of 7 looked up", elementwise, lookUp(bits, 6, 7)],
    ["rows of 44 looked up", elementwise, lookUp(bits, 5, 44)],
    ["sums over rows of 9", rowwise, rowsOf(bits, 9, 1)],
    ["sums over rows of 64", rowwise, rowsOf(bits, 64, 1)],
    ["sums over columns of 64", rowwise, rowsOf(bits, 64, 0)],
  ];
  describe(`recipes with weights in int${bits}`, function () {
    this.timeout(300_000);
    for (const [what, recipe, region] of cases)
      it(`mean what the graph means: ${what}`, () => {
        const error = worstError(recipe, region, leavesOf(region));
        // The largest seen is 2.6e-6, of 70 products that reach 2.
        assert.ok(error < 5e-6, `${error}`);
      });
  });
}

/** Two products of many rows that meet. */
function products(bits: Bits, m: number, n: number, k: number): Region {
  const g = new GraphBuilder();
  const x = g.input("x", f32(m, k));
  const by = (name: string) => g.contract(x, weight(g, bits, name, [k, n], 0, 1), "mk", "kn", "mn");
  const [gate, up] = [by("gate"), by("up")];
  return regionOf(up, [g.map("mul", gelu(g, gate), up)]);
}

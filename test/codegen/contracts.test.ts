/** Every kind of contract that the language can write: simplified, fused, lowered and run at odd sizes, against its meaning. */
import assert from "node:assert/strict";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph } from "../../src/graph/graph.ts";
import { simplify } from "../../src/passes/simplify.ts";
import { devices } from "./region.ts";
import { programOf, worstProgramError } from "./whole.ts";

/** The largest error seen is 2.4e-7. */
const tolerance = 7e-7;

const sizes: Readonly<Record<string, number>> = {
  b: 2,
  t: 3,
  h: 3,
  g: 2,
  d: 37,
  k: 5,
  n: 8,
  v: 4,
  o: 1,
};

function graphOf(spec: string): Graph {
  const g = new GraphBuilder();
  const [left, right, out] = spec.split(/,|->/) as [string, string, string];
  const type = (labels: string) =>
    ({ dtype: "f32", shape: [...labels].map((label) => sizes[label]!) }) as const;
  const [x, y] = [g.input("x", type(left)), g.input("y", type(right))];
  const products = g.contract(g.map("sin", x), y, left, right, out);
  return simplify({ name: "contract", outputs: { y: g.map("tanh", products) }, states: [] });
}

const kinds: Readonly<Record<string, readonly string[]>> = {
  "a row for each token's matrix": ["btdn,btn->btd", "btdn,btd->btn", "bthkv,bthk->bthv"],
  "fewer batches than dimensions": ["bthkv,btk->bthv", "bthkv,bthv->bthk", "btdn,bn->btd"],
  "a dot for each token": ["btd,btd->bt", "bthk,bthk->bth", "bthk,btkh->bth", "bthk,bthk->btk"],
  "several dimensions summed": [
    "bthkv,bthk->btv",
    "bthkv,btkh->btv",
    "bthk,hkn->btn",
    "bthk,bthk->bt",
  ],
  "heads against heads": ["bthk,btgk->bthg", "bthk,bhvk->bthv", "btdn,btkn->btdk"],
  "no batches, and nothing left": ["d,d->", "dn,d->n", "dn,dn->", "o,o->", "btd,d->bt"],
  "dimensions of one": ["btd,do->bto", "bto,od->btd", "bthko,bthk->btho"],
};

describe("contracts", () => {
  for (const [kind, specs] of Object.entries(kinds))
    for (const spec of specs)
      it(`compute ${kind}: ${spec}`, () => {
        for (const [device, caps] of Object.entries(devices)) {
          const error = worstProgramError(graphOf(spec), caps);
          assert.ok(error < tolerance, `${device}: ${error}`);
        }
      });
  it("compute a dot for each token together with what surrounds it", () => {
    for (const caps of Object.values(devices)) {
      const g = new GraphBuilder();
      const x = g.input("x", { dtype: "f32", shape: [2, 3, 64] });
      const dot = g.contract(x, x, "btd", "btd", "bt");
      const y = g.map("div", x, g.broadcast(g.map("sqrt", dot), [2, 3, 64], [0, 1]));
      const graph = simplify({ name: "unit", outputs: { y }, states: [] });
      assert.equal(programOf(graph, caps).steps.length, 1);
      assert.ok(worstProgramError(graph, caps) < tolerance);
    }
  });
});

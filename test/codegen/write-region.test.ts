/** Regions that differ in names alone are written once, and nothing of that shows in the programs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Caps, minimumCaps } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { numbered } from "../../codegen/numbered.ts";
import { printPlain } from "../../codegen/plain.ts";
import { plan } from "../../codegen/plan.ts";
import { printProgram } from "../../codegen/print-program.ts";
import { firstChoice, writeRegion } from "../../codegen/write-region.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { type Compiled, compile } from "../../src/compile.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Node } from "../../src/graph/graph.ts";
import type { EntryKind } from "../../src/passes/entry.ts";
import { fuse } from "../../src/passes/fuse.ts";

const file = "examples/griffin.eyrie";
const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const sizes = { vocab: 37, width: 20, rnn_width: 24, heads: 2, head_dim: 12, gate_blocks: 3 };

function griffin(depth: number, caps: Caps, entries: readonly EntryKind[]): Compiled {
  const settings = { ...sizes, hidden: 28, window: 5, depth };
  const options = { standard: standardLibrary(), settings, chunk: 8, caps, entries };
  const { compiled, diagnostics } = compile([{ file, text }], options);
  assert.ok(compiled, JSON.stringify(diagnostics));
  return compiled;
}

type Printable = Parameters<typeof printProgram>[0];
const textOf = (program: Printable) =>
  [printProgram(program), ...program.kernels.map(printPlain)].join("\n");

describe("regions that differ in names alone", () => {
  for (const maxBuffersPerKernel of [8, 16]) {
    const caps = { ...minimumCaps, maxBuffersPerKernel };

    it(`give the programs that regions written one by one give, with ${maxBuffersPerKernel} buffers`, () => {
      const { entries } = griffin(4, caps, ["prefill", "decode"]);
      for (const { graph, fused, program } of Object.values(entries)) {
        const apart = lower(fused, caps).map((l) => {
          const { lowered } = writeRegion(l.region, caps, firstChoice);
          return { ...l, parts: [{ lowered, split: null }] };
        });
        assert.equal(textOf(plan(apart, graph, program.name, caps).program), textOf(program));
      }
    });

    it(`make as many kernels of a deep model as of a shallow one, with ${maxBuffersPerKernel} buffers`, () => {
      const [shallow, deep] = [6, 12].map((depth) =>
        Object.values(griffin(depth, caps, ["prefill", "decode"]).entries),
      );
      const counts = (of: typeof deep) => of?.map((e) => e.program.kernels.length);
      assert.deepEqual(counts(deep), counts(shallow));
    });
  }

  it("leave no trace of the entries that were compiled before", () => {
    const kinds = ["prefill", "score", "decode"] as const;
    const together = griffin(4, minimumCaps, kinds).entries;
    for (const kind of kinds) {
      const alone = griffin(4, minimumCaps, [kind]).entries[kind]!;
      assert.equal(textOf(alone.program), textOf(together[kind]!.program));
    }
  });

  it("are told from regions that differ in a constant's sign, a type or who reads what", () => {
    const g = new GraphBuilder();
    const input = (name: string) => g.input(name, { dtype: "f32", shape: [6] });
    const [a, b] = [input("a"), input("b")];
    const half = g.cast(g.input("h", { dtype: "f16", shape: [6] }), "f32");
    const keyOf = (y: Node) => {
      const graph = { name: "one", outputs: { y }, states: [] };
      const [region] = fuse(graph, { maxBuffers: 8 }).regions;
      return numbered(region!).key;
    };
    assert.equal(keyOf(g.map("sub", a, b)), keyOf(g.map("sub", b, a)));
    const others = [
      g.map("sub", a, b),
      g.map("sub", a, a),
      g.map("sub", a, half),
      g.map("mul", a, 0),
      g.map("mul", a, -0),
      g.map("sub", g.map("neg", a), b),
      g.map("sub", a, g.map("neg", b)),
    ];
    assert.equal(new Set(others.map(keyOf)).size, others.length);
  });
});

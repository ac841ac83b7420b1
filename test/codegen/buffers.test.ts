import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { minimumCaps } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { compile } from "../../src/compile.ts";

const text = readFileSync(new URL("../../examples/griffin.eyrie", import.meta.url), "utf8");

describe("regions fused for a number of buffers", () => {
  for (const maxBuffersPerKernel of [8, 9, 10, 11, 12, 16])
    it(`bind at most ${maxBuffersPerKernel} under every schedule`, () => {
      const caps = { ...minimumCaps, maxBuffersPerKernel };
      const { compiled } = compile([{ file: "griffin.eyrie", text }], {
        standard: standardLibrary(),
        settings: { depth: 3 },
        entries: ["prefill", "decode"],
        caps,
      });
      for (const { fused } of Object.values(compiled!.entries))
        for (let turn = 0; turn < 8; turn++) {
          const lowered = lower(
            fused,
            caps,
            (_region, _recipe, choices) => choices[turn % choices.length]!,
          );
          for (const { region, parts } of lowered)
            for (const { kernel } of parts.flatMap((p) => p.lowered.kernels))
              assert.ok(
                kernel.buffers.length <= maxBuffersPerKernel,
                `${region.name}: ${kernel.name}`,
              );
        }
    });

  it("hold the whole gated recurrence from twelve buffers on", () => {
    const scanOf = (maxBuffersPerKernel: number) => {
      const { compiled } = compile([{ file: "griffin.eyrie", text }], {
        standard: standardLibrary(),
        settings: { depth: 2 },
        entries: ["prefill"],
        caps: { ...minimumCaps, maxBuffersPerKernel },
      });
      return compiled!.entries["prefill"]!.fused.regions.find((r) => r.anchor?.op === "scan")!;
    };
    const functions = scanOf(12).body.flatMap((n) => (n.op === "map" ? [n.attrs.fn] : []));
    // Log-decay, decay, √(1 − a²) by expm1's series, gates and boundary rule.
    for (const fn of ["exp", "log", "sqrt", "div", "select"] as const)
      assert.ok(functions.includes(fn), fn);
    assert.deepEqual(
      scanOf(12)
        .outputs.map((n) => n.op)
        .toSorted(),
      ["map", "reshape"],
    );
  });
});

/** Steps that are dispatched together: what may be, what may not, and that it changes nothing. */
import assert from "node:assert/strict";
import { fuseOptions } from "../../codegen/fuse-options.ts";
import { joinKernels } from "../../codegen/join-kernels.ts";
import { joinSteps } from "../../codegen/join-steps.ts";
import { type Caps, minimumCaps } from "../../codegen/kernel.ts";
import { lower } from "../../codegen/lower.ts";
import { plan } from "../../codegen/plan.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Graph, Node } from "../../src/graph/graph.ts";
import { fuse } from "../../src/passes/fuse.ts";
import { devices } from "./region.ts";
import { worstProgramError } from "./whole.ts";

const f32 = (...shape: number[]) => ({ dtype: "f32" as const, shape });
const graphOf = (outputs: Record<string, Node>): Graph => ({ name: "joined", outputs, states: [] });
const planned = (graph: Graph, caps: Caps) =>
  plan(lower(fuse(graph, fuseOptions(caps)), caps), graph, graph.name, caps);

/** A product, a row's sum, a norm and a map of different inputs: other grids, other numbers of lanes, with and without barriers. */
function mixture(): Graph {
  const g = new GraphBuilder();
  const x = g.input("x", f32(1, 1, 96));
  const u = g.input("u", f32(7, 40));
  const wide = g.contract(x, g.parameter("w", f32(96, 20)), "btd", "df", "btf");
  const narrow = g.contract(x, g.parameter("v", f32(96, 6)), "btd", "df", "btf");
  const blocks = g.contract(
    g.reshape(x, [1, 1, 3, 32]),
    g.parameter("b", f32(3, 32, 8)),
    "btgk",
    "gkj",
    "btgj",
  );
  const sums = g.reduce("sum", u, 1);
  return graphOf({ wide, narrow, blocks, sums, sin: g.map("sin", u), next: g.map("tanh", sums) });
}

describe("joined steps", () => {
  it("give what the graph means, on every device", () => {
    for (const [name, caps] of Object.entries(devices)) {
      const { separate, program } = planned(mixture(), { ...caps, maxBuffersPerKernel: 16 });
      assert.ok(program.steps.length < separate.steps.length, name);
      const error = worstProgramError(mixture(), { ...caps, maxBuffersPerKernel: 16 });
      assert.ok(error < 5e-6, `${name}: ${error}`);
    }
  });

  it("are each run once, after all that they wait for", () => {
    const { separate, program, joined } = planned(mixture(), minimumCaps);
    assert.deepEqual(
      joined.flat().toSorted((a, b) => a - b),
      separate.steps.map((_, i) => i),
    );
    assert.equal(program.steps.length, joined.length);
    const dispatch = (s: number) => joined.findIndex((steps) => steps.includes(s));
    const writes = (s: number) => {
      const { kernel, buffers } = separate.steps[s]!;
      return buffers.filter((_, i) => separate.kernels[kernel]!.buffers[i]!.access !== "read");
    };
    for (let a = 0; a < separate.steps.length; a++)
      for (let b = a + 1; b < separate.steps.length; b++)
        if (writes(a).some((x) => separate.steps[b]!.buffers.includes(x)))
          assert.ok(dispatch(a) < dispatch(b), `${a} before ${b}`);
  });

  it("stay within what one kernel may bind, hold and run", () => {
    const { separate } = planned(mixture(), minimumCaps);
    const joinedFor = (caps: Partial<Caps>) =>
      joinSteps(separate, { ...minimumCaps, ...caps }).program;
    const free = joinedFor({ maxBuffersPerKernel: 16 }).steps.length;
    for (const caps of [
      { maxBuffersPerKernel: 4 },
      { maxWorkgroupsPerDimension: 3 },
      { maxWorkgroupBytes: 600 },
    ]) {
      const { steps, kernels } = joinedFor({ maxBuffersPerKernel: 16, ...caps });
      assert.ok(steps.length > free, JSON.stringify(caps));
      for (const { kernel, grid } of steps) {
        const { buffers, name } = kernels[kernel]!;
        assert.ok(buffers.length <= (caps.maxBuffersPerKernel ?? 16), name);
        if (name.includes("_and_"))
          assert.ok(grid[0] <= (caps.maxWorkgroupsPerDimension ?? Infinity), name);
      }
    }
  });

  it("are not joined where both read and write more than a launch is worth", () => {
    const g = new GraphBuilder();
    const large = ["a", "b"].map((name) => g.map("sin", g.input(name, f32(2 ** 20, 2))));
    const { program } = planned(graphOf({ a: large[0]!, b: large[1]! }), minimumCaps);
    assert.equal(program.steps.length, 2);
  });

  it("share the buffers that both bind, and workgroup memory of one type", () => {
    const { separate } = planned(mixture(), minimumCaps);
    const parts = separate.steps
      .filter((s) => separate.kernels[s.kernel]!.workgroupMemory.length > 0)
      .slice(0, 2)
      .map((s) => ({ kernel: separate.kernels[s.kernel]!, grid: s.grid, buffers: s.buffers }));
    const { kernel, buffers } = joinKernels(parts);
    assert.equal(new Set(buffers).size, buffers.length);
    const longest = Math.max(
      ...parts.flatMap((p) => p.kernel.workgroupMemory.map((m) => m.length)),
    );
    assert.equal(Math.max(...kernel.workgroupMemory.map((m) => m.length)), longest);
    const most = Math.max(...parts.map((p) => p.kernel.workgroupMemory.length));
    assert.equal(kernel.workgroupMemory.length, most);
  });
});

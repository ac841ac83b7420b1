/** Ring kernels against the graph's meaning: new slots are written, the others stay. */
import assert from "node:assert/strict";
import { allocateMemory, interpret } from "../../../codegen/interpret.ts";
import { ring } from "../../../codegen/recipes/ring.ts";
import { verifyKernel } from "../../../codegen/verify.ts";
import { GraphBuilder } from "../../../src/graph/build.ts";
import { valueFrom } from "../../../src/graph/evaluate.ts";
import type { Node } from "../../../src/graph/graph.ts";
import { devices, type Leaves, meaningOf, noise, regionOf } from "../region.ts";

type Case = {
  readonly slots: number;
  readonly tokens: number;
  readonly tail: readonly number[];
  readonly start: readonly number[];
  readonly count: readonly number[];
};

/** The ring after every choice of every device, which must all be right. */
function assertRight({ slots, tokens, tail, start, count }: Case): void {
  const g = new GraphBuilder();
  const batch = start.length;
  const kept = g.state("keys", { dtype: "f32", shape: [batch, slots, ...tail] });
  const values = g.input("x", { dtype: "f32", shape: [batch, tokens, ...tail] });
  const integers = (name: string) => g.input(name, { dtype: "i32", shape: [batch] });
  const [from, real] = [integers("seen"), integers("count")];
  const written = g.ringWrite(kept, g.map("mul", values, 2), from, real);
  const region = regionOf(written);
  const leaves: Leaves = new Map<Node, ReturnType<typeof noise>>([
    [kept, noise(1, kept.type)],
    [values, noise(2, values.type)],
    [from, valueFrom(from.type, start)],
    [real, valueFrom(real.type, count)],
  ]);
  const [expected] = meaningOf(region, leaves);
  for (const caps of Object.values(devices))
    for (const choice of ring.choices(region, caps)) {
      for (const { kernel, bindings, grid } of choice.build().kernels) {
        verifyKernel(kernel, caps);
        const memories = bindings.map((b) => {
          const node = b.kind === "node" ? b.node : kept;
          const memory = allocateMemory(
            node.type.dtype as "f32" | "i32",
            leaves.get(node === written ? kept : node)!.data.length,
            true,
          );
          memory.data.set(leaves.get(node === written ? kept : node)!.data);
          return memory;
        });
        interpret(kernel, grid, memories, caps);
        const place = bindings.findIndex((b) => b.kind === "node" && b.node === written);
        assert.deepEqual([...memories[place]!.data], [...expected!]);
      }
    }
}

describe("ring", () => {
  it("writes the real tokens of each row behind those it has", () => {
    assertRight({ slots: 6, tokens: 3, tail: [2, 4], start: [5, 0], count: [3, 1] });
    assertRight({ slots: 7, tokens: 2, tail: [3], start: [13], count: [0] });
    assertRight({ slots: 4, tokens: 1, tail: [], start: [2, 3, 9], count: [1, 1, 1] });
  });
});

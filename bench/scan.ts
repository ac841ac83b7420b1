/** The linear scan alone, sequential in time against chunked in time, on the same tensors in turn. */

import { entrySpec } from "../codegen/entry-spec.ts";
import { fuseOptions } from "../codegen/fuse-options.ts";
import type { Kernel } from "../codegen/kernel.ts";
import { lower } from "../codegen/lower.ts";
import { plan } from "../codegen/plan.ts";
import type { Program } from "../codegen/program.ts";
import { GraphBuilder } from "../src/graph/build.ts";
import type { Graph } from "../src/graph/graph.ts";
import { fuse } from "../src/passes/fuse.ts";
import type { Session, Weights } from "../targets/executor.ts";
import type { OpenDevice } from "../targets/wgsl/device.ts";
import { toKernelText } from "../targets/wgsl/print.ts";
import { loadSession } from "../targets/wgsl/session.ts";
import { workDone } from "../targets/wgsl/waiting.ts";
import { type Timing, timeInTurn } from "./measure.ts";

export type ScanTimes = {
  readonly T: number;
  readonly D: number;
  readonly batch: number;
  readonly choices: readonly { readonly schedule: string; readonly time: Timing }[];
};

/** h = a·h + x, with the last row alone read back, so that the copy out does not count. */
function scanGraph(batch: number, T: number, D: number): Graph {
  const g = new GraphBuilder();
  const type = { dtype: "f32" as const, shape: [batch, T, D] };
  const h0 = g.state("h", { dtype: "f32", shape: [batch, D] });
  const h = g.scan(g.parameter("decay", type), g.parameter("x", type), h0, false);
  const last = g.reshape(g.slice(h, 1, T - 1, 1), [batch, D]);
  return { name: "scan", outputs: { h }, states: [{ name: "h", current: h0, next: last }] };
}

export async function benchScan(
  opened: OpenDevice,
  batch: number,
  T: number,
  D: number,
  runs: number,
): Promise<ScanTimes> {
  const graph = scanGraph(batch, T, D);
  const fused = fuse(graph, fuseOptions(opened.caps));
  const schedules: string[] = [];
  lower(fused, opened.caps, (region, _recipe, choices) => {
    if (region.anchor?.op === "scan")
      for (const c of choices) schedules.push(JSON.stringify(c.schedule));
    return choices[0]!;
  });
  const weights = {
    read: async (name: string) =>
      Float32Array.from({ length: batch * T * D }, (_, i) =>
        name === "decay" ? 0.9 + 0.09 * Math.sin(i) : Math.cos(i),
      ),
  };
  const sessions: Session[] = [];
  for (const schedule of schedules) {
    const lowered = lower(
      fused,
      opened.caps,
      (_region, _recipe, choices) =>
        choices.find((c) => JSON.stringify(c.schedule) === schedule) ?? choices[0]!,
    );
    sessions.push(
      await load(opened, graph, plan(lowered, graph, "scan", opened.caps).program, weights),
    );
  }
  const states = sessions.map((s) => s.fresh());
  const times = await timeInTurn(
    runs,
    sessions.map((s, i) => async () => {
      await s.run("scan", {}, states[i]!, []);
      await workDone(opened.device);
    }),
  );
  for (const s of sessions) await s.release();
  return { T, D, batch, choices: schedules.map((schedule, i) => ({ schedule, time: times[i]! })) };
}

function load(
  opened: OpenDevice,
  graph: Graph,
  program: Program<Kernel>,
  weights: Weights,
): Promise<Session> {
  const text = { ...program, kernels: program.kernels.map(toKernelText) };
  return loadSession(opened.device, { scan: text }, { scan: entrySpec(program, graph) }, weights);
}

/** Every recipe's kernels under every schedule, and the examples' programs, through nvcc and ptxas. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Kernel } from "../../../codegen/kernel.ts";
import { lower } from "../../../codegen/lower.ts";
import { kernelKey } from "../../../codegen/plain.ts";
import type { KnownRegions, Schedules } from "../../../codegen/write-region.ts";
import { standardLibrary } from "../../../dsl/standard-node.ts";
import { type CompiledEntry, type CompileOptions, compile } from "../../../src/compile.ts";
import { type PrecisionName, precisionNames } from "../../../src/passes/precision.ts";
import { cudaCaps } from "../../../targets/cuda/caps.ts";
import { assemble, compilePtx } from "../../../targets/cuda/nvcc.ts";
import { printCudaFile } from "../../../targets/cuda/print.ts";
import type { KernelResources } from "../../../targets/cuda/ptxas.ts";
import { needs } from "./emulator/tools.ts";

const caps = cudaCaps("sm_80");
const architectures = ["sm_80", "sm_90", "sm_100"] as const;

function entriesOf(file: string, options: Omit<CompileOptions, "standard">): CompiledEntry[] {
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
  const settings = { standard: standardLibrary(), caps, ...options };
  const { compiled, diagnostics } = compile([{ file, text }], settings);
  assert.deepEqual(diagnostics, []);
  return Object.values(compiled!.entries);
}

type Spill = KernelResources & { readonly kernel: string; readonly architecture: string };

/** Compiles without a warning and assembles; what spills or needs a stack comes back. */
async function spillsOf(kernels: readonly Kernel[]): Promise<readonly Spill[]> {
  const { ptx } = await compilePtx(printCudaFile(kernels));
  const made = await assemble(ptx, architectures);
  return architectures.flatMap((architecture) => {
    const { resources } = made[architecture];
    assert.equal(Object.keys(resources).length, kernels.length, "every kernel is told of");
    return Object.entries(resources)
      .filter(([, r]) => r.spillStores + r.spillLoads + r.stackBytes > 0)
      .map(([kernel, r]) => ({ kernel, architecture, ...r }));
  });
}

/** Widths that no tile divides, and all kinds of layers. */
const small = {
  ...{ vocab: 130, width: 48, rnn_width: 40, heads: 3, head_dim: 16, gate_blocks: 5, hidden: 52 },
  ...{ window: 9, depth: 3 },
};

/** The kernels of all choices of all regions, each once, by key; named by recipe and schedule. */
function everyChoice(entries: readonly CompiledEntry[]): ReadonlyMap<string, Kernel> {
  const found = new Map<string, Kernel>();
  for (const { fused } of entries) {
    /** Regions whose choices are all written; their last one stands for them while others go on. */
    let exhausted: KnownRegions = new Map();
    for (let number = 0, most = 1; number < most; number++) {
      const schedules: Schedules = (_region, _recipe, choices) => {
        most = Math.max(most, choices.length);
        return choices[number]!;
      };
      for (const { parts, recipe, schedule } of lower(fused, caps, schedules, exhausted))
        for (const { kernel } of parts.flatMap((p) => p.lowered.kernels)) {
          const key = kernelKey(kernel);
          const words = Object.entries(schedule).flat().join("_");
          if (!found.has(key)) found.set(key, { ...kernel, name: `${recipe}_${words}` });
        }
      exhausted = new Map(
        [...exhausted].filter(([, { written }]) => written.offered <= number + 1),
      );
    }
  }
  return found;
}

const choicesWith = (parameters: PrecisionName) =>
  everyChoice(
    entriesOf("examples/griffin.eyrie", {
      ...{ settings: small, batch: 2, chunk: 16, precision: { parameters } },
      entries: ["prefill", "decode"],
    }),
  );

describe("every recipe in CUDA", function () {
  this.timeout(600_000);
  it("compiles under every schedule and with parameters of every type, and ptxas spills nothing", async function () {
    needs(this, "nvcc");
    const kernels = [...new Map(precisionNames.flatMap((name) => [...choicesWith(name)])).values()];
    assert.deepEqual(
      [...new Set(kernels.map((k) => k.name.split("_")[0]))].toSorted(),
      "attention conv1d elementwise gemv matmul ring rowwise sample scan".split(" "),
    );
    const numbered = kernels.map((k, i) => ({ ...k, name: `${k.name}_${i}` }));
    const spills: Spill[] = [];
    for (let at = 0; at < numbered.length; at += 64)
      spills.push(...(await spillsOf(numbered.slice(at, at + 64))));
    assert.deepEqual(spills, []);
  });
});

const examples = [
  { file: "examples/griffin.eyrie", config: "100M", settings: { depth: 3 } },
  { file: "examples/hawk.eyrie", config: "100M", settings: { depth: 1 } },
  { file: "examples/mqa.eyrie", config: "100M", settings: { depth: 1 } },
  { file: "examples/recurrentgemma-2b.eyrie", settings: { depth: 3 } },
  { file: "examples/models/kjv-bytes/kjv-bytes.eyrie", settings: { depth: 3 } },
] as const;

describe("the examples in CUDA", function () {
  this.timeout(600_000);
  for (const { file, ...given } of examples)
    for (const parameters of ["f16", "bf16"] as const)
      it(`${file} in ${parameters} compiles for ${architectures.join(", ")} and spills nothing`, async function () {
        needs(this, "nvcc");
        const entries = ["prefill", "decode"] as const;
        const precision = { parameters };
        for (const { program } of entriesOf(file, { ...given, chunk: 128, entries, precision }))
          assert.deepEqual(await spillsOf(program.kernels), [], program.name);
      });
});

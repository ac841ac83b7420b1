import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { minimumCaps } from "../codegen/kernel.ts";
import type { Settings } from "../dsl/model.ts";
import { standardLibrary } from "../dsl/standard-node.ts";
import { type CompileOptions, compile } from "../src/compile.ts";
import type { PrecisionName } from "../src/passes/precision.ts";
import { cudaCaps } from "../targets/cuda/caps.ts";
import { cuda } from "../targets/cuda/print.ts";
import { wgsl } from "../targets/wgsl/print.ts";

/** Each example at its own widths, with one turn of its pattern, so that the text stays readable. */
const examples: readonly {
  readonly name: string;
  readonly file: string;
  readonly settings: Settings;
  readonly config?: string;
  /** Weights in halves: kept for matrix units, which WGSL has not. */
  readonly precision?: PrecisionName;
}[] = [
  { name: "hawk", file: "examples/hawk.eyrie", settings: { depth: 1 }, config: "100M" },
  { name: "griffin", file: "examples/griffin.eyrie", settings: { depth: 3 }, config: "100M" },
  {
    name: "griffin-half",
    file: "examples/griffin.eyrie",
    settings: { depth: 3 },
    config: "100M",
    precision: "f16",
  },
  {
    name: "griffin-bf16",
    file: "examples/griffin.eyrie",
    settings: { depth: 3 },
    config: "100M",
    precision: "bf16",
  },
  { name: "mqa", file: "examples/mqa.eyrie", settings: { depth: 1 }, config: "100M" },
  { name: "recurrentgemma-2b", file: "examples/recurrentgemma-2b.eyrie", settings: { depth: 3 } },
  { name: "recurrentgemma-9b", file: "examples/recurrentgemma-9b.eyrie", settings: { depth: 3 } },
  { name: "kjv-bytes", file: "examples/models/kjv-bytes/kjv-bytes.eyrie", settings: { depth: 3 } },
];
/** WebGPU with as many buffers as lavapipe binds, as the guaranteed eight would split the scan's region; and CUDA, whose text alone is kept. */
const targets = [
  {
    target: wgsl,
    caps: { ...minimumCaps, maxBuffersPerKernel: 16 },
    shown: /^(prefill|decode)\/(20|30|50|60)/,
  },
  { target: cuda, caps: cudaCaps("sm_80", "sm_90", "sm_100"), shown: /60/ },
] as const;
const write = process.env.EYRIE_GOLDEN === "write";
const root = new URL("..", import.meta.url).pathname;

function stagesOf({
  file,
  settings,
  config,
  precision = "f32",
}: (typeof examples)[number]): Map<string, string> {
  const stages = new Map<string, string>();
  const text = readFileSync(join(root, file), "utf8");
  const options: Omit<CompileOptions, "caps"> = {
    ...{ standard: standardLibrary(), settings, chunk: 128, entries: ["prefill", "decode"] },
    precision: { parameters: precision },
    ...(config ? { config } : {}),
  };
  const kept = targets.filter((t) => precision === "f32" || t.target === cuda);
  for (const { target, caps, shown } of kept) {
    const { compiled, diagnostics } = compile([{ file, text }], {
      ...{ ...options, target },
      caps: { ...caps, f16: precision === "f16" },
      dump: (name, stage) =>
        void (shown.test(name) && stages.set(name, stage.endsWith("\n") ? stage : `${stage}\n`)),
    });
    assert.deepEqual(diagnostics, []);
    assert.ok(compiled);
  }
  return stages;
}

describe("the stages of every example", () => {
  for (const example of examples) {
    it(`of ${example.name} are as test/samples shows them`, () => {
      const folder = join(root, "test/samples", example.name, "expected");
      const stages = stagesOf(example);
      if (write) {
        rmSync(folder, { recursive: true, force: true });
        for (const [name, text] of stages) {
          mkdirSync(dirname(join(folder, name)), { recursive: true });
          writeFileSync(join(folder, name), text);
        }
      }
      const kept = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) =>
        /\.\w+$/.test(f),
      );
      assert.deepEqual(kept.toSorted(), [...stages.keys()].toSorted());
      for (const [name, text] of stages)
        assert.ok(
          readFileSync(join(folder, name), "utf8") === text,
          `${name} differs; look at the change with npm run golden and git diff`,
        );
    });
  }
});

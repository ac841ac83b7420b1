/** The programs that are looked at without a GPU: the golden examples as test/golden.test.ts compiles them, and the zoo with few layers. */
import { readFileSync } from "node:fs";
import type { Kernel } from "../../codegen/kernel.ts";
import { kernelKey } from "../../codegen/plain.ts";
import type { Settings } from "../../dsl/model.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { type CompiledEntry, compile } from "../../src/compile.ts";
import { DiagnosticsError } from "../../src/execute/open-model.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import type { PrecisionName } from "../../src/passes/precision.ts";
import { cudaCaps } from "../../targets/cuda/caps.ts";

export const architectures = ["sm_80", "sm_90", "sm_100"] as const;
export type Name = (typeof architectures)[number];

export type Example = {
  readonly name: string;
  readonly file: string;
  readonly settings: Settings;
  readonly config?: string;
  /** What parameters are stored as; f32. */
  readonly precision?: PrecisionName;
};

const example = (name: string, depth: number, more: Partial<Example> = {}): Example => ({
  ...{ name, file: `examples/${name}.eyrie`, settings: { depth } },
  ...more,
});
const paper = { config: "100M" } as const;

/** Each at its own widths, with one turn of its pattern; a folder of test/samples each. */
export const goldens: readonly Example[] = [
  example("hawk", 1, paper),
  example("griffin", 3, paper),
  example("griffin-half", 3, { ...paper, file: "examples/griffin.eyrie", precision: "f16" }),
  example("griffin-bf16", 3, { ...paper, file: "examples/griffin.eyrie", precision: "bf16" }),
  example("mqa", 1, paper),
  example("recurrentgemma-2b", 3),
  example("recurrentgemma-9b", 3),
  example("kjv-bytes", 3, { file: "examples/models/kjv-bytes/kjv-bytes.eyrie" }),
];

const zooModel = (name: string, settings: Settings = { depth: 1 }): Example => ({
  ...{ name: `zoo/${name}`, file: `examples/zoo/${name}.eyrie`, settings },
});

/** Each at its own widths, with as many layers as it has kinds of layers. */
export const zoo: readonly Example[] = [
  zooModel("classifier", {}),
  zooModel("gemma2", { depth: 2 }),
  zooModel("hgrn2", { depth: 2 }),
  ...["llama2", "mamba", "mamba2", "mingru", "minlstm", "retnet"].map((name) => zooModel(name)),
  zooModel("rwkv", { depth: 2 }),
  zooModel("two_scan_hawk"),
];

/** Widths that no vector and no tile divides. */
const oddSettings: Readonly<Record<string, Settings>> = {
  classifier: { bands: 11, classes: 7, width: 20, hidden: 27 },
  gemma2: { width: 20, depth: 2, heads: 4, kv_heads: 2, head_dim: 6, hidden: 27, window: 6 },
  hgrn2: { width: 21, depth: 2, heads: 3, hidden: 17 },
  llama2: { width: 36, depth: 1, heads: 6, kv_heads: 2, hidden: 27 },
  mamba: { width: 14, depth: 1, inner: 27, states: 5, rank: 3, taps: 4 },
  mamba2: { width: 13, depth: 1, inner: 28, states: 5, heads: 4, taps: 4 },
  mingru: { width: 13, depth: 2, expansion: 3, taps: 4 },
  minlstm: { width: 13, depth: 2, expansion: 3 },
  retnet: { width: 20, depth: 1, heads: 2, hidden: 27 },
  rwkv: { width: 20, depth: 2, heads: 2, hidden: 27, rank: 3, keep_rank: 7 },
  two_scan_hawk: { width: 13, depth: 1, rnn: 15, gate_blocks: 3, hidden: 27, taps: 4 },
};

/** The zoo at such widths, with parameters in half precision. */
export const oddZoo: readonly Example[] = Object.entries(oddSettings).map(([name, settings]) => ({
  ...zooModel(name, { vocab: 23, ...settings }),
  ...{ name: `zoo/${name} at odd widths, in half precision`, precision: "f16" },
}));

export type Program = {
  /** "griffin prefill" */
  readonly name: string;
  readonly kernels: readonly { readonly kernel: Kernel; readonly recipe: string }[];
};

const root = new URL("../../", import.meta.url);

/** Prefill of 128 tokens and decode; a DiagnosticsError where the text has mistakes. */
export function programsOf({
  name,
  file,
  settings,
  config,
  precision = "f32",
}: Example): readonly Program[] {
  const source = { file, text: readFileSync(new URL(file, root), "utf8") };
  const { compiled, diagnostics } = compile([source], {
    ...{ standard: standardLibrary(), settings, chunk: 128, entries: ["prefill", "decode"] },
    precision: { parameters: precision },
    caps: { ...cudaCaps(...architectures), f16: precision === "f16" },
    ...(config === undefined ? {} : { config }),
  });
  if (!compiled) throw new DiagnosticsError(diagnostics, [...standardLibrary(), source]);
  return Object.entries(compiled.entries).map(([entry, of]) => ({
    name: `${name} ${entry}`,
    kernels: withRecipes(of),
  }));
}

/** The program's kernels, each with the recipe that wrote it; several where steps were joined. */
function withRecipes({ lowered, program, separate, joined }: CompiledEntry): Program["kernels"] {
  const recipes = new Map(
    lowered.flatMap(({ recipe, parts }) =>
      parts.flatMap((p) => p.lowered.kernels.map(({ kernel }) => [kernelKey(kernel), recipe])),
    ),
  );
  const recipeOf = (kernel: Kernel): string => {
    const recipe = recipes.get(kernelKey(kernel));
    if (!recipe) throw new CompilerBug(`no recipe wrote ${kernel.name}`);
    return recipe;
  };
  return program.kernels.map((kernel, index) => {
    const parts = joined[program.steps.findIndex((step) => step.kernel === index)] ?? [];
    const names = parts.map((s) => recipeOf(separate.kernels[separate.steps[s]!.kernel]!));
    return { kernel, recipe: [...new Set(names)].toSorted().join(" and ") };
  });
}

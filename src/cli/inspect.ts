/** `eyrie inspect`: what is in a model file, a checkpoint or a bundle. */
import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import type { EntrySpec } from "../../targets/executor.ts";
import { signatureOf, type TokenSpec } from "../../targets/signature.ts";
import { readBundle } from "../bundle/read.ts";
import { refuseCompileOptions } from "../execute/open-any.ts";
import { compileFile } from "../execute/open-model.ts";
import { openCheckpoint } from "../weights/checkpoint.ts";
import { compileOptions, type ModelFlags, modelOptions } from "./options.ts";
import { print, printJson } from "./terminal.ts";

type Tensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
};
type Summary = {
  readonly title: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** What a model takes and gives for every token; shapes are those of one token's. */
  readonly inputs?: readonly Tensor[];
  readonly outputs?: readonly Tensor[];
  readonly tensors: readonly Tensor[];
};

export const inspectCommand = (program: Command): void => {
  modelOptions(
    program
      .command("inspect")
      .description(
        "list settings, inputs, outputs and parameters of a model, a checkpoint or a bundle",
      ),
  )
    .argument("<path>", "an .eyrie file, a checkpoint, or a bundle's folder")
    .option("--json", "print as JSON")
    .action(async (path: string, flags: ModelFlags & { json?: boolean }) => {
      const summary = await summarise(path, flags);
      if (flags.json) return printJson(summary);
      print(summary.title);
      for (const [name, value] of Object.entries(summary.facts))
        print(`  ${name} = ${Array.isArray(value) ? value.join(", ") : String(value)}`);
      for (const t of summary.inputs ?? []) print(line(`input ${t.name}`, t, perToken));
      for (const t of summary.outputs ?? []) print(line(`output ${t.name}`, t, perToken));
      for (const t of summary.tensors) print(line(t.name, t));
      const values = summary.tensors.reduce(
        (sum, t) => sum + t.shape.reduce((a, b) => a * b, 1),
        0,
      );
      print(`${summary.tensors.length} tensors, ${values.toLocaleString("en")} values`);
    });
};

const perToken = ["batch", "tokens"] as const;
const line = (title: string, { dtype, shape }: Tensor, axes: readonly string[] = []): string =>
  `  ${title.padEnd(56)} ${dtype} [${[...axes, ...shape].join(", ")}]`;

/** By token, in the order in which people feed them. */
function interfaceOf(entries: Readonly<Record<string, EntrySpec>>) {
  const { tokens, inputs, outputs } = signatureOf(entries);
  const plain = ({ name, dtype, shape }: TokenSpec): Tensor => ({ name, dtype, shape });
  const first = tokens ? [{ name: "tokens", dtype: "i32", shape: [] }] : [];
  return { inputs: [...first, ...inputs.map(plain)], outputs: outputs.map(plain) };
}

async function summarise(path: string, flags: ModelFlags): Promise<Summary> {
  if (path.endsWith(".eyrie")) {
    const { model, entries } = await compileFile(
      { model: path, ...compileOptions(flags), entries: ["decode"] },
      minimumCaps,
    );
    return {
      title: `model ${model.name}`,
      facts: model.settings,
      ...interfaceOf({ decode: entries.decode!.spec }),
      tensors: model.parameters.map((p) => ({ ...p, dtype: "f32" })),
    };
  }
  if ((await stat(`${path}/manifest.json`).catch(() => null)) !== null) {
    refuseCompileOptions(compileOptions(flags));
    const bundle = await readBundle(path);
    return {
      title: `bundle of ${bundle.model}`,
      facts: bundle.settings,
      ...interfaceOf(bundle.entries),
      tensors: bundle.parameters.map((p) => ({ ...p, dtype: "f32" })),
    };
  }
  const checkpoint = await openCheckpoint(path);
  const tensors = [...checkpoint.tensors].map(([name, t]) => ({
    name,
    shape: t.shape,
    dtype: t.dtype,
  }));
  await checkpoint.close();
  return { title: `checkpoint ${checkpoint.path}`, facts: checkpoint.metadata, tensors };
}

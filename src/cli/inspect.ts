/** `eyrie inspect`: what is in a model file, a checkpoint or a bundle. */
import { stat } from "node:fs/promises";
import type { Command } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import { readBundle } from "../bundle/read.ts";
import { refuseCompileOptions } from "../execute/open-any.ts";
import { compileFile } from "../execute/open-model.ts";
import { openCheckpoint } from "../weights/checkpoint.ts";
import { compileOptions, type ModelFlags, modelOptions } from "./options.ts";
import { print, printJson } from "./terminal.ts";

type Summary = {
  readonly title: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: string;
  }[];
};

export const inspectCommand = (program: Command): void => {
  modelOptions(
    program
      .command("inspect")
      .description("list settings and parameters of a model, a checkpoint or a bundle"),
  )
    .argument("<path>", "an .eyrie file, a checkpoint, or a bundle's folder")
    .option("--json", "print as JSON")
    .action(async (path: string, flags: ModelFlags & { json?: boolean }) => {
      const summary = await summarise(path, flags);
      if (flags.json) return printJson(summary);
      print(summary.title);
      for (const [name, value] of Object.entries(summary.facts))
        print(`  ${name} = ${Array.isArray(value) ? value.join(", ") : String(value)}`);
      for (const t of summary.tensors)
        print(`  ${t.name.padEnd(56)} ${t.dtype} [${t.shape.join(", ")}]`);
      const values = summary.tensors.reduce(
        (sum, t) => sum + t.shape.reduce((a, b) => a * b, 1),
        0,
      );
      print(`${summary.tensors.length} tensors, ${values.toLocaleString("en")} values`);
    });
};

async function summarise(path: string, flags: ModelFlags): Promise<Summary> {
  if (path.endsWith(".eyrie")) {
    const { model } = await compileFile(
      { model: path, ...compileOptions(flags), entries: ["decode"] },
      minimumCaps,
    );
    return {
      title: `model ${model.name}`,
      facts: model.settings,
      tensors: model.parameters.map((p) => ({ ...p, dtype: "f32" })),
    };
  }
  if ((await stat(`${path}/manifest.json`).catch(() => null)) !== null) {
    refuseCompileOptions(compileOptions(flags));
    const bundle = await readBundle(path);
    return {
      title: `bundle of ${bundle.model}`,
      facts: bundle.settings,
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

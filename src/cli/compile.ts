/** `eyrie compile`: writes a bundle, and with --dump every stage on the way. */
import { type Command, Option } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import { type AdapterChoice, adapterChoices } from "../../targets/wgsl/drivers.ts";
import { bundleOf } from "../bundle/of-compiled.ts";
import { writeBundle } from "../bundle/write.ts";
import { openExecutor } from "../execute/executors.ts";
import { compileFile } from "../execute/open-model.ts";
import { writeTexts } from "./files.ts";
import { compileOptions, type ModelFlags, modelOptions } from "./options.ts";
import { printJson, say } from "./terminal.ts";

type Flags = ModelFlags & {
  readonly output?: string;
  readonly dump?: string;
  readonly adapter?: AdapterChoice;
  readonly f16?: boolean;
  readonly json?: boolean;
};

export const compileCommand = (program: Command): void => {
  modelOptions(
    program
      .command("compile")
      .description("compile a model into a bundle: manifest, kernels, typed bindings"),
  )
    .argument("<model>", "an .eyrie file")
    .option("--output <folder>", "folder of the bundle")
    .option("--dump <folder>", "write every stage as a numbered file")
    .addOption(
      new Option(
        "--adapter <name>",
        "compile for this adapter instead of WebGPU's guaranteed minimum",
      ).choices([...adapterChoices]),
    )
    .option("--f16", "store weight matrices in half precision")
    .option("--json", "print what was compiled as JSON")
    .action(compileModel);
};

async function compileModel(model: string, flags: Flags): Promise<void> {
  const stages: [string, string][] = [];
  const dump = flags.dump
    ? { dump: (name: string, text: string) => void stages.push([name, text]) }
    : {};
  const started = performance.now();
  const f16 = flags.f16 ?? false;
  const compiled = await compileFile(
    { model, f16, ...compileOptions(flags), ...dump },
    await capsFor(flags.adapter, f16),
  );
  const milliseconds = performance.now() - started;
  if (flags.dump) await writeTexts(flags.dump, stages);
  const entries = Object.entries(compiled.entries).map(([name, { program }]) => ({
    entry: name,
    kernels: program.kernels.length,
    dispatches: program.steps.length,
    arenaBytes: program.slots.reduce((a, b) => a + b, 0),
  }));
  if (flags.output) await writeBundle(flags.output, bundleOf(compiled));
  if (flags.json)
    printJson({
      model: compiled.model.name,
      settings: compiled.model.settings,
      milliseconds,
      entries,
    });
  else
    for (const e of entries)
      say(
        `${e.entry}: ${e.kernels} kernels, ${e.dispatches} dispatches, ${(e.arenaBytes / 2 ** 20).toFixed(1)} MiB arena`,
      );
  say(
    `${compiled.model.name} compiled in ${milliseconds.toFixed(0)} ms${flags.output ? `; bundle in ${flags.output}` : ""}${flags.dump ? `; stages in ${flags.dump}` : ""}`,
  );
}

async function capsFor(adapter: AdapterChoice | undefined, f16: boolean) {
  if (adapter === undefined) return { ...minimumCaps, f16 };
  const executor = await openExecutor({ adapter, f16 });
  await executor.release();
  return executor.caps;
}

/** `eyrie compile`: writes a bundle, and with --dump every stage on the way. */
import { type Command, Option } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import { type AdapterChoice, adapterChoices } from "../../targets/wgsl/drivers.ts";
import { bundleOf } from "../bundle/of-compiled.ts";
import { writeBundle } from "../bundle/write.ts";
import { openExecutor } from "../execute/executors.ts";
import { compileFile } from "../execute/open-model.ts";
import { capsFor, findProfile } from "../execute/profiles.ts";
import { type DeviceFlags, deviceOption } from "./device.ts";
import { writeTexts } from "./files.ts";
import type { Format } from "./formats.ts";
import { compileOptions, modelOptions } from "./options.ts";
import { colour, printJson, say, tellDiagnostics } from "./terminal.ts";

type Flags = DeviceFlags & {
  readonly output?: string;
  readonly dump?: string;
  readonly adapter?: AdapterChoice;
  readonly json?: boolean;
  readonly format?: Format;
};

export const compileCommand = (program: Command): void => {
  const command = program
    .command("compile")
    .description("compile a model into a bundle: manifest, kernels, typed bindings");
  deviceOption(modelOptions(command), "compile for this device, present or not")
    .argument("<model>", "an .eyrie file")
    .option("--output <folder>", "folder of the bundle")
    .option("--dump <folder>", "write every stage as a numbered file")
    .addOption(
      new Option(
        "--adapter <name>",
        "compile for this adapter of this machine instead of WebGPU's guaranteed minimum",
      )
        .choices([...adapterChoices])
        .conflicts("device"),
    )
    .option("--f16", "store weight matrices in half precision")
    .addOption(new Option("--json", "print what was compiled as JSON").conflicts("format"))
    .action(compileModel);
};

async function compileModel(model: string, flags: Flags): Promise<void> {
  const stages: [string, string][] = [];
  const dump = flags.dump
    ? { dump: (name: string, text: string) => void stages.push([name, text]) }
    : {};
  const started = performance.now();
  const f16 = flags.f16 ?? false;
  const { device, caps } = await deviceOf(flags, f16);
  const compiled = await compileFile(
    {
      ...{ model, f16, ...compileOptions(flags), ...dump, ...(device ? { device } : {}) },
      colour: colour(),
      onDiagnostics: (found, sources) => tellDiagnostics(found, sources, flags.format),
    },
    caps,
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

/** What to compile for: a device by name, an adapter of this machine, or WebGPU's guaranteed minimum. */
async function deviceOf({ device: name, adapter }: Flags, f16: boolean) {
  if (name !== undefined) {
    const device = await findProfile(name);
    return { device, caps: capsFor(device, f16) };
  }
  if (adapter === undefined) return { device: null, caps: { ...minimumCaps, f16 } };
  const executor = await openExecutor({ adapter, f16 });
  await executor.release();
  return { device: null, caps: executor.caps };
}

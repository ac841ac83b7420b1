/** `eyrie compile`: writes a bundle or a folder of CUDA, and with --dump every stage on the way. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { minimumCaps } from "../../codegen/kernel.ts";
import { architectureOf } from "../../targets/cuda/architectures.ts";
import { cudaCaps } from "../../targets/cuda/caps.ts";
import { cuda } from "../../targets/cuda/print.ts";
import type { Target } from "../../targets/target.ts";
import { type AdapterChoice, adapterChoices } from "../../targets/wgsl/drivers.ts";
import { wgsl } from "../../targets/wgsl/print.ts";
import { writeFolder } from "../bundle/folder.ts";
import { bundleOf } from "../bundle/of-compiled.ts";
import { writeBundle } from "../bundle/write.ts";
import { cudaFolderOf } from "../cuda-folder.ts";
import { openExecutor } from "../execute/executors.ts";
import { compileFile } from "../execute/open-model.ts";
import { capsFor, findProfile } from "../execute/profiles.ts";
import { UserError } from "../graph/bug.ts";
import { type DeviceFlags, deviceOption } from "./device.ts";
import { writeTexts } from "./files.ts";
import type { Format } from "./formats.ts";
import {
  compileOptions,
  modelOptions,
  precisionOption,
  type SchedulesFlags,
  schedulesOption,
  schedulesRequest,
} from "./options.ts";
import { colour, printJson, say, tellDiagnostics } from "./terminal.ts";

type Flags = DeviceFlags &
  SchedulesFlags & {
    readonly target: "wgsl" | "cuda";
    readonly arch?: readonly string[];
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
    .addOption(
      new Option("--target <name>", "WebGPU kernels in a bundle, or CUDA that builds by itself")
        .choices(["wgsl", "cuda"])
        .default("wgsl"),
    )
    .option("--arch <names>", "NVIDIA architectures, as in sm_80,sm_90", architectureList)
    .option("--output <folder>", "folder of the bundle, or of the CUDA sources")
    .option("--dump <folder>", "write every stage as a numbered file")
    .addOption(
      new Option(
        "--adapter <name>",
        "compile for this adapter of this machine instead of WebGPU's guaranteed minimum",
      )
        .choices([...adapterChoices])
        .conflicts("device"),
    )
    .addOption(new Option("--json", "print what was compiled as JSON").conflicts("format"))
    .action(compileModel);
  schedulesOption(precisionOption(command));
};

async function compileModel(model: string, flags: Flags): Promise<void> {
  const stages: [string, string][] = [];
  const dump = flags.dump
    ? { dump: (name: string, text: string) => void stages.push([name, text]) }
    : {};
  const started = performance.now();
  const { precision = "f32" } = flags;
  const target = targetOf(flags);
  const { device, identity, caps } = await deviceOf(flags, precision === "f16");
  const compiled = await compileFile(
    {
      ...{ model, precision, target, ...compileOptions(flags), ...dump },
      ...(await schedulesRequest(flags.schedules)),
      ...(device ? { device } : {}),
      ...(target === cuda ? { entries: ["prefill", "decode"] as const } : {}),
      colour: colour(),
      onDiagnostics: (found, sources) => tellDiagnostics(found, sources, flags.format),
    },
    caps,
    identity,
  );
  const milliseconds = performance.now() - started;
  if (flags.dump) await writeTexts(flags.dump, stages);
  const entries = Object.entries(compiled.entries).map(([name, { program }]) => ({
    entry: name,
    kernels: program.kernels.length,
    dispatches: program.steps.length,
    arenaBytes: program.slots.reduce((a, b) => a + b, 0),
  }));
  if (flags.output && target === cuda)
    await writeFolder(flags.output, cudaFolder, cudaFolderOf(compiled, flags.arch ?? usual));
  else if (flags.output) await writeBundle(flags.output, bundleOf(compiled));
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
    `${compiled.model.name} compiled in ${milliseconds.toFixed(0)} ms${flags.output ? `; ${target === cuda ? "CUDA sources" : "bundle"} in ${flags.output}` : ""}${flags.dump ? `; stages in ${flags.dump}` : ""}`,
  );
}

/** The architectures that are compiled for unless told: data centres' since Ampere. */
const usual = ["sm_80", "sm_90", "sm_100"] as const;
const cudaFolder = { what: "CUDA sources", mark: "plan.cpp" };

function architectureList(text: string): readonly string[] {
  const names = text.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) throw new InvalidArgumentError("give architectures, as in sm_80,sm_90");
  return names.map((name) => architectureOf(name).name);
}

function targetOf({ target, arch, device, adapter }: Flags): Target {
  if (target === "cuda" && (device ?? adapter) !== undefined)
    throw new UserError("--device and --adapter name WebGPU devices; for CUDA give --arch");
  if (target === "wgsl" && arch !== undefined)
    throw new UserError("--arch names NVIDIA architectures; give --target cuda with it");
  return target === "cuda" ? cuda : wgsl;
}

/** What to compile for: architectures, a device by name, an adapter of this machine, or WebGPU's guaranteed minimum. */
async function deviceOf({ target, arch, device: name, adapter }: Flags, f16: boolean) {
  if (target === "cuda") {
    const [first = usual[0], ...rest] = arch ?? usual;
    return { device: null, identity: null, caps: { ...cudaCaps(first, ...rest), f16 } };
  }
  if (name !== undefined) {
    const device = await findProfile(name);
    return { device, identity: null, caps: capsFor(device, f16) };
  }
  if (adapter === undefined) return { device: null, identity: null, caps: { ...minimumCaps, f16 } };
  const executor = await openExecutor({ adapter, f16 });
  await executor.release();
  return { device: null, identity: executor.device, caps: executor.caps };
}

/** Turns a bundle into a manifest and kernel files, and back. Knows neither disk nor network. */
import type { BufferPlan, KernelText, Program } from "../../codegen/program.ts";
import { UserError } from "../graph/bug.ts";
import schema from "../schemas/manifest.schema.json" with { type: "json" };
import { checkOf } from "../schemas/validate.ts";
import {
  type Bundle,
  bundleFormat,
  type KernelFile,
  type Manifest,
  type ManifestNumber,
  type ManifestProgram,
} from "./bundle.ts";
import { checkEntry, checkProgram } from "./check.ts";

const checkManifest = checkOf<Manifest>(schema, "compile the model again");

/** The manifest, and the text of every distinct kernel by file name. */
export function toManifest(bundle: Bundle): {
  manifest: Manifest;
  kernels: ReadonlyMap<string, string>;
} {
  const kernels = new Map<string, string>();
  const programs = Object.entries(bundle.programs).map(
    ([name, program]): [string, ManifestProgram] => [
      name,
      {
        ...program,
        buffers: program.buffers.map((buffer) =>
          buffer.kind === "constant"
            ? { ...buffer, values: buffer.values.map(toManifestNumber) }
            : buffer,
        ),
        kernels: program.kernels.map((kernel) => toFile(kernel, kernels)),
      },
    ],
  );
  return { manifest: { ...bundle, programs: Object.fromEntries(programs) }, kernels };
}

/** Gives a kernel its file: equal texts share one, different texts of one name are numbered. */
function toFile({ name, code, access }: KernelText, kernels: Map<string, string>): KernelFile {
  const stem = name.toLowerCase().replace(/[^a-z0-9_-]+/g, "_") || "kernel";
  for (let number = 1; ; number++) {
    const file = `kernels/${stem}${number === 1 ? "" : `-${number}`}.wgsl`;
    const taken = kernels.get(file);
    if (taken !== undefined && taken !== code) continue;
    kernels.set(file, code);
    return { name, access, file };
  }
}

/** Checks a parsed manifest and joins it with its kernels, each of which `read` gives once. */
export async function fromManifest(
  json: unknown,
  where: string,
  read: (file: string) => Promise<string>,
): Promise<Bundle> {
  checkFormat(json, where);
  const manifest = checkManifest(json, where);
  checkEntries(manifest, where);
  const programs = Object.entries(manifest.programs);
  for (const [name, program] of programs) {
    checkProgram(program, `${where}: the program ${name}`);
    checkEntry(manifest.entries[name]!, program, `${where}: the entry ${name}`);
  }
  const files = new Set(programs.flatMap(([, { kernels }]) => kernels.map(({ file }) => file)));
  const texts = new Map(
    await Promise.all([...files].map(async (file) => [file, await read(file)] as const)),
  );
  return {
    ...manifest,
    programs: Object.fromEntries(
      programs.map(([name, program]) => [name, fromProgram(program, texts)]),
    ),
  };
}

function fromProgram(
  program: ManifestProgram,
  texts: ReadonlyMap<string, string>,
): Program<KernelText> {
  return {
    ...program,
    buffers: program.buffers.map(
      (buffer): BufferPlan =>
        buffer.kind === "constant" ? { ...buffer, values: buffer.values.map(Number) } : buffer,
    ),
    kernels: program.kernels.map(({ name, access, file }) => ({
      name,
      access,
      code: texts.get(file)!,
    })),
  };
}

/** Said before the schema is asked, so that a bundle of another version is called that and nothing else. */
function checkFormat(json: unknown, where: string): void {
  const format = (json as { readonly format?: unknown } | null)?.format;
  if (format === undefined || format === bundleFormat) return;
  throw new UserError(
    `${where} has format ${JSON.stringify(format)}, and this version reads ${bundleFormat}; compile the model again`,
  );
}

function checkEntries({ entries, programs }: Manifest, where: string): void {
  const lost = Object.keys(entries).find((name) => !Object.hasOwn(programs, name));
  const stray = Object.keys(programs).find((name) => !Object.hasOwn(entries, name));
  if (lost !== undefined)
    throw new UserError(`${where}: the entry ${lost} has no program; compile the model again`);
  if (stray !== undefined)
    throw new UserError(`${where}: the program ${stray} has no entry; compile the model again`);
}

function toManifestNumber(value: number): ManifestNumber {
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : (String(value) as ManifestNumber);
}

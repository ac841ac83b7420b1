/** `eyrie check`: every mistake of a model file. */
import type { Command } from "commander";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { check, type Source } from "../compile.ts";
import { readSource } from "../execute/open-model.ts";
import { UserError } from "../graph/bug.ts";
import { checkOnDevice, type DeviceFlags, deviceOption, requireDevice } from "./device.ts";
import { type Format, formatDiagnostics } from "./formats.ts";
import { compileOptions, modelOptions, precisionOption } from "./options.ts";
import { colour, print, say } from "./terminal.ts";

type Flags = DeviceFlags & { readonly format?: Format; readonly json?: boolean };

export const checkCommand = (program: Command): void => {
  const command = program.command("check").description("find every mistake in model files");
  deviceOption(modelOptions(command), "say also what the limits of this device mean for a model")
    .argument("<files...>", ".eyrie files")
    .option("--json", "the same as --format json")
    .action(checkFiles);
  precisionOption(
    command,
    "how weight matrices will be stored: warns of those that f16 cannot hold",
  );
};

async function checkFiles(paths: readonly string[], flags: Flags): Promise<void> {
  requireDevice(flags);
  const sources = await Promise.all(paths.map(readSource));
  const standard = standardLibrary();
  const found: Diagnostic[] = [];
  for (const source of sources) found.push(...(await checkOne(source, flags)));
  const format = flags.format ?? (flags.json ? "json" : "text");
  const { givenAt } = compileOptions(flags);
  const texts = new Map([...standard, ...sources, ...givenAt.sources].map((s) => [s.file, s.text]));
  if (format !== "text" || found.length > 0)
    print(formatDiagnostics(found, texts, format, colour(process.stdout)).trimEnd());
  const errors = found.filter((d) => d.severity === "error").length;
  if (errors > 0)
    throw new UserError(
      `${errors} ${errors === 1 ? "mistake" : "mistakes"} in ${paths.join(", ")}`,
    );
  say(`${paths.join(", ")}: no errors`);
}

/** What is wrong with a text by itself; where nothing is and a device is named, what compiling for it says beside that. */
async function checkOne(source: Source, flags: Flags): Promise<readonly Diagnostic[]> {
  const { device, precision } = flags;
  const found = check([source], standardLibrary(), precision ? { precision } : {});
  if (device === undefined || found.some((d) => d.severity === "error")) return found;
  const keyOf = ({ code, span }: Diagnostic) => `${code} ${span.file} ${span.from}`;
  const known = new Set(found.map(keyOf));
  const more = await checkOnDevice(source, { ...flags, device });
  return [...found, ...more.filter((d) => !known.has(keyOf(d)))];
}

/** What `--device` means to commands: a profile to compile for, and what is told of a model on that device. */
import type { Command } from "commander";
import type { Diagnostic } from "../../dsl/diagnostics.ts";
import { diagnose } from "../../dsl/messages.ts";
import { parse } from "../../dsl/parse.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import { profileNames } from "../../targets/wgsl/profiles.ts";
import { compile, type Source } from "../compile.ts";
import { settingsFor } from "../execute/open-model.ts";
import { capsFor, findProfile, presentDevice } from "../execute/profiles.ts";
import { UserError } from "../graph/bug.ts";
import { compileOptions, type ModelFlags, type PrecisionFlags } from "./options.ts";

export const deviceOption = (command: Command, what: string): Command =>
  command.option(
    "--device <name|file>",
    `${what}: ${profileNames.join(", ")}, ${presentDevice}, or a .json file of eyrie doctor --json`,
  );

export type DeviceFlags = ModelFlags & PrecisionFlags & { readonly device?: string };

/** Throws where settings and sizes are given without a device, as nothing would be compiled with them. */
export function requireDevice(flags: DeviceFlags): void {
  const { settings, givenAt: _places, ...rest } = compileOptions(flags);
  const [first] = [...Object.keys(rest), ...(Object.keys(settings).length > 0 ? ["set"] : [])];
  if (flags.device === undefined && first !== undefined)
    throw new UserError(`--${first} compiles nothing without --device; name a device`);
}

/**
 * What compiling a source for the device says: notes where the model fits, mistakes where it does not. Nothing where the
 * file has no model. Throws a UserError where there is no such device.
 */
export async function checkOnDevice(
  source: Source,
  flags: DeviceFlags & { readonly device: string },
): Promise<readonly Diagnostic[]> {
  const { precision = "f32", config, set } = flags;
  const device = await findProfile(flags.device);
  const models = parse(source.file, source.text).ast.items.filter((i) => i.kind === "model");
  const model = models.findLast((m) => flags.item === undefined || m.name.text === flags.item);
  if (!model && flags.item === undefined) return [];
  const span = model?.name.span ?? { file: source.file, from: 0, to: 0 };
  if (precision === "f16" && !device.caps.f16)
    return [diagnose("E0614", span, { device: device.name })];
  const { config: _title, ...options } = compileOptions(flags);
  const given = await settingsFor(source, {
    ...(config === undefined ? {} : { config }),
    settings: set.values,
  });
  const { diagnostics } = compile([source], {
    ...{ ...options, ...given, device },
    standard: standardLibrary(),
    caps: capsFor(device, precision === "f16"),
    precision: { parameters: precision },
  });
  return diagnostics;
}

/** The device that a model is compiled for: one by name, one described in a JSON file, or the one present. Node only. */
import { readFile } from "node:fs/promises";
import type { Caps } from "../../codegen/kernel.ts";
import { presentProfile } from "../../targets/wgsl/adapters.ts";
import { type AdapterChoice, adapterChoice } from "../../targets/wgsl/drivers.ts";
import { type DeviceProfile, profileNames, profiles } from "../../targets/wgsl/profiles.ts";
import { UserError } from "../graph/bug.ts";
import schema from "../schemas/profile.schema.json" with { type: "json" };
import { checkOf, parseJson } from "../schemas/validate.ts";

/** Stands for the device of this machine. */
export const presentDevice = "present";

const checkProfile = checkOf<DeviceProfile>(
  schema,
  "write it with eyrie doctor --json on that device",
);

/**
 * The profile that `--device` names: one of `profileNames`, `present`, or a .json file with one profile or what
 * `eyrie doctor --json` printed, of which the chosen adapter is taken. Throws a UserError where there is none.
 */
export async function findProfile(device: string, adapter?: AdapterChoice): Promise<DeviceProfile> {
  if (device === presentDevice)
    return presentProfile(adapter ?? adapterChoice(process.env["EYRIE_ADAPTER"]));
  if (device.endsWith(".json")) return profileFrom(await readJson(device), device);
  const found = profiles.find((p) => p.name === device);
  if (found) return found;
  throw new UserError(
    `there is no device "${device}"; choose one of ${profileNames.join(", ")}, ${presentDevice}, or a .json file that eyrie doctor --json wrote`,
  );
}

/** The caps to compile for: f16 only where it is asked for. */
export const capsFor = ({ caps }: DeviceProfile, f16: boolean): Caps => ({
  ...caps,
  f16: f16 && caps.f16,
});

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${path} cannot be read (${error.code ?? error.message}); write it with eyrie doctor --json`,
    );
  });
  return parseJson(text, path);
}

/** A profile as it stands, or the one of the chosen adapter in a report. */
function profileFrom(json: unknown, path: string): DeviceProfile {
  const { adapters, chosen } = (json ?? {}) as Record<string, unknown>;
  if (!Array.isArray(adapters)) return checkProfile(json, path);
  const adapter = adapters.find((a: { readonly name?: unknown }) => a?.name === chosen);
  if (adapter?.profile) return checkProfile(adapter.profile, path);
  throw new UserError(
    `${path} has no profile of a chosen adapter; write it with eyrie doctor --json where a device is`,
  );
}

/** Lists which adapters this machine has, which one would be taken, and what to install for the others. */
import { execFile } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Caps } from "../../codegen/kernel.ts";
import { UserError } from "../../src/graph/bug.ts";
import type { AdapterFacts, AdapterKind } from "./caps.ts";
import { type AdapterChoice, howToGet, originalEnvironment } from "./drivers.ts";
import type { DeviceProfile } from "./profiles.ts";

export type AdapterReport = {
  readonly adapters: readonly {
    readonly name: AdapterKind;
    readonly available: boolean;
    /** What the driver says it is; empty where none opens. */
    readonly description: string;
    /** Why it does not open; empty where it does. */
    readonly reason: string;
    /** What it can do, for compiling elsewhere; null where it does not open. */
    readonly profile: DeviceProfile | null;
  }[];
  /** The one that `auto` takes. */
  readonly chosen: AdapterKind | null;
  readonly why: string;
  /** What to install for the others, where that would be better than what is chosen. */
  readonly hints: readonly string[];
};

type Probe = {
  readonly kind?: AdapterKind;
  readonly info?: AdapterFacts;
  readonly caps?: Caps;
  readonly problem?: string;
};

const run = promisify(execFile);
/** Best first. */
const kinds = ["gpu", "lavapipe", "swiftshader"] as const satisfies readonly AdapterKind[];

const reasons = {
  gpu: "the GPU is taken: it is the fastest there is",
  lavapipe: "lavapipe is taken: no GPU was found, and it is faster than SwiftShader",
  swiftshader: "SwiftShader is taken: neither a GPU nor lavapipe was found",
} as const satisfies Record<AdapterKind, string>;

/** Opens adapters in processes of their own, so that drivers never mix. */
export async function listAdapters(): Promise<AdapterReport> {
  const [auto, lavapipe, swiftshader] = await Promise.all([
    probe("auto"),
    probe("lavapipe"),
    probe("swiftshader"),
  ]);
  const gpu: Probe = auto.kind === "gpu" ? auto : {};
  const probes = { gpu, lavapipe, swiftshader } satisfies Record<AdapterKind, Probe>;
  const adapters = kinds.map((name) => {
    const { info, problem } = probes[name];
    const profile = profileOf(probes[name]);
    const reason = info ? "" : (problem ?? howToGet(name));
    return {
      name,
      available: info !== undefined,
      description: info?.description || info?.vendor || "",
      reason,
      profile,
    };
  });
  const kind = auto.kind ?? null;
  const better = kind ? adapters.slice(0, kinds.indexOf(kind)) : adapters;
  return {
    adapters,
    chosen: kind,
    why: kind ? reasons[kind] : howToGet("auto"),
    hints: better.filter((a) => !a.available).map((a) => a.reason),
  };
}

/** What the adapter that `choice` takes can do; a UserError says what to install where none opens. */
export async function presentProfile(choice: AdapterChoice): Promise<DeviceProfile> {
  const found = await probe(choice);
  const profile = profileOf(found);
  if (profile) return profile;
  throw new UserError(found.problem ?? howToGet(choice));
}

function profileOf({ kind, info, caps }: Probe): DeviceProfile | null {
  if (!kind || !info || !caps) return null;
  return {
    name: kind,
    title: info.description || info.vendor,
    source: "this machine's driver",
    typical: ["busyLanes"],
    caps,
  };
}

async function probe(choice: AdapterChoice): Promise<Probe> {
  const program = fileURLToPath(new URL(`./probe${extname(import.meta.url)}`, import.meta.url));
  try {
    const { stdout } = await run(process.execPath, [...process.execArgv, program, choice], {
      timeout: 60_000,
      env: originalEnvironment(),
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Probe;
  } catch {
    return {};
  }
}

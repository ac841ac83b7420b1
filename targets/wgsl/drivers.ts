/** Finds an adapter through Dawn in Node: a real GPU, else lavapipe, else SwiftShader from npm. One driver set a process. */
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import koffi from "koffi";
import { UserError } from "../../src/graph/bug.ts";
import { type AdapterKind, adapterKind } from "./caps.ts";
import { unpackSwiftShader } from "./swiftshader.ts";

export const adapterChoices = ["auto", "gpu", "lavapipe", "swiftshader"] as const;
export type AdapterChoice = (typeof adapterChoices)[number];

export type FoundAdapter = {
  /** Must stay referenced while anything made from it lives: Dawn crashes when it is collected earlier. */
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
  readonly kind: AdapterKind;
};

/** What --adapter or EYRIE_ADAPTER says; absent or empty means auto. */
export function adapterChoice(text: string | undefined): AdapterChoice {
  const choice = adapterChoices.find((c) => c === (text || "auto"));
  if (!choice)
    throw new UserError(
      `there is no adapter "${text}"; choose one of ${adapterChoices.join(", ")}`,
    );
  return choice;
}

/** The driver files that the user names for the Vulkan loader, before any choice of ours. */
const givenDrivers = process.env["VK_ICD_FILENAMES"];

/** The environment in which a process finds adapters as this one did at its start. */
export function originalEnvironment(): NodeJS.ProcessEnv {
  const { VK_ICD_FILENAMES: _, ...rest } = process.env;
  return givenDrivers === undefined ? rest : { ...rest, VK_ICD_FILENAMES: givenDrivers };
}

function useDriver(file: string | undefined): void {
  if (file === undefined) delete process.env["VK_ICD_FILENAMES"];
  else process.env["VK_ICD_FILENAMES"] = file;
}

/** Opens the chosen adapter, or says what is missing and how to get it. */
export async function findAdapter(choice: AdapterChoice): Promise<FoundAdapter> {
  process.env["XDG_RUNTIME_DIR"] ??= tmpdir();
  switch (choice) {
    case "auto":
      return (await ask(givenDrivers)) ?? (await askSwiftShader()) ?? lacking(choice);
    case "gpu": {
      const found = await ask(givenDrivers);
      return found?.kind === "gpu" ? found : lacking(choice);
    }
    case "lavapipe": {
      const icd = lavapipeIcd();
      if (!icd) return lacking(choice);
      return (await ask(icd)) ?? lacking(choice);
    }
    case "swiftshader":
      return (await askSwiftShader()) ?? lacking(choice);
  }
}

const advice = {
  auto: "no WebGPU adapter opens here; run `eyrie doctor` to see why",
  gpu: "no GPU with a working driver was found (on Linux: a Vulkan driver of your GPU's vendor)",
  lavapipe:
    "lavapipe is not installed or too old; install mesa-vulkan-drivers 23 or later (on Debian 12 from bookworm-backports)",
  swiftshader: "SwiftShader did not open; reinstall with npm ci",
} as const satisfies Record<AdapterChoice, string>;

/** What to do to get an adapter of this kind. */
export const howToGet = (choice: AdapterChoice): string => advice[choice];

function lacking(choice: AdapterChoice): never {
  throw new UserError(advice[choice]);
}

async function ask(driver: string | undefined): Promise<FoundAdapter | null> {
  useDriver(driver);
  if (process.platform === "linux" && !hasVulkanLoader()) return null;
  // Imported late: Dawn must not look for Vulkan before the environment says which driver to take.
  const { create } = await import("webgpu");
  // Rounded to 65 µs, timestamps would tell nothing of short kernels.
  const gpu = create(["disable-dawn-features=timestamp_quantization"]);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  return adapter && { gpu, adapter, kind: adapterKind(adapter.info) };
}

async function askSwiftShader(): Promise<FoundAdapter | null> {
  const driver = unpackSwiftShader();
  if (!hasVulkanLoader()) koffi.load(driver.loader, { global: true });
  return ask(driver.icd);
}

/** Loads the Vulkan loader if the system has one, or one was loaded from a file before. */
function hasVulkanLoader(): boolean {
  try {
    koffi.load("libvulkan.so.1", { global: true });
    return true;
  } catch {
    return false;
  }
}

function lavapipeIcd(): string | null {
  const data = (process.env["XDG_DATA_DIRS"] || "/usr/local/share:/usr/share").split(":");
  for (const folder of ["/etc/vulkan/icd.d", ...data.map((d) => join(d, "vulkan/icd.d"))]) {
    const name =
      existsSync(folder) && readdirSync(folder).find((file) => /^lvp_icd.*\.json$/.test(file));
    if (name) return join(folder, name);
  }
  return null;
}

/** Opens a Dawn device in Node and keeps what it needs alive until it is released. */
import type { Caps } from "../../codegen/kernel.ts";
import type { AdapterFacts, AdapterKind, CapsOptions } from "./caps.ts";
import { type AdapterChoice, adapterChoice, findAdapter } from "./drivers.ts";
import { requestDevice } from "./request.ts";
import { workDone } from "./waiting.ts";

export type { AdapterChoice } from "./drivers.ts";

export type OpenOptions = CapsOptions & {
  /** Without it, the environment variable EYRIE_ADAPTER decides, else auto. */
  readonly adapter?: AdapterChoice;
};

export type OpenDevice = {
  readonly gpu: GPU;
  readonly device: GPUDevice;
  readonly kind: AdapterKind;
  /** The adapter in words. */
  readonly info: string;
  readonly facts: AdapterFacts;
  readonly caps: Caps;
  /** Waits for the device's work, then destroys it; the process can exit after it. */
  release(): Promise<void>;
};

/** Dawn crashes when these are collected before what was made from them. */
const alive = new Set<GPU>();

export async function openDevice(options: OpenOptions = {}): Promise<OpenDevice> {
  const choice = options.adapter ?? adapterChoice(process.env["EYRIE_ADAPTER"]);
  const { gpu, adapter, kind } = await findAdapter(choice);
  alive.add(gpu);
  const { device, caps, info: facts } = await requestDevice(adapter, options);
  const release = async () => {
    await workDone(device).catch(() => undefined);
    device.destroy();
    await device.lost;
    alive.delete(gpu);
  };
  return {
    gpu,
    device,
    kind,
    info: `${kind} (${facts.description || facts.device})`,
    facts,
    caps,
    release,
  };
}

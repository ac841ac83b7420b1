/** Opens what programs run on: Dawn, CUDA, CUDA's machine code on the CPU, the kernel interpreter or the graph evaluator. Node only. */
import { type Caps, type Kernel, minimumCaps } from "../../codegen/kernel.ts";
import type { Program } from "../../codegen/program.ts";
import { loadEvaluator } from "../../targets/cpu/evaluate.ts";
import { loadInterpreter } from "../../targets/cpu/interpret.ts";
import type { Session, Weights } from "../../targets/executor.ts";
import { type AdapterChoice, type OpenDevice, openDevice } from "../../targets/wgsl/device.ts";
import { toKernelText } from "../../targets/wgsl/print.ts";
import { loadSession } from "../../targets/wgsl/session.ts";
import type { Compiled, CompiledEntry } from "../compile.ts";
import { type DeviceIdentity, hashCaps } from "../tune/device.ts";

export const executorNames = ["wgsl", "cuda", "cuda-cpu", "interpret", "evaluate"] as const;
export type ExecutorName = (typeof executorNames)[number];

export type Progress = (done: number, total: number) => void;

/** What an executor needs of a compiled model, or of a program by itself. */
export type Loadable = Pick<Compiled, "caps"> & {
  readonly entries: Readonly<Record<string, Pick<CompiledEntry, "program" | "graph" | "spec">>>;
};

/** An opened executor: compile against its `caps`, then load. Release it when done, or the process stays alive. */
export type Executor = {
  readonly name: ExecutorName;
  /** What it runs on, for people. */
  readonly describe: string;
  readonly caps: Caps;
  /** Whose measurements hold for it; null where there is no device. */
  readonly device: DeviceIdentity | null;
  load(compiled: Loadable, weights: Weights, onProgress?: Progress): Promise<Session>;
  release(): Promise<void>;
};

export type ExecutorOptions = {
  readonly executor?: ExecutorName;
  readonly adapter?: AdapterChoice;
  /** Ask for f16; `caps.f16` says whether it is there. */
  readonly f16?: boolean;
};

/** Throws UserError when no adapter opens. */
export async function openExecutor(options: ExecutorOptions = {}): Promise<Executor> {
  switch (options.executor ?? "wgsl") {
    case "wgsl":
      return wgslExecutor(
        await openDevice({
          f16: options.f16 ?? false,
          ...(options.adapter ? { adapter: options.adapter } : {}),
        }),
      );
    case "cuda":
    case "cuda-cpu":
      return cudaExecutor(options.executor === "cuda" ? "cuda" : "cuda-cpu", options.f16 ?? false);
    case "interpret":
      return {
        name: "interpret",
        describe: "kernel interpreter on the CPU",
        caps: {
          ...minimumCaps,
          maxBuffersPerKernel: 16,
          barriers: "dear",
          busyLanes: 64,
          f16: options.f16 ?? false,
        },
        device: null,
        load: async (compiled, weights) =>
          loadInterpreter(
            mapEntries(compiled, (e) => e.program),
            specs(compiled),
            weights,
            compiled.caps,
          ),
        release: async () => {},
      };
    case "evaluate":
      return {
        name: "evaluate",
        describe: "graph evaluator on the CPU",
        caps: { ...minimumCaps, f16: options.f16 ?? false },
        device: null,
        load: async (compiled, weights) =>
          loadEvaluator(
            mapEntries(compiled, (e) => e.graph),
            specs(compiled),
            weights,
          ),
        release: async () => {},
      };
  }
}

/** A GPU through CUDA's driver, or the CPU in its place. Loaded only here: most runs need neither. */
async function cudaExecutor(name: "cuda" | "cuda-cpu", f16: boolean): Promise<Executor> {
  const { openCuda, openEmulatedCuda } = await import("../../targets/cuda/device.ts");
  const { loadCuda } = await import("../../targets/cuda/executor.ts");
  const device = name === "cuda" ? openCuda() : await openEmulatedCuda();
  return {
    name,
    describe: device.info,
    caps: { ...device.caps, f16 },
    device: {
      ...{ backend: name, vendor: "nvidia", architecture: device.architecture },
      ...{ name: device.name, driver: device.driver, caps: hashCaps(device.caps) },
    },
    load: (compiled, weights, onProgress) =>
      loadCuda(
        device,
        mapEntries(compiled, (e) => e.program),
        specs(compiled),
        weights,
        onProgress ? { onProgress } : {},
      ),
    release: async () => device.release(),
  };
}

/** An executor on a device that is open already; releasing it releases the device. */
export function wgslExecutor(opened: OpenDevice): Executor {
  const { vendor, architecture, device: name, description: driver } = opened.facts;
  const caps = hashCaps(opened.caps);
  return {
    name: "wgsl",
    describe: opened.info,
    caps: opened.caps,
    device: { backend: "webgpu", vendor, architecture, name, driver, caps },
    load: (compiled, weights, onProgress) => {
      const text = (p: Program<Kernel>) => ({ ...p, kernels: p.kernels.map(toKernelText) });
      const programs = mapEntries(compiled, (e) => text(e.program));
      return loadSession(
        opened.device,
        programs,
        specs(compiled),
        weights,
        onProgress ? { onProgress } : {},
      );
    },
    release: () => opened.release(),
  };
}

const specs = (compiled: Loadable) => mapEntries(compiled, (e) => e.spec);

function mapEntries<T>(
  compiled: Loadable,
  f: (entry: Loadable["entries"][string]) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(compiled.entries).map(([name, entry]) => [name, f(entry)]),
  );
}

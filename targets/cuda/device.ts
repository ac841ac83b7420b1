/** Opens a GPU through CUDA's driver, or the stand-in that runs CUDA kernels on the CPU. */
import type { Caps } from "../../codegen/kernel.ts";
import { UserError } from "../../src/graph/bug.ts";
import { architectureNames } from "./architectures.ts";
import { cudaCaps } from "./caps.ts";
import { type Context, type Driver, openDriver } from "./driver/driver.ts";
import { printVersion } from "./driver/failure.ts";
import { buildStandIn } from "./stand-in/build.ts";

export type CudaOptions = {
  /** A libcuda by path or name. Without it, the environment variable EYRIE_LIBCUDA decides, else libcuda.so.1. */
  readonly library?: string;
  /** Which of the devices that the driver lists; the first. */
  readonly ordinal?: number;
};

export type CudaDevice = {
  readonly context: Context;
  readonly name: string;
  /** "sm_90". */
  readonly architecture: string;
  /** The driver in words. */
  readonly driver: string;
  /** Of memory. */
  readonly bytes: number;
  /** Kernels run on the CPU: their PTX must be built for it before they are loaded. */
  readonly emulated: boolean;
  /** The device in words. */
  readonly info: string;
  readonly caps: Caps;
  isReleased(): boolean;
  /** Sessions on it are of no more use. */
  release(): void;
};

/** The least architecture that kernels are written for: compute capability times ten. */
const least = 80;

/** A UserError where there is no driver, no such device, or one before Ampere. */
export function openCuda({ ordinal = 0, ...options }: CudaOptions = {}): CudaDevice {
  const driver = openDriver(options);
  const device = driver.device(ordinal);
  const name = driver.deviceName(device);
  const capability =
    10 * driver.deviceAttribute(device, "major") + driver.deviceAttribute(device, "minor");
  if (capability < least)
    throw new UserError(
      `${name} has compute capability ${capability / 10}, and these kernels need 8.0 (Ampere) or later; choose another GPU`,
    );
  const architecture = `sm_${capability}`;
  const caps = capsOf(driver, device, architecture);
  const context = driver.openContext(device);
  let released = false;
  return {
    context,
    name,
    architecture,
    caps,
    driver: `CUDA ${printVersion(driver.version)}`,
    bytes: driver.deviceBytes(device),
    emulated: context.standIn !== null,
    info: context.standIn
      ? `cuda-cpu (${name})`
      : `cuda (${name}, ${architecture}, driver for CUDA ${printVersion(driver.version)})`,
    isReleased: () => released,
    release: () => {
      if (released) return;
      released = true;
      context.release();
    },
  };
}

/** The CPU in place of a GPU; the stand-in is built where it is not yet. A UserError without g++. */
export async function openEmulatedCuda(): Promise<CudaDevice> {
  return openCuda({ library: (await buildStandIn()).path });
}

/** GPUs newer than our table run what the least architecture's do, with the workgroup memory that they tell of. */
function capsOf(driver: Driver, device: number, architecture: string): Caps {
  const known = architectureNames.includes(architecture) ? architecture : `sm_${least}`;
  return {
    ...cudaCaps(known),
    maxWorkgroupBytes: driver.deviceAttribute(device, "workgroupBytes"),
  };
}

/** CUDA's driver through its C interface, as typed functions. Handles and addresses are BigInts; knows nothing of programs. */
import { type Calls, checkCalls, written, writtenInt } from "./call.ts";
import { bindDevices } from "./devices.ts";
import { bindMemory } from "./memory.ts";
import { bindModules } from "./modules.ts";
import { bindGraphs, bindStreams } from "./streams.ts";
import { type Library, openLibrary } from "./symbols.ts";

export type Driver = ReturnType<typeof openDriver>;
/** What can be done on one device. */
export type Context = ReturnType<typeof openContext>;

export type DriverOptions = {
  /** A libcuda by path or name. Without it, the environment variable EYRIE_LIBCUDA decides, else libcuda.so.1. */
  readonly library?: string;
};

/**
 * The driver, initialized. Every call of it is checked: what the user can mend is a UserError, all else a CompilerBug, with
 * the call, CUDA's name and its words of it. A UserError where there is no driver or no device.
 */
export function openDriver({ library: named }: DriverOptions = {}) {
  const library = openLibrary(named);
  const calls = checkCalls(library);
  calls.call("cuInit", 0);
  return {
    library: library.path,
    /** CUDA 12.4 is 12040. */
    version: writtenInt((to) => calls.call("cuDriverGetVersion", to)),
    ...bindDevices(calls),
    /** The device's primary context, held until it is released. */
    openContext: (device: number) => openContext(library, calls, device),
  };
}

/** The context that is current on Node's thread, by the library's path. */
const current = new Map<string, bigint>();

function openContext(library: Library, calls: Calls, device: number) {
  const context = written((to) => calls.call("cuDevicePrimaryCtxRetain", to, device));
  const inside = checkCalls(library, () => {
    if (current.get(library.path) === context) return;
    calls.call("cuCtxSetCurrent", context);
    current.set(library.path, context);
  });
  return {
    standIn: library.standIn,
    ...bindMemory(inside, library.standIn),
    ...bindModules(inside),
    ...bindStreams(inside),
    ...bindGraphs(inside),
    /** Gives the context back; what was made in it and not freed goes with it. */
    release: () => {
      current.delete(library.path);
      calls.call("cuDevicePrimaryCtxRelease_v2", device);
    },
  };
}

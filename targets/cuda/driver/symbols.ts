/** The driver's functions that we call, by the names that libcuda exports, and how they are found in a library. */
import koffi, { type LibraryHandle } from "koffi";
import { CompilerBug, UserError } from "../../../src/graph/bug.ts";

/**
 * Their C parameters after cuda.h of CUDA 12 and later. All give a CUresult. Handles, device addresses and the addresses of
 * pinned host memory are u64; what a call writes to is an array of the right type, given as `void *`.
 */
const declarations = {
  cuInit: "uint32_t flags",
  cuDriverGetVersion: "void *version",
  cuDeviceGetCount: "void *count",
  cuDeviceGet: "void *device, int ordinal",
  cuDeviceGetName: "void *name, int bytes, int device",
  cuDeviceGetAttribute: "void *value, int attribute, int device",
  cuDeviceTotalMem_v2: "void *bytes, int device",
  cuDevicePrimaryCtxRetain: "void *context, int device",
  cuDevicePrimaryCtxRelease_v2: "int device",
  cuCtxSetCurrent: "uint64_t context",
  cuModuleLoadDataEx:
    "void *module, const void *image, uint32_t count, void *options, void *values",
  cuModuleUnload: "uint64_t module",
  cuModuleGetFunction: "void *function, uint64_t module, const char *name",
  cuFuncGetAttribute: "void *value, int attribute, uint64_t function",
  cuFuncSetAttribute: "uint64_t function, int attribute, int value",
  cuMemGetInfo_v2: "void *free, void *total",
  cuMemAlloc_v2: "void *address, size_t bytes",
  cuMemFree_v2: "uint64_t address",
  cuMemHostAlloc: "void *address, size_t bytes, uint32_t flags",
  cuMemFreeHost: "uint64_t address",
  cuMemcpyHtoDAsync_v2: "uint64_t to, uint64_t from, size_t bytes, uint64_t stream",
  cuMemcpyDtoHAsync_v2: "uint64_t to, uint64_t from, size_t bytes, uint64_t stream",
  cuMemcpyDtoDAsync_v2: "uint64_t to, uint64_t from, size_t bytes, uint64_t stream",
  cuMemsetD8Async: "uint64_t to, uint8_t value, size_t bytes, uint64_t stream",
  cuStreamCreate: "void *stream, uint32_t flags",
  cuStreamDestroy_v2: "uint64_t stream",
  cuStreamSynchronize: "uint64_t stream",
  cuStreamBeginCapture_v2: "uint64_t stream, int mode",
  cuStreamEndCapture: "uint64_t stream, void *graph",
  cuEventCreate: "void *event, uint32_t flags",
  cuEventDestroy_v2: "uint64_t event",
  cuEventRecord: "uint64_t event, uint64_t stream",
  cuEventQuery: "uint64_t event",
  cuEventElapsedTime: "void *milliseconds, uint64_t start, uint64_t end",
  cuLaunchKernel:
    "uint64_t function, uint32_t gridX, uint32_t gridY, uint32_t gridZ, uint32_t blockX, uint32_t blockY, uint32_t blockZ, uint32_t dynamicBytes, uint64_t stream, void *parameters, void *extra",
  cuGraphInstantiateWithFlags: "void *executable, uint64_t graph, uint64_t flags",
  cuGraphLaunch: "uint64_t executable, uint64_t stream",
  cuGraphExecDestroy: "uint64_t executable",
  cuGraphDestroy: "uint64_t graph",
} as const;

export type SymbolName = keyof typeof declarations;
export type Argument = bigint | number | string | NodeJS.ArrayBufferView | null;

/** What only the stand-in exports. */
export type StandIn = {
  /** What the last call that failed did wrong; empty where nothing more is known. */
  failure(): string;
  /** The name of the next allocation, for the engine's messages. */
  name(name: string): void;
  /** Objects not given back: "memory", "host", "module", "stream", "event", "graph", "executable", or "all". */
  live(kind: string): number;
  /** Calls of a driver's function since the library was opened last. */
  calls(name: SymbolName): number;
};

export type Library = {
  readonly path: string;
  readonly functions: Readonly<Record<SymbolName, (...given: readonly Argument[]) => number>>;
  /** CUDA's own name and words of a result. */
  errorName(code: number): string;
  errorText(code: number): string;
  /** null for a driver. */
  readonly standIn: StandIn | null;
};

const standard = process.platform === "win32" ? "nvcuda.dll" : "libcuda.so.1";
const missing = `no NVIDIA driver was found (${standard} does not load): install one, name its libcuda in EYRIE_LIBCUDA, or run CUDA kernels on the CPU with --executor cuda-cpu`;

/** The library at `named`, else the one that EYRIE_LIBCUDA names, else the system's; a UserError says why there is none. */
export function openLibrary(named?: string): Library {
  const given = named ?? (process.env["EYRIE_LIBCUDA"] || undefined);
  return bind(given ?? standard, load(given));
}

function load(given: string | undefined): LibraryHandle {
  try {
    return koffi.load(given ?? standard);
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      given === undefined ? missing : `the CUDA library ${given} does not load: ${message}`,
    );
  }
}

function bind(path: string, library: LibraryHandle): Library {
  const find = (name: SymbolName): Library["functions"][SymbolName] => {
    try {
      return library.func(`int ${name}(${declarations[name]})`);
    } catch {
      throw new UserError(
        `the CUDA library ${path} has no ${name}: install an NVIDIA driver for CUDA 12 or later`,
      );
    }
  };
  const names = Object.keys(declarations) as SymbolName[];
  const functions = Object.fromEntries(names.map((name) => [name, find(name)])) as Record<
    SymbolName,
    ReturnType<typeof find>
  >;
  return {
    path,
    functions,
    errorName: describing(library, "cuGetErrorName"),
    errorText: describing(library, "cuGetErrorString"),
    standIn: bindStandIn(library),
  };
}

function describing(library: LibraryHandle, name: string): (code: number) => string {
  const describe = library.func(`int ${name}(int code, void *text)`);
  return (code) => {
    const text = new BigUint64Array(1);
    if (describe(code, text) !== 0 || text[0] === 0n) return `unknown result ${code}`;
    return koffi.decode.string(text[0]);
  };
}

function bindStandIn(library: LibraryHandle): StandIn | null {
  let failure: () => unknown;
  try {
    failure = library.func("const char *eyrie_stand_in_failure()");
  } catch {
    return null;
  }
  const name = library.func("void eyrie_stand_in_name(const char *name)");
  const live = library.func("uint64_t eyrie_stand_in_live(const char *kind)");
  const calls = library.func("uint64_t eyrie_stand_in_calls(const char *name)");
  return {
    failure: () => {
      const text = failure();
      if (typeof text !== "string") throw new CompilerBug("the stand-in gave no text");
      return text;
    },
    name: (text) => void name(text),
    live: (kind) => Number(live(kind)),
    calls: (call) => Number(calls(call)),
  };
}

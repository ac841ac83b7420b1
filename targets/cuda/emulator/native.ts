/** The runtime library's C interface (runtime/emulator.h) as typed functions. Addresses are BigInts. */
import koffi from "koffi";
import { CompilerBug } from "../../../src/graph/bug.ts";

/** 1 in a launch that does what it must; see EYRIE_FAULT and EYRIE_INVALID. */
export type LaunchResult = { readonly code: 0 | 1 | 2; readonly error: string };

export type LaunchSizes = {
  readonly grid: readonly [number, number, number];
  readonly block: readonly [number, number, number];
  readonly dynamicSharedBytes: number;
  readonly checked: boolean;
  readonly perturb: boolean;
  readonly seed: number;
};

export type Runtime = ReturnType<typeof bind>;

const loaded = new Map<string, Runtime>();

/** One library a path and process. */
export function loadRuntime(path: string): Runtime {
  const known = loaded.get(path);
  if (known) return known;
  const runtime = bind(path);
  loaded.set(path, runtime);
  return runtime;
}

const errorBytes = 4096;

const textOf = (buffer: Buffer): string => buffer.toString("utf8", 0, buffer.indexOf(0));

/** EyrieLaunch as bytes: nine u32, padding, a seed, a pointer. */
function launchBytes(sizes: LaunchSizes, parameters: bigint): Buffer {
  const bytes = Buffer.alloc(56);
  const words = [...sizes.grid, ...sizes.block, sizes.dynamicSharedBytes];
  words.push(Number(sizes.checked), Number(sizes.perturb), 0);
  for (const [at, word] of words.entries()) bytes.writeUInt32LE(word, at * 4);
  bytes.writeBigUInt64LE(BigInt(sizes.seed), 40);
  bytes.writeBigUInt64LE(parameters, 48);
  return bytes;
}

function bind(path: string) {
  const library = koffi.load(path);
  const allocate = library.func("uint64_t eyrie_memory_allocate(size_t bytes, const char *name)");
  const free = library.func("int eyrie_memory_free(uint64_t start)");
  const mark = library.func("int eyrie_memory_mark(uint64_t start, size_t bytes, int written)");
  const count = library.func("size_t eyrie_memory_count()");
  const name = library.func("void eyrie_module_name(const void *ptx, size_t bytes, void *name)");
  const load = library.func(
    "uint64_t eyrie_module_load(const char *path, void *error, size_t bytes)",
  );
  const unload = library.func("void eyrie_module_unload(uint64_t module)");
  const kernel = library.func("uint64_t eyrie_module_kernel(uint64_t module, const char *name)");
  const launch = library.func(
    "int eyrie_launch(uint64_t kernel, const void *launch, void *error, size_t bytes)",
  );
  return {
    moduleName(ptx: string): string {
      const text = Buffer.from(ptx);
      const buffer = Buffer.alloc(33);
      name(text, text.length, buffer);
      return textOf(buffer);
    },
    loadModule(file: string): bigint {
      const error = Buffer.alloc(errorBytes);
      const module = BigInt(load(file, error, errorBytes));
      if (module === 0n) throw new CompilerBug(`a kernel library does not load: ${textOf(error)}`);
      return module;
    },
    unloadModule: (module: bigint): void => unload(module),
    /** 0 where there is none. */
    findKernel: (module: bigint, kernelName: string): bigint => BigInt(kernel(module, kernelName)),
    allocate(bytes: number, pieceName: string): bigint {
      const start = BigInt(allocate(bytes, pieceName));
      if (start === 0n) throw new CompilerBug(`no memory for ${bytes} bytes`);
      return start;
    },
    free: (start: bigint): void => void free(start),
    upload(start: bigint, values: ArrayBufferView): void {
      bytesAt(start, values.byteLength).set(bytesOfView(values));
      mark(start, values.byteLength, 1);
    },
    download(start: bigint, values: ArrayBufferView): void {
      bytesOfView(values).set(bytesAt(start, values.byteLength));
    },
    pieces: (): number => Number(count()),
    /** `values` holds 16 bytes for each parameter. */
    launch(at: bigint, sizes: LaunchSizes, values: Buffer): LaunchResult {
      const base = koffi.address(values);
      const pointers = BigUint64Array.from(
        { length: values.length / 16 },
        (_, i) => base + BigInt(i * 16),
      );
      const error = Buffer.alloc(errorBytes);
      const code = launch(at, launchBytes(sizes, koffi.address(pointers)), error, errorBytes);
      return { code: code as 0 | 1 | 2, error: textOf(error) };
    },
  };
}

const bytesOfView = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** Native memory, seen for as long as it is allocated. */
const bytesAt = (start: bigint, bytes: number): Uint8Array =>
  bytes === 0 ? new Uint8Array() : new Uint8Array(koffi.view(start, bytes));

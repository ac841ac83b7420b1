/** Runs the kernels of a PTX text on the CPU, under full checking. For tests and tools; the executor goes through libcuda's symbols. */
import { UserError } from "../../../src/graph/bug.ts";
import { buildEmulated, type RuntimeOptions } from "./build.ts";
import { loadRuntime, type Runtime } from "./native.ts";

export { buildEmulated, buildRuntime } from "./build.ts";

export type Numbers =
  | Float32Array
  | Uint32Array
  | Int32Array
  | Uint16Array
  | Int16Array
  | Uint8Array
  | Float64Array
  | BigUint64Array;

/** A buffer, whose values are copied to device memory and back; one that starts unwritten; one of the arguments before; or a number by value. */
export type Argument =
  | Numbers
  | { readonly unwritten: Numbers }
  | { readonly sameAs: number }
  | { readonly u32: number }
  | { readonly s32: number }
  | { readonly f32: number }
  | { readonly u64: bigint };

export type LaunchOptions = {
  /** 0 runs blocks and threads in order; others in an order drawn from them. */
  readonly seed?: number;
  readonly checked?: boolean;
  /** Moves approximate functions within their documented error. */
  readonly perturb?: boolean;
  readonly dynamicSharedBytes?: number;
  /** What errors call the buffers; buffer0, buffer1 … where not said. */
  readonly names?: readonly string[];
};

export type Size = number | readonly [number, number?, number?];

export type Emulated = {
  /**
   * Runs one kernel and copies every buffer back. null where nothing was wrong, else what was: the kernel, the line of
   * the .cu text, the block and the thread. Throws a UserError for an unknown kernel and for sizes that cannot be launched.
   */
  launch(
    name: string,
    grid: Size,
    block: Size,
    buffers: readonly Argument[],
    options?: LaunchOptions,
  ): string | null;
  release(): void;
};

export async function openEmulated(ptx: string, options: RuntimeOptions = {}): Promise<Emulated> {
  const { path, runtime: runtimePath } = await buildEmulated(ptx, options);
  const runtime = loadRuntime(runtimePath);
  const module = runtime.loadModule(path);
  return {
    launch(name, grid, block, buffers, launchOptions = {}) {
      const kernel = runtime.findKernel(module, name);
      if (kernel === 0n) throw new UserError(`the PTX has no kernel '${name}'`);
      const { values, finish } = placeArguments(runtime, buffers, launchOptions.names ?? []);
      try {
        const sizes = {
          grid: triple(grid),
          block: triple(block),
          dynamicSharedBytes: launchOptions.dynamicSharedBytes ?? 0,
          checked: launchOptions.checked ?? true,
          perturb: launchOptions.perturb ?? false,
          seed: launchOptions.seed ?? 1,
        };
        const { code, error } = runtime.launch(kernel, sizes, values);
        if (code === 2) throw new UserError(error);
        return code === 0 ? null : error;
      } finally {
        finish();
      }
    },
    release: () => runtime.unloadModule(module),
  };
}

const triple = (size: Size): readonly [number, number, number] =>
  typeof size === "number" ? [size, 1, 1] : [size[0], size[1] ?? 1, size[2] ?? 1];

/** Parameters of 16 bytes each; `finish` copies buffers back and frees their memory. */
function placeArguments(runtime: Runtime, given: readonly Argument[], names: readonly string[]) {
  const values = Buffer.alloc(Math.max(given.length, 1) * 16);
  const placed: { readonly start: bigint; readonly numbers: Numbers }[] = [];
  for (const [at, argument] of given.entries()) {
    if (ArrayBuffer.isView(argument) || "unwritten" in argument) {
      const numbers = ArrayBuffer.isView(argument) ? argument : argument.unwritten;
      const start = runtime.allocate(numbers.byteLength, names[at] ?? `buffer${at}`);
      if (ArrayBuffer.isView(argument)) runtime.upload(start, numbers);
      placed.push({ start, numbers });
      values.writeBigUInt64LE(start, at * 16);
    } else if ("sameAs" in argument)
      values.copyWithin(at * 16, argument.sameAs * 16, argument.sameAs * 16 + 16);
    else writeNumber(values, at * 16, argument);
  }
  const finish = (): void => {
    for (const { start, numbers } of placed) {
      runtime.download(start, numbers);
      runtime.free(start);
    }
  };
  return { values, finish };
}

function writeNumber(
  values: Buffer,
  at: number,
  number: { u32: number } | { s32: number } | { f32: number } | { u64: bigint },
): void {
  if ("u32" in number) values.writeUInt32LE(number.u32, at);
  else if ("s32" in number) values.writeInt32LE(number.s32, at);
  else if ("f32" in number) values.writeFloatLE(number.f32, at);
  else values.writeBigUInt64LE(number.u64, at);
}

/** Runs a subject's kernels on numbers: by the interpreter, and what nvcc made of them by the emulator. Knows no mutants. */
import { scalarOfStored } from "../../../../codegen/bytes.ts";
import {
  allocateMemory,
  type CellData,
  type CheckedMemory,
  interpret,
} from "../../../../codegen/interpret.ts";
import type { BindingOf, Lowered, LoweredKernel } from "../../../../codegen/recipe.ts";
import type { Node } from "../../../../src/graph/graph.ts";
import { buildEmulated, type Numbers } from "../../../../targets/cuda/emulator/emulator.ts";
import {
  type LaunchSizes,
  loadRuntime,
  type Runtime,
} from "../../../../targets/cuda/emulator/native.ts";
import { launchOf } from "../../../../targets/cuda/print.ts";
import { toBf16, toHalf } from "../../../../targets/half.ts";
import type { Leaves } from "../../../codegen/region.ts";
import { caps, type Subject } from "./subject.ts";

type Key = Node | string;
const keyOf = (b: BindingOf): Key =>
  b.kind === "node" ? b.node : b.kind === "scratch" ? b.name : "piece";

const scalarOf = ({ type: { dtype } }: Node) => (dtype === "bool" ? "u32" : scalarOfStored(dtype));
const sizeOf = (node: Node) => node.type.shape.reduce((a, b) => a * b, 1);

/** Every buffer that the kernels bind. A ring that is written is the one that was kept. */
function memoriesOf(
  lowered: Lowered,
  { region }: Subject,
  leaves: Leaves,
): Map<Key, CheckedMemory> {
  const memories = new Map<Key, CheckedMemory>();
  for (const { name, length } of lowered.scratch)
    memories.set(name, allocateMemory("f32", length, false));
  for (const [node, value] of leaves) {
    const memory = allocateMemory(scalarOf(node), sizeOf(node), true);
    memory.data.set(value.data);
    memories.set(node, memory);
  }
  for (const node of region.outputs) {
    const kept = node.op === "ringWrite" ? memories.get(node.inputs[0]!) : undefined;
    memories.set(node, kept ?? allocateMemory(scalarOf(node), sizeOf(node), false));
  }
  return memories;
}

/** What the outputs must be, by the interpreter. */
export function expectedOf(
  lowered: Lowered,
  subject: Subject,
  leaves: Leaves,
): readonly CellData[] {
  const memories = memoriesOf(lowered, subject, leaves);
  for (const { kernel, bindings, grid } of lowered.kernels)
    interpret(
      kernel,
      grid,
      bindings.map((b) => memories.get(keyOf(b))!),
      caps,
    );
  return subject.region.outputs.map((node) => memories.get(node)!.data);
}

/** A kernel of a loaded module. */
export type Loaded = { readonly runtime: Runtime; readonly kernel: bigint };

/** The module of a PTX text, for as long as the process runs. */
export async function loadModule(ptx: string): Promise<(entry: string) => Loaded> {
  const { path, runtime: runtimePath } = await buildEmulated(ptx);
  const runtime = loadRuntime(runtimePath);
  const module = runtime.loadModule(path);
  return (entry) => ({ runtime, kernel: runtime.findKernel(module, entry) });
}

type Found = { readonly fault: string } | { readonly outputs: readonly Numbers[] };

/**
 * What the emulator makes of the kernels, one after another in memory that stays, so that a kernel which reads what the one
 * before it left unwritten is seen; or the first fault.
 */
export function emulate(
  lowered: Lowered,
  subject: Subject,
  leaves: Leaves,
  kernels: readonly Loaded[],
  seed: number,
): Found {
  const { runtime } = kernels[0]!;
  const places = new Map<Key, { readonly start: bigint; readonly numbers: Numbers }>();
  const memories = memoriesOf(lowered, subject, leaves);
  try {
    for (const [key, { data, written }] of memories) {
      const shared = [...places].find(([other]) => memories.get(other)!.data === data)?.[1];
      const numbers = storedAs(key, data);
      const start = shared?.start ?? runtime.allocate(numbers.byteLength, nameOf(key));
      places.set(key, shared ?? { start, numbers });
      if (!written && !shared) runtime.upload(start, numbers);
    }
    for (const [at, lower] of lowered.kernels.entries()) {
      const starts = lower.bindings.map((b) => places.get(keyOf(b))!.start);
      const fault = launch(lower, kernels[at]!, starts, seed);
      if (fault !== null) return { fault };
    }
    return {
      outputs: subject.region.outputs.map((node) => {
        const { start, numbers } = places.get(node)!;
        runtime.download(start, numbers);
        return numbers;
      }),
    };
  } finally {
    for (const start of new Set([...places.values()].map((p) => p.start))) runtime.free(start);
  }
}

const halves = { f16: toHalf, bf16: toBf16 } as const;
function storedAs(key: Key, data: CellData): Numbers {
  const dtype = typeof key === "string" ? "f32" : key.type.dtype;
  return dtype === "f16" || dtype === "bf16" ? halves[dtype](data as Float32Array) : data;
}
const nameOf = (key: Key) => (typeof key === "string" ? key : key.label || key.op);

function launch(
  { kernel, grid }: LoweredKernel,
  loaded: Loaded,
  starts: readonly bigint[],
  seed: number,
): string | null {
  const values = Buffer.alloc(starts.length * 16);
  for (const [i, start] of starts.entries()) values.writeBigUInt64LE(start, i * 16);
  const { workgroupSize, dynamicBytes } = launchOf(kernel);
  const sizes: LaunchSizes = {
    ...{ grid, block: [workgroupSize, 1, 1], dynamicSharedBytes: dynamicBytes, seed },
    ...{ checked: true, perturb: false },
  };
  const { code, error } = loaded.runtime.launch(loaded.kernel, sizes, values);
  if (code === 2) throw new Error(error);
  return code === 0 ? null : error;
}

/** The largest |found − expected| / (1 + |expected|) of what matters; infinite where a number is not finite. */
export function errorOf(
  found: readonly Numbers[],
  expected: readonly CellData[],
  subject: Subject,
  seed: number,
): number {
  let worst = 0;
  for (const [o, numbers] of expected.entries())
    for (const [i, right] of numbers.entries()) {
      if (!(subject.matters?.(i, seed) ?? true)) continue;
      const value = Number(found[o]![i]);
      if (!Number.isFinite(value)) return Infinity;
      worst = Math.max(worst, Math.abs(value - right) / (1 + Math.abs(right)));
    }
  return worst;
}

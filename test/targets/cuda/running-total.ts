/** A program of two kernels by hand: a running total of weight · x + 1 with every kind of buffer. */
import { KernelBuilder } from "../../../codegen/build.ts";
import type { Kernel } from "../../../codegen/kernel.ts";
import type { BufferPlan, Program } from "../../../codegen/program.ts";
import type { CudaDevice } from "../../../targets/cuda/device.ts";
import { loadCuda } from "../../../targets/cuda/executor.ts";
import type { EntrySpec, Weights } from "../../../targets/executor.ts";
import type { Tensor } from "../../../targets/tensor.ts";

const n = 6;
export const stored = { dtype: "f32", shape: [2, 3], bytes: 4 * n } as const;

/** scaled = weight · x; `past` more lanes reach past the ends. */
function scaleKernel(past: number): Kernel {
  const k = new KernelBuilder();
  const [weight, x, scaled] = [
    k.buffer("weight", "f32", n),
    k.buffer("x", "f32", n),
    k.buffer("scaled", "f32", n),
  ];
  const lane = k.builtin("lane");
  k.store(scaled, lane, k.load(weight, lane).times(k.load(x, lane)));
  return k.finish("scale", n + past);
}

/** next = total + scaled + one; y = next; the ring's first slot counts runs. */
function addKernel(): Kernel {
  const k = new KernelBuilder();
  const [total, scaled, one] = [
    k.buffer("total", "f32", n),
    k.buffer("scaled", "f32", n),
    k.buffer("one", "f32", 1),
  ];
  const [next, y, ring] = [
    k.buffer("next", "f32", n),
    k.buffer("y", "f32", n),
    k.buffer("ring", "i32", 4),
  ];
  const lane = k.builtin("lane");
  const sum = k.let("sum", k.load(total, lane).plus(k.load(scaled, lane)).plus(k.load(one, 0)));
  k.store(next, lane, sum);
  k.store(y, lane, sum);
  k.when(lane.equals(0), () => k.store(ring, 0, k.load(ring, 0).plus(1)));
  return k.finish("add", n);
}

/** The weight is columns 1 to 3 of a [2, 5] parameter. */
export function runningTotal(name = "total", past = 0): Program<Kernel> {
  const buffers: readonly BufferPlan[] = [
    { ...stored, kind: "parameter", name: "weight", piece: { axis: 1, start: 1, size: 3 } },
    { ...stored, kind: "input", name: "x" },
    { ...stored, kind: "temporary", name: "scaled", slot: 0, offset: 0 },
    { kind: "constant", name: "one", dtype: "f32", shape: [1], bytes: 4, values: [1] },
    { ...stored, kind: "state", name: "total", updatedInPlace: false },
    { ...stored, kind: "next", name: "total.next", state: "total" },
    { ...stored, kind: "output", name: "y" },
    { kind: "state", name: "ring", dtype: "i32", shape: [2, 2], bytes: 16, updatedInPlace: true },
  ];
  const steps = [
    { kernel: 0, buffers: [0, 1, 2], grid: [1, 1, 1], region: "scale" },
    { kernel: 1, buffers: [4, 2, 3, 5, 6, 7], grid: [1, 1, 1], region: "add" },
  ] as const;
  return { name, buffers, slots: [24], kernels: [scaleKernel(past), addKernel()], steps };
}

export const spec: EntrySpec = {
  inputs: [{ name: "x", dtype: "f32", shape: [2, 3] }],
  outputs: [{ name: "y", dtype: "f32", shape: [2, 3] }],
  states: [
    { name: "total", dtype: "f32", shape: [2, 3] },
    { name: "ring", dtype: "i32", shape: [2, 2] },
  ],
};

export const weights: Weights = {
  read: async () => Float32Array.from({ length: 10 }, (_, i) => i),
};
export const x: Tensor = { dtype: "f32", shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
/** weight · x + 1 with the weight's columns 1 to 3: [[1, 2, 3], [6, 7, 8]]. */
export const once = [2, 5, 10, 25, 36, 49];
export const times = (runs: number): readonly number[] => once.map((v) => runs * v);

/** The program above, loaded; `past` more lanes reach past its buffers. */
export const loadTotal = (device: CudaDevice, past = 0) =>
  loadCuda(device, { total: runningTotal("total", past) }, { total: spec }, weights);

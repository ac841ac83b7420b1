/** Small kernels that together use the whole kernel language, with inputs: what the tests of the WGSL target run and print. */
import { KernelBuilder } from "../../../codegen/build.ts";
import type { CellData } from "../../../codegen/interpret.ts";
import type { Kernel } from "../../../codegen/kernel.ts";
import {
  bitcast,
  call,
  cast,
  fma,
  literal,
  select,
  spread,
  type Val,
  vector,
} from "../../../codegen/val.ts";

export type Sample = {
  readonly kernel: Kernel;
  readonly grid: readonly [number, number, number];
  /** Buffers that are written start with zeros. */
  readonly buffers: readonly CellData[];
};

const noise = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(i * 12.9898 + 1) * scale));

const laneIndex = (k: KernelBuilder, lanes: number): Val =>
  k.builtin("workgroup_x").times(lanes).plus(k.builtin("lane"));

/** y = a·x + y on all but the lanes past the end. */
export function saxpy(): Sample {
  const k = new KernelBuilder();
  const n = 37;
  const x = k.buffer("x", "f32", n);
  const y = k.buffer("y", "f32", n);
  const i = k.let("i", laneIndex(k, 16));
  k.note("lanes past the end have nothing to do");
  k.when(i.below(n), () => k.store(y, i, fma(literal(2.5, "f32"), k.load(x, i), k.load(y, i))));
  return { kernel: k.finish("saxpy", 16), grid: [3, 1, 1], buffers: [noise(n), noise(n, 3)] };
}

/** The sum of 64 numbers a workgroup by halving in workgroup memory. */
export function treeSum(): Sample {
  const k = new KernelBuilder();
  const x = k.buffer("x", "f32", 128);
  const sums = k.buffer("sums", "f32", 2);
  const shared = k.workgroup("partial", "f32", 64);
  const lane = k.builtin("lane");
  k.store(shared, lane, k.load(x, laneIndex(k, 64)));
  for (let half = 32; half >= 1; half /= 2) {
    k.barrier();
    k.when(lane.below(half), () =>
      k.store(shared, lane, k.load(shared, lane).plus(k.load(shared, lane.plus(half)))),
    );
  }
  k.when(lane.equals(0), () => k.store(sums, k.builtin("workgroup_x"), k.load(shared, 0)));
  return {
    kernel: k.finish("tree_sum", 64),
    grid: [2, 1, 1],
    buffers: [noise(128), new Float32Array(2)],
  };
}

/** Vector and scalar accesses of one buffer: read so, written as scalars, and written as vectors only. */
export function mixedWidths(): Sample {
  const k = new KernelBuilder();
  const x = k.buffer("x", "f32", 32);
  const scalars = k.buffer("scalars", "f32", 32);
  const quads = k.buffer("quads", "f32", 32);
  const lane = k.builtin("lane");
  const four = k.load(x, lane.times(4), 4, "four");
  const next = k.load(x, lane.times(4).plus(5).modulo(32), 1, "next");
  const pair = k.load(x, lane.times(4).plus(2), 2, "pair");
  k.store(scalars, lane.times(4), vector([pair.component(1), pair.component(0), next, next]));
  k.when(lane.equals(3), () => k.store(scalars, 13, 7));
  k.store(quads, lane.times(4), fma(four, spread(next, 4), k.load(scalars, lane.times(4), 4)));
  return {
    kernel: k.finish("mixed_widths", 8),
    grid: [1, 1, 1],
    buffers: [noise(32), new Float32Array(32), new Float32Array(32)],
  };
}

/** Two rounds of multiply-high and exclusive or, as a counter-based generator does them, and shifts of both kinds. */
export function mixBits(): Sample {
  const k = new KernelBuilder();
  const out = k.buffer("out", "u32", 64);
  const uniform = k.buffer("uniform", "f32", 64);
  const i = k.let("i", laneIndex(k, 32));
  const state = k.variable("state", i.plus(0x9e3779b9));
  k.loop("round", 0, 2, 1, (round) => {
    const now = state.get();
    const [low, high] = [call("bitand", now, 0xffff), call("shr", now, 16)];
    const product = low.times(0xd2511f53).plus(call("shl", high.times(0xd2511f53), 16));
    state.set(call("bitxor", product, round.plus(0xbb67ae85)));
  });
  const bits = state.get();
  k.store(out, i, bits);
  const signed = call("shr", bitcast(bits, "i32"), 8);
  k.store(
    uniform,
    i,
    cast(signed, "f32")
      .plus(0.5)
      .times(2 ** -24),
  );
  return {
    kernel: k.finish("mix_bits", 32),
    grid: [2, 1, 1],
    buffers: [new Uint32Array(64), new Float32Array(64)],
  };
}

/** Every function of floats at ordinary and at extreme arguments. */
export function mathFunctions(): Sample {
  const k = new KernelBuilder();
  const arguments_ = [
    0, 1, -1, 0.5, 20, 87, -60, -90, -104, -1000, -3e38, 1e-6, 3e38, 45, -45, 1e5,
  ];
  const n = arguments_.length;
  const x = k.buffer("x", "f32", n);
  const out = k.buffer("out", "f32", 8 * n);
  const lane = k.builtin("lane");
  const v = k.load(x, lane);
  const store = (row: number, value: Val) => k.store(out, lane.plus(row * n), value);
  const small = k.let("small", v.atLeast(-80).atMost(80));
  store(0, call("exp", v.atMost(80)));
  store(1, call("tanh", v));
  store(2, call("log", call("abs", v).plus(1e-30)));
  store(3, call("sqrt", call("abs", v)));
  store(4, call("rsqrt", call("abs", v).plus(1e-6)));
  store(5, call("floor", small));
  store(6, select(v.below(-Infinity).or(v.equals(1)), Infinity, call("neg", v)));
  store(7, call("mod", small, 3));
  return {
    kernel: k.finish("math_functions", n),
    grid: [1, 1, 1],
    buffers: [Float32Array.from(arguments_), new Float32Array(8 * n)],
  };
}

/** Registers indexed by a loop, workgroups in three dimensions, i32 arithmetic, and conditions on vectors. */
export function everythingElse(): Sample {
  const k = new KernelBuilder();
  const x = k.buffer("x", "i32", 4 * 12);
  const out = k.buffer("out", "i32", 4 * 12);
  const kept = k.registers("kept", "i32", 4);
  const [gx, gy, gz] = [
    k.builtin("workgroup_x"),
    k.builtin("workgroup_y"),
    k.builtin("workgroup_z"),
  ];
  const row = k.let("row", gz.times(2).plus(gy).times(3).plus(gx));
  k.loop("j", 0, 4, 1, (j) => k.store(kept, j, k.load(x, row.times(4).plus(j)).over(-3)));
  const four = k.load(kept, 0, 4, "four");
  const modulo = k.let("modulo", call("mod", four, 7));
  const within = k.let("within", call("and", call("lt", four, 5), call("ne", modulo, -2)));
  const chosen = select(call("or", within, call("eq", four, 6)), modulo, call("shl", four, 2));
  k.store(out, row.times(4), chosen);
  const values = Int32Array.from({ length: 48 }, (_, i) => ((i * 7919) % 101) - 50);
  return {
    kernel: k.finish("everything_else", 1),
    grid: [3, 2, 2],
    buffers: [values, new Int32Array(48)],
  };
}

/** Sums and exchanges between the lanes of a subgroup of `size`. */
export function subgroups(size: number): Sample {
  const k = new KernelBuilder();
  const x = k.buffer("x", "f32", 32);
  const out = k.buffer("out", "f32", 128);
  const lane = k.builtin("lane");
  const v = k.load(x, lane);
  k.store(out, lane, k.subgroup("sum", v));
  k.store(out, lane.plus(32), k.subgroup("max", v));
  const swapped = k.subgroup("shuffle_xor", v, size / 2);
  k.store(out, lane.plus(64), swapped.plus(cast(k.builtin("subgroup_lane"), "f32")));
  k.store(out, lane.plus(96), k.subgroup("broadcast", v, size - 1));
  return {
    kernel: k.finish("subgroups", 32),
    grid: [1, 1, 1],
    buffers: [noise(32), new Float32Array(128)],
  };
}

export const samples = [
  saxpy,
  treeSum,
  mixedWidths,
  mixBits,
  mathFunctions,
  everythingElse,
] as const;

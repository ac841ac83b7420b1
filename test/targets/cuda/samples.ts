/** Small kernels at the edges of arithmetic, and with what CUDA alone spells; the tests of the CUDA target print and run them. */
import { KernelBuilder } from "../../../codegen/build.ts";
import { roundF16, roundTo } from "../../../codegen/interpret/spell.ts";
import { placeOfSum } from "../../../codegen/multiply.ts";
import {
  bitcast,
  call,
  cast,
  fma,
  literal,
  select,
  spread,
  type Val,
} from "../../../codegen/val.ts";
import type { ScalarName } from "../../../src/graph/graph.ts";
import type { Sample } from "../wgsl/kernels.ts";

const [least, most] = [-(2 ** 31), 2 ** 31 - 1];
const wholes = [0, 1, -1, 2, -7, 31, 32, 33, 65535, least, least + 1, most, most - 1, 123456789];
const pairs = wholes.flatMap((a) => wholes.map((b) => [a, b] as const));

/** Every function of two i32, and of their bits as u32, where both wrap; divisors are not 0. */
export function wrapping(): Sample {
  const k = new KernelBuilder();
  const n = pairs.length;
  const [a, b] = [k.buffer("a", "i32", n), k.buffer("b", "i32", n)];
  const signed = k.buffer("signed_out", "i32", 11 * n);
  const unsigned = k.buffer("unsigned_out", "u32", 8 * n);
  const i = k.builtin("workgroup_x");
  const [x, y] = [k.load(a, i), k.load(b, i)];
  const divisor = k.let("divisor", select(y.equals(0), 3, y));
  const put = (to: typeof signed, values: readonly Val[]) => {
    for (const [row, value] of values.entries()) k.store(to, i.plus(row * n), value);
  };
  const both: readonly ScalarName[] = ["add", "sub", "mul", "shl", "shr", "min", "max"];
  put(signed, [
    ...both.map((fn) => call(fn, x, y)),
    call("neg", x),
    call("abs", x),
    call("div", x, divisor),
    call("mod", x, divisor),
  ]);
  const [u, v] = [bitcast(x, "u32"), bitcast(y, "u32")];
  put(unsigned, [...both.map((fn) => call(fn, u, v)), fma(u, v, u)]);
  const buffers = [
    Int32Array.from(pairs, ([p]) => p),
    Int32Array.from(pairs, ([, q]) => q),
    new Int32Array(11 * n),
    new Uint32Array(8 * n),
  ];
  return { kernel: k.finish("wrapping", 1), grid: [n, 1, 1], buffers };
}

const edges = [
  0,
  -0,
  0.5,
  -0.5,
  1.5,
  -1.5,
  2.5,
  1e-40,
  65504,
  65519,
  65520,
  1e9,
  -1e9,
  2147483520,
  2147483648,
  -2147483648,
  -3e9,
  4294967040,
  4294967296,
  5e9,
  1e38,
  Infinity,
  -Infinity,
  Number.NaN,
];

/** Conversions between all scalars, and the extremes of pairs, at numbers where they could go wrong. */
export function conversions(): Sample {
  const k = new KernelBuilder();
  const n = edges.length;
  const x = k.buffer("x", "f32", n);
  const [signed, unsigned] = [k.buffer("to_int", "i32", 3 * n), k.buffer("to_uint", "u32", 3 * n)];
  const floats = k.buffer("floats", "f32", 7 * n);
  const i = k.builtin("lane");
  const v = k.load(x, i);
  const back = k.load(x, literal(n - 1, "u32").minus(i));
  const half = cast(v, "f16");
  for (const [row, value] of [cast(v, "i32"), cast(half, "i32"), bitcast(v, "i32")].entries())
    k.store(signed, i.plus(row * n), value);
  for (const [row, value] of [cast(v, "u32"), cast(half, "u32"), bitcast(v, "u32")].entries())
    k.store(unsigned, i.plus(row * n), value);
  const rows = [
    cast(half, "f32"),
    v.atMost(back),
    v.atLeast(back),
    cast(cast(v, "i32"), "f32"),
    cast(cast(v, "u32"), "f32"),
    cast(cast(cast(v, "i32"), "f16"), "f32"),
    select(cast(v, "bool"), cast(v.below(1), "f32"), cast(call("not", v.below(1)), "f32").plus(2)),
  ];
  for (const [row, value] of rows.entries()) k.store(floats, i.plus(row * n), value);
  const buffers = [
    Float32Array.from(edges),
    new Int32Array(3 * n),
    new Uint32Array(3 * n),
    new Float32Array(7 * n),
  ];
  return { kernel: k.finish("conversions", n), grid: [1, 1, 1], buffers };
}

/** Halves between −2 and 2 and some that are large, small or nearly halfway. */
const halves = Float32Array.from({ length: 64 }, (_, i) =>
  roundF16(i % 9 === 0 ? 60000 * Math.cos(i) : 2 * Math.sin(i * 12.9898 + 1) * (i % 7 ? 1 : 2e-5)),
);

/** Arithmetic on f16 of every width, loaded and stored as f16. */
export function halfArithmetic(): Sample {
  const k = new KernelBuilder();
  const [x, y] = [k.buffer("x", "f16", 64), k.buffer("y", "f16", 64)];
  const out = k.buffer("out", "f16", 7 * 64);
  const i = k.builtin("lane");
  for (const width of [1, 2, 4] as const) {
    const at = i.times(width);
    k.when(i.below(64 / width), () => {
      const [a, b] = [k.load(x, at, width), k.load(y, at, width)];
      const rows = [a.plus(b).plus(0.1), a.minus(b).times(b), call("neg", a.atMost(b))];
      const more = [select(a.below(b), a, 0.1), fma(a, b, a), call("sqrt", call("abs", a))];
      for (const [row, value] of [...rows, ...more].entries())
        k.store(out, at.plus(row * 64), value);
      k.store(out, at.plus(6 * 64), a.times(spread(literal(1, "f16"), width)));
    });
    k.barrier();
  }
  const buffers = [halves, halves.toReversed(), new Float32Array(7 * 64)];
  return { kernel: k.finish("half_arithmetic", 64), grid: [1, 1, 1], buffers };
}

/** f32 at numbers where rounding could go wrong becomes bf16 and f32 again, in every width, through every kind of memory. */
export function bf16Storage(): Sample {
  const k = new KernelBuilder();
  const halfway = edges.flatMap((x) => [x, x * (1 + 2 ** -8), x * (1 + 3 * 2 ** -9)]);
  const n = Math.ceil(halfway.length / 4) * 4;
  const x = k.buffer("x", "f32", n);
  const [stored, back] = [k.buffer("stored", "bf16", 3 * n), k.buffer("back", "f32", 3 * n)];
  const [shared, own] = [k.workgroup("shared", "bf16", n), k.registers("own", "bf16", 4)];
  const lane = k.builtin("lane");
  for (const [row, width] of [1, 2, 4].entries() as IterableIterator<[number, 1 | 2 | 4]>) {
    const at = lane.times(width);
    k.when(lane.below(n / width), () => {
      k.store(shared, at, cast(k.load(x, at, width), "bf16"));
      k.store(own, 0, k.load(shared, at, width));
      k.store(stored, at.plus(row * n), k.load(own, 0, width));
      k.store(back, at.plus(row * n), cast(k.load(stored, at.plus(row * n), width), "f32"));
    });
    k.barrier();
  }
  const given = Float32Array.from({ length: n }, (_, i) => halfway[i] ?? 0);
  const buffers = [given, new Float32Array(3 * n), new Float32Array(3 * n)];
  return { kernel: k.finish("bf16_storage", n), grid: [1, 1, 1], buffers };
}

/** Sums, extremes and exchanges of vectors and of whole numbers within a subgroup; vectors of bool in between. */
export function subgroupVectors(): Sample {
  const k = new KernelBuilder();
  const x = k.buffer("x", "f32", 256);
  const n = k.buffer("n", "i32", 64);
  const out = k.buffer("out", "f32", 4 * 256);
  const whole = k.buffer("whole", "i32", 4 * 64);
  const lane = k.builtin("lane");
  const four = k.load(x, lane.times(4), 4);
  const kept = select(call("ne", four.below(0.25), four.below(-0.5)), four, 0.5);
  for (const [row, value] of [
    k.subgroup("sum", kept),
    k.subgroup("max", four),
    k.subgroup("shuffle_xor", four, 5),
    k.subgroup("broadcast", four, 5),
  ].entries())
    k.store(out, lane.times(4).plus(row * 256), value);
  const one = k.load(n, lane);
  for (const [row, value] of [
    k.subgroup("sum", one),
    k.subgroup("max", one),
    k.subgroup("shuffle_xor", one, 16),
    k.subgroup("broadcast", one, 16),
  ].entries())
    k.store(whole, lane.plus(row * 64), value);
  const buffers = [
    Float32Array.from({ length: 256 }, (_, i) => Math.fround(Math.sin(i * 3.7))),
    Int32Array.from({ length: 64 }, (_, i) => Math.imul(i + 1, 0x9e3779b9)),
    new Float32Array(4 * 256),
    new Int32Array(4 * 64),
  ];
  return { kernel: k.finish("subgroup_vectors", 64), grid: [1, 1, 1], buffers };
}

/** 112 KiB of workgroup memory in three arrays, of which one fits into the 48 KiB that may be declared. */
export function muchMemory(): Sample {
  const k = new KernelBuilder();
  const x = k.buffer("x", "f32", 256);
  const y = k.buffer("y", "f32", 256);
  const [small, large, larger] = [
    k.workgroup("small", "f32", 4096),
    k.workgroup("large", "f32", 12288),
    k.workgroup("larger", "f32", 12288),
  ];
  const lane = k.builtin("lane");
  const quad = k.load(x, lane.times(4), 4);
  k.store(small, lane, quad.component(0));
  k.store(large, lane.plus(12288 - 64), quad.component(1));
  k.store(larger, lane.times(4), quad);
  k.barrier();
  const other = literal(63, "u32").minus(lane);
  const sum = k.load(small, other).plus(k.load(large, other.plus(12288 - 64)));
  k.store(y, lane.times(4), k.load(larger, other.times(4), 4).plus(spread(sum, 4)));
  const buffers = [Float32Array.from({ length: 256 }, (_, i) => i / 8), new Float32Array(256)];
  return { kernel: k.finish("much_memory", 64), grid: [1, 1, 1], buffers };
}

/** A product on matrix units by two subgroups: operands copied beside other work, an odd and an even number of tiles; `turned`: b is given as columns × depth. */
export function matrixProduct(
  columns: 24 | 32,
  turned = false,
  half: "f16" | "bf16" = "f16",
): Sample {
  const [rows, depth] = [32, 32] as const;
  const k = new KernelBuilder();
  const [a, b] = [k.buffer("a", half, rows * depth), k.buffer("b", half, depth * columns)];
  const out = k.buffer("out", "f32", 2 * rows * columns);
  const [down, across] = turned ? [columns, depth] : [depth, columns];
  const [leftStride, rightStride] = [depth + 8, across + 8];
  const left = k.workgroup("left", half, rows * leftStride);
  const right = k.workgroup("right", half, down * rightStride);
  const sums = k.registers("sums", "f32", (rows * columns) / 32);
  const lane = k.builtin("lane");
  k.loop("i", 0, sums.length, 1, (i) => k.store(sums, i, 0.5));
  const copyRows = (to: typeof left, from: typeof a, width: number, stride: number) =>
    k.loop("part", lane, from.length / 8, 64, (part) => {
      const [row, column] = [part.over(width / 8), part.modulo(width / 8).times(8)];
      k.copy(to, row.times(stride).plus(column), from, part.times(8), 8, row.below(31));
    });
  copyRows(left, a, depth, leftStride);
  k.commit();
  copyRows(right, b, across, rightStride);
  k.commit();
  k.await(1);
  k.await();
  k.barrier();
  const zero = literal(0, "u32");
  k.multiply(
    sums,
    { memory: left, index: zero, stride: leftStride },
    { memory: right, index: zero, stride: rightStride },
    { rows, columns, depth },
    turned,
  );
  const arithmetic = {
    plus: (x: Val, y: Val | number) => x.plus(y),
    times: (x: Val, n: number) => x.times(n),
    over: (x: Val, n: number) => x.over(n),
    modulo: (x: Val, n: number) => x.modulo(n),
  };
  k.loop("i", 0, sums.length, 1, (i) => {
    const { row, column } = placeOfSum(arithmetic, i, lane.modulo(32), columns);
    const at = lane.over(32).times(rows).plus(row).times(columns).plus(column);
    k.store(out, at, k.load(sums, i));
  });
  const buffers = [
    Float32Array.from({ length: rows * depth }, (_, i) => roundTo[half](Math.sin(i * 1.7))),
    Float32Array.from({ length: depth * columns }, (_, i) => roundTo[half](Math.cos(i * 0.9))),
    new Float32Array(2 * rows * columns),
  ];
  return {
    kernel: k.finish(`matrix_product_${columns}${turned ? "_turned" : ""}_${half}`, 64),
    grid: [1, 1, 1],
    buffers,
  };
}

export const cudaSamples: readonly (() => Sample)[] = [
  wrapping,
  conversions,
  halfArithmetic,
  subgroupVectors,
  muchMemory,
  () => matrixProduct(24),
  () => matrixProduct(32),
  () => matrixProduct(24, true),
  () => matrixProduct(32, true),
  () => matrixProduct(24, false, "bf16"),
  () => matrixProduct(32, true, "bf16"),
  bf16Storage,
];

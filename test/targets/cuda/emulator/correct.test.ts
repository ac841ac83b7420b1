/** Kernels without bugs: silent and right under every seed, unchecked, and with approximate functions moved. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  type Argument,
  type Emulated,
  type LaunchOptions,
  openEmulated,
  type Size,
} from "../../../../targets/cuda/emulator/emulator.ts";
import { toHalf } from "../../../../targets/half.ts";
import { f32, fromF32, needs, numbers, ptxOf } from "./tools.ts";

const ways: readonly LaunchOptions[] = [
  ...[0, 1, 2, 3].map((seed) => ({ seed })),
  { seed: 0, checked: false },
  { seed: 5, checked: false },
];

describe("kernels without bugs", () => {
  let emulated: Emulated;
  before(async function () {
    needs(this, "g++", "nvcc");
    emulated = await openEmulated(
      await ptxOf(readFileSync(new URL("correct.cu", import.meta.url), "utf8")),
    );
  });
  after(() => emulated?.release());

  /** Launches in every way; results must be within `tolerance` of the wanted ones, relative to their largest. */
  function expectAll(
    name: string,
    [grid, block]: readonly [Size, Size],
    buffers: (result: Float32Array) => readonly Argument[],
    wanted: readonly number[],
    {
      tolerance,
      also = [],
      ...options
    }: { tolerance: number; also?: readonly LaunchOptions[] } & LaunchOptions,
  ): void {
    const scale = Math.max(...wanted.filter(Number.isFinite).map(Math.abs));
    for (const way of [...ways, ...also]) {
      const result = new Float32Array(wanted.length);
      assert.equal(
        emulated.launch(name, grid, block, buffers(result), { ...options, ...way }),
        null,
      );
      for (const [i, value] of wanted.entries()) {
        const near = Math.abs(result[i]! - value) <= tolerance * scale;
        assert.ok(
          near || Object.is(result[i], value),
          `${JSON.stringify(way)} at ${i}: ${result[i]} for ${value}`,
        );
      }
    }
  }

  it("multiply in tiles, with ragged sizes", () => {
    const [rows, columns, depth] = [37, 45, 70];
    const [a, b] = [numbers(rows * depth), numbers(depth * columns, 7)];
    const wanted = Array.from({ length: rows * columns }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < depth; k++)
        sum += a[Math.floor(i / columns) * depth + k]! * b[k * columns + (i % columns)]!;
      return sum;
    });
    const buffers = (c: Float32Array): Argument[] => [
      a,
      b,
      { unwritten: c },
      { s32: rows },
      { s32: columns },
      { s32: depth },
    ];
    expectAll(
      "product",
      [
        [2, 2],
        [32, 8],
      ],
      buffers,
      wanted,
      { tolerance: 1e-6 },
    );
  });

  it("normalise rows of halves", () => {
    const [rows, width] = [3, 200];
    const x = toHalf(numbers(rows * width));
    for (const way of ways) {
      const y = new Uint16Array(rows * width);
      assert.equal(
        emulated.launch(
          "normalise",
          rows,
          128,
          [x, { unwritten: y }, { s32: width }, { f32: 1e-6 }],
          way,
        ),
        null,
      );
      const value = (h: number) =>
        (h & 0x8000 ? -1 : 1) *
        (((h >> 10) & 31) === 0
          ? (h & 1023) * 2 ** -24
          : (1024 + (h & 1023)) * 2 ** (((h >> 10) & 31) - 25));
      for (let r = 0; r < rows; r++) {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += value(x[r * width + i]!) ** 2;
        const scale = 1 / Math.sqrt(sum / width + 1e-6);
        // One rounding to f16: half a unit of 2^-10, and the f32 sum's error.
        for (let i = r * width; i < (r + 1) * width; i++)
          assert.ok(
            Math.abs(value(y[i]!) - value(x[i]!) * scale) <=
              Math.abs(value(x[i]!)) * scale * 2 ** -10.9 + 2 ** -24,
            `${i}`,
          );
      }
    }
  });

  it("scan over time with copies in flight", () => {
    for (const steps of [1, 8, 21]) {
      const channels = 64;
      const [a, x] = [numbers(steps * channels), numbers(steps * channels, 3)];
      const wanted: number[] = [];
      for (let i = 0; i < steps * channels; i++)
        wanted.push(a[i]! * (wanted[i - channels] ?? 0) + x[i]!);
      const buffers = (h: Float32Array): Argument[] => [a, x, { unwritten: h }, { s32: steps }];
      expectAll("recurrence", [2, 32], buffers, wanted, { tolerance: 1e-6 });
    }
  });

  it("multiply by tensor cores", () => {
    const [rows, columns, depth] = [32, 16, 48];
    const bf = (v: Float32Array) => v.map((n) => fromF32(f32(n) & 0xffff0000));
    const [a, b] = [bf(numbers(rows * depth)), bf(numbers(depth * columns, 9))];
    const bits = (v: Float32Array) => Uint16Array.from(v, (n) => f32(n) >>> 16);
    const wanted = Array.from({ length: rows * columns }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < depth; k++)
        sum += a[Math.floor(i / columns) * depth + k]! * b[k * columns + (i % columns)]!;
      return sum;
    });
    const buffers = (c: Float32Array): Argument[] => [
      bits(a),
      bits(b),
      { unwritten: c },
      { s32: columns },
      { s32: depth },
    ];
    expectAll("tensor_product", [[2, 2], 32], buffers, wanted, {
      tolerance: 1e-6,
      also: [{ perturb: true, seed: 4 }],
    });
  });

  it("softmax in dynamic shared memory", () => {
    const [rows, width] = [2, 150];
    const x = numbers(rows * width).map((v) => v * 10);
    const wanted = Array.from({ length: rows * width }, (_, i) => {
      const row = [...x.slice(i - (i % width), i - (i % width) + width)];
      return Math.exp(x[i]!) / row.reduce((sum, v) => sum + Math.exp(v), 0);
    });
    const buffers = (y: Float32Array): Argument[] => [x, { unwritten: y }, { s32: width }];
    expectAll("softmax", [rows, 64], buffers, wanted, {
      tolerance: 1e-6,
      dynamicSharedBytes: width * 4,
      also: [{ perturb: true, seed: 4 }],
    });
  });

  it("count by atomics over blocks", () => {
    const x = Int32Array.from({ length: 300 }, (_, i) => (i * i) % 23);
    for (const way of ways) {
      const counts = new Uint32Array(16);
      assert.equal(emulated.launch("histogram", 5, 64, [x, counts, { s32: 300 }], way), null);
      const wanted = new Uint32Array(16);
      for (const v of x) wanted[v & 15]!++;
      assert.deepEqual(counts, wanted);
    }
  });

  it("order half warps by barriers of their own", () => {
    const x = numbers(32);
    const wanted = Array.from(x, (_, t) =>
      t < 16 ? x[t ^ 1]! : Math.fround(x[t ^ 2]! + x[t ^ 4]!),
    );
    expectAll("halves", [1, 32], (y) => [x, { unwritten: y }], wanted, { tolerance: 0 });
  });
});

/** What nvcc makes of small kernels, run on the CPU, against the interpreter. */
import assert from "node:assert/strict";
import { allocateMemory, type CellData, interpret } from "../../../codegen/interpret.ts";
import type { Kernel, Scalar } from "../../../codegen/kernel.ts";
import { type Emulated, openEmulated } from "../../../targets/cuda/emulator/emulator.ts";
import { legalize } from "../../../targets/cuda/legalize.ts";
import { compilePtx } from "../../../targets/cuda/nvcc.ts";
import { launchOf, printCudaFile } from "../../../targets/cuda/print.ts";
import { halfBits, toBf16 } from "../../../targets/half.ts";
import { type Sample, samples, subgroups } from "../wgsl/kernels.ts";
import { needs } from "./emulator/tools.ts";
import { cudaSamples } from "./samples.ts";

const all = [...samples, () => subgroups(32), ...cudaSamples].map((make) => make());
type Values = readonly (readonly number[])[];

function interpreted({ grid, buffers }: Sample, kernel: Kernel): Values {
  const memories = kernel.buffers.map(({ memory }, i) => {
    const allocated = allocateMemory(memory.scalar, memory.length, true);
    allocated.data.set(buffers[i]!);
    return allocated;
  });
  interpret(kernel, grid, memories, { subgroup: { size: 32 } });
  return memories.map((m) => [...m.data]);
}

/** Halves as bits, infinities kept. */
function stored(data: CellData, scalar: Scalar) {
  if (scalar === "bf16") return toBf16(Float32Array.from(data));
  if (scalar !== "f16") return data.slice();
  return Uint16Array.from(data, (x) =>
    Math.abs(x) === Infinity ? (x < 0 ? 0xfc00 : 0x7c00) : halfBits(x),
  );
}

const bf16Value = (bits: number) => new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;

function halfValue(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  const size =
    exponent === 31
      ? fraction === 0
        ? Infinity
        : Number.NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

function emulated(engine: Emulated, { kernel, grid, buffers }: Sample, seed: number): Values {
  const scalars = kernel.buffers.map(({ memory }) => memory.scalar);
  const given = buffers.map((data, i) => stored(data, scalars[i]!));
  const { entry, workgroupSize, dynamicBytes } = launchOf(kernel);
  const options = { seed, dynamicSharedBytes: dynamicBytes };
  assert.equal(engine.launch(entry, grid, workgroupSize, given, options), null);
  const values = { f16: halfValue, bf16: bf16Value } as const;
  return given.map((data, i) => {
    const scalar = scalars[i]!;
    return scalar === "f16" || scalar === "bf16" ? [...data].map(values[scalar]) : [...data];
  });
}

/** The largest difference relative to 1 or the expected number; equal numbers, NaNs and infinities do not differ. */
function worstDifference(actual: Values, expected: Values, what: string): number {
  let worst = 0;
  for (const [b, values] of expected.entries())
    for (const [i, e] of values.entries()) {
      const a = actual[b]![i]!;
      if (Object.is(a, e)) continue;
      const difference = Math.abs(a - e) / Math.max(1, Math.abs(e));
      assert.ok(difference < 1e-3, `${what}: buffer ${b}[${i}] is ${a}, expected ${e}`);
      worst = Math.max(worst, difference);
    }
  return worst;
}

/** Only these are not equal to the last bit: functions, orders of sums, and f16's fma, which both round twice. */
const tolerances: Readonly<Record<string, number>> = {
  math_functions: 2e-7,
  subgroups: 5e-7,
  subgroup_vectors: 1e-6,
  matrix_product_24_f16: 2e-6,
  matrix_product_32_f16: 2e-6,
  matrix_product_24_turned_f16: 2e-6,
  matrix_product_32_turned_f16: 2e-6,
  matrix_product_24_bf16: 2e-6,
  matrix_product_32_turned_bf16: 2e-6,
};

describe("CUDA kernels as nvcc compiles them", function () {
  this.timeout(120_000);
  let engine: Emulated;
  before(async function () {
    needs(this, "g++", "nvcc");
    const { ptx } = await compilePtx(printCudaFile(all.map((s) => s.kernel)));
    engine = await openEmulated(ptx);
  });
  for (const sample of all)
    it(`${sample.kernel.name} gives what the interpreter gives, with nothing to complain of`, () => {
      const expected = interpreted(sample, sample.kernel);
      for (const seed of [1, 2]) {
        const worst = worstDifference(emulated(engine, sample, seed), expected, sample.kernel.name);
        assert.ok(worst <= (tolerances[sample.kernel.name] ?? 0), `differs by ${worst}`);
      }
    });
});

describe("CUDA legalization", () => {
  for (const sample of all)
    it(`of ${sample.kernel.name} does not change what it means`, () => {
      const [before, after] = [sample.kernel, legalize(sample.kernel)].map((k) =>
        interpreted(sample, k),
      );
      assert.ok(worstDifference(after!, before!, sample.kernel.name) <= 5e-7);
    });
});

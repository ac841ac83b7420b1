import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import type { Kernel } from "../../../codegen/kernel.ts";
import { call, fma, literal, select } from "../../../codegen/val.ts";
import { printLiteral } from "../../../targets/cuda/literal.ts";
import { compilePtx } from "../../../targets/cuda/nvcc.ts";
import { launchOf, printCudaFile, toKernelText } from "../../../targets/cuda/print.ts";
import { identifier } from "../../../targets/cuda/words.ts";
import { mixedWidths, saxpy, subgroups, treeSum } from "../wgsl/kernels.ts";
import { needs } from "./emulator/tools.ts";
import { conversions, halfArithmetic, matrixProduct, muchMemory, wrapping } from "./samples.ts";

const codeOf = (kernel: Kernel): string => toKernelText(kernel).code;

const body = (code: string): string[] =>
  code
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim());

/** A kernel of one lane that stores what `make` gives. */
function storing(make: (k: KernelBuilder) => void): Kernel {
  const k = new KernelBuilder();
  make(k);
  return k.finish("storing", 1);
}

describe("CUDA text", () => {
  it("reads like the recipe that wrote it", () => {
    assert.equal(
      codeOf(saxpy().kernel),
      `extern "C" __global__ void __launch_bounds__(16, 16)
saxpy(const float* __restrict__ x, float* __restrict__ y) {
  __builtin_assume(threadIdx.x < 16u);
  const unsigned i = blockIdx.x * 16u + threadIdx.x;
  // lanes past the end have nothing to do
  if (i < 37u) {
    const float x_value = x[i];
    const float y_value = y[i];
    y[i] = fmaf(2.5f, x_value, y_value);
  }
}
`,
    );
  });

  it("accesses vectors at once, and names what is done to them in the head", () => {
    const code = codeOf(mixedWidths().kernel);
    assert.match(code, /const float4 four_value = load<float4>\(x, threadIdx\.x \* 4u\);/);
    assert.match(code, /const float2 pair_value = load<float2>\(x, threadIdx\.x \* 4u \+ 2u\);/);
    assert.match(
      code,
      /store\(quads, threadIdx\.x \* 4u, fmaf\(four_value, spread4\(next_value\), scalars_value\)\);/,
    );
    assert.match(
      code,
      /inline float4 fmaf\(float4 a, float4 b, float4 c\) \{\n {2}return \{fmaf\(a\.x, b\.x, c\.x\)/,
    );
  });

  it("puts into the head what the kernels use, once", () => {
    assert.doesNotMatch(codeOf(treeSum().kernel), /inline|include/);
    const code = printCudaFile([mixedWidths().kernel, subgroups(32).kernel, saxpy().kernel]);
    for (const once of [
      /inline float4 spread4\(/g,
      /inline Vector load\(/g,
      /inline float subgroup_sum\(/g,
    ])
      assert.equal(code.match(once)?.length, 1, String(once));
    assert.doesNotMatch(code, /cuda_fp16|copy_async|boolx/);
    assert.equal(code.match(/extern "C" __global__/g)?.length, 3);
  });

  it("begins with notes where they are given", () => {
    const code = printCudaFile([saxpy().kernel], { notes: ["a model", "for\nsm_80 \\"] });
    assert.ok(code.startsWith("// a model\n// for sm_80\n\nextern"), code.slice(0, 60));
  });

  it("declares workgroup memory as arrays, and past 48 KiB takes it from the launch", () => {
    assert.match(codeOf(treeSum().kernel), /^ {2}__shared__ float partial\[64\];$/m);
    const { code, dynamicBytes } = toKernelText(muchMemory().kernel);
    assert.equal(dynamicBytes, 2 * 4 * 12288);
    assert.match(code, /^ {2}__shared__ float small\[4096\];$/m);
    assert.match(code, /float\* const large = reinterpret_cast<float\*>\(dynamic_memory\);/);
    assert.match(
      code,
      /float\* const larger = reinterpret_cast<float\*>\(dynamic_memory \+ 49152\);/,
    );
  });

  it("says how a kernel is launched", () => {
    const { name, entry, access, workgroupSize, dynamicBytes } = launchOf(saxpy().kernel);
    assert.deepEqual(
      { name, entry, access, workgroupSize, dynamicBytes },
      {
        name: "saxpy",
        entry: "saxpy",
        access: ["read", "read_write"],
        workgroupSize: 16,
        dynamicBytes: 0,
      },
    );
  });

  it("wraps i32 in u32, and shifts by five bits", () => {
    const code = codeOf(wrapping().kernel);
    assert.match(code, /= int\(unsigned\(a_value\) \+ unsigned\(b_value\)\);/);
    assert.match(code, /= int\(\(unsigned\(a_value\) << \(unsigned\(b_value\) & 31u\)\)\);/);
    assert.match(code, /divisor == -1 \? int\(0u - unsigned\(a_value\)\) : a_value \/ divisor/);
    assert.doesNotMatch(code, /[^(]a_value [+*-] b_value/);
    const plain = storing((k) => {
      const x = k.buffer("x", "i32", 4);
      k.store(x, 0, call("div", k.load(x, 1), 3).plus(-1));
      k.store(x, 2, call("shl", k.load(x, 3), 33));
    });
    assert.deepEqual(body(codeOf(plain)), [
      "const int x_value = x[1u];",
      "x[0u] = int(unsigned(x_value / 3) + 4294967295u);",
      "const int x_value_1 = x[3u];",
      "x[2u] = int((unsigned(x_value_1) << 1u));",
    ]);
  });

  it("calculates with f16 in f32, from constants that are rounded first", () => {
    const code = codeOf(halfArithmetic().kernel);
    assert.match(code, /__half\(float\(.*\) \+ 0\.099975586f\)/);
    assert.match(code, /inline f16x4 load<f16x4, __half>/);
    assert.doesNotMatch(code, /__hadd|__hmul|__hfma/);
  });

  it("converts to whole numbers by instructions that saturate", () => {
    const code = codeOf(conversions().kernel);
    assert.match(code, /__float2int_rz\(x_value\)/);
    assert.match(code, /__float2uint_rz\(float\(/);
    assert.match(code, /minimum\(x_value, x_value_1\)/);
  });

  it("spells copies and products of tiles", () => {
    const code = codeOf(matrixProduct(24).kernel);
    assert.match(code, /copy_async<8u>\(&left\[.*\], &a\[part \* 8u\], .* < 31u\);/);
    assert.match(code, /await_copies<1u>\(\);/);
    assert.match(
      code,
      /multiply<32u, 24u, 32u, false>\(sums, &left\[0u\], 40u, &right\[0u\], 32u\);/,
    );
    assert.match(code, /__shared__ __align__\(16\) __half left\[1280\];/);
  });
});

describe("CUDA names", () => {
  it("are kept from words that C++ and CUDA use, and different names stay different", () => {
    assert.equal(identifier("float"), "float_");
    assert.equal(identifier("float_"), "float__");
    assert.equal(identifier("major"), "major_");
    assert.equal(identifier("row"), "row");
    assert.equal(identifier("_"), "underscore_");
  });

  it("of kernels, memories and locals compile although they are taken", async function () {
    needs(this, "nvcc");
    const k = new KernelBuilder();
    const names = [
      "float",
      "int4",
      "load",
      "store",
      "spread4",
      "threadIdx",
      "unix",
      "assert",
      "maximum",
    ];
    const buffers = names.map((name) => k.buffer(name, "f32", 8));
    const lane = k.builtin("lane");
    let sum = literal(0, "f32", 4);
    for (const [i, buffer] of buffers.slice(1).entries())
      sum = k.let(
        ["expf", "fmaf", "select", "min"][i % 4]!,
        fma(k.load(buffer, lane.times(4), 4), 2, sum),
      );
    k.store(buffers[0]!, lane.times(4), select(sum.below(0), sum, call("exp", sum.atLeast(0))));
    await compilePtx(toKernelText(k.finish("template", 2)).code);
  });
});

describe("CUDA literals", () => {
  it("are the shortest text of the number", () => {
    assert.equal(printLiteral(0.1, "f32"), "0.1f");
    assert.equal(printLiteral(-0, "f32"), "-0.0f");
    assert.equal(printLiteral(3, "f32"), "3.0f");
    assert.equal(printLiteral(-(2 ** 31), "i32"), "int(2147483648u)");
    assert.equal(printLiteral(2 ** 32 - 1, "u32"), "4294967295u");
    assert.equal(printLiteral(0.1, "f16"), "__half(0.099975586f)");
    assert.equal(printLiteral(Number.NaN, "f32"), "__uint_as_float(0x7fc00000u)");
  });

  it("are the same number to nvcc", async function () {
    needs(this, "nvcc");
    const bits = new Uint32Array(160);
    for (let i = 0, state = 12345; i < bits.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bits[i] =
        i < 8
          ? [1, 0x80000000, 0x7f7fffff, 0x00800000, 0x007fffff, 0x7f800000, 0xff800000, 0x4b800001][
              i
            ]!
          : state;
    }
    const floats = [...new Float32Array(bits.buffer)].filter((f) => !Number.isNaN(f));
    const kernel = storing((k) => {
      const x = k.buffer("x", "f32", floats.length);
      for (const [i, f] of floats.entries()) k.store(x, i, f);
    });
    const { ptx } = await compilePtx(codeOf(kernel));
    const written = new Set(
      [...ptx.matchAll(/\b(?:0[fF]([0-9A-Fa-f]{8})|mov\.u32\s+%r\d+, (-?\d+);)/g)].map(
        ([, hex, decimal]) => (hex ? Number.parseInt(hex, 16) : Number(decimal) >>> 0),
      ),
    );
    for (const f of floats) {
      const wanted = new Uint32Array(Float32Array.of(f).buffer)[0]!;
      assert.ok(written.has(wanted), `${f} as ${wanted.toString(16)}`);
    }
  });
});

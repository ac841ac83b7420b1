import assert from "node:assert/strict";
import { KernelBuilder } from "../../../codegen/build.ts";
import { call, literal, select } from "../../../codegen/val.ts";
import { toKernelText } from "../../../targets/wgsl/print.ts";
import { mathFunctions, mixedWidths, samples, saxpy, subgroups } from "./kernels.ts";
import { validateWgsl } from "./validate.ts";

/** The kernel's code without its last newline. */
const codeOf = (sample: { readonly kernel: Parameters<typeof toKernelText>[0] }): string =>
  toKernelText(sample.kernel).code.trimEnd();

const body = (code: string): string[] =>
  code
    .split("\n")
    .filter((line) => line.startsWith("  "))
    .map((line) => line.trim());

describe("WGSL text", () => {
  it("reads like the recipe that wrote it", () => {
    assert.equal(
      codeOf(saxpy()),
      `// saxpy
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = group.x * 16u + lane;
  // lanes past the end have nothing to do
  if (i < 37u) {
    let x_value = x[i];
    let y_value = y[i];
    y[i] = fma(2.5, x_value, y_value);
  }
}`,
    );
  });

  it("declares a buffer as vec4 where nothing narrower is stored, and as scalars elsewhere", () => {
    assert.equal(
      codeOf(mixedWidths()),
      `// mixed_widths
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> scalars: array<f32>;
@group(0) @binding(2) var<storage, read_write> quads: array<vec4<f32>>;

@compute @workgroup_size(8)
fn main(@builtin(local_invocation_index) lane: u32) {
  let four_value = x[lane];
  let next_value = x[((lane * 4u + 5u) % 32u) / 4u][((lane * 4u + 5u) % 32u) % 4u];
  let pair_value = vec2<f32>(x[(lane * 4u + 2u) / 4u][(lane * 4u + 2u) % 4u], x[(lane * 4u + 2u) / 4u][(lane * 4u + 2u) % 4u + 1u]);
  { let stored = vec4<f32>(pair_value.y, pair_value.x, next_value, next_value); scalars[lane * 4u] = stored.x; scalars[lane * 4u + 1u] = stored.y; scalars[lane * 4u + 2u] = stored.z; scalars[lane * 4u + 3u] = stored.w; }
  if (lane == 3u) {
    scalars[13u] = 7.0;
  }
  let scalars_value = vec4<f32>(scalars[lane * 4u], scalars[lane * 4u + 1u], scalars[lane * 4u + 2u], scalars[lane * 4u + 3u]);
  quads[lane] = fma(four_value, vec4<f32>(next_value), scalars_value);
}`,
    );
  });

  it("clamps tanh and makes infinities from bits", () => {
    const code = codeOf(mathFunctions());
    assert.match(code, /tanh\(min\(max\(x_value, -10\.0\), 10\.0\)\)/);
    assert.match(code, /let infinity = bitcast<f32>\(infinity_bits\);/);
    assert.doesNotMatch(code, /Infinity|NaN/);
  });

  it("enables subgroups and f16 only where they are used", async () => {
    assert.doesNotMatch(codeOf(saxpy()), /enable/);
    assert.match(codeOf({ kernel: subgroups(8).kernel }), /^\/\/ subgroups\nenable subgroups;\n/);
    const k = new KernelBuilder();
    const x = k.buffer("x", "f16", 8);
    k.store(x, k.builtin("lane"), k.load(x, k.builtin("lane")).times(0.5));
    const { code } = toKernelText(k.finish("halves", 8));
    assert.match(code, /enable f16;/);
    assert.match(code, /x_value \* 0\.5h/);
    assert.deepEqual(await validateWgsl(code), []);
  });

  it("renames what WGSL reserves, and keeps different names different", async () => {
    const k = new KernelBuilder();
    const x = k.buffer("var", "f32", 4);
    const y = k.buffer("exp", "f32", 4);
    const lane = k.let("lane", k.builtin("lane").plus(0).modulo(4));
    const group = k.let("group_", call("exp", k.load(x, lane)));
    k.store(y, lane, k.let("group", group.plus(1)).times(group));
    const { code } = toKernelText(k.finish("reserved", 4));
    assert.deepEqual(await validateWgsl(code), []);
    assert.deepEqual(body(code), [
      "let lane_ = lane % 4u;",
      "let var_value = var_[lane_];",
      "let group__ = exp(var_value);",
      "let group_ = group__ + 1.0;",
      "exp_[lane_] = group_ * group__;",
    ]);
  });

  it("prints every number so that it reads back as the same number", async () => {
    const floats = [
      0, -0, 1, 0.1, -2.5e-7, 16777216, 1e-45, 3.4028234663852886e38, -3.4028234663852886e38,
      1.17549435e-38, 123456789,
    ];
    const k = new KernelBuilder();
    const x = k.buffer("x", "f32", floats.length);
    const n = k.buffer("n", "i32", 3);
    for (const [i, f] of floats.entries()) k.store(x, i, f);
    for (const [i, f] of [-(2 ** 31), 2 ** 31 - 1, -1].entries()) k.store(n, i, f);
    const { code } = toKernelText(k.finish("numbers", 1));
    assert.deepEqual(await validateWgsl(code), []);
    const printed = body(code)
      .slice(0, floats.length)
      .map((line) => line.replace(/.* = (.*);/, "$1"));
    for (const [i, text] of printed.entries())
      assert.ok(Object.is(Math.fround(Number(text)), Math.fround(floats[i]!)), text);
    assert.ok(
      printed.every((text) => /[.e]/.test(text)),
      printed.join(" "),
    );
    assert.equal(printed[3], "0.1");
  });

  it("tells buffers apart: read, written, both, with a barrier for those that are shared", async () => {
    const k = new KernelBuilder();
    const [a, b, c] = [k.buffer("a", "f32", 4), k.buffer("b", "f32", 4), k.buffer("c", "f32", 4)];
    const lane = k.builtin("lane");
    k.store(c, lane, k.load(a, lane));
    k.barrier();
    k.store(b, lane, select(lane.below(2), k.load(c, lane), literal(0, "f32")));
    const text = toKernelText(k.finish("shared", 4));
    assert.deepEqual(text.access, ["read", "write", "read_write"]);
    assert.match(text.code, /workgroupBarrier\(\); storageBarrier\(\);/);
    assert.deepEqual(await validateWgsl(text.code), []);
  });

  for (const sample of [...samples, () => subgroups(8)]) {
    const { kernel } = sample();
    it(`is valid for ${kernel.name}`, async () => {
      assert.deepEqual(await validateWgsl(toKernelText(kernel).code), []);
    });
  }
});

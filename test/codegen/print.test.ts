import assert from "node:assert/strict";
import { KernelBuilder } from "../../codegen/build.ts";
import { kernelKey, plainDialect, printPlain } from "../../codegen/plain.ts";
import { printExpr, printKernel } from "../../codegen/print.ts";
import { call, cast, fma, literal, negate, type Val } from "../../codegen/val.ts";

function doubled(
  names: { readonly kernel: string; readonly input: string; readonly note?: string },
  factor = 2,
) {
  const k = new KernelBuilder();
  const x = k.buffer(names.input, "f32", 64);
  const y = k.buffer("y", "f32", 64);
  if (names.note) k.note(names.note);
  const i = k.let("i", k.builtin("workgroup_x").times(32).plus(k.builtin("lane")));
  k.when(i.below(64), () => k.store(y, i, k.load(x, i).times(factor)));
  return k.finish(names.kernel, 32);
}

const text = (v: Val) => printExpr(v.expr, plainDialect);

describe("printing kernels", () => {
  it("writes one line a statement, with names from the recipe", () => {
    assert.equal(
      printPlain(doubled({ kernel: "double", input: "x", note: "twice as much" })),
      [
        "kernel double, 32 lanes {",
        "  buffer x: f32[64], read",
        "  buffer y: f32[64], write",
        "  // twice as much",
        "  let i: u32 = workgroup.x * 32u + lane",
        "  if (i < 64u) {",
        "    let x_value: f32 = x[i]",
        "    y[i] = x_value * 2.0",
        "  }",
        "}",
        "",
      ].join("\n"),
    );
  });
  it("sets parentheses only where they change the meaning or a target wants them", () => {
    const k = new KernelBuilder();
    const [a, b] = [k.builtin("lane"), k.builtin("workgroup_x")];
    assert.equal(text(a.plus(b).plus(a.times(b))), "lane + workgroup.x + lane * workgroup.x");
    assert.equal(text(a.minus(a.minus(b))), "lane - (lane - workgroup.x)");
    assert.equal(text(a.plus(b).times(a)), "(lane + workgroup.x) * lane");
    assert.equal(text(a.times(a.modulo(b))), "lane * (lane % workgroup.x)");
    assert.equal(
      text(a.below(b).and(b.equals(a)).or(a.below(3))),
      "(lane < workgroup.x && workgroup.x == lane) || lane < 3u",
    );
    assert.equal(text(call("bitand", call("shl", a, 2), b)), "((lane << 2u) & workgroup.x)");
    const x = cast(a, "f32");
    assert.equal(text(negate(x.plus(1))), "-(f32(lane) + 1.0)");
    assert.equal(text(negate(negate(x))), "-(-f32(lane))");
    assert.equal(text(x.minus(literal(-1, "f32"))), "f32(lane) - -1.0");
    assert.equal(text(fma(x.plus(1), x, x)), "fma(f32(lane) + 1.0, f32(lane), f32(lane))");
  });
  it("counts a vector access in vectors where a dialect asks for it", () => {
    const k = new KernelBuilder();
    const x = k.buffer("x", "f32", 64);
    const i = k.let("i", k.builtin("lane").modulo(2));
    k.store(x, i.times(8).plus(4), k.load(x, i.times(4), 4));
    k.store(x, i, k.load(x, i, 4));
    const grouped = printKernel(k.finish("grouped", 4), {
      ...plainDialect,
      load: (from, _, type, inGroups) => `${from.name}4[${inGroups(type.width)}]`,
      store: (to, _, value, type, inGroups) => `${to.name}4[${inGroups(type.width)}] = ${value}`,
    });
    assert.match(grouped, /= x4\[i\]\n/);
    assert.match(grouped, /x4\[i \* 2u \+ 1u\] =/);
    assert.match(grouped, /= x4\[i \/ 4u\]\n/);
  });
  it("gives kernels of different layers one key, and different kernels different ones", () => {
    const key = kernelKey(doubled({ kernel: "layer_0_double", input: "layer_0_x" }));
    assert.equal(
      kernelKey(doubled({ kernel: "layer_1_double", input: "other", note: "why" })),
      key,
    );
    assert.notEqual(kernelKey(doubled({ kernel: "layer_0_double", input: "layer_0_x" }, 3)), key);
  });
});

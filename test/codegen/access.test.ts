/** How regions are read and written: what is emitted for views, once for shared values, and what is refused. */
import assert from "node:assert/strict";
import { RegionIO } from "../../codegen/access.ts";
import { KernelBuilder } from "../../codegen/build.ts";
import { linearLanes } from "../../codegen/grid.ts";
import { Indices, sameElements } from "../../codegen/indices.ts";
import { minimumCaps } from "../../codegen/kernel.ts";
import { printPlain } from "../../codegen/plain.ts";
import { simplifyKernel } from "../../codegen/simplify.ts";
import type { SplitRegion } from "../../codegen/split-region.ts";
import { literal, type Val } from "../../codegen/val.ts";
import { CompilerBug } from "../../src/graph/bug.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import type { Type } from "../../src/graph/graph.ts";
import { regionOf } from "./region.ts";

const f32 = (...shape: number[]): Type => ({ dtype: "f32", shape });
const u32 = (value: number): Val => literal(value, "u32");

/** The kernel's text, as a recipe that does `body` for each lane leaves it. */
function textOf(io: RegionIO, body: (lane: Val) => void): string {
  body(io.k.builtin("lane"));
  return printPlain(simplifyKernel(io.finish("test", 64, [1, 1, 1]).kernel));
}

const count = (text: string, pattern: RegExp) => text.match(pattern)?.length ?? 0;

describe("indices", () => {
  it("find the axes that a reshape leaves alone", () => {
    assert.deepEqual(sameElements([2, 6, 4], [2, 2, 3, 4]), [
      { from: [0, 1], to: [0, 1] },
      { from: [1, 2], to: [1, 3] },
      { from: [2, 3], to: [3, 4] },
    ]);
    assert.equal(sameElements([1, 4], [4]).length, 1);
  });
  it("put together what they cut for nothing", () => {
    const k = new KernelBuilder();
    const indices = new Indices(k);
    const index = k.let("element", k.builtin("lane").times(4));
    assert.equal(indices.flatten(indices.unflatten(index, [3, 1, 5, 8]), [3, 1, 5, 8]), index);
  });
  it("do not divide by sizes of one and fold literals", () => {
    const k = new KernelBuilder();
    const indices = new Indices(k);
    const at = indices.unflatten(k.builtin("lane"), [1, 64, 1]);
    assert.deepEqual(
      at.map((v) => v.expr.kind),
      ["literal", "builtin", "literal"],
    );
    assert.deepEqual(indices.flatten([u32(2), u32(3)], [4, 5]).expr, u32(13).expr);
  });
});

describe("a region's reads and writes", () => {
  it("load a shared value once while its block is open", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(64));
    const shared = g.map("exp", x);
    const out = g.map("add", shared, g.map("mul", shared, x));
    const io = new RegionIO({ ...regionOf(out), anchor: null });
    const text = textOf(io, (lane) => io.writeOutput(out, [lane]));
    assert.equal(count(text, /exp\(/g), 1);
    assert.equal(count(text, /x\[/g), 1);
  });
  it("compute again after a node is bound again", () => {
    const g = new GraphBuilder();
    const sum = g.reduce("sum", g.input("x", f32(8, 4)), 1);
    const out = g.map("exp", sum);
    const io = new RegionIO(regionOf(sum, [out]));
    const found = [1, 2].map((value) => {
      io.bind(sum, () => literal(value, "f32"));
      return io.read(out)([u32(0)]);
    });
    assert.notDeepEqual(found[0]!.expr, found[1]!.expr);
  });
  it("use vectors where the last axis allows it and splat what does not vary along it", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(6, 8));
    const scale = g.input("scale", f32(6));
    const out = g.map("mul", x, g.broadcast(scale, [6, 8], [0]));
    const turned = g.transpose(x, [1, 0]);
    const io = new RegionIO({ ...regionOf(out, [out]), anchor: null });
    assert.equal(io.canVector(out), true);
    assert.equal(io.canVector(turned), false);
    assert.deepEqual(io.read(out)([u32(1), u32(4)], 4).type, { scalar: "f32", width: 4 });
  });
  it("write the outputs that views move, slices only where they hold the element", () => {
    const g = new GraphBuilder();
    const product = g.contract(
      g.input("x", f32(5, 3)),
      g.parameter("w", f32(8, 3)),
      "tk",
      "nk",
      "tn",
    );
    const bias = g.broadcast(g.parameter("bias", f32(2, 4)), [5, 2, 4], [1, 2]);
    const out = g.map("tanh", g.map("add", g.reshape(product, [5, 2, 4]), bias));
    const last = g.reshape(g.slice(out, 0, 4, 1), [8]);
    const io = new RegionIO(regionOf(product, [out, last]));
    const text = textOf(io, (lane) =>
      io.write([io.k.builtin("workgroup_x"), lane.times(4)], literal(2, "f32", 4)),
    );
    assert.match(text, /bias\[lane \* 4u; 4\]/);
    assert.match(text, /tanh_1\[\(workgroup\.x \* 2u \+ lane\) \* 4u; 4\] = tanh/);
    assert.match(text, /if \(workgroup\.x == 4u\) \{\n\s+tanh_2\[lane \* 4u; 4\] = tanh/);
    assert.equal(count(text, /= tanh\(/g), 1);
  });
  it("write a vector part by part where a view scatters it", () => {
    const g = new GraphBuilder();
    const product = g.contract(
      g.input("x", f32(5, 3)),
      g.parameter("w", f32(8, 3)),
      "tk",
      "nk",
      "tn",
    );
    const io = new RegionIO(regionOf(product, [g.transpose(product, [1, 0])]));
    const text = textOf(io, (lane) => io.write([u32(2), lane.times(4)], literal(2, "f32", 4)));
    assert.equal(count(text, /contract\w*\[/g), 4);
  });
  it("refuse an output that needs the anchor at two places", () => {
    const g = new GraphBuilder();
    const product = g.contract(
      g.input("x", f32(5, 3)),
      g.parameter("w", f32(8, 3)),
      "tk",
      "nk",
      "tn",
    );
    const gated = g.map("mul", g.slice(product, 1, 0, 4), g.slice(product, 1, 4, 4));
    const io = new RegionIO(regionOf(product, [gated]));
    assert.throws(() => io.write([u32(0), io.k.builtin("lane")], literal(1, "f32")), CompilerBug);
  });
  it("add where a piece starts to the places of a narrowed anchor", () => {
    const g = new GraphBuilder();
    const x = g.input("x", f32(5, 3));
    const whole = g.contract(x, g.parameter("w", f32(8, 3)), "tk", "nk", "tn");
    const part = g.contract(x, g.parameter("part", f32(4, 3)), "tk", "nk", "tn");
    const region: SplitRegion = {
      ...regionOf(part),
      outputs: [whole],
      split: { kind: "columns", whole, axis: 1 },
    };
    const io = new RegionIO(region);
    const text = textOf(io, (lane) => io.write([u32(1), lane], literal(1, "f32")));
    assert.match(text, /contract\[.*piece_start.*\] = /);
  });
});

describe("a linear range of lanes", () => {
  it("folds into the second dimension what the first cannot hold", () => {
    const io = new RegionIO({ name: "none", anchor: null, inputs: [], body: [], outputs: [] });
    const caps = { ...minimumCaps, maxWorkgroupsPerDimension: 10 };
    assert.deepEqual(linearLanes(io, caps, 640, 64).grid, [10, 1, 1]);
    assert.deepEqual(linearLanes(io, caps, 641, 64).grid, [6, 2, 1]);
  });
});

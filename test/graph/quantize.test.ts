import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../../src/graph/bug.ts";
import { GraphBuilder } from "../../src/graph/build.ts";
import { evaluate, valueFrom } from "../../src/graph/evaluate.ts";
import type { Grouping } from "../../src/graph/graph.ts";
import { dequantize, quantize, scalesShape } from "../../src/graph/quantize.ts";

const cases = fc.record({
  shape: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
  axis: fc.nat(),
  terms: fc.integer({ min: 1, max: 70 }),
  bits: fc.constantFrom(4 as const, 8 as const),
  seed: fc.nat(),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** A shape with one long axis, numbers of very different sizes from group to group, some groups of zeros. */
function drawn({ shape: sizes, axis: pick, terms, bits, seed }: Case) {
  const axis = pick % sizes.length;
  const shape = sizes.with(axis, terms);
  const grouping: Grouping = { axis, group: 32, bits };
  let state = (seed * 2654435761 + 1) >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const step = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const numbers = new Float32Array(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < numbers.length; i++) {
    const group = Math.floor((Math.floor(i / step) % terms) / 32) + (i % step);
    numbers[i] = group % 5 === 4 ? 0 : next() * 10 ** ((group % 7) - 3);
  }
  return { shape, grouping, numbers };
}

describe("whole numbers of few bits with a scale a group", () => {
  it("are within half a scale of what they stand for, and what is largest is itself", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { shape, grouping, numbers } = drawn(one);
        const made = quantize(numbers, shape, grouping, "w");
        const back = dequantize(made, shape, grouping);
        const step = shape.slice(grouping.axis + 1).reduce((a, b) => a * b, 1);
        const terms = shape[grouping.axis]!;
        const groups = Math.ceil(terms / 32);
        const most = new Map<number, number>();
        const groupOf = (i: number) => {
          const term = Math.floor(i / step) % terms;
          return (
            (Math.floor(i / (step * terms)) * groups + Math.floor(term / 32)) * step + (i % step)
          );
        };
        for (const [i, x] of numbers.entries()) {
          const group = groupOf(i);
          most.set(group, Math.max(most.get(group) ?? 0, Math.abs(x)));
          const scale = Math.abs(made.scales[group]!);
          // int4 has no +8: what is nearly as large as the largest, with the other sign, is off by up to a whole scale.
          const allowed = grouping.bits === 8 ? 0.5 : 1;
          assert.ok(Math.abs(back[i]! - x) <= scale * allowed * (1 + 1e-6), `${x} ${back[i]}`);
        }
        for (const [i, x] of numbers.entries())
          if (Math.abs(x) === most.get(groupOf(i)) && x !== 0) {
            const q = made.values[i]!;
            if (grouping.bits === 8) assert.equal(Math.abs(q), 127);
            else assert.ok(q === -8 || q === 7, `${q}`);
          }
      }),
      { seed: 1 },
    );
  });

  it("round to nearest, ties to even", () => {
    const scale = 2 ** -6;
    const wholes = [-127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5, 0.49, 0.51];
    const numbers = Float32Array.from(wholes, (n) => n * scale);
    const { values, scales } = quantize(
      numbers,
      [numbers.length, 1],
      { axis: 0, group: 32, bits: 8 },
      "w",
    );
    assert.deepEqual([...scales], [scale]);
    assert.deepEqual([...values], [-127, 0, 2, 2, 0, -2, -2, 126, 0, 1]);
  });

  it("use all sixteen of four bits, whichever sign the largest has", () => {
    for (const sign of [1, -1]) {
      const numbers = Float32Array.from({ length: 16 }, (_, i) => sign * (i - 8));
      const { values, scales } = quantize(numbers, [16, 1], { axis: 0, group: 32, bits: 4 }, "w");
      assert.deepEqual([...scales], [sign]);
      assert.deepEqual(
        [...values],
        Array.from({ length: 16 }, (_, i) => i - 8),
      );
    }
  });

  it("stay as they are when what they stand for is quantised again", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { shape, grouping, numbers } = drawn(one);
        const made = quantize(numbers, shape, grouping, "w");
        const again = quantize(dequantize(made, shape, grouping), shape, grouping, "w");
        assert.deepEqual(again.values, made.values);
      }),
      { seed: 1 },
    );
  });

  it("are zeros where a group is, or is too small for a scale", () => {
    const grouping = { axis: 0, group: 32, bits: 8 } as const;
    const tiny = quantize(Float32Array.of(1e-45, -1e-45, 0), [3, 1], grouping, "w");
    assert.deepEqual([...tiny.values, ...tiny.scales], [0, 0, 0, 0]);
  });

  it("hold nothing infinite and no NaN, said with the parameter's name", () => {
    for (const x of [Number.NaN, Infinity])
      assert.throws(
        () =>
          quantize(Float32Array.of(1, x), [2, 1], { axis: 0, group: 32, bits: 4 }, "layers.0.w"),
        (error: unknown) =>
          error instanceof UserError &&
          error.message ===
            `parameter "layers.0.w" holds ${x}, which int4 cannot hold; give --precision bf16`,
      );
  });

  it("mean in a graph what they stand for", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { shape, grouping, numbers } = drawn(one);
        const made = quantize(numbers, shape, grouping, "w");
        const g = new GraphBuilder();
        const dtype = grouping.bits === 8 ? "i8" : "i4";
        const values = g.parameter("values", { dtype, shape });
        const scales = g.parameter("scales", {
          ...{ dtype: "f32", shape: scalesShape(shape, grouping) },
        });
        const whole = g.composite("dequantize", grouping, [values, scales]);
        const graph = { name: "g", outputs: { whole }, states: [] };
        const parameters = {
          values: valueFrom(values.type, made.values),
          scales: valueFrom(scales.type, made.scales),
        };
        const found = evaluate(graph, { parameters, inputs: {} }).outputs.whole!;
        assert.deepEqual(found.type, { dtype: "f32", shape });
        const expected = dequantize(made, shape, grouping);
        for (const [i, x] of found.data.entries()) assert.equal(Math.fround(x) - expected[i]!, 0);
      }),
      { seed: 1 },
    );
  });

  it("need values and scales of the right types and shapes", () => {
    const g = new GraphBuilder();
    const values = g.parameter("values", { dtype: "i8", shape: [40, 3] });
    const of = (dtype: "f32" | "i32", shape: number[], bits: 4 | 8) => () =>
      g.composite("dequantize", { axis: 0, group: 32, bits }, [
        values,
        g.parameter(`scales${dtype}${shape}`, { dtype, shape }),
      ]);
    of("f32", [2, 3], 8)();
    assert.throws(of("f32", [1, 3], 8), /scales is f32\[1,3\], not f32\[2,3\]/);
    assert.throws(of("i32", [2, 3], 8), /scales is i32\[2,3\]/);
    assert.throws(of("f32", [2, 3], 4), /values is i8\[40,3\], not i4\[40,3\]/);
  });
});

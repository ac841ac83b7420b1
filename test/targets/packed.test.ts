import assert from "node:assert/strict";
import fc from "fast-check";
import { packedWords } from "../../codegen/packing.ts";
import type { QuantizedPart } from "../../src/graph/graph.ts";
import { packScales, packValues } from "../../targets/packed.ts";

/** Two to four axes of odd sizes, and two of them for terms and columns. */
const parts = fc
  .record({
    shape: fc.array(fc.integer({ min: 1, max: 11 }), { minLength: 2, maxLength: 4 }),
    axis: fc.nat(),
    other: fc.nat(),
    terms: fc.integer({ min: 1, max: 75 }),
    bits: fc.constantFrom(4 as const, 8 as const),
  })
  .map(({ shape: sizes, axis: first, other, terms, bits }) => {
    const axis = first % sizes.length;
    const column = (axis + 1 + (other % (sizes.length - 1))) % sizes.length;
    const quantized: QuantizedPart = {
      ...{ axis, column, bits, terms, group: 32, of: "w", part: "values" },
    };
    return { shape: sizes.with(axis, terms), quantized };
  });
type Part = { readonly shape: readonly number[]; readonly quantized: QuantizedPart };

/** For each element its matrix, term and column, straight from its indices. */
function* elementsOf({ shape, quantized: { axis, column } }: Part) {
  const total = shape.reduce((a, b) => a * b, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const at = shape.map(() => 0);
    for (let a = shape.length - 1; a >= 0; a--) {
      at[a] = rest % shape[a]!;
      rest = Math.floor(rest / shape[a]!);
    }
    let outer = 0;
    for (const [a, size] of shape.entries())
      if (a !== axis && a !== column) outer = outer * size + at[a]!;
    yield { i, outer, term: at[axis]!, column: at[column]! };
  }
}

const over = (size: number, by: number) => Math.ceil(size / by);

describe("blocks of quantised weights", () => {
  it("hold every value at its place, and zeros past the edges", () => {
    fc.assert(
      fc.property(parts, (part) => {
        const { bits, column: axisOfColumns, axis } = part.quantized;
        const total = part.shape.reduce((a, b) => a * b, 1);
        const least = -(2 ** (bits - 1));
        const values = Int8Array.from({ length: total }, (_, i) => least + ((i * 37) % 2 ** bits));
        const words = packValues(values, part);
        assert.equal(words.length, packedWords(part));
        const inBlock = 32 / bits;
        const [down, across] = [
          over(part.shape[axis]!, inBlock),
          over(part.shape[axisOfColumns]!, 4),
        ];
        const wanted = new Uint32Array(words.length);
        for (const { i, outer, term, column } of elementsOf(part)) {
          const block =
            (outer * down + Math.floor(term / inBlock)) * across + Math.floor(column / 4);
          const place = (term % inBlock) * 4 + (column % 4);
          const bit = place * bits;
          wanted[4 * block + Math.floor(bit / 32)]! |= (values[i]! & (2 ** bits - 1)) << (bit % 32);
        }
        assert.deepEqual(words, wanted);
      }),
      { seed: 1 },
    );
  });

  it("have their scales beside each other, column by column", () => {
    fc.assert(
      fc.property(parts, ({ shape: whole, quantized }) => {
        const { axis, column: axisOfColumns } = quantized;
        const shape = whole.with(axis, over(whole[axis]!, 32));
        const part: Part = { shape, quantized: { ...quantized, part: "scales" } };
        const total = shape.reduce((a, b) => a * b, 1);
        const scales = Float32Array.from({ length: total }, (_, i) => i + 1);
        const stored = packScales(scales, part);
        assert.equal(stored.length, packedWords(part));
        const across = over(shape[axisOfColumns]!, 4) * 4;
        const wanted = new Float32Array(stored.length);
        for (const { i, outer, term, column } of elementsOf(part))
          wanted[(outer * shape[axis]! + term) * across + column] = scales[i]!;
        assert.deepEqual(stored, wanted);
      }),
      { seed: 1 },
    );
  });

  it("are the block of the documentation: int8 a word a term, int4 a word two terms", () => {
    const base = { axis: 0, column: 1, group: 32, of: "w", part: "values" } as const;
    const eight = { shape: [4, 4], quantized: { ...base, terms: 4, bits: 8 } as const };
    const numbers = Int8Array.from({ length: 16 }, (_, i) => i - 8);
    assert.deepEqual(
      [...packValues(numbers, eight)],
      [0xfbfaf9f8, 0xfffefdfc, 0x03020100, 0x07060504],
    );
    const four = { shape: [8, 4], quantized: { ...base, terms: 8, bits: 4 } as const };
    const halves = Int8Array.from({ length: 32 }, (_, i) => (i % 16) - 8);
    assert.deepEqual(
      [...packValues(halves, four)],
      [0xfedcba98, 0x76543210, 0xfedcba98, 0x76543210],
    );
  });
});

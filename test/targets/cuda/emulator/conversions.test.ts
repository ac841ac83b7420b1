/** Halves over all 65536 patterns: conversions, and arithmetic against exact sums and products rounded once. */
import assert from "node:assert/strict";
import { type Emulated, openEmulated } from "../../../../targets/cuda/emulator/emulator.ts";
import { head, needs, rowKernel } from "./tools.ts";

/** Bits of fraction, exponents of the smallest normal and largest finite number. */
type Format = { readonly fraction: number; readonly least: number; readonly most: number };
const f16: Format = { fraction: 10, least: -14, most: 15 };
const bf16: Format = { fraction: 7, least: -126, most: 127 };

/** The value of 16 bits: sign, exponent, fraction. */
function decode(bits: number, { fraction, least, most }: Format): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits & 0x7fff) >> fraction;
  const rest = bits & ((1 << fraction) - 1);
  if (exponent > most - least + 1) return rest ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * rest * 2 ** (least - fraction);
  return sign * (2 ** fraction + rest) * 2 ** (exponent - 1 + least - fraction);
}

/** The nearest pattern, ties to even, of a number that a double holds exactly. */
function encode(value: number, { fraction, least, most }: Format): number {
  if (Number.isNaN(value)) return 0x7fff;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  const infinity = (most - least + 2) << fraction;
  if (size === Number.POSITIVE_INFINITY) return sign | infinity;
  const exponent = Math.max(size === 0 ? least : Math.floor(Math.log2(size)), least);
  const steps = size / 2 ** (exponent - fraction);
  const floor = Math.floor(steps);
  const up = steps - floor > 0.5 || (steps - floor === 0.5 && floor % 2 === 1);
  const whole = floor + (up ? 1 : 0);
  return sign | Math.min(infinity, ((exponent - least) << fraction) + whole);
}

const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
/** Another order of all patterns: an odd multiplier. */
const others = patterns.map((i) => Math.imul(i, 40503) + 12345);

const kernels = [
  ...(["f16", "bf16"] as const).flatMap((type) => [
    rowKernel(`widen_${type}`, ["b16"], ["f32"], `cvt.f32.${type} %d0, %a0;`),
    rowKernel(`narrow_${type}`, ["f32"], ["b16"], `cvt.rn.${type}.f32 %d0, %a0;`),
    ...["add", "sub", "mul"].map((op) =>
      rowKernel(`${op}_${type}`, ["b16", "b16"], ["b16"], `${op}.${type} %d0, %a0, %a1;`),
    ),
  ]),
];

describe("the emulator's halves", () => {
  let emulated: Emulated;
  before(async function () {
    needs(this, "g++");
    emulated = await openEmulated(head + kernels.join(""));
  });
  after(() => emulated?.release());

  const run = (name: string, ...buffers: Parameters<Emulated["launch"]>[3]): void =>
    assert.equal(emulated.launch(name, 256, 256, buffers, { seed: 0, checked: false }), null);

  for (const [type, format] of [
    ["f16", f16],
    ["bf16", bf16],
  ] as const) {
    it(`widen every ${type}`, () => {
      const wide = new Float32Array(65536);
      run(`widen_${type}`, patterns, { unwritten: wide });
      for (const [i, value] of wide.entries())
        assert.ok(Object.is(value, decode(i, format)), `${i}`);
    });

    // All upper halves of an f32, and lower halves that lie at, beside and between ties.
    for (const low of [0, 1, 0x0fff, 0x1000, 0x1001, 0x7fff, 0x8000, 0x8001, 0xffff])
      it(`round every f32 that ends in ${low.toString(16)} to ${type}`, () => {
        const wide = new Float32Array(Uint32Array.from(patterns, (i) => (i << 16) | low).buffer);
        const got = new Uint16Array(65536);
        run(`narrow_${type}`, wide, { unwritten: got });
        for (const [i, value] of wide.entries())
          assert.equal(got[i], encode(value, format), `${i.toString(16)}`);
      });

    for (const [op, exact] of [
      ["add", (a: number, b: number) => a + b],
      ["sub", (a: number, b: number) => a - b],
      ["mul", (a: number, b: number) => a * b],
    ] as const)
      it(`${op} pairs of ${type} and round once`, () => {
        const got = new Uint16Array(65536);
        run(`${op}_${type}`, patterns, others, { unwritten: got });
        for (const [i, bits] of got.entries()) {
          const value = exact(decode(i, format), decode(others[i]!, format));
          assert.equal(bits, encode(value, format), `${i} ${others[i]}`);
        }
      });
  }
});

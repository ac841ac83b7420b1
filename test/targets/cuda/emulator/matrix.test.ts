/** ldmatrix and mma against naive products, with the fragments laid out as the PTX ISA manual's figures say. */
import assert from "node:assert/strict";
import { type Emulated, openEmulated } from "../../../../targets/cuda/emulator/emulator.ts";
import { f32, fromF32, head, needs, type RegisterType, rowKernel } from "./tools.ts";

type Place = readonly [row: number, column: number];

/** Where element i of a lane's fragment lies; g = lane / 4, t = lane % 4 (manual: groupID, threadID_in_group). */
type Layout = {
  readonly opcode: string;
  readonly depth: number;
  readonly perWord: 1 | 2;
  readonly elements: { readonly a: number; readonly b: number };
  readonly a: (g: number, t: number, i: number) => Place;
  readonly b: (g: number, t: number, i: number) => Place;
  readonly bits: (value: number) => number;
};

const halfOf = (value: number): number => {
  // Small whole numbers only: sign, exponent, fraction of f16.
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return (
    (value < 0 ? 0x8000 : 0) |
    ((exponent + 15) << 10) |
    ((Math.abs(value) / 2 ** exponent - 1) * 1024)
  );
};
const bfloatOf = (value: number): number => f32(value) >>> 16;

const sixteen = {
  depth: 16,
  perWord: 2,
  elements: { a: 8, b: 4 },
  a: (g: number, t: number, i: number): Place => [
    i % 4 < 2 ? g : g + 8,
    t * 2 + (i & 1) + (i >= 4 ? 8 : 0),
  ],
  b: (g: number, t: number, i: number): Place => [t * 2 + (i & 1) + (i >= 2 ? 8 : 0), g],
} as const;
const eight = {
  depth: 8,
  perWord: 2,
  elements: { a: 4, b: 2 },
  a: (g: number, t: number, i: number): Place => [i < 2 ? g : g + 8, t * 2 + (i & 1)],
  b: (g: number, t: number, i: number): Place => [t * 2 + i, g],
} as const;
const tensorFloats = {
  depth: 8,
  perWord: 1,
  elements: { a: 4, b: 2 },
  a: (g: number, t: number, i: number): Place => [i % 2 === 0 ? g : g + 8, i >= 2 ? t + 4 : t],
  b: (g: number, t: number, i: number): Place => [i === 0 ? t : t + 4, g],
} as const;

const layouts: readonly Layout[] = [
  { opcode: "m16n8k16.row.col.f32.f16.f16.f32", ...sixteen, bits: halfOf },
  { opcode: "m16n8k16.row.col.f32.bf16.bf16.f32", ...sixteen, bits: bfloatOf },
  { opcode: "m16n8k8.row.col.f32.f16.f16.f32", ...eight, bits: halfOf },
  { opcode: "m16n8k8.row.col.f32.bf16.bf16.f32", ...eight, bits: bfloatOf },
  { opcode: "m16n8k8.row.col.f32.tf32.tf32.f32", ...tensorFloats, bits: f32 },
];

const words = ({ elements, perWord }: Layout) => ({
  a: elements.a / perWord,
  b: elements.b / perWord,
});
const list = (prefix: string, from: number, count: number): string =>
  `{${Array.from({ length: count }, (_, i) => `${prefix}${from + i}`).join(", ")}}`;

const products = layouts.map((layout, at) => {
  const { a, b } = words(layout);
  const inputs: RegisterType[] = [
    ...Array<RegisterType>(a + b).fill("b32"),
    ...Array<RegisterType>(4).fill("f32"),
  ];
  const operands = [list("%d", 0, 4), list("%a", 0, a), list("%a", a, b), list("%a", a + b, 4)];
  return rowKernel(
    `product${at}`,
    inputs,
    ["f32", "f32", "f32", "f32"],
    `mma.sync.aligned.${layout.opcode} ${operands.join(", ")};`,
  );
});

const matrices = ([1, 2, 4] as const).flatMap((count) =>
  ["", ".trans"].map((way) => ({
    count,
    way,
    text: rowKernel(
      `matrices${count}${way.slice(1)}`,
      ["b32", "b32", "b32", "b32"],
      ["b32", "b32", "b32", "b32"].slice(0, count) as RegisterType[],
      // Each lane writes a row of eight halves; lanes 0–7 make the first matrix, and so on.
      `.shared .align 16 .b8 tile[512]; { .reg .b32 %s, %o; mov.u32 %s, tile; shl.b32 %o, %row, 4; add.u32 %s, %s, %o;
       st.shared.v4.b32 [%s], {%a0, %a1, %a2, %a3}; bar.warp.sync 0xffffffff;
       ldmatrix.sync.aligned.m8n8.x${count}${way}.shared.b16 ${list("%d", 0, count)}, [%s]; }`,
    ),
  })),
);

/** Small whole numbers, so that every product and sum is exact. */
const value = (row: number, column: number): number =>
  ((row * 7 + column * 13 + row * column) % 17) - 8;

describe("the emulator's matrices", () => {
  let emulated: Emulated;
  before(async function () {
    needs(this, "g++");
    emulated = await openEmulated(head + [...products, ...matrices.map((m) => m.text)].join(""));
  });
  after(() => emulated?.release());

  for (const [at, layout] of layouts.entries())
    for (const perturb of [false, true])
      it(`multiply by mma ${layout.opcode}${perturb ? ", summed in another order" : ""}`, () => {
        const { a, b } = words(layout);
        const fragment = (count: number, place: Layout["a"], of: (p: Place) => number) =>
          Array.from({ length: count }, (_, word) =>
            Uint32Array.from({ length: 32 }, (_, lane) => {
              let bits = 0;
              for (let part = 0; part < layout.perWord; part++)
                bits |=
                  layout.bits(of(place(lane >> 2, lane & 3, word * layout.perWord + part))) <<
                  (16 * part);
              return bits >>> 0;
            }),
          );
        const result = (i: number, lane: number): Place => [
          (lane >> 2) + (i < 2 ? 0 : 8),
          (lane & 3) * 2 + (i & 1),
        ];
        const start = [0, 1, 2, 3].map((i) =>
          Float32Array.from({ length: 32 }, (_, lane) => value(...result(i, lane)) * 3),
        );
        const got = start.map(() => new Float32Array(32));
        const inputs = [
          ...fragment(a, layout.a, ([row, k]) => value(row, k)),
          ...fragment(b, layout.b, ([k, column]) => value(k + 3, column)),
          ...start,
        ];
        const buffers = [...inputs, ...got.map((unwritten) => ({ unwritten }))];
        assert.equal(emulated.launch(`product${at}`, 1, 32, buffers, { perturb }), null);
        for (let i = 0; i < 4; i++)
          for (let lane = 0; lane < 32; lane++) {
            const [row, column] = result(i, lane);
            let sum = value(row, column) * 3;
            for (let k = 0; k < layout.depth; k++) sum += value(row, k) * value(k + 3, column);
            assert.equal(got[i]![lane], sum, `row ${row}, column ${column}`);
          }
      });

  it("mma sees ten bits of a tf32's fraction", () => {
    const lane = (x: number) => Uint32Array.from({ length: 32 }, () => x);
    const one = f32(1);
    const got = [0, 1, 2, 3].map(() => new Float32Array(32));
    const zeros = got.map(() => new Float32Array(32));
    const inputs = [
      lane(one + 0x1fff),
      lane(one),
      lane(one),
      lane(one),
      lane(one),
      lane(one),
      ...zeros,
    ];
    const buffers = [...inputs, ...got.map((unwritten) => ({ unwritten }))];
    assert.equal(emulated.launch("product4", 1, 32, buffers), null);
    assert.equal(got[0]![0], 8);
    assert.equal(fromF32(one), 1);
  });

  for (const { count, way } of matrices)
    it(`load ${count} matrices${way ? ", transposed" : ""}`, () => {
      // The half at (matrix, row, column) is 100·matrix + 10·row + column.
      const half = (matrix: number, row: number, column: number) =>
        100 * matrix + 10 * row + column;
      const rows = [0, 1, 2, 3].map((word) =>
        Uint32Array.from({ length: 32 }, (_, lane) => {
          const at = (c: number) => half(lane >> 3, lane & 7, c);
          return at(word * 2) | (at(word * 2 + 1) << 16);
        }),
      );
      const got = rows.slice(0, count).map(() => new Uint32Array(32));
      const buffers = [...rows, ...got.map((unwritten) => ({ unwritten }))];
      assert.equal(emulated.launch(`matrices${count}${way.slice(1)}`, 1, 32, buffers), null);
      for (let matrix = 0; matrix < count; matrix++)
        for (let lane = 0; lane < 32; lane++) {
          const [r, c] = [lane >> 2, (lane & 3) * 2];
          const [low, high] = way
            ? [half(matrix, c, r), half(matrix, c + 1, r)]
            : [half(matrix, r, c), half(matrix, r, c + 1)];
          assert.equal(got[matrix]![lane], low | (high << 16), `matrix ${matrix}, lane ${lane}`);
        }
    });
});

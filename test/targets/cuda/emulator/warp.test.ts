/** What lanes of a warp and threads of a block do together, against its definition lane by lane. */
import assert from "node:assert/strict";
import { type Emulated, openEmulated } from "../../../../targets/cuda/emulator/emulator.ts";
import { head, needs, rowKernel } from "./tools.ts";

const all = "0xffffffff";
/** CUDA's __shfl functions of a width pass this. */
const clamp = (width: number, up: boolean): number => ((32 - width) << 8) | (up ? 0 : 31);

const shuffles = (["up", "down", "bfly", "idx"] as const).flatMap((mode) =>
  [32, 8].flatMap((width) =>
    [1, 5].map((by) => ({ mode, width, by, name: `${mode}_${width}_${by}` })),
  ),
);

const kernels = [
  ...shuffles.map(({ mode, width, by, name }) =>
    rowKernel(
      name,
      ["b32"],
      ["b32", "pred"],
      `shfl.sync.${mode}.b32 %d0|%d1, %a0, ${by}, ${clamp(width, mode === "up")}, ${all};`,
    ),
  ),
  rowKernel("ballot", ["pred"], ["b32"], `vote.sync.ballot.b32 %d0, %a0, ${all};`),
  rowKernel("all", ["pred"], ["pred"], `vote.sync.all.pred %d0, %a0, ${all};`),
  rowKernel("any", ["pred"], ["pred"], `vote.sync.any.pred %d0, %a0, ${all};`),
  rowKernel("uni", ["pred"], ["pred"], `vote.sync.uni.pred %d0, %a0, ${all};`),
  ...["add.u32", "min.s32", "max.u32", "xor.b32"].map((op) =>
    rowKernel(
      `redux_${op.replace(".", "_")}`,
      ["b32"],
      ["b32"],
      `redux.sync.${op} %d0, %a0, ${all};`,
    ),
  ),
  rowKernel("match", ["b32"], ["b32"], `match.any.sync.b32 %d0, %a0, ${all};`),
  // Two halves of a warp in a shuffle of their own.
  rowKernel(
    "halves",
    ["b32"],
    ["b32"],
    `{ .reg .b32 %m, %l; .reg .pred %q; mov.u32 %l, %laneid; setp.lt.u32 %q, %l, 16; selp.b32 %m, 0xffff, 0xffff0000, %q; shfl.sync.bfly.b32 %d0, %a0, 1, 31, %m; }`,
  ),
  rowKernel(
    "block_votes",
    ["pred"],
    ["b32", "pred", "pred"],
    "bar.red.popc.u32 %d0, 0, %a0; bar.red.and.pred %d1, 0, %a0; bar.red.or.pred %d2, 0, %a0;",
  ),
  rowKernel(
    "masks",
    [],
    ["b32", "b32", "b32"],
    "mov.u32 %d0, %lanemask_lt; mov.u32 %d1, %lanemask_ge; activemask.b32 %d2;",
  ),
  `.visible .entry mirror(.param .u64 p0, .param .u64 p1) {
    .reg .b64 %x, %y, %step; .reg .b32 %t, %v, %s; .shared .align 4 .b8 tile[256];
    ld.param.u64 %x, [p0]; ld.param.u64 %y, [p1];
    mov.u32 %t, %tid.x; mul.wide.u32 %step, %t, 4; add.u64 %x, %x, %step; add.u64 %y, %y, %step;
    ld.global.u32 %v, [%x]; shl.b32 %s, %t, 2; mov.u32 %t, tile; add.u32 %s, %s, %t; st.shared.u32 [%s], %v;
    bar.sync 0;
    mov.u32 %t, %tid.x; xor.b32 %t, %t, 63; shl.b32 %s, %t, 2; mov.u32 %t, tile; add.u32 %s, %s, %t;
    ld.shared.u32 %v, [%s]; st.global.u32 [%y], %v; ret;
  }`,
];

const given = Uint32Array.from({ length: 64 }, (_, i) => Math.imul(i + 1, 2654435761) >>> (i % 3));
const flags = Uint32Array.from({ length: 64 }, (_, i) => (i >= 32 || i % 5 === 0 ? 1 : 0));

/** By the CUDA guide: the lane read, or null where it lies outside the segment. */
function source(mode: string, lane: number, by: number, width: number): number | null {
  const start = lane - (lane % width);
  const from = { up: lane - by, down: lane + by, bfly: lane ^ by, idx: start + (by % width) }[
    mode
  ]!;
  return from >= start && from < start + width ? from : null;
}

for (const [title, options] of [
  ["", {}],
  [" with portable fibers", { portableFibers: true }],
] as const)
  describe(`the emulator's warps and blocks${title}`, () => {
    let emulated: Emulated;
    before(async function () {
      needs(this, "g++");
      emulated = await openEmulated(head + kernels.join(""), options);
    });
    after(() => emulated?.release());

    const run = (name: string, inputs: readonly Uint32Array[], results: number): Uint32Array[] => {
      const got = Array.from({ length: results }, () => new Uint32Array(64));
      const buffers = [...inputs, ...got.map((unwritten) => ({ unwritten }))];
      assert.equal(emulated.launch(name, 1, 64, buffers, { seed: 3 }), null);
      return got;
    };
    const perWarp = (value: (lanes: readonly number[]) => number, from: Uint32Array): number[] =>
      Array.from({ length: 64 }, (_, i) => value([...from.slice(i & 32, (i & 32) + 32)]) >>> 0);

    for (const { mode, width, by, name } of shuffles)
      it(`shuffle ${mode} by ${by} in segments of ${width}`, () => {
        const [values, within] = run(name, [given], 2);
        for (let i = 0; i < 64; i++) {
          const from = source(mode, i % 32, by, width);
          assert.equal(within![i], from === null ? 0 : 1, `lane ${i}`);
          assert.equal(values![i], given[from === null ? i : (i & 32) + from], `lane ${i}`);
        }
      });

    it("vote", () => {
      assert.deepEqual(
        [...run("ballot", [flags], 1)[0]!],
        perWarp((l) => l.reduce((sum, v, i) => sum + v * 2 ** i, 0), flags),
      );
      assert.deepEqual(
        [...run("all", [flags], 1)[0]!],
        perWarp((l) => (l.every(Boolean) ? 1 : 0), flags),
      );
      assert.deepEqual(
        [...run("any", [flags], 1)[0]!],
        perWarp(() => 1, flags),
      );
      assert.deepEqual(
        [...run("uni", [flags], 1)[0]!],
        perWarp((l) => (l.every((v) => v === l[0]) ? 1 : 0), flags),
      );
    });

    it("reduce", () => {
      assert.deepEqual(
        [...run("redux_add_u32", [given], 1)[0]!],
        perWarp((l) => l.reduce((a, b) => (a + b) >>> 0), given),
      );
      assert.deepEqual(
        [...run("redux_min_s32", [given], 1)[0]!],
        perWarp((l) => Math.min(...l.map((v) => v | 0)), given),
      );
      assert.deepEqual(
        [...run("redux_max_u32", [given], 1)[0]!],
        perWarp((l) => Math.max(...l), given),
      );
      assert.deepEqual(
        [...run("redux_xor_b32", [given], 1)[0]!],
        perWarp((l) => l.reduce((a, b) => a ^ b), given),
      );
    });

    it("match equal values", () => {
      const [got] = run("match", [flags], 1);
      const ones = perWarp((l) => l.reduce((sum, v, i) => sum + v * 2 ** i, 0), flags);
      for (let i = 0; i < 64; i++) assert.equal(got![i], (flags[i] ? ones[i]! : ~ones[i]!) >>> 0);
    });

    it("shuffle within halves that have masks of their own", () => {
      const [got] = run("halves", [given], 1);
      for (let i = 0; i < 64; i++) assert.equal(got![i], given[i ^ 1]);
    });

    it("count, and and or votes of a block at a barrier", () => {
      const [count, every, some] = run("block_votes", [flags], 3);
      const sum = flags.reduce((a, b) => a + b);
      for (let i = 0; i < 64; i++) assert.deepEqual([count![i], every![i], some![i]], [sum, 0, 1]);
    });

    it("know their masks", () => {
      const [below, from, active] = run("masks", [], 3);
      for (let i = 0; i < 64; i++) {
        assert.equal(below![i], 2 ** (i % 32) - 1);
        assert.equal(from![i], ~below![i]! >>> 0);
        // Which lanes run together is nowhere promised; a lane itself is active.
        assert.equal((active![i]! >>> (i % 32)) & 1, 1);
      }
    });

    it("pass shared memory over a barrier", () => {
      const [got] = run("mirror", [given], 1);
      for (let i = 0; i < 64; i++) assert.equal(got![i], given[63 - i]);
    });
  });

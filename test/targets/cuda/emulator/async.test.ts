/** Asynchronous copies of every size: what arrives, what is filled with zeros, and when. */
import assert from "node:assert/strict";
import { type Emulated, openEmulated } from "../../../../targets/cuda/emulator/emulator.ts";
import { head, needs } from "./tools.ts";

/** A thread copies `bytes` from its place of x into shared memory and stores the words to y. */
const copy = (name: string, cache: string, bytes: number, source: string): string => `
.visible .entry ${name}(.param .u64 p0, .param .u64 p1, .param .u32 p2) {
  .reg .b64 %x, %y, %step; .reg .b32 %t, %s, %v, %n; .reg .pred %ignore;
  .shared .align 16 .b8 tile[512];
  ld.param.u64 %x, [p0]; ld.param.u64 %y, [p1]; ld.param.u32 %n, [p2];
  setp.ne.u32 %ignore, %n, 0;
  mov.u32 %t, %tid.x; mul.wide.u32 %step, %t, ${bytes}; add.u64 %x, %x, %step; add.u64 %y, %y, %step;
  mov.u32 %s, tile; mad.lo.u32 %s, %t, ${bytes}, %s;
  cp.async.${cache}.shared.global [%s], [%x], ${bytes}${source};
  cp.async.commit_group; cp.async.wait_group 0;
  ${Array.from({ length: bytes / 4 }, (_, i) => `ld.shared.u32 %v, [%s+${4 * i}]; st.global.u32 [%y+${4 * i}], %v;`).join("\n")}
  ret;
}`;

const plain = [
  ["ca", 4],
  ["ca", 8],
  ["ca", 16],
  ["cg", 16],
] as const;

describe("the emulator's asynchronous copies", () => {
  let emulated: Emulated;
  before(async function () {
    needs(this, "g++");
    const kernels = [
      ...plain.map(([cache, bytes]) => copy(`whole_${cache}${bytes}`, cache, bytes, "")),
      ...plain.map(([cache, bytes]) => copy(`part_${cache}${bytes}`, cache, bytes, ", %n")),
      copy("ignored", "cg", 16, ", %ignore"),
    ];
    emulated = await openEmulated(head + kernels.join(""));
  });
  after(() => emulated?.release());

  const given = Uint32Array.from({ length: 128 }, (_, i) => 1000 + i);
  const run = (name: string, threads: number, n: number, seed: number, x = given): Uint32Array => {
    const y = new Uint32Array(128);
    assert.equal(emulated.launch(name, 1, threads, [x, y, { u32: n }], { seed }), null);
    return y;
  };

  for (const [cache, bytes] of plain)
    it(`bring ${bytes} bytes (${cache}), at the issue or at the wait`, () => {
      for (const seed of [0, 1, 2])
        assert.deepEqual(
          run(`whole_${cache}${bytes}`, 32, 0, seed).slice(0, bytes * 8),
          given.slice(0, bytes * 8),
        );
    });

  for (const [cache, bytes] of plain)
    it(`fill what lies past a source of fewer than ${bytes} bytes (${cache}) with zeros`, () => {
      for (let n = 0; n <= bytes; n += 4) {
        const got = run(`part_${cache}${bytes}`, 32, n, n + 1);
        for (let i = 0; i < bytes * 8; i++)
          assert.equal(got[i], (i * 4) % bytes < n ? given[i] : 0, `${n} bytes, word ${i}`);
      }
    });

  it("read nothing where the source is ignored", () => {
    assert.deepEqual(run("ignored", 32, 0, 1), given);
    // Nothing is read, so the source may be too short.
    assert.deepEqual(run("ignored", 32, 1, 1, given.slice(0, 4)), new Uint32Array(128));
  });
});

/** Small kernels with one bug each: every one is found under every seed, and the error names line, block and thread. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  type Argument,
  type Emulated,
  type LaunchOptions,
  openEmulated,
} from "../../../../targets/cuda/emulator/emulator.ts";
import { needs, ptxOf } from "./tools.ts";

const text = readFileSync(new URL("planted.cu", import.meta.url), "utf8");

/** The line of a kernel that ends in the mark. */
function lineOf(kernel: string): number {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.includes(` ${kernel}(`));
  const marked = lines.findIndex((line, at) => at > start && line.endsWith("//!"));
  assert.ok(start >= 0 && marked > start, kernel);
  return marked + 1;
}

const ones = (n: number) => new Float32Array(n).fill(1);
const empty = (n: number): Argument => ({ unwritten: new Float32Array(n) });

type Planted = {
  readonly says: RegExp;
  readonly buffers?: () => readonly Argument[];
  readonly grid?: number;
  readonly block?: number;
  readonly options?: LaunchOptions;
};

/** Which of the two is seen first depends on the order of threads. */
const race = /a data race|which nothing has written yet/;
const plain = () => [ones(64), empty(64)];
const copies = () => [ones(512), empty(64)];

const planted: Record<string, Planted> = {
  barrier_dropped: {
    says: /a data race: .*shared variable tile.*no barrier lies between|shared variable tile at byte \d+, which nothing has written yet/,
  },
  second_barrier_dropped: { says: race, buffers: () => [ones(256), empty(64)] },
  warp_barrier_dropped: { says: race },
  warp_barrier_too_narrow: { says: race },
  shuffle_taken_for_a_barrier: { says: race },
  read_past_the_end: {
    says: /thread \(63,0,0\): it reads 4 bytes outside every allocation: 0 bytes past the end of buffer0/,
  },
  write_past_the_end: {
    says: /thread \(63,0,0\): it writes 4 bytes outside every allocation: 0 bytes past the end of buffer1/,
  },
  read_before_the_start: { says: /thread \(0,0,0\): .* 4 bytes before the start of buffer0/ },
  vector_across_the_end: {
    says: /thread \(15,0,0\): it reads 16 bytes across the end of x \(byte 240 of 248\)/,
    buffers: () => [ones(62), empty(64)],
    block: 16,
    options: { names: ["x", "y"] },
  },
  shared_overrun: {
    says: /thread \(63,0,0\): it writes 4 bytes at byte 256 of shared variable first, which has 256 bytes/,
  },
  shared_underrun: { says: /thread \(0,0,0\): it reads 4 bytes at (shared offset|byte)/ },
  dynamic_shared_too_small: {
    says: /at byte 2\d\d of dynamic shared memory, which has 200 bytes/,
    options: { dynamicSharedBytes: 200 },
  },
  global_vector_misaligned: { says: /not a multiple of 8/ },
  shared_vector_misaligned: { says: /not a multiple of 16/ },
  shared_not_initialised: {
    says: /thread \(0,0,0\): it reads 4 bytes of shared variable tile at byte 252, which nothing has written yet/,
  },
  global_not_initialised: {
    says: /reads 4 bytes of buffer1 at byte \d+, which nothing has written yet/,
  },
  local_array_overrun: {
    says: /local memory at byte 3\d, but the thread has 32 bytes/,
    buffers: () => [new Int32Array(72).fill(8), empty(64)],
  },
  blocks_write_one_place: {
    says: /which thread .* of block \([01],0,0\) wrote at .* blocks of one launch have no order/,
    grid: 2,
  },
  block_reads_another_block: {
    says: /blocks of one launch have no order/,
    grid: 2,
    buffers: () => [ones(128)],
  },
  barriers_diverge: { says: /waits at this barrier while other threads of its block wait at/ },
  barrier_after_return: {
    says: /left the kernel/,
    buffers: () => [ones(64), empty(64), { s32: 40 }],
  },
  barrier_in_a_branch: { says: /left the kernel/ },
  shuffle_in_a_branch: {
    says: /left the kernel while lanes of its warp wait for it in the shuffle|which has left the kernel/,
  },
  lane_outside_its_mask: {
    says: /its lane 31 is not in the mask 0x7fffffff of the shuffle|reads lane 31, which is not in the mask/,
  },
  lane_read_outside_the_mask: { says: /its shuffle reads lane 16, which is not in the mask/ },
  lane_that_does_not_exist: {
    says: /its shuffle reads lane \d+, which does not exist or has left the kernel/,
    block: 48,
  },
  warp_and_block_barrier: {
    says: /a deadlock.*__syncwarp at.*the barrier at/,
    buffers: () => [empty(64)],
  },
  copy_not_waited_for: {
    says: /before the asynchronous copy issued at .* was waited for/,
    buffers: copies,
  },
  copy_waits_one_group_too_few: {
    says: /before the asynchronous copy issued at .* was waited for/,
    buffers: copies,
  },
  copy_never_waited_for: { says: /without waiting for the asynchronous copy/, buffers: copies },
  copy_without_barrier: { says: race, buffers: copies },
  copy_misaligned: {
    says: /asynchronous copy of 16 bytes reads an address that is not a multiple of 16/,
    buffers: copies,
  },
  copy_past_the_end: {
    says: /thread \(63,0,0\): it reads 16 bytes outside every allocation/,
    buffers: () => [ones(256), empty(64)],
  },
  copy_into_the_stage_being_read: {
    says: /a data race|before the asynchronous copy/,
    buffers: copies,
  },
  ldmatrix_misaligned: {
    says: /not a multiple of 16/,
    buffers: () => [new Uint32Array(32), { unwritten: new Uint32Array(32) }],
    block: 32,
  },
  mma_without_all_lanes: {
    says: /mma with fewer than 32 lanes|wait for it in the mma/,
    buffers: () => [new Uint32Array(32), empty(32)],
    block: 32,
  },
  atomic_and_plain_read: { says: race, buffers: () => [empty(64)] },
  two_writers_of_one_place: { says: /a data race: it writes 4 bytes of shared variable flag/ },
  executes_a_trap: {
    says: /thread \(5,0,0\): it executed a trap/,
    buffers: () => [ones(64).map((_, i) => (i === 5 ? -1 : 1)), empty(64)],
  },
};

describe("the emulator's checks", () => {
  let emulated: Emulated;
  before(async function () {
    needs(this, "g++", "nvcc");
    emulated = await openEmulated(await ptxOf(text));
  });
  after(() => emulated?.release());

  for (const [name, bug] of Object.entries(planted))
    it(`find ${name.replaceAll("_", " ")}`, () => {
      for (const seed of [0, 1, 2, 3]) {
        const buffers = (bug.buffers ?? plain)();
        const error = emulated.launch(name, bug.grid ?? 1, bug.block ?? 64, buffers, {
          seed,
          ...bug.options,
        });
        assert.match(error ?? "nothing found", bug.says);
        assert.match(
          error!,
          new RegExp(
            `^kernel ${name}, kernels\\.cu:\\d+, block \\(\\d,0,0\\), thread \\(\\d+,0,0\\): `,
          ),
        );
        assert.ok(error!.includes(`kernels.cu:${lineOf(name)}`), `line ${lineOf(name)}: ${error}`);
      }
    });

  // The same buffer as read-only data and as output; arguments here are copied, so one buffer holds both.
  for (const name of ["constant_data_written", "constant_data_written_later"])
    it(`find ${name.replaceAll("_", " ")}`, () => {
      for (const seed of [0, 1, 2, 3]) {
        const error = emulated.launch(name, 1, 64, [ones(128), { sameAs: 0 }], { seed });
        assert.match(error ?? "nothing found", /read-only cache \(ld\.global\.nc\)/);
        assert.ok(error!.includes(`kernels.cu:${lineOf(name)}`), error!);
      }
    });

  it("every kernel with a bug is launched here", () => {
    const kernels = [...text.matchAll(/__global__ void (\w+)\(/g)].map(([, name]) => name!);
    const launched = [
      ...Object.keys(planted),
      "constant_data_written",
      "constant_data_written_later",
    ];
    assert.deepEqual(launched.sort(), kernels.sort());
  });
});

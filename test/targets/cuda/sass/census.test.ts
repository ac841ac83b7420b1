import assert from "node:assert/strict";
import { assemble } from "../../../../targets/cuda/nvcc.ts";
import { opcodeOf } from "../../../../targets/cuda/sass/calibrate.ts";
import { censusOf, countOf, opcodes } from "../../../../targets/cuda/sass/census.ts";
import { type Instruction, readCubin } from "../../../../targets/cuda/sass/cubin.ts";
import { copies, probeFile } from "../../../../targets/cuda/sass/probes.ts";
import { needs } from "../emulator/tools.ts";

/** A 128-bit LDG on sm_80 under the guard that always holds, and one that never runs. */
const load: Instruction = [0x00007981, 0, 6 << 9, 0];
const never: Instruction = [0x0000f981, 0, 6 << 9, 0];

describe("a census of machine code", function () {
  this.timeout(60_000);
  it("counts instructions by name and width, and none that never runs", () => {
    assert.deepEqual(censusOf([load, load, never], "sm_80"), { "LDG.128": 2 });
    assert.deepEqual(censusOf([[0x0000703c, 0, 0, 0]], "sm_80"), { HMMA: 1 });
    assert.deepEqual(censusOf([[0x00007118, 0, 0, 0]], "sm_80"), {});
  });

  it("adds up the widths of an access", () => {
    const census = { "LDG.128": 2, "LDG.32": 3, "LDGSTS.128": 5, HMMA: 7 };
    assert.deepEqual(
      ["LDG", "LDGSTS", "HMMA", "STG"].map((name) => countOf(census, name)),
      [5, 5, 7, 0],
    );
  });

  it("refuses widths that no probe had and architectures that were never probed", () => {
    assert.throws(() => censusOf([[0x00007981, 0, 7 << 9, 0]], "sm_80"), /unknown width of LDG/);
    assert.throws(() => censusOf([load], "sm_75"), /opcodes.json knows no sm_75/);
  });

  it("finds in a probe's machine code what its PTX says", async function () {
    needs(this, "nvcc");
    const made = await assemble(probeFile(), ["sm_80", "sm_100"], { warnings: "pass" });
    for (const [architecture, { cubin }] of Object.entries(made)) {
      const kernels = readCubin(cubin);
      const counted = (name: string) => censusOf(kernels[name]!, architecture);
      assert.deepEqual(counted("LDG_128_with"), { "LDG.128": copies, "STS.128": copies });
      assert.deepEqual(counted("STL_32_with"), { "LDL.32": 1, "STL.32": copies, "STS.32": 1 });
      // On sm_100 three loads to no register stand before the copies, under a guard that never holds.
      assert.deepEqual(counted("LDGSTS_64_with"), { "LDGSTS.64": copies });
      const loads = kernels["LDGSTS_64_with"]!.filter(
        (i) => opcodeOf(i) === opcodes["LDS"]!.number,
      );
      assert.equal(loads.length, architecture === "sm_100" ? 3 : 0);
    }
  });
});

describe("a cubin", () => {
  it("that is none is refused", () => {
    assert.throws(() => readCubin(new Uint8Array(3)), /no ELF64 file/);
    assert.throws(() => readCubin(new Uint8Array(100)), /no ELF64 file/);
  });

  it("may lie anywhere within the bytes that hold it", async function () {
    needs(this, "nvcc");
    const { cubin } = (await assemble(probeFile(), ["sm_80"], { warnings: "pass" })).sm_80;
    const larger = new Uint8Array(cubin.length + 8);
    larger.set(cubin, 8);
    assert.deepEqual(readCubin(larger.subarray(8)), readCubin(cubin));
  });
});

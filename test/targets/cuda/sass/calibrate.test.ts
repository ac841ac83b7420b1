import assert from "node:assert/strict";
import { architectureNames } from "../../../../targets/cuda/architectures.ts";
import { assemble } from "../../../../targets/cuda/nvcc.ts";
import { opcodesOf, threeBits } from "../../../../targets/cuda/sass/calibrate.ts";
import { opcodes } from "../../../../targets/cuda/sass/census.ts";
import { probeFile } from "../../../../targets/cuda/sass/probes.ts";
import { needs } from "../emulator/tools.ts";

const cubinsOf = async (ptx: string): Promise<Readonly<Record<string, Uint8Array>>> =>
  Object.fromEntries(
    Object.entries(await assemble(ptx, architectureNames, { warnings: "pass" })).map(
      ([name, { cubin }]) => [name, cubin],
    ),
  );

describe("the table of machine instructions", function () {
  this.timeout(60_000);
  it("is what the assembler that is here makes of the probes, on every architecture", async function () {
    needs(this, "nvcc");
    const made = await cubinsOf(probeFile());
    assert.deepEqual(
      opcodesOf(made),
      opcodes,
      "run node --import tsx/esm bench/cuda/calibrate.ts and look at the difference",
    );
  });

  it("is not made of probes without the instruction that they are for", async function () {
    needs(this, "nvcc");
    const without = probeFile().replaceAll("ex2.approx.ftz.f32", "mov.f32");
    await assert.rejects(cubinsOf(without).then(opcodesOf), /the probes of MUFU have 0 opcodes/);
  });

  it("takes three bits from one word or from two", () => {
    const instruction = [0, 0, 0b101 << 9, 0] as const;
    assert.equal(threeBits(instruction, 64 + 9), 0b101);
    assert.equal(threeBits(instruction, 64 + 10), 0b010);
    assert.equal(threeBits([0, 0, 0x80000000, 0b11], 64 + 31), 0b111);
  });
});

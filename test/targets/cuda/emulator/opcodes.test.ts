/** Single instructions against values worked out from the PTX ISA manual. */
import assert from "node:assert/strict";
import { type Emulated, openEmulated } from "../../../../targets/cuda/emulator/emulator.ts";
import { cases } from "./cases.ts";
import { column, head, needs, rowKernel } from "./tools.ts";

describe("the emulator's instructions", () => {
  let emulated: Emulated;

  before(async function () {
    needs(this, "g++");
    const kernels = cases.map(({ inputs, results, code }, i) =>
      rowKernel(`case${i}`, inputs, results, code),
    );
    emulated = await openEmulated(head + kernels.join(""));
  });
  after(() => emulated?.release());

  for (const [i, { title, inputs, results, rows }] of cases.entries())
    it(`${title}`, () => {
      const given = inputs.map((type, at) =>
        column(
          type,
          rows.map((row) => row[at]!),
        ),
      );
      const wanted = results.map((type, at) =>
        column(
          type,
          rows.map((row) => row[inputs.length + at]!),
        ),
      );
      const got = wanted.map((numbers) => numbers.slice());
      const error = emulated.launch(
        `case${i}`,
        1,
        rows.length,
        [...given, ...got.map((unwritten) => ({ unwritten }))],
        { seed: 0 },
      );
      assert.equal(error, null);
      for (const [at, numbers] of got.entries())
        assert.deepEqual(hex(numbers), hex(wanted[at]!), `result ${at}`);
    });
});

const hex = (numbers: Iterable<number | bigint>): string[] =>
  [...numbers].map((n) => n.toString(16));

import assert from "node:assert/strict";
import type { Executor } from "../../src/execute/executors.ts";
import { profileEntry } from "../../src/execute/profile.ts";
import { explain } from "../../src/explain.ts";
import { memoryOf } from "../../src/limits/memory.ts";
import { initialWeights } from "../../src/weights/initialize.ts";
import { totalBytes } from "../../targets/ledger.ts";
import { roundUp } from "../../targets/wgsl/memory.ts";
import { smallModel } from "../cli/eyrie.ts";
import { cudaOnCpuOrSkip, executorOrSkip, executors } from "../executor.ts";
import { compiledText } from "../limits/text.ts";

async function opened(executor: Executor) {
  const { caps } = executor;
  const compiled = compiledText(smallModel, { caps, chunk: 4, entries: ["prefill", "decode"] });
  const session = await executor.load(compiled, initialWeights(compiled.model.parameters, 1));
  return { compiled, session };
}

describe("a profile", function () {
  this.timeout(240_000);

  for (const [name, open] of Object.entries({ wgsl: executorOrSkip, cuda: cudaOnCpuOrSkip }))
    it(`has a time for every dispatch that runs (${name})`, async function () {
      const executor = await open(this);
      const { compiled, session } = await opened(executor);
      for (const entry of ["prefill", "decode"]) {
        const profile = await profileEntry({ compiled, session }, entry, { runs: 3 });
        const { dispatches, whole, runs, seen } = profile;
        assert.equal(dispatches.length, compiled.entries[entry]!.program.steps.length);
        for (const us of [...dispatches, whole]) assert.ok(us > 0 && us < 1e9, `${us}`);
        // Rings of the last three tokens and a chunk of four are full, but for what the call brings.
        assert.deepEqual([runs, seen], [3, entry === "decode" ? 6 : 4]);
        const told = explain(compiled, { profiles: { [entry]: profile } });
        const own = told.entries.find((e) => e.entry === entry)!;
        assert.deepEqual(
          own.dispatches.map((d) => d.times.measured),
          dispatches,
        );
        assert.deepEqual(JSON.parse(JSON.stringify(told)), told);
      }
      await session.release();
      if (name === "cuda") await executor.release();
    });
  it("is refused in a sentence where there is no such entry, and no device", async () => {
    const executor = await executors.interpret();
    const model = await opened(executor);
    await assert.rejects(profileEntry(model, "score"), {
      name: "UserError",
      message: 'there is no entry "score"; the entries are prefill, decode',
    });
    await assert.rejects(profileEntry(model, "decode"), {
      name: "UserError",
      message: /^interpret runs on no device, so nothing of it can be timed; take wgsl, cuda/,
    });
  });
});

describe("a session's memory", () => {
  it("is what its programs ask for, and remembers the most", async function () {
    const executor = await executorOrSkip(this);
    const { compiled, session } = await opened(executor);
    const programs = Object.values(compiled.entries).map((e) => e.program);
    const planned = memoryOf(programs);
    const before = session.memory!();
    assert.equal(before.now.states, 0);
    const [one, two] = [session.fresh(), session.fresh()];
    const { now } = session.memory!();
    const slack = (buffers: number) => buffers * roundUp(1);
    for (const [use, sets] of [
      ...([
        ["weights", 1],
        ["arena", 1],
        ["states", 2],
      ] as const),
    ]) {
      const least = sets * planned[use];
      const most = least + slack(sets * programs.flatMap((p) => p.buffers).length);
      assert.ok(now[use] >= least && now[use] <= most, `${use}: ${now[use]} for ${least}`);
    }
    one.release();
    two.release();
    const after = session.memory!();
    assert.deepEqual(after.now, before.now);
    assert.deepEqual(after.peak, now);
    assert.ok(totalBytes(after.peak) > totalBytes(after.now));
    await session.release();
  });
});

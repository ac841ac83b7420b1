import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { splitOf } from "../../codegen/split-region.ts";
import { standardLibrary } from "../../dsl/standard-node.ts";
import type { Compiled } from "../../src/compile.ts";
import { compile } from "../../src/compile.ts";
import type { Executor } from "../../src/execute/executors.ts";
import { DiagnosticsError } from "../../src/execute/open-model.ts";
import { differenceOf } from "../../src/tune/agreement.ts";
import { alone } from "../../src/tune/alone.ts";
import { type Task, tasksOf } from "../../src/tune/tasks.ts";
import { trialsOn } from "../../src/tune/trial.ts";
import { valuesFor } from "../../src/tune/values.ts";
import { cudaOnCpuOrSkip, executorOrSkip, executors } from "../executor.ts";

const file = "griffin.eyrie";
const text = readFileSync(new URL("../../examples/griffin.eyrie", import.meta.url), "utf8");
const settings = {
  ...{ vocab: 70, width: 16, rnn_width: 24, heads: 2, head_dim: 8, gate_blocks: 2 },
  ...{ hidden: 20, window: 5, depth: 3 },
};

function compiledFor({ caps }: Pick<Executor, "caps">): Compiled {
  const standard = standardLibrary();
  const sizes = { settings, batch: 2, chunk: 6, entries: ["prefill", "decode"] as const };
  const { compiled, diagnostics } = compile([{ file, text }], { ...sizes, standard, caps });
  if (!compiled) throw new DiagnosticsError(diagnostics, [...standard, { file, text }]);
  return compiled;
}

/** Everything that a choice writes on the executor. */
async function writtenBy(executor: Executor, task: Task, choice: number) {
  const made = alone(task.region, task.choices[choice]!, executor.caps);
  const { weights, inputs, states } = valuesFor(task.region, made, task.tokens, "signed");
  const session = await executor.load({ caps: executor.caps, entries: { made } }, weights);
  const state = await session.upload(states);
  const outputs = made.spec.outputs.map((o) => o.name);
  const written = await session.run("made", inputs, state, outputs);
  const rings = await session.download(state);
  await session.release();
  return { ...written, ...rings };
}

describe("a region by itself", function () {
  this.timeout(240_000);

  it("computes the same with every choice, with the interpreter's checks", async () => {
    const executor = await executors.interpret();
    const { tasks, gathers } = tasksOf(compiledFor(executor));
    assert.deepEqual(gathers, []);
    for (const task of tasks) {
      const first = await writtenBy(executor, task, 0);
      for (const [name, { data, dtype }] of Object.entries(first)) {
        const says = dtype === "u32" || data.some((v) => v !== 0);
        assert.ok(data.every(Number.isFinite) && says, `${task.name} ${name}`);
      }
      const others = [task.choices.length - 1, Math.floor(task.choices.length / 2)];
      for (const choice of new Set(others))
        assert.equal(differenceOf(await writtenBy(executor, task, choice), first), null, task.name);
    }
  });
  it("is timed on a device, whose outputs and states stay as they are", async function () {
    const executor = await executorOrSkip(this);
    const { tasks } = tasksOf(compiledFor(executor));
    for (const recipe of ["attention", "scan", "gemv", "ring"]) {
      const task = tasks.find((t) => t.recipe.name === recipe);
      assert.ok(task, recipe);
      const open = trialsOn(executor, task);
      for (const choice of [0, task.choices.length - 1]) {
        const trial = await open(choice);
        const before = await trial.run();
        const took = await trial.time(3);
        assert.ok(took >= 0 && took < 1e7, `${took}`);
        assert.deepEqual(await trial.run(), before);
        await trial.release();
      }
    }
  });
  it("may work on a piece of a parameter", async function () {
    const executor = await executorOrSkip(this);
    const small = { ...executor, caps: { ...executor.caps, maxBindingBytes: 2048 } };
    const { tasks, gathers } = tasksOf(compiledFor(small));
    assert.deepEqual(gathers, ["prefill: elementwise x", "decode: elementwise x"]);
    const cut = tasks.filter(({ region }) => splitOf(region));
    assert.ok(cut.length > 0);
    for (const task of cut) {
      const open = trialsOn(small, task);
      const first = await open(0);
      const want = await first.run();
      assert.ok(Object.values(want).some((t) => t.data.some((v) => v !== 0)));
      const last = await open(task.choices.length - 1);
      assert.equal(differenceOf(await last.run(), want), null);
      for (const trial of [first, last]) await trial.release();
    }
  });
  it("is timed by CUDA's events", async function () {
    const executor = await cudaOnCpuOrSkip(this);
    try {
      const task = tasksOf(compiledFor(executor)).tasks.find((t) => t.recipe.name === "scan")!;
      const trial = await trialsOn(executor, task)(0);
      const before = await trial.run();
      assert.ok((await trial.time(2)) >= 0);
      assert.deepEqual(await trial.run(), before);
      await trial.release();
    } finally {
      await executor.release();
    }
  });
});
